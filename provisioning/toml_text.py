"""Values as TOML text; the standard library reads TOML but does not write it."""

import json
from pathlib import Path


def toml(value: str | float | Path) -> str:
    """One value. JSON's string escapes are TOML's, but for DEL, which TOML wants escaped."""
    if isinstance(value, str | Path):
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def with_entry(document: str, table: str, key: str, value: str | float) -> str:
    """``document`` with ``key`` of ``[table]`` set, and every other line, comments too, as it was."""
    lines = document.splitlines(keepends=True)
    inside = False
    for number, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped.split("#")[0].strip() == f"[{table}]"
        elif inside and stripped.split("=")[0].strip() == key:
            lines[number] = f"{key} = {toml(value)}\n"
            return "".join(lines)
    raise KeyError(f"{table}.{key}")
