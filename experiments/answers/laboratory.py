"""Runs of one market that a search asks for as it goes: each is made once, and remembered in the folder of the answer.

A run is asked for by what it sets and by the number of its luck. What was asked for before, in this call or in an
earlier one that was stopped, is read from ``runs.sqlite``.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.batch.costs import paid
from experiments.batch.experiment import Experiment, Task, model_version
from experiments.batch.recorded import Recorded, column_name
from experiments.sqlite_files import FileKind, OpenFile, SqliteFileError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.batch.costs import Charges, Part
    from experiments.batch.executors import Executor
    from experiments.batch.recorded import Kept
    from experiments.batch.runner import Done
    from experiments.batch.work import Finished
    from experiments.claims.measures import Measure
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = ["FILE", "Laboratory", "RunsError", "StoppedError", "Wanted"]

FILE = "runs.sqlite"
Wanted = tuple[Mapping[str, Any], int]
"""What a run sets, by keys of the scenario, and the number of its luck."""

_TABLES = """
CREATE TABLE run (
    key TEXT PRIMARY KEY,             -- hash of market, settings, luck, numbers that are kept, and model
    settings TEXT NOT NULL,           -- JSON: for people who read the file
    luck INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('done', 'failed', 'crashed')),
    seconds REAL NOT NULL,
    error TEXT NOT NULL,
    numbers BLOB NOT NULL             -- float64 little-endian
) WITHOUT ROWID;
"""


class RunsError(SqliteFileError):
    """The file of runs cannot be read or written."""


_KIND = FileKind(0x55534C42, 1, _TABLES, RunsError)


class StoppedError(RuntimeError):
    """The search was stopped; the runs that are made are kept."""


@dataclass(frozen=True)
class _Wave(Experiment):
    """Some runs, as the runner takes them: each has a point of its own."""

    asked: tuple[Task, ...] = ()

    @property
    def run_count(self) -> int:
        """Runs, all together."""
        return len(self.asked)

    def tasks(self) -> Iterator[Task]:
        """Give all runs."""
        return iter(self.asked)


class Laboratory(OpenFile):
    """Makes runs of one market. Use it in a ``with`` block.

    Parameters
    ----------
    experiment
        Its first arm is the market; its formulas may be asked for.
    measures
        The numbers that are kept of a run.
    folder
        Of the answer.
    executor
        Where runs are made.
    charges
        What levers cost: it is taken off the figures of the firms that pay, week by week.
    on_progress
        Told the runs that were made or found so far.
    stop
        Set it to stop.

    Raises
    ------
    RunsError
        The file in the folder cannot be read or written.
    """

    kind = _KIND

    def __init__(
        self,
        experiment: Experiment,
        measures: Sequence[Measure],
        folder: Path,
        executor: Executor,
        *,
        charges: Charges | None = None,
        on_progress: Callable[[int], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        formulas = {name for name, _ in experiment.recorded.formulas}
        names = tuple(dict.fromkeys(column_name(x.key, x.item) for x in measures if x.key not in formulas))
        chosen = tuple((name, text) for name, text in experiment.recorded.formulas if name in {x.key for x in measures})
        self.experiment = experiment
        self.measures = tuple(measures)
        self._recorded = Recorded(names, series=True, formulas=chosen)
        self._charges = charges
        self._executor, self._on_progress, self.stop = executor, on_progress, stop or threading.Event()
        self.made = self.found = self.failed = 0
        self._met: set[str] = set()
        self.errors: dict[str, None] = {}
        path = folder / FILE
        super().__init__(_KIND.open(path, writable=True) if path.is_file() else _KIND.create(path), path)
        market = experiment.arms[0].scenario
        kept = [[x.key, x.item, x.over, x.weeks] for x in measures]
        texts = [[name, formula.text] for name, formula in chosen]
        self._own = json.dumps([market.text_hash, market.seed, kept, texts, model_version(), experiment.engine])

    @property
    def market(self) -> Scenario:
        """The market as it is."""
        return self.experiment.arms[0].scenario

    def run(self, wanted: Sequence[Wanted]) -> Floats:
        """Make or remember runs.

        Parameters
        ----------
        wanted
            The runs.

        Returns
        -------
        ndarray
            (n, K), a row a run, a column a measure; NaN where a run failed or has no number.

        Raises
        ------
        StoppedError
            It was stopped.
        RunsError, ExecutorError
            Runs cannot be kept, or made.
        """
        keys = [self._key(settings, luck) for settings, luck in wanted]
        known = self._known(keys)
        missing = {key: one for key, one in zip(keys, wanted, strict=True) if key not in known}
        # A search asks again and again for what it was given: that counts once, as made or as found.
        self.found += len(set(keys).intersection(known) - self._met)
        self._met.update(keys)
        if missing:
            self._make(missing)
            known |= self._known(list(missing))
        if any(key not in known for key in keys):
            raise StoppedError
        return np.array([known[key] for key in keys]).reshape(len(keys), len(self.measures))

    def table(self, settings: Sequence[Mapping[str, Any]], lucks: Sequence[int]) -> Floats:
        """Run every setting with every luck, (n, R, K)."""
        wanted = [(one, luck) for one in settings for luck in lucks]
        return self.run(wanted).reshape(len(settings), len(lucks), len(self.measures))

    def _key(self, settings: Mapping[str, Any], luck: int) -> str:
        parts: list[Any] = [self._own, sorted(settings.items()), luck]
        if costs := self._costs(settings):
            parts.append(sorted(costs.items()))
        said = json.dumps(parts, default=str)
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def _known(self, keys: Sequence[str]) -> dict[str, Floats]:
        with _KIND.explained("unreadable", self.path):
            found = {}
            for key in dict.fromkeys(keys):
                row = self._connection.execute(
                    "SELECT numbers, status, error FROM run WHERE key = ?", (key,)
                ).fetchone()
                if row is not None:
                    found[key] = np.frombuffer(row[0], dtype="<f8").astype(float)
            return found

    def _make(self, missing: Mapping[str, Wanted]) -> None:
        from experiments.batch.runner import Runner

        tasks = tuple(
            Task(place, 0, settings, 0, luck) for place, (settings, luck) in enumerate(missing.values(), start=1)
        )
        made = self.experiment
        wave = _Wave(
            made.name, made.title, made.story, made.text, made.arms[:1], made.factors, made.design, 1, True,
            made.engine, self._recorded, made.budget, tasks,
        )  # fmt: skip
        before = self.made

        def told(done: Done) -> None:
            if self._on_progress is not None:
                self._on_progress(before + self.found + done.runs)

        Runner(wave, _Keeper(self, list(missing.items())), self._executor, on_progress=told, stop=self.stop).run()

    def keep(self, key: str, wanted: Wanted, one: Finished) -> None:
        """Keep a run."""
        costs = self._costs(wanted[0])
        numbers = np.full(len(self.measures), np.nan) if one.kept is None else self._numbers(one.kept, one.weeks, costs)
        self.made += 1
        if one.status != "done":
            self.failed += 1
            self.errors[one.error] = None
        with _KIND.explained("unwritable", self.path), self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, json.dumps(dict(wanted[0]), default=str), wanted[1], one.status, one.seconds, one.error,
                 numbers.astype("<f8").tobytes()),
            )  # fmt: skip

    def _costs(self, settings: Mapping[str, Any]) -> dict[str, tuple[Part, ...]]:
        return {} if self._charges is None else self._charges.of(settings)

    def _numbers(self, kept: Kept, weeks: int, costs: Mapping[str, Sequence[Part]]) -> Floats:
        series: dict[tuple[str, str], Floats] = {}
        block = np.frombuffer(kept.block or b"", dtype="<f8")
        first = 0
        for key, _, items in kept.layout:
            values = block[first : first + weeks * len(items)].reshape(weeks, len(items))
            first += weeks * len(items)
            series |= {
                (key, item): values[:, place] - paid(costs.get(item, ()), key, weeks)
                for place, item in enumerate(items)
            }
        return np.array([
            x.of(series[x.key, x.item]) if (x.key, x.item) in series else
            kept.ends.get(column_name(x.key, x.item), np.nan)
            for x in self.measures
        ], dtype=float)  # fmt: skip


class _Keeper:
    """Stands where the runner keeps runs, and gives them to the laboratory."""

    def __init__(self, laboratory: Laboratory, asked: list[tuple[str, Wanted]]) -> None:
        self._laboratory, self._asked = laboratory, asked

    def known(self, *, retry: bool = False) -> set[tuple[int, int]]:
        """Nothing: only what is missing is asked for."""
        return set()

    def put(self, finished: Iterable[Finished], replicates: int) -> None:
        """Keep some runs."""
        for one in finished:
            key, wanted = self._asked[one.point - 1]
            self._laboratory.keep(key, wanted, one)
