"""Names that a file spells otherwise than the register does: they are the register's, and that is told."""

from collections.abc import Iterable
from typing import NamedTuple

from server.domain.names import same_name


class Spelling(NamedTuple):
    column: str
    written: str
    stands: str


class Spellings:
    """Areas and their distributors. The first spelling stands: the register's, then the file's."""

    def __init__(self, areas: Iterable[str], distributors: Iterable[tuple[str, str]] = ()) -> None:
        self._areas = {same_name(area): area for area in areas}
        self._distributors = {(same_name(area), same_name(name)): name for area, name in distributors}
        self.found: dict[Spelling, None] = {}

    def area(self, written: str) -> str:
        stands = self._areas.setdefault(same_name(written), written)
        return self._noted("area", written, stands)

    def distributor(self, area: str, written: str) -> str:
        stands = self._distributors.setdefault((same_name(area), same_name(written)), written)
        return self._noted("distributor", written, stands)

    def _noted(self, column: str, written: str, stands: str) -> str:
        if written != stands:
            self.found[Spelling(column, written, stands)] = None
        return stands
