"""What an experiment has found so far: settings, runs, weekly figures and their ends, read beside the writer.

with open_results("results/opening") as results:
results.frame()                          # a row for each run: settings, and the ends of all figures
shares = results.series("share", "Nova") # (runs, weeks), in the order of results.runs
ends = results.end("share", "Nova")      # (points, replicates)
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.batch.findings import Answer, FactorInfo, Failure, Runs, Status
from experiments.batch.recorded import column_name
from experiments.batch.store import KIND, StoreError, quoted
from experiments.layouts import StoredFigure, figures_of_layout
from experiments.sqlite_files import NotedFile

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = ["FILE", "Answer", "BatchResults", "FactorInfo", "Failure", "Runs", "Status", "open_results"]

FILE = "experiment.sqlite"
"""Name of the file in the folder of an experiment."""
MOST_ROWS, MOST_SECONDS = 10_000, 60.0
"""Bounds of a question in SQL: rows that are given, and time it may take."""


def open_results(path: str | Path) -> BatchResults:
    """Open what an experiment has found, to read: a folder, or the file in it.

    Raises
    ------
    StoreError
        There is none, or it cannot be read.
    """
    path = Path(path)
    file = path / FILE if path.is_dir() else path
    return BatchResults(KIND.open(file, writable=False), file)


class BatchResults(NotedFile):
    """The file of an experiment, open to read. Each question sees what is there when it is asked.

    The runs of `series`, `ends` and `frame` are those of `runs`, which is read once; `refresh` looks anew.
    """

    kind = KIND

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection, path, writable=False)

    def refresh(self) -> None:
        """Forget which runs there were: those made since are seen from now on."""
        self.__dict__.pop("runs", None)

    # The experiment

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Names of the scenarios in the experiment."""
        return tuple(name for (name,) in self._rows("SELECT name FROM arm ORDER BY id"))

    def scenario(self, arm: str) -> Scenario:
        """Give the scenario of an arm, before any factor is laid over it.

        Raises
        ------
        KeyError
            There is no such arm.
        """
        from sim.documents import Document, Place
        from sim.scenario import from_document

        found = self._rows("SELECT scenario FROM arm WHERE name = ?", (arm,))
        if not found:
            raise KeyError(arm)
        return from_document(Document(json.loads(found[0][0]), {(): Place(arm)}), arm)

    @cached_property
    def factors(self) -> tuple[FactorInfo, ...]:
        """What is varied."""
        rows = self._rows("SELECT name, role, described FROM factor ORDER BY id")
        found = [(name, role, json.loads(described)) for name, role, described in rows]
        return tuple(FactorInfo(name, role, tuple(known["keys"]), known) for name, role, known in found)

    @cached_property
    def replicates(self) -> int:
        """Runs of each point."""
        return int(self.meta["replicates"])

    @cached_property
    def point_count(self) -> int:
        """Points of the experiment."""
        return int(self._rows("SELECT count(*) FROM point")[0][0])

    def points(self) -> pd.DataFrame:
        """Give the points: arm and values of factors, by the number of the point."""
        import pandas as pd

        names = [factor.name for factor in self.factors]
        columns = "".join(f", setting.{quoted(name)}" for name in names)
        rows = self._rows(
            f"SELECT point.id, arm.name{columns} FROM point JOIN arm ON arm.id = point.arm"
            " JOIN setting ON setting.point = point.id ORDER BY point.id"
        )
        return pd.DataFrame(rows, columns=["point", "arm", *names]).set_index("point")

    def levels(self) -> Floats:
        """Give the levels of the design, (rows, D), from 0 to 1; (0, D) where the design has none.

        The rows of the design are the same in all arms; point number 1 + row belongs to the first arm.
        """
        import numpy as np

        rows = self._rows("SELECT levels FROM point WHERE arm = 0 AND levels IS NOT NULL ORDER BY id")
        return np.array([np.frombuffer(one, dtype="<f8") for (one,) in rows]).reshape(len(rows), len(self.factors))

    # What has become of runs

    def status(self) -> Status:
        """Say how far the experiment has come."""
        counts = {status: (count, seconds) for status, count, seconds in self._rows(
            "SELECT status, count(*), total(seconds) FROM run GROUP BY status"
        )}  # fmt: skip
        done, failed, crashed = (counts.get(status, (0, 0.0)) for status in ("done", "failed", "crashed"))
        return Status(
            self.point_count * self.replicates, done[0], failed[0], crashed[0], done[1] + failed[1] + crashed[1]
        )

    def failures(self) -> list[Failure]:
        """Give the runs that raised or crashed."""
        rows = self._rows(
            "SELECT run.point, arm.name, run.replicate, run.status, point.settings, run.error, run.trace FROM run"
            " JOIN point ON point.id = run.point JOIN arm ON arm.id = point.arm"
            " WHERE run.status != 'done' ORDER BY run.id"
        )
        return [
            Failure(point, arm, replicate, status, json.loads(settings), error, trace)
            for point, arm, replicate, status, settings, error, trace in rows
        ]

    @cached_property
    def runs(self) -> Runs:
        """The runs that are done."""
        import numpy as np

        rows = self._rows("SELECT id, point, replicate FROM run WHERE status = 'done' ORDER BY id")
        numbers, points, replicates = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return Runs(numbers, points, replicates)

    # Figures

    @cached_property
    def _layouts(self) -> dict[int, dict[str, StoredFigure]]:
        layouts = [number for (number,) in self._rows("SELECT id FROM layout")]
        return {number: figures_of_layout(self._connection, "layout = ?", (number,)) for number in layouts}

    @property
    def figures(self) -> dict[str, tuple[str, ...]]:
        """Figures that are kept, each with the names of its items over all arms; an empty name for the market."""
        self.__dict__.pop("_layouts", None)
        found: dict[str, dict[str, None]] = {}
        for figures in self._layouts.values():
            for key, figure in figures.items():
                found.setdefault(key, {}).update(dict.fromkeys(figure.items))
        return {key: tuple(items) for key, items in found.items()}

    def series(self, figure: str, item: str = "") -> Floats:
        """Give the weeks of one figure of one item.

        Parameters
        ----------
        figure, item
            Key of the figure, and the firm, sector, cause or cohort; without an item the market's.

        Returns
        -------
        ndarray
            Shape (runs, weeks), float64, in the order of `runs`. NaN where a run has no such item, and after the end of
            a shorter run.

        Raises
        ------
        KeyError
            No run has kept it week by week.
        """
        import numpy as np

        runs = self.runs
        if item not in self.figures.get(figure, ()):
            raise KeyError(column_name(figure, item))
        rows = self._rows("SELECT id, weeks, layout FROM run WHERE status = 'done' AND series IS NOT NULL ORDER BY id")
        if not rows:
            raise KeyError(column_name(figure, item))
        values = np.full((len(runs), max(weeks for _, weeks, _ in rows)), np.nan)
        place_of = {int(number): place for place, number in enumerate(runs.numbers)}
        for number, weeks, layout in rows:
            place, known = place_of.get(number), self._layouts[layout].get(figure)
            if place is None or known is None or item not in known.items:
                continue
            with self._connection.blobopen("run", "series", number, readonly=True) as block:
                block.seek(8 * weeks * known.first)
                found = np.frombuffer(block.read(8 * weeks * known.count), dtype="<f8")
            values[place, :weeks] = found.reshape(weeks, known.count)[:, known.items.index(item)]
        return values

    def end(self, figure: str, item: str = "", *, week: int | None = None) -> Floats:
        """Give one number of each run, as a table.

        Parameters
        ----------
        figure, item
            As for `series`; or the name of a formula.
        week
            Which week, from 1; None: the end, the mean of the last 13 weeks.

        Returns
        -------
        ndarray
            Shape (points, replicates): point number p in row p - 1. NaN where a run is missing or has no value.

        Raises
        ------
        KeyError
            There is no such figure.
        """
        import numpy as np

        runs = self.runs
        if week is not None:
            values = self.series(figure, item)[:, week - 1]
        else:
            values = self._ends(column_name(figure, item))
        table = np.full((self.point_count, self.replicates), np.nan)
        table[runs.points - 1, runs.replicates] = values
        return table

    def _ends(self, column: str) -> Floats:
        import numpy as np

        if column not in self.end_columns:
            raise KeyError(column)
        rows = dict(self._rows(f"SELECT run, {quoted(column)} FROM summary"))
        return np.array([rows.get(int(number)) for number in self.runs.numbers], dtype=float)

    @property
    def end_columns(self) -> tuple[str, ...]:
        """Names of the ends that are kept: ``share.Nova``, figures of the market by their key, formulas."""
        return tuple(row[1] for row in self._rows("PRAGMA table_info(summary)"))[1:]

    def frame(self) -> pd.DataFrame:
        """Give a row for each run, whatever became of it: arm, settings, status, and the ends of all figures."""
        import pandas as pd

        cursor = self.every_run()
        return pd.DataFrame(cursor.fetchall(), columns=[one[0] for one in cursor.description]).set_index("run")

    def every_run(self) -> sqlite3.Cursor:
        """Give a cursor over the same rows, one after the other."""
        with KIND.explained("unreadable", self.path):
            return self._connection.execute("SELECT * FROM results ORDER BY run")

    def weekly_frame(self, figure: str, items: Sequence[str] | None = None) -> pd.DataFrame:
        """Give a row for each run, week and item of one figure: point, replicate, week, item, value."""
        import numpy as np
        import pandas as pd

        parts = []
        for item in self.figures[figure] if items is None else items:
            values = self.series(figure, item)
            count, weeks = values.shape
            parts.append(
                pd.DataFrame(
                    {
                        "point": np.repeat(self.runs.points, weeks),
                        "replicate": np.repeat(self.runs.replicates, weeks),
                        "week": np.tile(np.arange(1, weeks + 1), count),
                        "item": item,
                        figure: values.ravel(),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    # Questions

    def query(self, sql: str, *, most: int = MOST_ROWS, seconds: float = MOST_SECONDS) -> Answer:
        """Ask in SQL: the view ``results`` has a row for each run, with settings and ends of figures.

        Nothing can be written, and no other file opened.

        Raises
        ------
        StoreError
            With the reason ``question``: it cannot be answered, or takes too long.
        """
        import time

        until = time.monotonic() + seconds
        self._connection.set_authorizer(_only_reading)
        self._connection.set_progress_handler(lambda: int(time.monotonic() > until), 100_000)
        try:
            cursor = self._connection.execute(sql)
            rows = cursor.fetchmany(most + 1)
            columns = tuple(one[0] for one in cursor.description or ())
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise StoreError("question", self.path, str(error)) from None
        finally:
            self._connection.set_progress_handler(None, 0)
            self._connection.set_authorizer(None)
        return Answer(columns, rows[:most], len(rows) > most)

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with KIND.explained("unreadable", self.path):
            return self._connection.execute(sql, tuple(values)).fetchall()


_READING = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
}  # fmt: skip


def _only_reading(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
