"""Whatever the network does to the order and number of batches, the totals come out the same."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from agent.wire.messages import Records
from agent.wire.records import Scan
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.migrate import open_database
from server.adapters.places import Places
from server.adapters.store import Store
from server.adapters.verify import verify
from server.domain.arrivals import BatchArrived
from tests.server.kiosk import NOW, batch, open_code, scan
from tests.server.lease import held
from tests.stories import stories

HELSINKI = ZoneInfo("Europe/Helsinki")
KIOSKS = ("k-aaaaaaaaaa", "k-bbbbbbbbbb")

Sent = tuple[str, Records]

scans = st.builds(
    scan,
    st.just(0),
    venue=st.sampled_from(["v-uimahalli", "v-muualla"]),
    at=st.integers(-48, 48).map(lambda hours: NOW + timedelta(hours=hours)),
    verdict=st.sampled_from(["accepted", "unchecked", "ask_staff"]),
    children=st.none() | st.integers(0, 5),
    test=st.booleans(),
)


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[list[Sent], list[list[Sent]]]:
    """Batches as kiosks made them, and a delivery of them: each at least once, in any order and grouping."""
    made: list[Sent] = []
    for kiosk in KIOSKS:
        for number in range(draw(st.integers(1, 2))):
            rows: list[Scan] = draw(st.lists(scans, min_size=1, max_size=8))
            numbered = [_at(row, seq) for seq, row in enumerate(rows)]
            made += [
                (kiosk, batch(numbered[start : start + 3], number=number))
                for start in range(0, len(numbered), 3)
            ]
    again = draw(st.lists(st.sampled_from(made), max_size=8))
    order = draw(st.permutations([*made, *again]))
    size = draw(st.integers(1, 5))
    return made, [order[i : i + size] for i in range(0, len(order), size)]


def _at(row: Scan, seq: int) -> Scan:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    return Scan(**fields | {"seq": seq})


@stories(12)
@given(exchange=exchanges())
def test_any_resend_and_shuffle_of_batches_ends_with_the_same_totals(
    migrated_file: Path, exchange: tuple[list[Sent], list[list[Sent]]]
) -> None:
    made, delivered = exchange
    assert _totals(migrated_file, delivered) == _totals(migrated_file, [[one] for one in made])


def _totals(migrated_file: Path, groups: list[list[Sent]]) -> object:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(f"sqlite:///{shutil.copy(migrated_file, folder)}") as database,
    ):
        store = Store(database, FactWriter(open_code, HELSINKI), held(database))
        places = Places(database, lambda: NOW)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        for kiosk in KIOSKS:
            places.add_kiosk(kiosk, kiosk, "v-uimahalli")
        for group in groups:
            store.write([BatchArrived(kiosk, NOW, records) for kiosk, records in group])
        assert verify(database).differences == []
        figures = StoredFigures(database, HELSINKI, lambda: NOW, count_assistants=False)
        first, last = (NOW - timedelta(days=3)).date(), (NOW + timedelta(days=3)).date()
        return figures.summary(first, last, "hour").rows, figures.summary(first, last, "venue").rows
