"""The short form of ``make bench``: each measurement runs and counts what it says it counts."""

from agent.adapters.simulated.damage import LADDER
from tests.bench import (
    catch_up,
    decoding,
    frame_to_light,
    ingest,
    list_fill,
    list_tables,
    memory,
    painting,
    reading,
    revocation,
    scans_while_filling,
)
from tests.provisioning.mosquitto import needs_mosquitto


def test_every_scan_of_the_bench_ends_in_a_light() -> None:
    measured = frame_to_light.measure(cards=200, scans=20)
    assert (measured.cards, measured.scans) == (200, 20)
    assert measured.total.median_ms > measured.commit.median_ms > 0


def test_the_bench_decodes_with_the_live_decoder_and_each_engine() -> None:
    names = [one.name for one in decoding.measure(frames=4)]
    assert names[0] == "the kiosk's live decoder"
    assert len(names) > 1


def test_the_bench_reads_damaged_cards_better_than_any_engine_alone() -> None:
    rungs = reading.on_the_ladder("code39", cards=1)
    assert list(rungs) == list(LADDER)
    average = reading.average(rungs)
    assert average.ours >= 0.89
    assert average.ours > max(average.alone)


def test_the_bench_hunts_for_wrong_texts_and_reads_right_ones() -> None:
    hunted = reading.hunt(240)
    assert (hunted.frames, hunted.cards, hunted.wrong) == (240, 24, 0)
    assert hunted.right > 8


def test_of_creased_cards_the_bench_accepts_none_as_another() -> None:
    # Among these cards is one that counts as another where the bars' widths are not looked at.
    creased = reading.hunt_creased(24)
    assert (creased.cards, creased.wrong) == (24, 0)
    assert creased.right > 6


def test_the_bench_takes_in_what_it_divides_by_the_time() -> None:
    taken = ingest.measure(batches=2)
    assert 0 < taken.one_kiosk < taken.raw


@needs_mosquitto
def test_a_kiosk_that_catches_up_gets_every_row_counted_once_and_lights_meanwhile() -> None:
    caught_up = catch_up.measure(rows=3000, scans=20)
    assert caught_up.whole
    assert caught_up.shown >= 2 * 20 + caught_up.shown_during
    assert caught_up.shown_during > 1
    assert caught_up.rows_per_s > 0


@needs_mosquitto
def test_a_filled_list_and_its_deltas_are_whole_and_cost_bytes_by_the_row() -> None:
    filled = list_fill.measure(cards=6_000, changes=100, repeats=2)
    assert filled.wrong == []
    assert (len(filled.fill_s), len(filled.raw_s), len(filled.raw_pages_s), len(filled.delta_s)) == (
        2,
        2,
        2,
        2,
    )
    assert 8 < filled.fill_bytes / filled.cards < 14
    assert filled.delta_bytes < filled.fill_bytes / 20
    assert "6,000 cards" in list_tables.of_fill(filled)


@needs_mosquitto
def test_every_block_is_refused_by_every_client_of_the_bench() -> None:
    blocked = revocation.measure(clients=5, blocks=4, cards=300)
    assert blocked.wrong == []
    assert "4 blocks, each until 5 kiosks" in list_tables.of_revocation(blocked)


@needs_mosquitto
def test_cards_are_shown_while_the_bench_fills_a_list() -> None:
    still, hurried = (
        scans_while_filling.measure(cards=40_000, scans=4, keeps_still=keeps_still)
        for keeps_still in (True, False)
    )
    assert still.whole
    assert hurried.whole
    assert "40,000 cards come in" in list_tables.of_scans(still, hurried)


@needs_mosquitto
def test_the_agent_whose_memory_is_looked_at_fills_its_list() -> None:
    assert memory.while_filling(cards=500, settled_s=2.0).filled == 500


def test_every_view_of_the_bench_is_painted() -> None:
    painted = painting.measure(views=8, rest_s=0.0)
    assert painted.views == 8
    assert painted.slowed.median_ms > 0
