"""A process of its own that imports a large file and prints how much memory that took, in MB."""

import re
import resource
import sys
from pathlib import Path

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.card_import import CardImports
from server.adapters.card_spool import CardSpool, check_cards
from server.adapters.clock import utc_now
from server.adapters.migrate import open_database
from server.adapters.sheets import digest_of
from server.domain.headings import Given
from server.domain.history import Source
from tests.server.kiosk import LIST_KEY


def main(folder: Path, rows: int) -> None:
    file = folder / "cards.csv"
    with file.open("w") as text:
        text.write("koodi;laji;jakaja;alue;myönnetty\n")
        for number in range(rows):
            text.write(f"A{number * 7919 % 10**9:09};henkilökohtainen;Jakaja {number % 50};R;2026-01-01\n")
    with open_database(f"sqlite:///{folder / 'fleet.db'}") as database, CardSpool(LIST_KEY) as spool:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        checked = check_cards(file, Given(), re.compile(DEFAULT_PATTERN), spool)
        imports = CardImports(database, utc_now)
        said = imports.dry_run(spool, checked)
        done = imports.take(spool, checked, Source(file.name, digest_of(file), "cli"))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(said.new, done.new, (after - before) // 1024)  # noqa: T201  (its one answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
