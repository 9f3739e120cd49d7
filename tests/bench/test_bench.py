"""The short form of ``make bench``: each measurement runs and counts what it says it counts."""

from tests.bench import catch_up, decoding, frame_to_light, ingest
from tests.provisioning.mosquitto import needs_mosquitto


def test_every_scan_of_the_bench_ends_in_a_light() -> None:
    measured = frame_to_light.measure(cards=200, scans=20)
    assert (measured.cards, measured.scans) == (200, 20)
    assert measured.total.median_ms > measured.commit.median_ms > 0


def test_the_bench_decodes_with_the_live_decoder_and_each_engine() -> None:
    names = [one.name for one in decoding.measure(frames=4)]
    assert names[0] == "the kiosk's live decoder"
    assert len(names) > 1


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
