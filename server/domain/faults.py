"""What may be wrong with a file or one of its rows: named, so that each language says it in its own words.

A fault never holds what stood in a cell: it may be a card's code, or a part of one.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from agent.wire.told_code import without_codes

RowFault = Literal[
    "missing",
    "code_shape",
    "code_rounded",
    "twice",
    "code_clash",
    "not_one_of",
    "not_a_name",
    "name_is_code",
    "not_a_day",
    "day_number",
    "far_day",
    "far_ahead",
    "until_before_issue",
    "after_trial",
    "not_children",
    "not_a_zone",
    "no_value",
    "spreadsheet_error",
    "no_heading",
    "venue_id_taken",
    "no_letter",
]
FileFault = Literal[
    "unreadable",
    "no_file",
    "too_large",
    "empty",
    "no_rows",
    "no_header",
    "no_header_on",
    "many_sheets",
    "lacks",
    "column_twice",
    "column_same",
    "mapped_nowhere",
    "not_csv",
    "long_cell",
    "nul",
    "no_encoding",
    "old_excel",
    "opendocument",
    "broken_excel",
]

_ENGLISH: Final[dict[RowFault | FileFault, str]] = {
    "missing": "{column} is empty",
    "code_shape": "{column} does not have the form of this fleet's cards (pattern in fleet.toml)",
    "code_rounded": "{column} was rounded as a number by the spreadsheet; format the column as text",
    "twice": "has the {column} of row {detail}",
    "code_clash": "{column} has the same key as another card; report this",
    "not_one_of": "{column} is none of {detail}",
    "not_a_name": "{column} must be a name of 1 to {detail} characters",
    "name_is_code": "{column} has the form of a card's code, or holds one; is it another column's?",
    "not_a_day": "{column} is no date such as 2026-11-24 or 24.11.2026",
    "day_number": "{column} is a number, as spreadsheets keep days; format the column as a date",
    "far_day": "{column} is outside the years {detail}",
    "far_ahead": "{column} is too far ahead of today; is the year right?",
    "until_before_issue": "valid_until is before issued_on",
    "after_trial": "issued_on is after the area's trial ended ({detail}); give valid_until",
    "not_children": "{column} is no number from 0 to {detail}",
    "no_value": "{column} is a formula whose value was not saved; open the file in the spreadsheet program,"
    " save it, and send it again, or save it as CSV UTF-8",
    "spreadsheet_error": "{column} is a spreadsheet error, not a value; mend its formula",
    "no_heading": "holds a value to the right of the last heading; is there a separator too many?",
    "not_a_zone": "{column} is no time zone such as Europe/Helsinki",
    "venue_id_taken": "{column} is too like that of another venue; give it another name",
    "no_letter": "{column} must hold a letter or a digit",
    "unreadable": "cannot be read: {detail}",
    "no_file": "is no ordinary file. Name a CSV or XLSX file",
    "too_large": "is too large (over {detail}). Split it",
    "empty": "is empty",
    "no_rows": "holds no rows below its headings",
    "no_header": "has no row of headings with ; or , or tabs between them. It must name the columns {column};"
    " if they have other headings, say so, each as with --column {first}=HEADING",
    "no_header_on": "has no row of headings on its sheet (looked at: {detail})."
    " It must name the columns {column}; if they have other headings, say so, each as with"
    " --column {first}=HEADING",
    "many_sheets": "has rows on several sheets: {detail}. Leave one and hide or delete the others,"
    " or save each as a file of its own",
    "lacks": "the headings lack {column}. They must name the columns {detail}; "
    "say which is which, each as with --column {first}=HEADING",
    "column_twice": "the headings name {column} twice, as {detail}; "
    "say which one it is with --column {column}=HEADING",
    "column_same": "the headings name {column} twice, both as {detail}; rename or delete one of them",
    "mapped_nowhere": "has no heading that was given for {column}",
    "not_csv": "row {detail} is no CSV (an open quotation mark?)",
    "long_cell": "row {detail} has a cell of more than 131,072 characters. Shorten it",
    "nul": "holds NUL characters, as no text does. Save it as CSV UTF-8",
    "no_encoding": "is neither UTF-8 nor Windows-1252. Save it as CSV UTF-8",
    "old_excel": "is an Excel file of the old kind, or one with a password. Save it as XLSX without one",
    "opendocument": "is an OpenDocument file. Save it as XLSX or as CSV UTF-8",
    "broken_excel": "is no whole XLSX file. Save it anew, or save it as CSV UTF-8",
}


@dataclass(frozen=True, slots=True)
class Fault:
    name: RowFault | FileFault
    column: str = ""
    detail: str = ""
    """Choices, bounds, numbers; never a cell."""

    def without_codes(self, pattern: re.Pattern[str]) -> "Fault":
        """People name sheets as they like."""
        is_theirs = self.name in ("no_header_on", "many_sheets")
        return replace(self, detail=without_codes(self.detail, pattern)) if is_theirs else self

    def __str__(self) -> str:
        first = self.column.split(",", 1)[0]
        return _ENGLISH[self.name].format(column=self.column, detail=self.detail, first=first)


@dataclass(frozen=True, slots=True, order=True)
class FaultAt:
    """``row`` is numbered as a spreadsheet does it."""

    row: int
    fault: "Fault"


class RowError(Exception):
    """A row that cannot be taken."""

    def __init__(self, *faults: Fault) -> None:
        """There is at least one."""
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))

    @classmethod
    def of(cls, name: RowFault, column: str = "", detail: str = "") -> Self:
        return cls(Fault(name, column, detail))


def no_faults(checks: Iterable[Callable[[], object]]) -> None:
    """Raises :class:`RowError` with the faults of all ``checks`` that raise one, each once."""
    found: dict[Fault, None] = {}
    for check in checks:
        try:
            check()
        except RowError as error:
            found |= dict.fromkeys(error.faults)
    if found:
        raise RowError(*found)


class FileError(Exception):
    """A file that cannot be taken, whatever its rows say."""

    def __init__(self, name: FileFault, column: str = "", detail: str = "") -> None:
        self.fault = Fault(name, column, detail)
        super().__init__(str(self.fault))
