"""An entry of ``kiosk.toml`` that stands in the wrong section: where it belongs, by the types themselves."""

import re
from typing import Final

import msgspec
from msgspec.inspect import StructType, Type, UnionType, type_info

_UNKNOWN: Final = re.compile(r"Object contains unknown field `(\w+)`(?: - at `\$\.(\w+)`)?")


def why_refused(error: msgspec.ValidationError, file: type[msgspec.Struct]) -> str:
    """``error`` as a sentence without its full stop; ``file`` is the type of the whole document."""
    if not (unknown := _UNKNOWN.fullmatch(str(error))):
        return str(error)
    entry, section = unknown.groups()
    if not (homes := _homes_of(entry, file)):
        return str(error)
    where = f"[{section}]" if section else "the top of the file"
    return f"{entry} is no entry of {where}; it belongs {' or '.join(homes)}"


def _homes_of(entry: str, file: type[msgspec.Struct]) -> list[str]:
    top = type_info(file)
    if not isinstance(top, StructType):
        return []
    homes = [f"to [{field.name}]" for field in top.fields if entry in _entries_of(field.type)]
    return [*(["at the top of the file"] if entry in _entries_of(top) else []), *homes]


def _entries_of(section: Type) -> set[str]:
    """Of a section, also of one that may be left out; of a plain entry none."""
    kinds = section.types if isinstance(section, UnionType) else (section,)
    return {field.name for kind in kinds if isinstance(kind, StructType) for field in kind.fields}
