"""How the figures of a run lie in one block of bytes, and where an SQLite file says so.

A block is float64, little-endian, figure after figure; inside a figure, week after week; inside a week, item after item
(firms, sectors, causes or cohorts, or the market alone). Runs whose figures and items are the same share a *layout*, so
that one figure of thousands of runs is read without touching the others.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["TABLES", "FigureColumns", "StoredFigure", "figures_of_layout", "layout_number"]

TABLES = """
CREATE TABLE layout (id INTEGER PRIMARY KEY, signature TEXT NOT NULL UNIQUE);
CREATE TABLE figure (
    layout INTEGER NOT NULL REFERENCES layout,
    key TEXT NOT NULL,
    scope TEXT NOT NULL,              -- firm, sector, cause, cohort or market
    items TEXT NOT NULL,              -- names in order, JSON
    first INTEGER NOT NULL,           -- columns before this figure: its bytes start at 8 * weeks * first
    count INTEGER NOT NULL,           -- columns of this figure
    PRIMARY KEY (layout, key)
) WITHOUT ROWID;
"""

FigureColumns = tuple[str, str, tuple[str, ...]]
"""A figure of a layout: its key, its scope, and the names of its items."""


@dataclass(frozen=True)
class StoredFigure:
    """Where one figure lies in a run's block of bytes, and whose it is."""

    key: str
    scope: str
    items: tuple[str, ...]
    first: int
    count: int


def layout_number(connection: sqlite3.Connection, figures: Iterable[FigureColumns]) -> int:
    """Give the number of a layout; it is added when it is new."""
    described = [[key, scope, list(items)] for key, scope, items in figures]
    signature = json.dumps(described, ensure_ascii=False)
    found = connection.execute("SELECT id FROM layout WHERE signature = ?", (signature,)).fetchone()
    if found:
        return int(found[0])
    cursor = connection.execute("INSERT INTO layout (signature) VALUES (?)", (signature,))
    layout, first = int(cursor.lastrowid or 0), 0
    for key, scope, items in described:
        row = (layout, key, scope, json.dumps(items, ensure_ascii=False), first, len(items))
        connection.execute("INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?)", row)
        first += len(items)
    return layout


def figures_of_layout(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> dict[str, StoredFigure]:
    """Give the figures of one layout by key, in stored order.

    Parameters
    ----------
    connection
        The file.
    where, values
        A condition of SQL that names the layout, with its values.
    """
    rows = connection.execute(
        f"SELECT key, scope, items, first, count FROM figure WHERE {where} ORDER BY first",
        tuple(values),
    )
    return {
        key: StoredFigure(key, scope, tuple(json.loads(items)), first, count)
        for key, scope, items, first, count in rows
    }
