"""Following the server's list: each rule of asking, filling, swapping and starting over."""

from typing import Final

import pytest

from agent.core.card_feed import (
    ANSWER_S,
    ASK_ANYWAY_S,
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
    TimePassed,
    follow,
)
from agent.wire.messages import PageEnd

NEW: Final = "new generation"
OLD: Final = "old generation"


class Follower:
    """The core played by hand, at a time of its own."""

    def __init__(self, state: CardFeed = CardFeed()) -> None:  # noqa: B008  (frozen)
        self.state = state
        self.now = 1000.0

    def on(self, event: FeedEvent) -> tuple[FeedAction, ...]:
        self.state, actions = follow(self.state, event, self.now)
        return actions

    def after(self, seconds: float) -> tuple[FeedAction, ...]:
        self.now += seconds
        return self.on(TimePassed())


def page(since: int, upto: int, generation: str = NEW) -> PageCame:
    return PageCame(generation, since, upto, None)


def last_page(since: int, upto: int, generation: str = NEW) -> PageCame:
    return PageCame(generation, since, upto, PageEnd(revision=upto, count=1, checksum="0" * 16))


def followed(revision: int = 40, fill: Feed | None = None) -> Follower:
    """One that holds a list, is connected and has just asked."""
    follower = Follower(CardFeed(live=Feed(NEW, revision), fill=fill))
    follower.on(LinkIsUp())
    return follower


def test_the_first_fill_is_asked_for_from_the_beginning() -> None:
    assert Follower().on(LinkIsUp()) == (AskPage(None, 0),)


def test_the_first_page_begins_a_list_beside_the_one_that_answers() -> None:
    follower = Follower()
    follower.on(LinkIsUp())
    assert follower.on(page(0, 10)) == (BeginFill(NEW), ApplyPage("fill"))
    assert follower.on(Applied("fill", 10, None)) == (AskPage(NEW, 10),)
    assert follower.on(last_page(10, 12)) == (ApplyPage("fill"),)
    assert follower.on(Applied("fill", 12, agrees=True)) == (SwapIn(),)
    assert (follower.state.live, follower.state.fresh_at) == (None, None)  # the old one answers until then
    assert follower.on(Swapped()) == ()
    assert follower.state.live == Feed(NEW, 12)
    assert follower.state.fill is None


def test_a_fill_that_a_restart_cut_goes_on_where_it_was() -> None:
    follower = Follower(CardFeed(live=Feed(OLD, 40), fill=Feed(NEW, 20)))
    assert follower.on(LinkIsUp()) == (AskPage(NEW, 20),)
    assert follower.on(page(20, 30)) == (ApplyPage("fill"),)


def test_a_change_is_asked_for_by_the_revision_that_is_held() -> None:
    follower = Follower(CardFeed(live=Feed(NEW, 40)))
    assert follower.on(LinkIsUp()) == (AskPage(NEW, 40),)
    assert follower.on(last_page(40, 41)) == (ApplyPage("live"),)
    assert follower.on(Applied("live", 41, agrees=True)) == ()
    assert follower.state.fresh_at == follower.now


def test_the_list_is_fresh_only_since_a_last_page_that_agreed() -> None:
    follower = followed()
    assert follower.state.fresh_at is None
    follower.on(page(40, 50))
    follower.on(Applied("live", 50, None))
    assert follower.state.fresh_at is None


def test_a_nudge_for_more_than_is_held_asks() -> None:
    follower = followed()
    follower.on(last_page(40, 40))
    follower.on(Applied("live", 40, agrees=True))
    assert follower.on(Nudge(NEW, 41)) == (AskPage(NEW, 40),)


def test_a_nudge_for_what_is_held_asks_nothing() -> None:
    follower = followed()
    follower.on(last_page(40, 40))
    follower.on(Applied("live", 40, agrees=True))
    assert follower.on(Nudge(NEW, 40)) == ()


def test_a_nudge_during_a_request_is_followed_after_it() -> None:
    follower = followed()
    assert follower.on(Nudge(NEW, 42)) == ()
    follower.on(last_page(40, 41))
    assert follower.on(Applied("live", 41, agrees=True)) == (AskPage(NEW, 41),)


def test_another_list_that_is_told_of_during_a_request_is_asked_for_after_it_and_once() -> None:
    """A request that is older than the word may still be answered from the old list."""
    follower = followed()
    assert follower.on(Nudge(OLD, 7)) == ()
    follower.on(last_page(40, 41))
    assert follower.on(Applied("live", 41, agrees=True)) == (AskPage(NEW, 41),)
    follower.on(last_page(41, 41))
    assert follower.on(Applied("live", 41, agrees=True)) == (), "nothing was said since then"


def test_a_nudge_without_a_connection_waits_for_one() -> None:
    follower = Follower(CardFeed(live=Feed(NEW, 40)))
    assert follower.on(Nudge(NEW, 41)) == ()


def test_a_page_that_never_came_is_asked_for_again_after_ten_seconds() -> None:
    follower = followed()
    assert follower.after(ANSWER_S - 0.1) == ()
    assert follower.after(0.1) == (AskPage(NEW, 40),)


def test_the_list_is_asked_for_every_ten_minutes_even_where_no_nudge_came() -> None:
    follower = followed()
    follower.on(last_page(40, 40))
    follower.on(Applied("live", 40, agrees=True))
    assert follower.after(ASK_ANYWAY_S - 1) == ()
    assert follower.after(1) == (AskPage(NEW, 40),)


def test_nothing_is_asked_without_a_connection() -> None:
    follower = followed()
    assert follower.on(LinkIsDown()) == ()
    assert follower.after(10_000) == ()


@pytest.mark.parametrize("late", [page(0, 10), page(30, 40), page(40, 50, OLD)])
def test_a_page_that_nobody_asked_for_is_dropped(late: PageCame) -> None:
    follower = followed()
    follower.on(LinkIsDown())
    assert follower.on(late) == ()


def test_the_same_page_twice_is_put_in_once() -> None:
    follower = followed()
    follower.on(page(40, 50))
    follower.on(Applied("live", 50, None))
    assert follower.on(page(40, 50)) == ()


def test_a_page_of_another_generation_begins_a_new_list_and_the_old_one_answers() -> None:
    follower = Follower(CardFeed(live=Feed(OLD, 40)))
    follower.on(LinkIsUp())
    assert follower.on(page(0, 10, NEW)) == (BeginFill(NEW), ApplyPage("fill"))
    assert follower.state.live == Feed(OLD, 40)


def test_a_page_of_another_generation_from_its_middle_is_no_beginning() -> None:
    follower = Follower(CardFeed(live=Feed(OLD, 40)))
    follower.on(LinkIsUp())
    assert follower.on(page(40, 50, NEW)) == ()
    assert follower.after(ANSWER_S) == (AskPage(None, 0),)


def test_a_server_that_fell_back_behind_the_kiosk_is_followed_anew() -> None:
    follower = followed()
    assert follower.on(last_page(40, 30)) == ()
    assert follower.after(ANSWER_S) == (AskPage(None, 0),)


def test_a_list_that_does_not_agree_is_filled_anew_after_a_pause() -> None:
    follower = followed()
    follower.on(last_page(40, 41))
    assert follower.on(Applied("live", 41, agrees=False)) == ()
    assert follower.after(ANSWER_S - 0.1) == ()
    assert follower.after(0.1) == (AskPage(None, 0),)
    assert follower.on(page(0, 10)) == (BeginFill(NEW), ApplyPage("fill"))


def test_a_page_that_could_not_be_put_in_leaves_the_list_and_fills_anew_after_a_pause() -> None:
    follower = followed()
    follower.on(page(40, 50))
    assert follower.on(Failed()) == ()
    assert follower.state.live == Feed(NEW, 40)
    assert follower.after(ANSWER_S) == (AskPage(None, 0),)


def test_a_swap_that_failed_leaves_the_old_list_and_fills_anew() -> None:
    follower = Follower(CardFeed(live=Feed(OLD, 40), fill=Feed(NEW, 10)))
    follower.on(LinkIsUp())
    follower.on(last_page(10, 12))
    follower.on(Applied("fill", 12, agrees=True))
    assert follower.on(Failed()) == ()
    assert (follower.state.live, follower.state.fresh_at) == (Feed(OLD, 40), None)


def test_a_broken_file_knows_nothing_and_is_filled_from_the_beginning() -> None:
    follower = followed()
    assert follower.on(Broken()) == ()
    assert (follower.state.live, follower.state.fresh_at) == (None, None)
    assert follower.after(ANSWER_S) == (AskPage(None, 0),)
