"""Following the server's card list: first fill, delta and revocation are one request with another ``since``.

A new list is filled into a second table and swapped in when its count and checksum agree; until then
the old one answers. What was filled survives a restart and is gone on with.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, assert_never

from agent.wire.messages import PageEnd

ANSWER_S: Final = 10.0
ASK_ANYWAY_S: Final = 600.0
"""Asked this often even where no nudge came: the last page proves that the list is fresh."""

Table = Literal["live", "fill"]


@dataclass(frozen=True, slots=True)
class Feed:
    generation: str
    revision: int


@dataclass(frozen=True, slots=True)
class CardFeed:
    """All times are stopwatch seconds."""

    live: Feed | None = None
    fill: Feed | None = None
    connected: bool = False
    asked: Feed | None = None
    """What the request in flight named; a request with no generation names ``""``."""
    ask_at: float = 0.0
    """The next request, or the patience with the one in flight, ends here."""
    told: Feed | None = None
    """What the server has said of its list since it was last asked."""
    fresh_at: float | None = None
    """When a last page last agreed with the list."""


@dataclass(frozen=True, slots=True)
class LinkIsUp:
    pass


@dataclass(frozen=True, slots=True)
class LinkIsDown:
    pass


@dataclass(frozen=True, slots=True)
class Nudge:
    """The server's retained state: its generation and its list's revision."""

    generation: str
    revision: int


@dataclass(frozen=True, slots=True)
class PageCame:
    generation: str
    since: int
    upto: int
    end: PageEnd | None


@dataclass(frozen=True, slots=True)
class Applied:
    """The page is in ``table``; ``agrees`` is ``None`` before the last page."""

    table: Table
    upto: int
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Swapped:
    """What was filled answers from now on."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A page could not be put in; the list that answers is as it was."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The list's file failed; what it holds is not trusted any more."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    pass


FeedEvent = LinkIsUp | LinkIsDown | Nudge | PageCame | Applied | Swapped | Failed | Broken | TimePassed


@dataclass(frozen=True, slots=True)
class AskPage:
    """``generation`` is ``None`` in a first request."""

    generation: str | None
    since: int


@dataclass(frozen=True, slots=True)
class BeginFill:
    generation: str


@dataclass(frozen=True, slots=True)
class ApplyPage:
    """Put the page that just came into ``table``, answer with :class:`Applied`."""

    table: Table


@dataclass(frozen=True, slots=True)
class SwapIn:
    """Let what was filled answer, then say :class:`Swapped`."""


FeedAction = AskPage | BeginFill | ApplyPage | SwapIn

Step = tuple[CardFeed, tuple[FeedAction, ...]]


def follow(state: CardFeed, event: FeedEvent, now: float) -> Step:  # noqa: PLR0911  (one arm an event)
    """The next state, and what to do, in order."""
    match event:
        case LinkIsUp():
            return _ask(replace(state, connected=True), now)
        case LinkIsDown():
            return replace(state, connected=False, asked=None), ()
        case Nudge(generation, revision):
            return _nudge(state, generation, revision, now)
        case PageCame():
            return _page(state, event, now)
        case Applied():
            return _applied(state, event, now)
        case Swapped():
            return _agreed(replace(state, live=state.fill, fill=None), now)
        case Failed():
            return _refill(state, now)
        case Broken():
            return replace(state, live=None, fill=None, asked=None, fresh_at=None, ask_at=now + ANSWER_S), ()
        case TimePassed():
            return _ask(state, now) if state.connected and now >= state.ask_at else (state, ())
        case _:
            assert_never(event)


def _ask(state: CardFeed, now: float) -> Step:
    feed = state.fill or state.live
    state = replace(state, asked=feed or Feed("", 0), told=None, ask_at=now + ANSWER_S)
    return state, (AskPage(feed.generation or None, feed.revision) if feed else AskPage(None, 0),)


def _nudge(state: CardFeed, generation: str, revision: int, now: float) -> Step:
    state = replace(state, told=Feed(generation, revision))
    if (state.fill or state.live) == state.told or not state.connected or state.asked is not None:
        return state, ()  # what the request in flight does not reach is asked for after it
    return _ask(state, now)


def _page(state: CardFeed, page: PageCame, now: float) -> Step:
    asked = state.asked
    if asked is None:
        return state, ()  # late, or twice
    if page.generation != asked.generation or page.upto < page.since:
        if page.since != 0:
            return _refill(state, now)
        # Another list, from its beginning: filled beside the one that answers.
        state = replace(state, fill=Feed(page.generation, 0), asked=None)
        return state, (BeginFill(page.generation), ApplyPage("fill"))
    if page.since != asked.revision:
        return state, ()
    table: Table = "fill" if state.fill is not None else "live"
    return replace(state, asked=None), (ApplyPage(table),)


def _applied(state: CardFeed, applied: Applied, now: float) -> Step:
    feed = state.fill if applied.table == "fill" else state.live
    if feed is None:
        return state, ()
    feed = Feed(feed.generation, applied.upto)
    filling = applied.table == "fill"
    state = replace(state, fill=feed) if filling else replace(state, live=feed)
    if applied.agrees is None:
        return _ask(state, now) if state.connected else (state, ())
    if not applied.agrees:
        return _refill(state, now)
    return (state, (SwapIn(),)) if filling else _agreed(state, now)


def _agreed(state: CardFeed, now: float) -> Step:
    """The list that answers is the server's own; what the server said since then is asked for."""
    state = replace(state, fresh_at=now, ask_at=now + ASK_ANYWAY_S)
    live, told = state.live, state.told
    if not state.connected or live is None or told is None:
        return state, ()
    behind = told.generation != live.generation or told.revision > live.revision
    return _ask(state, now) if behind else (state, ())


def _refill(state: CardFeed, now: float) -> Step:
    """Something does not fit: from the beginning, after a pause, with the old list still answering."""
    fill = Feed("", 0)
    return replace(state, fill=fill, asked=None, ask_at=now + ANSWER_S), ()
