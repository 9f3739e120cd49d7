"""The command line on what asks for a person: all dead letters, and memory cards that are gone."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.wire.records import Record
from server.adapters.facts import FactWriter
from server.adapters.letters import PAGE
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.store import Store
from server.domain.arrivals import BatchArrived
from tests.server.fleet_folder import write_fleet
from tests.server.kiosk import KIOSK, NOW, batch, epoch, follows, open_code, opened, scan
from tests.server.lease import held
from tests.server.test_cli import kaiku


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """With a kiosk that has two memory cards, and 45 dead letters."""
    folder = write_fleet(tmp_path / "fleet")
    with open_database(f"sqlite:///{folder / 'fleet.db'}") as database:
        places = Places(database, lambda: NOW)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
        store = Store(database, FactWriter(open_code, ZoneInfo("Europe/Helsinki")), held(database))
        later = NOW + timedelta(hours=1)
        rows: list[Record | bytes] = [opened(), *(b"%d" % number for number in range(45))]
        store.write([BatchArrived(KIOSK, NOW, batch(rows))])
        store.write([BatchArrived(KIOSK, later, batch([follows(1, 45, later)], number=0xA << 124))])
        store.write([BatchArrived(KIOSK, later, batch([follows(1, 45, NOW), scan(1)], number=0xB << 124))])
    return folder


def test_the_newest_letters_are_listed_with_the_way_to_the_others(fleet: Path) -> None:
    first = kaiku(fleet, "letters", "list").output.splitlines()
    assert len(first) == PAGE + 2
    assert first[-1].startswith("45 in all.")
    after = first[-2].split("--after ")[1].split(",")[0]
    second = kaiku(fleet, "letters", "list", "--after", after).output.splitlines()
    assert len(second) == PAGE + 2
    assert not set(first[:PAGE]) & set(second[:PAGE])


def test_all_letters_are_listed_at_once_each_once(fleet: Path) -> None:
    lines = kaiku(fleet, "letters", "list", "--all").output.splitlines()
    assert len(set(lines[:-1])) == 45
    assert lines[-1].startswith("45 in all.")


def test_a_page_that_is_none_is_a_sentence(fleet: Path) -> None:
    result = kaiku(fleet, "letters", "list", "--after", "-1")
    assert result.exit_code != 0
    assert "--after" in result.output


def test_a_memory_card_is_said_to_be_gone_and_the_word_is_taken_back(fleet: Path) -> None:
    card = epoch(0xB << 124)[:8]
    listed = kaiku(fleet, "kiosks", "memory-cards").output
    assert f"{KIOSK}  Uimahalli  Ovi\n" in listed
    assert f"  {card}  in use  last record 1, 2026-11-24T10:00:00Z\n" in listed
    assert kaiku(fleet, "kiosks", "end-card", KIOSK, card).output == f"{KIOSK} {card}: gone.\n"
    assert f"  {card}  gone    last record 1" in kaiku(fleet, "kiosks", "memory-cards").output
    again = kaiku(fleet, "kiosks", "end-card", KIOSK, card)
    assert (again.exit_code, "already" in again.output) == (1, True)
    back = kaiku(fleet, "kiosks", "end-card", KIOSK, card, "--take-back")
    assert back.output == f"{KIOSK} {card}: in use.\n"


@pytest.mark.parametrize(("kiosk", "card"), [(KIOSK, "0"), (KIOSK, "%"), ("k-none", "b0000000")])
def test_a_card_that_is_not_there_is_a_sentence_that_says_where_to_look(
    fleet: Path, kiosk: str, card: str
) -> None:
    result = kaiku(fleet, "kiosks", "end-card", kiosk, card)
    assert result.exit_code == 1
    assert result.output.startswith("Error: No kiosk has such a memory card")
    assert "kaiku-server kiosks memory-cards" in result.output


def test_a_fleet_without_copied_cards_says_so(tmp_path: Path) -> None:
    empty = write_fleet(tmp_path / "empty")
    assert kaiku(empty, "kiosks", "memory-cards").output == "No kiosk's memory card was copied or put back.\n"
