"""The short form: kiosks on lines that are cut at every point, while broker and server are killed."""

from pathlib import Path

from tests.torture.exchange import exchange_faults

SEEDS = range(1, 5)
FAULTS_S = 4.0


def test_whatever_is_cut_or_killed_every_record_is_in_the_server_s_table_once(tmp_path: Path) -> None:
    outcome = exchange_faults(tmp_path, SEEDS, lambda _: None, faults_s=FAULTS_S)
    assert outcome.broken == []
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert outcome.seeds == len(SEEDS)
    assert outcome.records > 60 * len(SEEDS)
    assert min(outcome.kills["broker"], outcome.kills["server"]) > 0
    assert any(what.startswith("cut in") for what in outcome.seen)


def test_the_faults_bite_a_kiosk_that_takes_what_it_sent_for_received_loses_records(tmp_path: Path) -> None:
    outcome = exchange_faults(tmp_path, SEEDS, lambda _: None, faults_s=FAULTS_S, blind=True)
    assert outcome.lost > 0
    assert any("records are not there" in sentence for sentence in outcome.broken)
