"""The results file: one SQLite file for all runs of an experiment.

A *point* is one setting of a scenario, a *run* is one replicate of a point. The figures of a run are one
block of bytes (`experiments.layouts`).

Every run is one transaction: a killed program leaves each run whole or absent. While a writer is open the
file is in write-ahead mode, so that others can read it meanwhile; closing returns it to one plain file that
can be copied.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.layouts import TABLES, StoredFigure, figures_of_layout, layout_number
from experiments.sqlite_files import FileKind, NotedFile, SqliteFileError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Results", "ResultsError", "StoredFigure", "StoredRun"]

APPLICATION_ID = 0x55534552
"""Marks the file as ours in its header ("USER" in ASCII)."""
FORMAT = 1

_TABLES = f"""
{TABLES}
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE point (
    id INTEGER PRIMARY KEY,
    scenario TEXT NOT NULL,           -- merged scenario, JSON
    hash TEXT NOT NULL,               -- of that text
    settings TEXT NOT NULL            -- what was set on the command line or by a design, JSON
);
CREATE TABLE run (
    point INTEGER NOT NULL REFERENCES point,
    replicate INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('done', 'stopped', 'failed')),
    weeks INTEGER NOT NULL,
    seconds REAL NOT NULL,
    error TEXT NOT NULL DEFAULT '',
    layout INTEGER REFERENCES layout,
    series BLOB,
    PRIMARY KEY (point, replicate)
);
"""


class ResultsError(SqliteFileError):
    """A results file cannot be read or written."""


_KIND = FileKind(APPLICATION_ID, FORMAT, _TABLES, ResultsError)


@dataclass(frozen=True)
class StoredRun:
    """One line of the ledger: what became of a replicate. ``seconds`` is wall time."""

    point: int
    replicate: int
    status: str
    weeks: int
    seconds: float
    error: str


class Results(NotedFile):
    """An open results file. Use ``create`` or ``open``, and close it (or use it in a ``with`` block)."""

    kind = _KIND

    @classmethod
    def create(cls, path: str | os.PathLike[str], meta: Mapping[str, str] | None = None) -> Results:
        """Start a new results file.

        Raises
        ------
        ResultsError
            The file exists already or cannot be written.
        """
        path = Path(path)
        if path.exists():
            raise ResultsError("unwritable", path, "the file exists")
        results = cls(_KIND.create(path), path, writable=True)
        results.set_meta(meta or {})
        return results

    @classmethod
    def in_memory(cls) -> Results:
        """Start a results store that lives in memory only, with the same methods."""
        results = cls(sqlite3.connect(":memory:"), Path(":memory:"), writable=False)
        results._connection.executescript(_TABLES)
        return results

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, writable: bool = False) -> Results:
        """Open an existing results file, for reading unless ``writable``.

        Raises
        ------
        ResultsError
            The file is missing, is not a results file, or comes from a newer version.
        """
        path = Path(path)
        return cls(_KIND.open(path, writable=writable), path, writable=writable)

    # What is stored beside the runs

    def add_point(self, scenario: str, text_hash: str, settings: Sequence[str] = ()) -> int:
        """Add one setting of a scenario; returns its number (1 for the first)."""
        with _KIND.explained("unwritable", self.path), self._connection:
            cursor = self._connection.execute(
                "INSERT INTO point (scenario, hash, settings) VALUES (?, ?, ?)",
                (scenario, text_hash, json.dumps(list(settings), ensure_ascii=False)),
            )
        return int(cursor.lastrowid or 0)

    def points(self) -> dict[int, dict[str, Any]]:
        """Every point with its merged ``scenario`` (JSON text), ``hash`` and ``settings``."""
        rows = self._connection.execute("SELECT id, scenario, hash, settings FROM point ORDER BY id")
        return {
            number: {"scenario": scenario, "hash": text_hash, "settings": tuple(json.loads(settings))}
            for number, scenario, text_hash, settings in rows
        }

    # Runs

    def put(
        self,
        point: int,
        replicate: int,
        *,
        status: str,
        seconds: float,
        error: str = "",
        figures: Mapping[str, tuple[str, tuple[str, ...], np.ndarray]] | None = None,
    ) -> None:
        """Store one run in one transaction, replacing an earlier one of the same point and replicate.

        Parameters
        ----------
        status
            ``done``, ``stopped`` (cut before its horizon) or ``failed``.
        figures
            For each key: scope, names of the items, values of shape (weeks, items). None for a failed run.

        Raises
        ------
        ResultsError
            The disk is full or the file cannot be written.
        """
        import numpy as np

        weeks, block = 0, None
        if figures:
            columns = [np.ascontiguousarray(values, dtype="<f8") for _, _, values in figures.values()]
            weeks = len(columns[0])
            block = b"".join(column.tobytes() for column in columns)
        with _KIND.explained("unwritable", self.path), self._connection:
            layout = None
            if figures:
                described = ((key, scope, items) for key, (scope, items, _) in figures.items())
                layout = layout_number(self._connection, described)
            self._connection.execute(
                "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (point, replicate, status, weeks, seconds, error, layout, block),
            )

    def runs(self, point: int | None = None) -> list[StoredRun]:
        """The ledger, in order of point and replicate."""
        query = "SELECT point, replicate, status, weeks, seconds, error FROM run"
        rows = (
            self._connection.execute(f"{query} ORDER BY point, replicate")
            if point is None
            else self._connection.execute(f"{query} WHERE point = ? ORDER BY replicate", (point,))
        )
        return [StoredRun(*row) for row in rows]

    def finished(self, point: int = 1) -> set[int]:
        """Replicates of a point that need not be run again."""
        rows = self._connection.execute("SELECT replicate FROM run WHERE point = ? AND status = 'done'", (point,))
        return {replicate for (replicate,) in rows}

    def figures(self, point: int = 1) -> dict[str, StoredFigure]:
        """Figures of a point by key, in stored order; empty when it has no run with results."""
        of_the_first = "SELECT layout FROM run WHERE point = ? AND layout IS NOT NULL ORDER BY replicate LIMIT 1"
        return figures_of_layout(self._connection, f"layout = ({of_the_first})", (point,))

    def series(self, key: str, point: int = 1) -> np.ndarray:
        """One figure over all runs of a point that have results.

        Returns
        -------
        ndarray
            Shape (runs, weeks, items), float64, in replicate order. Weeks after the end of a shorter run are
            NaN.

        Raises
        ------
        KeyError
            No run of this point has that figure.
        """
        import numpy as np

        figure = self.figures(point)[key]
        rows = self._connection.execute(
            "SELECT weeks, substr(series, 1 + 8 * weeks * :first, 8 * weeks * :count) FROM run"
            " WHERE point = :point AND series IS NOT NULL ORDER BY replicate",
            {"first": figure.first, "count": figure.count, "point": point},
        ).fetchall()
        longest = max(weeks for weeks, _ in rows)
        values = np.full((len(rows), longest, figure.count), np.nan)
        for position, (weeks, block) in enumerate(rows):
            values[position, :weeks] = np.frombuffer(block, dtype="<f8").reshape(weeks, figure.count)
        return values
