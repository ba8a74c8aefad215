"""The file of an experiment: one SQLite file with its settings, its runs, their figures, and what went wrong.

Only the process that coordinates the runs writes; any number of others may read meanwhile. A piece of work that comes
back is one transaction: whatever happens, a run is there as a whole or not at all.

The weeks of a run are one block of bytes (`experiments.layouts`). With every figure of a long run it is hundreds of
pages long, and SQLite keeps those as a chain that is followed page by page. The file is therefore made with maps of its
pages (``auto_vacuum``), by which SQLite finds the middle of a chain without reading what comes before: one figure of
ten thousand runs is read in a fraction of a second from gigabytes. Large pages halve the time that writing takes.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.layouts import TABLES, FigureColumns, layout_number
from experiments.sqlite_files import FileKind, NotedFile, SqliteFileError

if TYPE_CHECKING:
    from experiments.batch.experiment import Experiment
    from experiments.batch.work import Finished

__all__ = ["KIND", "MOST_COLUMNS", "BatchStore", "StoreError", "quoted"]

APPLICATION_ID = 0x55534558
"""Marks the file as ours in its header ("USEX" in ASCII)."""
FORMAT = 1
PART = ".part"
"""End of the name of a file that is not complete."""
MOST_COLUMNS = 1800
"""Ends of figures that a run may have: SQLite holds 2,000 columns in a table, and in what a question gives."""

_TABLES = f"""
{TABLES}
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE arm (
    id INTEGER PRIMARY KEY,           -- from 0
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,               -- of the scenario
    scenario TEXT NOT NULL            -- merged scenario, JSON
);
CREATE TABLE factor (
    id INTEGER PRIMARY KEY,           -- from 0
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('lever', 'uncertainty')),
    described TEXT NOT NULL           -- keys and values it can have, JSON
);
CREATE TABLE point (
    id INTEGER PRIMARY KEY,           -- from 1
    arm INTEGER NOT NULL REFERENCES arm,
    row INTEGER NOT NULL,             -- of the design, from 0: the same in all arms
    levels BLOB,                      -- of the factors, 0 to 1, float64 little-endian; NULL where the design has none
    settings TEXT NOT NULL            -- what is set, by key of the scenario, JSON
);
CREATE TABLE run (
    id INTEGER PRIMARY KEY,           -- (point - 1) * replicates + replicate + 1
    point INTEGER NOT NULL REFERENCES point,
    replicate INTEGER NOT NULL,       -- from 0
    luck INTEGER NOT NULL,            -- the number that, with the seed, addresses its luck
    status TEXT NOT NULL CHECK (status IN ('done', 'failed', 'crashed')),
    weeks INTEGER NOT NULL,
    seconds REAL NOT NULL,
    error TEXT NOT NULL,
    trace TEXT NOT NULL,
    layout INTEGER REFERENCES layout,
    series BLOB,
    UNIQUE (point, replicate)
);
CREATE TABLE summary (run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE);
"""


class StoreError(SqliteFileError):
    """The file of an experiment cannot be read or written."""


KIND = FileKind(
    APPLICATION_ID, FORMAT, _TABLES, StoreError, first="PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL;\n"
)
"""How such files are made and recognised."""


def quoted(name: str) -> str:
    """Write a name of a column as SQL does."""
    return '"' + name.replace('"', '""') + '"'


class BatchStore(NotedFile):
    """The open file of an experiment, to write to. Use `create` or `open`, in a ``with`` block."""

    kind = KIND

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection, path)
        self._look_again()

    @classmethod
    def create(cls, path: Path, experiment: Experiment, meta: Mapping[str, str]) -> BatchStore:
        """Start the file of an experiment, with all its points.

        Raises
        ------
        StoreError
            It cannot be written.
        """
        # Under another name until it is complete: whoever looks finds all of it or nothing.
        begun = path.with_name(f"{path.name}{PART}")
        with KIND.explained("unwritable", path):
            begun.unlink(missing_ok=True)
            try:
                with cls(KIND.create(begun), begun) as store, store._connection:
                    store._write_experiment(experiment, meta)
                os.replace(begun, path)
            finally:
                begun.unlink(missing_ok=True)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> BatchStore:
        """Open the file of an experiment to go on with it.

        Raises
        ------
        StoreError
            It is missing, is none, or comes from a newer version.
        """
        return cls(KIND.open(path, writable=True), path)

    def known(self, *, retry: bool = False) -> set[tuple[int, int]]:
        """Give the runs that need not be made again, by point and replicate; with `retry` only those that are done."""
        where = "WHERE status = 'done'" if retry else ""
        return set(self._connection.execute(f"SELECT point, replicate FROM run {where}"))

    def put(self, finished: Iterable[Finished], replicates: int) -> None:
        """Keep some runs, all or none; an earlier run of the same point and replicate is replaced.

        Parameters
        ----------
        finished
            The runs.
        replicates
            Of every point of the experiment.

        Raises
        ------
        StoreError
            The disk is full or the file cannot be written. What was kept before is safe.
        """
        try:
            with KIND.explained("unwritable", self.path), self._connection:
                for one in finished:
                    self._put(one, (one.point - 1) * replicates + one.replicate + 1)
        except StoreError:
            self._look_again()
            raise

    def _look_again(self) -> None:
        """Forget what is known of the file: what was added last may have been taken back."""
        self._columns = {row[1] for row in self._connection.execute("PRAGMA table_info(summary)")}
        self._layouts: dict[tuple[FigureColumns, ...], int] = {}
        self._insertions: dict[tuple[str, ...], str] = {}

    def _put(self, one: Finished, number: int) -> None:
        kept = one.kept
        layout = block = None
        if kept is not None:
            layout, block = self._layouts.get(kept.layout), kept.block
            if layout is None:
                layout = self._layouts[kept.layout] = layout_number(self._connection, kept.layout)
        self._connection.execute("DELETE FROM run WHERE id = ?", (number,))
        values = (one.point, one.replicate, one.luck, one.status, one.weeks, one.seconds, one.error, one.trace)
        self._connection.execute(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *values, layout, block)
        )
        if kept is not None:
            self._put_ends(number, kept.ends)

    def _put_ends(self, number: int, ends: Mapping[str, float]) -> None:
        names = tuple(ends)
        insertion = self._insertions.get(names)
        if insertion is None:
            self._add_columns(names)
            marks = ", ".join("?" * len(names))
            insertion = f"INSERT INTO summary (run, {', '.join(map(quoted, names))}) VALUES (?, {marks})"
            self._insertions[names] = insertion
        # SQLite takes what is not a number for NULL.
        self._connection.execute(insertion, (number, *ends.values()))

    def _add_columns(self, names: Iterable[str]) -> None:
        new = [name for name in names if name not in self._columns]
        for name in new:
            self._connection.execute(f"ALTER TABLE summary ADD COLUMN {quoted(name)} REAL")
        if new:
            self._columns.update(new)
            self._renew_view()

    def _write_experiment(self, experiment: Experiment, meta: Mapping[str, str]) -> None:
        run = self._connection.executemany
        run("INSERT INTO meta VALUES (?, ?)", meta.items())
        arms = [
            (number, arm.name, arm.scenario.text_hash, _json(arm.scenario.as_file()))
            for number, arm in enumerate(experiment.arms)
        ]
        run("INSERT INTO arm VALUES (?, ?, ?, ?)", arms)
        factors = [(place, one.name, one.role, _json(one.describe())) for place, one in enumerate(experiment.factors)]
        run("INSERT INTO factor VALUES (?, ?, ?, ?)", factors)
        columns = "".join(f", {quoted(factor.name)}" for factor in experiment.factors)
        self._connection.execute(f"CREATE TABLE setting (point INTEGER PRIMARY KEY REFERENCES point{columns})")
        run(
            "INSERT INTO point VALUES (?, ?, ?, ?, ?)",
            (
                (one.number, one.arm, one.row, _levels(one.levels), _json(experiment.settings(one)))
                for one in experiment.points
            ),
        )
        marks = ", ?" * len(experiment.factors)
        run(
            f"INSERT INTO setting VALUES (?{marks})",
            ((one.number, *map(_sql_value, experiment.values(one).values())) for one in experiment.points),
        )
        self._renew_view()

    def _renew_view(self) -> None:
        """Make anew the view that has a row for each run: settings, fate, ends of figures."""
        settings = [row[1] for row in self._connection.execute("PRAGMA table_info(setting)")][1:]
        ends = [row[1] for row in self._connection.execute("PRAGMA table_info(summary)")][1:]
        columns = [
            "run.id AS run",
            "run.point AS point",
            "arm.name AS arm",
            "run.replicate AS replicate",
            *(f"setting.{quoted(name)} AS {quoted(name)}" for name in settings),
            *(f"run.{name} AS {name}" for name in ("status", "seconds", "error")),
            *(f"summary.{quoted(name)} AS {quoted(name)}" for name in ends),
        ]
        self._connection.execute("DROP VIEW IF EXISTS results")
        self._connection.execute(
            f"CREATE VIEW results AS SELECT {', '.join(columns)} FROM run JOIN point ON point.id = run.point"
            " JOIN arm ON arm.id = point.arm JOIN setting ON setting.point = run.point"
            " LEFT JOIN summary ON summary.run = run.id"
        )


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _levels(levels: Sequence[float]) -> bytes | None:
    import numpy as np

    return np.array(levels, dtype="<f8").tobytes() if levels else None


def _sql_value(value: Any) -> Any:
    """Give a value that SQLite can hold: tables and lists as JSON."""
    return value if value is None or isinstance(value, int | float | str) else _json(value)
