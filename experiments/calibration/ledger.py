"""The ledger of a calibration: one SQLite file with every point, every run and its numbers.

Every run is one transaction, so that a stopped or killed calibration goes on where it was. Points are kept as well: a
resumed calibration need not search for them again, and its numbers are the same to the last bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.sqlite_files import FileKind, NotedFile, SqliteFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Ledger", "LedgerError", "Point"]

APPLICATION_ID = 0x5553434C
"""Marks the file as ours in its header ("USCL" in ASCII)."""
FORMAT = 1

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE point (
    id INTEGER PRIMARY KEY,           -- from 0, in the order in which they were chosen
    wave INTEGER NOT NULL,            -- 0: the even design; from 1: waves; -1: draws of the posterior, to check it
    cube BLOB NOT NULL,               -- its place in the unit cube of the prior, float64 little-endian
    settings TEXT NOT NULL            -- values by key, JSON: for people who read the file
);
CREATE TABLE run (
    point INTEGER NOT NULL REFERENCES point,
    replicate INTEGER NOT NULL,       -- its number in all of the calibration, and so its luck
    status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    seconds REAL NOT NULL,
    error TEXT NOT NULL DEFAULT '',
    numbers BLOB,                     -- one for each target, float64 little-endian
    PRIMARY KEY (point, replicate)
);
"""


class LedgerError(SqliteFileError):
    """A ledger cannot be read or written."""


_KIND = FileKind(APPLICATION_ID, FORMAT, _TABLES, LedgerError, damaged="foreign")


@dataclass(frozen=True)
class Point:
    """A point of the parameters: its number, the wave that chose it, and its place in the unit cube (D,)."""

    number: int
    wave: int
    cube: Floats


class Ledger(NotedFile):
    """An open ledger. Use `create` or `open`, in a ``with`` block."""

    kind = _KIND

    @classmethod
    def create(cls, path: Path, meta: Mapping[str, str]) -> Ledger:
        """Start a new ledger.

        Raises
        ------
        LedgerError
            It cannot be written.
        """
        ledger = cls(_KIND.create(path), path)
        with _KIND.explained("unwritable", path), ledger._connection:
            ledger._connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        return ledger

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Open a ledger to go on with it.

        Raises
        ------
        LedgerError
            It is missing, is none, or comes from a newer version.
        """
        return cls(_KIND.open(path, writable=True), path)

    def add_points(self, wave: int, cube: Floats, settings: Sequence[Mapping[str, float | int]]) -> None:
        """Add the points of a wave, (n, D), all or none."""
        (last,) = self._connection.execute("SELECT coalesce(max(id), -1) FROM point").fetchone()
        rows = [
            (last + 1 + place, wave, one.astype("<f8").tobytes(), json.dumps(dict(values)))
            for place, (one, values) in enumerate(zip(cube, settings, strict=True))
        ]
        with _KIND.explained("unwritable", self.path), self._connection:
            self._connection.executemany("INSERT INTO point VALUES (?, ?, ?, ?)", rows)

    def points(self, wave: int | None = None) -> list[Point]:
        """Give the points of a wave, or all, in order."""
        import numpy as np

        where = "" if wave is None else f"WHERE wave = {int(wave)}"
        rows = self._connection.execute(f"SELECT id, wave, cube FROM point {where} ORDER BY id")
        return [Point(number, of, np.frombuffer(cube, dtype="<f8").astype(float)) for number, of, cube in rows]

    def put(self, point: int, replicate: int, numbers: Floats | None, seconds: float, error: str = "") -> None:
        """Keep one run: its numbers, or what went wrong.

        Raises
        ------
        LedgerError
            The disk is full or the file cannot be written.
        """
        status = "failed" if numbers is None else "done"
        block = None if numbers is None else numbers.astype("<f8").tobytes()
        with _KIND.explained("unwritable", self.path), self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?)",
                (point, replicate, status, seconds, error, block),
            )

    def known(self) -> set[tuple[int, int]]:
        """Give the runs that need not be made again: point and replicate."""
        return set(self._connection.execute("SELECT point, replicate FROM run"))

    def numbers(self, wanted: int) -> dict[int, list[Floats]]:
        """Give the numbers of all runs that were finished, by point, in order of replicates.

        Parameters
        ----------
        wanted
            How many numbers a run has.
        """
        import numpy as np

        found: dict[int, list[Floats]] = {}
        query = "SELECT point, numbers FROM run WHERE status = 'done' ORDER BY point, replicate"
        for point, block in self._connection.execute(query):
            found.setdefault(point, []).append(np.frombuffer(block, dtype="<f8", count=wanted).astype(float))
        return found

    def errors(self) -> list[str]:
        """Give what runs that failed have said."""
        return [error for (error,) in self._connection.execute("SELECT error FROM run WHERE status = 'failed'")]
