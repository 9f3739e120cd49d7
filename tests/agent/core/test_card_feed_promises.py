"""Whatever the network loses, repeats or mixes up, the list ends as the server has it."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal, assert_never

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.card_feed import (
    Applied,
    ApplyPage,
    AskPage,
    BeginFill,
    Broken,
    CardFeed,
    Failed,
    Feed,
    FeedAction,
    FeedEvent,
    LinkIsDown,
    LinkIsUp,
    Nudge,
    PageCame,
    SwapIn,
    Swapped,
    Table,
    TimePassed,
    follow,
)
from agent.wire.messages import PageEnd

PAGE_ROWS: Final = 3

Rows = dict[int, int]
"""Card to the revision of its row."""


@dataclass(frozen=True)
class Page:
    came: PageCame
    rows: Rows


@dataclass
class Server:
    generation: int = 1
    revision: int = 0
    rows: Rows = field(default_factory=dict)

    def change(self, card: int) -> None:
        self.revision += 1
        self.rows[card] = self.revision

    def restore(self) -> None:
        """Yesterday's backup: fewer cards, lower revisions, another generation."""
        kept = sorted(self.rows)[::2]
        self.generation += 1
        self.rows = {card: number for number, card in enumerate(kept, start=1)}
        self.revision = len(kept)

    def answer(self, ask: AskPage) -> Page:
        since = ask.since if ask.generation == str(self.generation) else 0
        changed = sorted((revision, card) for card, revision in self.rows.items() if revision > since)
        rows = {card: revision for revision, card in changed[:PAGE_ROWS]}
        whole = len(changed) <= PAGE_ROWS
        upto = self.revision if whole else max(rows.values())
        end = PageEnd(revision=upto, count=len(self.rows), checksum=f"{total(self.rows):016x}")
        return Page(PageCame(str(self.generation), since, upto, end if whole else None), rows)


def total(rows: Rows) -> int:
    return sum(hash((card, revision)) for card, revision in rows.items()) % 2**64


@dataclass
class Network:
    """Kiosk and server with a line between them that a story may do anything to."""

    server: Server = field(default_factory=Server)
    state: CardFeed = field(default_factory=CardFeed)
    now: float = 0.0
    tables: dict[Table, Rows] = field(default_factory=dict)
    heads: dict[Table, Feed] = field(default_factory=dict)
    line: deque[Page] = field(default_factory=deque)
    old: list[Page] = field(default_factory=list)
    disk_fails: bool = False

    def on(self, event: FeedEvent, page: Page | None = None) -> None:
        todo = deque([event])
        while todo:
            self.state, actions = follow(self.state, todo.popleft(), self.now)
            for action in actions:
                todo.extend(self.act(action, page))

    def act(self, action: FeedAction, page: Page | None) -> list[FeedEvent]:
        match action:
            case AskPage():
                self.line.append(self.server.answer(action))
            case BeginFill(generation):
                self.tables["fill"], self.heads["fill"] = {}, Feed(generation, 0)
            case ApplyPage(table):
                assert page is not None
                return [self.apply(table, page)]
            case SwapIn():
                self.tables["live"] = self.tables.pop("fill")
                self.heads["live"] = self.heads.pop("fill")
                return [Swapped()]
            case _:
                assert_never(action)
        return []

    def apply(self, table: Table, page: Page) -> Applied | Failed:
        if self.disk_fails:
            self.disk_fails = False
            return Failed()
        rows = self.tables[table]
        rows.update(page.rows)
        self.heads[table] = Feed(self.heads[table].generation, page.came.upto)
        end = page.came.end
        agrees = None if end is None else (len(rows), f"{total(rows):016x}") == (end.count, end.checksum)
        return Applied(table, page.came.upto, agrees)

    def deliver(self, page: Page) -> None:
        self.old.append(page)
        self.on(page.came, page)

    def restart(self) -> None:
        """What is in the file is all that the next start knows."""
        self.line.clear()
        self.state = CardFeed(live=self.heads.get("live"), fill=self.heads.get("fill"))
        self.on(LinkIsUp())

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.on(TimePassed())

    def play(self, what: "Happening") -> None:  # noqa: C901, PLR0912  (one arm a happening)
        match what:
            case int(card):
                self.server.change(card)
            case "server restored":
                self.server.restore()
            case "nudge":
                self.on(Nudge(str(self.server.generation), self.server.revision))
            case "page comes":
                if self.line:
                    self.deliver(self.line.popleft())
            case "page is lost":
                if self.line:
                    self.line.popleft()
            case "page comes twice":
                if self.line:
                    page = self.line.popleft()
                    self.deliver(page)
                    self.deliver(page)
            case "page lacks a row":
                if self.line:
                    page = self.line.popleft()
                    self.deliver(Page(page.came, dict(list(page.rows.items())[1:])))
            case "old page comes":
                if self.old:
                    page = self.old.pop(0)
                    self.on(page.came, page)
            case "line down":
                self.on(LinkIsDown())
            case "line up":
                self.on(LinkIsUp())
            case "disk fails":
                self.disk_fails = True
            case "file breaks":
                self.tables, self.heads = {}, {}
                self.on(Broken())
            case "restart":
                self.restart()
            case _:
                assert_never(what)


Happening = (
    int
    | Literal[
        "server restored",
        "nudge",
        "page comes",
        "page is lost",
        "page comes twice",
        "page lacks a row",
        "old page comes",
        "line down",
        "line up",
        "disk fails",
        "file breaks",
        "restart",
    ]
)
HAPPENINGS: Final[list[Happening]] = [
    "server restored",
    "nudge",
    "page comes",
    "page is lost",
    "page comes twice",
    "page lacks a row",
    "old page comes",
    "line down",
    "line up",
    "disk fails",
    "file breaks",
    "restart",
]
stories = st.lists(
    st.tuples(
        st.integers(0, 9) | st.sampled_from(HAPPENINGS) | st.just("page comes"),
        st.sampled_from([0.0, 1.0, 11.0, 601.0]),
    ),
    max_size=40,
)


@settings(max_examples=300)
@given(st.integers(0, 12), stories)
def test_the_list_always_ends_as_the_server_s(cards: int, story: list[tuple[Happening, float]]) -> None:
    network = Network()
    for card in range(cards):
        network.server.change(card)
    network.on(LinkIsUp())
    for what, pause in story:
        network.play(what)
        network.wait(pause)

    network.disk_fails = False
    network.on(LinkIsUp())
    for _ in range(1300):  # two of the regular times at which the list is asked for
        network.wait(1.0)
        while network.line:
            network.deliver(network.line.popleft())

    assert network.tables["live"] == network.server.rows
    assert network.state.live == Feed(str(network.server.generation), network.server.revision)
    assert network.state.live == network.heads["live"]
    assert network.state.fill is None
    assert network.state.fresh_at is not None
    assert network.now - network.state.fresh_at <= 601
