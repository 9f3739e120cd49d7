"""What no order of reads can make of the evidence."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from agent.core.reads import Read
from agent.core.sight import CheckCard, Presented, Seen, Sight, SightRules, look
from tests.agent.examples import ANNA, BENGT, CECILIA

RULES: Final = SightRules()
FRAME_S: Final = 0.1

symbologies = st.sampled_from(["qr", "code39"])
reads = st.one_of(
    st.builds(Read, st.sampled_from([ANNA, BENGT, None]), symbologies),
    st.builds(Read, st.none(), symbologies, test=st.just(value=True)),
)
frames = st.lists(st.lists(reads, max_size=4).map(tuple), max_size=40)


def watch(seen: list[tuple[Read, ...]]) -> list[tuple[int, Seen]]:
    sight, news = Sight(), []
    for number, frame in enumerate(seen):
        sight, one = look(sight, frame, number * FRAME_S, RULES)
        if one is not None:
            news.append((number, one))
    return news


def codes(frame: tuple[Read, ...]) -> set[object]:
    return {read.code for read in frame if read.code is not None}


@given(frames)
def test_what_counts_is_alone_in_its_frame(seen: list[tuple[Read, ...]]) -> None:
    for number, one in watch(seen):
        if isinstance(one, Presented):
            assert codes(seen[number]) == {one.code}


@given(frames)
def test_a_barcode_counts_only_after_another_frame_in_which_it_was_alone_too(
    seen: list[tuple[Read, ...]],
) -> None:
    for number, one in watch(seen):
        if isinstance(one, Presented) and one.symbology == "code39":
            assert any(codes(frame) == {one.code} for frame in seen[max(number - 20, 0) : number])


@given(frames)
def test_between_the_two_frames_of_a_barcode_no_other_card_was_read(seen: list[tuple[Read, ...]]) -> None:
    for number, one in watch(seen):
        if isinstance(one, Presented) and one.symbology == "code39":
            before = [earlier for earlier in range(number) if codes(seen[earlier])]
            assert codes(seen[before[-1]]) == {one.code}


@given(frames)
def test_a_qr_code_that_is_alone_counts_at_once_unless_it_has_counted(seen: list[tuple[Read, ...]]) -> None:
    counted: set[object] = set()
    told = dict(watch(seen))
    for number, frame in enumerate(seen):
        one = told.get(number)
        alone = codes(frame)
        if len(alone) == 1 and any(read.symbology == "qr" and read.code for read in frame):
            assert isinstance(one, Presented) or alone <= counted
        if isinstance(one, Presented):
            counted.add(one.code)


@given(frames)
def test_a_barcode_counts_beside_no_test_card_and_not_while_a_qr_code_was_just_seen(
    seen: list[tuple[Read, ...]],
) -> None:
    for number, one in watch(seen):
        if isinstance(one, Presented) and one.symbology == "code39":
            assert not any(read.test for read in seen[number])
            lately = [read for frame in seen[max(number - 20, 0) : number] for read in frame]
            assert not any(read.code and read.symbology == "qr" for read in lately)


@given(frames)
def test_a_test_card_that_is_alone_in_a_frame_has_been_told(seen: list[tuple[Read, ...]]) -> None:
    told = [number for number, one in watch(seen) if isinstance(one, CheckCard)]
    for number, frame in enumerate(seen):
        if any(read.test for read in frame) and not codes(frame):
            assert any(earlier <= number for earlier in told)


@given(frames)
def test_a_lone_barcode_that_stays_counts_at_last(seen: list[tuple[Read, ...]]) -> None:
    stays = [(Read(CECILIA, "code39"),)] * 23
    news = [one for _, one in watch([*seen, *stays])]
    assert any(isinstance(one, Presented) and one.code == CECILIA for one in news)
