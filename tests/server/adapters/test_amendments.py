"""Let in by hand, corrected, taken back: counted once, on both databases, in whatever order records come."""

from itertools import permutations

from sqlalchemy import select

from agent.wire.messages import Records
from agent.wire.records import Party, Record
from server.adapters.record_tables import rollups, visits
from tests.server.kiosk import batch, by_hand, correction, follows, opened, refused, scan, sealed
from tests.server.stored_fleet import Fleet


def one_by_one(*rows: Record, number: int = 1) -> list[Records]:
    return [batch([row], number=number) for row in rows]


def counted(fleet: Fleet) -> list[tuple[object, ...]]:
    """Verdict, code, kind and party of each visit in the totals."""
    columns = (visits.c.verdict, visits.c.code, visits.c.kind, visits.c.adults, visits.c.children)
    with fleet.database.reading() as connection:
        rows = connection.execute(
            select(*columns)
            .where(visits.c.counted)
            .order_by(visits.c.seen_at, visits.c.verdict, visits.c.children)
        )
        return [tuple(row) for row in rows]


def totals(fleet: Fleet) -> list[tuple[object, ...]]:
    with fleet.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(rollups).order_by(*rollups.primary_key))]


def test_whom_the_staff_let_in_after_a_refusal_is_counted_once_with_the_card(fleet: Fleet) -> None:
    fleet.send(batch([opened(), refused(1), by_hand(2, 1, children=3)]))
    assert counted(fleet) == [("by_hand", "A999123453", "unknown", 1, 3)]
    row = fleet.today()
    assert row is not None
    assert (row.visits, row.uses, row.by_hand, row.unchecked) == (1, 4, 1, 0)
    assert fleet.agrees()


def test_a_scan_of_which_no_light_is_known_counts_once_with_the_letting_in(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1, shown=None)]))
    assert fleet.visits() == 1
    fleet.send(batch([by_hand(2, 1, children=2)]))
    assert counted(fleet) == [("by_hand", "A999123453", "personal", 1, 2)]
    assert fleet.agrees()


def test_a_scan_that_showed_green_stays_counted_whatever_adopts_it(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1), by_hand(2, 1)]))
    assert [verdict for verdict, *_ in counted(fleet)] == ["accepted", "by_hand"]
    assert fleet.agrees()


def test_a_letting_in_without_a_card_counts_and_so_does_one_whose_scan_never_comes(fleet: Fleet) -> None:
    fleet.send(batch([opened(), by_hand(1), by_hand(2, 77, number=9, children=1)]))
    assert counted(fleet) == [("by_hand", None, "unknown", 1, 0), ("by_hand", None, "unknown", 1, 1)]
    assert fleet.agrees()


def test_nobody_came_where_it_was_taken_back(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1)]))
    fleet.send(batch([correction(2, 1, None)]))
    assert fleet.visits() == 0
    assert totals(fleet) == []
    assert fleet.agrees()


def test_a_letting_in_that_was_taken_back_takes_its_scan_along(fleet: Fleet) -> None:
    """No light is known of it, so it would count; but the staff saw that its visitor did not come in."""
    fleet.send(batch([opened(), scan(1, shown=None, children=1), by_hand(2, 1), correction(3, 2, None)]))
    assert counted(fleet) == []
    assert fleet.agrees()


def test_of_several_corrections_the_one_written_last_holds(fleet: Fleet) -> None:
    last = Party(adults=2, children=4)
    fleet.send(batch([opened(), scan(1), correction(2, 1, None), correction(3, 1, last)]))
    assert counted(fleet) == [("accepted", "A999123453", "personal", 2, 4)]
    fleet.send(batch([correction(0, 1, Party(adults=9), number=1)], number=2))  # of the next start
    assert counted(fleet) == [("accepted", "A999123453", "personal", 9, None)]
    assert fleet.agrees()


def test_the_order_of_arrival_makes_no_difference(fleet: Fleet) -> None:
    outcomes = set()
    card = sealed("A111111118")
    for number, order in enumerate(permutations(range(3)), start=1):
        rows: list[Record] = [
            refused(1, code_sealed=card),
            by_hand(2, 1, number=number),
            correction(3, 2, Party(children=2), number=number),
        ]
        before = len(counted(fleet))
        fleet.send(*one_by_one(*(rows[at] for at in order), number=number))
        assert len(counted(fleet)) == before + 1
        outcomes |= set(counted(fleet))
    assert outcomes == {("by_hand", "A111111118", "unknown", 1, 2)}
    assert fleet.agrees()


def test_a_resend_of_all_changes_nothing(fleet: Fleet) -> None:
    rows = batch([opened(), refused(1), by_hand(2, 1), scan(3), correction(4, 3, None), by_hand(5)])
    fleet.send(rows)
    before = counted(fleet), totals(fleet)
    fleet.send(rows, rows)
    assert (counted(fleet), totals(fleet)) == before


def test_another_kiosk_s_records_cannot_be_adopted_or_corrected(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1, shown=None)]))
    fleet.send(batch([correction(1, 1, None)]), kiosk="k-bbbbbbbbbb")
    assert [verdict for verdict, *_ in counted(fleet)] == ["accepted"]
    assert fleet.agrees()


def test_two_records_of_a_copied_card_are_not_both_adopted(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1, shown=None), by_hand(2, 1, children=9)]))
    fleet.send(batch([scan(1, shown=None, children=5)]))
    assert len(counted(fleet)) == 2
    assert fleet.agrees()


def test_a_letting_in_at_another_s_venue_is_kept_and_not_counted(fleet: Fleet) -> None:
    fleet.send(batch([opened(), refused(1), by_hand(2, 1, venue="v-elsewhere")]))
    assert fleet.states() == ["stored", "stored", "misplaced"]
    assert counted(fleet) == []
    assert fleet.agrees()


def test_many_that_adopt_one_scan_count_each_and_the_scan_does_not(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1, shown=None), by_hand(2, 1), by_hand(3, 1)]))
    assert [code for _, code, *_ in counted(fleet)] == ["A999123453", "A999123453"]
    assert fleet.agrees()


def test_a_chain_of_lettings_in_hands_no_card_on(fleet: Fleet) -> None:
    fleet.send(batch([opened(), refused(1), by_hand(2, 1), by_hand(3, 2), by_hand(4, 3)]))
    assert [code for _, code, *_ in counted(fleet)].count("A999123453") == 1
    assert fleet.visits() == 3
    assert fleet.agrees()


def test_the_correction_written_last_holds_whichever_start_comes_first(fleet: Fleet) -> None:
    """A restored server may get the newest start first, and an opening after all that followed it."""
    starts = (
        batch([opened(), scan(1), correction(2, 1, Party(children=5)), correction(3, 1, Party(children=3))]),
        batch([follows(1, 3)], number=2),
        batch([correction(1, 1, Party(children=2))], number=2),
        batch([follows(2, 1)], number=3),
        batch([correction(1, 1, Party(children=1))], number=3),
    )
    for number, order in enumerate([*permutations(starts)][::11]):
        kiosk = f"k-{number:010d}"
        fleet.places.add_kiosk(kiosk, kiosk, "v-uimahalli")
        for some in order:
            fleet.send(some, kiosk=kiosk)
    assert {children for *_, children in counted(fleet)} == {1}
    assert len(counted(fleet)) == number + 1
    assert fleet.agrees()
