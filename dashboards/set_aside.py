"""What is switched off, and who "you" are, in a scenario file: comments at its end, which other readers pass over."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

from dashboards.happening import Happening, Table
from dashboards.text import say
from experiments.toml_text import toml_text

__all__ = ["MARK", "firm_of", "read", "signed", "written"]

MARK = "#:"
"""Begins each line; where the marks are taken away, what follows them happens."""
_YOU = "#you: "
_MOST = 400
_TABLES: tuple[Table, ...] = ("event", "schedule", "entry")


def written(happenings: Iterable[Happening]) -> str:
    """Give lines for the end of a file; none where there is nothing to tell.

    A firm that stays out stands in the file itself, as one that enters after the last week: here is only when it would.
    """
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in _TABLES}
    for one in happenings:
        row = one.data
        rows[one.table].append({"firm": one.firm, "week": one.week} if one.table == "entry" else row)
    text = toml_text({table: found for table, found in rows.items() if found})
    if not text.strip():
        return ""
    marked = "".join(f"{MARK} {line}".rstrip() + "\n" for line in text.splitlines())
    return f"\n# {say('file.set_aside')}\n{marked}"


def signed(text: str, firm: str) -> str:
    """Add to a file's text whose strategist works on it."""
    return f"{text}{'' if MARK in text else chr(10)}{_YOU}{firm}\n"


def firm_of(text: str) -> str:
    """Find in the last lines of a file's text whose strategist works on it; empty where that is not said."""
    last = text.rstrip().rpartition("\n")[2]
    return last.removeprefix(_YOU).strip() if last.startswith(_YOU) else ""


def read(text: str) -> tuple[Happening, ...]:
    """Find what the end of a file's text tells, switched off; what makes no sense is passed over, as any comment is."""
    marked: list[str] = []
    for line in reversed(text.rstrip().splitlines()):
        if not line.startswith("#"):
            break
        if line.startswith(MARK):
            marked.append(line.removeprefix(MARK).removeprefix(" "))
    try:
        tables = tomllib.loads("\n".join(reversed(marked)))
    except (tomllib.TOMLDecodeError, RecursionError):
        return ()
    found = []
    for table in _TABLES:
        rows = tables.get(table)
        for row in rows if isinstance(rows, list) else ():
            try:
                one = Happening.of(table, row, False)
                _ = one.week, one.kind, one.firm
            except (ValueError, TypeError, KeyError, RecursionError):
                continue
            found.append(one)
    return tuple(found[:_MOST])
