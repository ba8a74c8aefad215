"""The runs of a comparison, made on the processes that all pages share, behind what the Lab wants.

Runs are kept in a temporary folder as long as the comparison is among the last few, so that another figure, another
week, or another reader of the same comparison needs none of them again.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dashboards.compare.sides import Setup
    from experiments.answers.asked import Asked
    from experiments.answers.changes import Change, Grouping
    from experiments.answers.compare import Compared
    from experiments.answers.explain import Explained
    from experiments.answers.futures import Futures
    from experiments.batch.runner import Done
    from experiments.pool import Pool

    Floats = NDArray[np.float64]

__all__ = [
    "BUDGETS", "Behind", "Ran", "Stopped", "explained", "known", "lab_waits", "markets_to_explain", "run",
    "seconds_of_a_run", "sized",
]  # fmt: skip

BUDGETS = {"quick": 64, "thorough": 256}
"""Markets that an explanation may run, by how thorough it is."""
QUICK_FUTURES, QUICK_CONSUMERS = 8, 1000

KEPT = 6
"""Comparisons whose runs are kept, of all sessions together."""
_POLITE = 0.03  # seconds between two looks whether somebody waits
_PATIENCE = 5.0  # seconds after which a run is made although somebody waits


class Stopped(Exception):
    """It was stopped before there was anything to tell."""


class Behind:
    """The shared processes, one run at a time for each, and only while nobody with more right is waiting.

    A place to make runs as `experiments.batch.executors.Executor` describes it. Runs are handed out singly, so that
    whoever drags a lever waits for one run at most.

    Parameters
    ----------
    pool
        The processes.
    is_wanted
        Tells whether somebody with more right needs them now.
    """

    overhead = 0.0005
    patience = 3

    def __init__(self, pool: Pool, is_wanted: Callable[[], bool] = lambda: False) -> None:
        self.pool = pool
        self.workers = pool.processes
        self._is_wanted = is_wanted
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="compare")
        self.seconds: list[float] = []
        """What each run took, there and back."""

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have a process call a function of something common and a row of tasks, task by task."""
        return self._threads.submit(self._call, function, arguments)

    def _call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> list[Any]:
        from experiments.pool import WorkerLostError

        *common, tasks = arguments
        finished: list[Any] = []
        for task in tasks:
            self._wait()
            if self._stop.is_set():
                if finished:
                    return finished
                raise CancelledError
            begun = time.perf_counter()
            try:
                finished += self.pool.call(function, *common, (task,))
                self.seconds.append(time.perf_counter() - begun)
            except WorkerLostError:
                if finished:
                    return finished  # the rest is handed out again
                raise
        return finished

    def _wait(self) -> None:
        """Let those with more right go first, but not for ever."""
        begun = time.monotonic()
        while self._is_wanted() and not self._stop.is_set() and time.monotonic() - begun < _PATIENCE:
            time.sleep(_POLITE)

    def turn_away_others(self) -> bool:
        """Tell no: all processes are of this program."""
        return False

    def has_lost_its_worker(self, error: BaseException) -> bool:
        """Tell whether a process died."""
        from experiments.pool import WorkerLostError

        return isinstance(error, WorkerLostError)

    def stop(self) -> None:
        """Begin no further run; those of others on the same processes go on."""
        self._stop.set()

    def close(self) -> None:
        """Leave the processes as they are."""
        self._stop.set()
        self._threads.shutdown(wait=False, cancel_futures=True)


class Ran:
    """The runs of a comparison in their folder, which goes when nobody holds this any more.

    Attributes
    ----------
    setup
        What was run.
    seconds_each
        Wall time that a run adds, with as many side by side as there are processes.
    """

    def __init__(self, setup: Setup, folder: tempfile.TemporaryDirectory[str], seconds_each: float) -> None:
        self.setup = setup
        self.seconds_each = seconds_each
        self._folder = folder
        self._lock = threading.Lock()
        self._told: OrderedDict[Any, Compared] = OrderedDict()
        self._read: OrderedDict[Any, Mapping[tuple[str, str], Floats]] = OrderedDict()

    @cached_property
    def changes(self) -> dict[str, list[Change]]:
        """What differs from the first market, by letter."""
        from experiments.answers.compare import changes_from_first

        return changes_from_first(self.setup.scenarios)

    def series(self, asked: Asked) -> dict[str, Floats]:
        """Give the weeks of a number by letter: (futures, weeks)."""
        found = self.every(asked.key, {letter: [asked.of] for letter in self.setup.scenarios})
        return {letter: one[asked.of] for letter, one in found.items()}

    def every(self, key: str, owned: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Floats]]:
        """Give the weeks of a figure by letter and item: (futures, weeks).

        Parameters
        ----------
        key
            Of the figure.
        owned
            What it is of in each market; what a market does not have, it has no numbers of.
        """
        items = tuple(dict.fromkeys(name for names in owned.values() for name in names))
        at = (key, items)
        if at not in self._read:
            self._read[at] = self._weeks([(key, item) for item in items])
            while len(self._read) > 24:
                self._read.popitem(last=False)
        table = self._read[at]
        return {
            letter: {name: table[key, name][place] for name in owned[letter]}
            for place, letter in enumerate(self.setup.scenarios)
        }

    def _weeks(self, wanted: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Floats]:
        from experiments.answers.futures import futures_in
        from experiments.batch.results import open_results

        with self._lock, open_results(Path(self._folder.name)) as results:
            return futures_in(results, wanted).series

    def futures(self, asked: Sequence[Asked]) -> Futures:
        """Read some figures."""
        from experiments.answers.futures import futures_in
        from experiments.batch.results import open_results

        wanted = list(dict.fromkeys((one.key, one.of) for one in asked))
        with self._lock, open_results(Path(self._folder.name)) as results:
            return futures_in(results, wanted)

    def compared(self, asked: Asked) -> Compared:
        """Compare all markets with the first on one number."""
        from experiments.answers.compare import compared

        if asked not in self._told:
            found = compared(
                self.setup.scenarios,
                self.futures([asked]),
                [asked],
                replicates=self.setup.futures,
                changes=self.changes,
            )
            self._told[asked] = found
            while len(self._told) > 40:
                self._told.popitem(last=False)
        return self._told[asked]


_last: OrderedDict[str, Ran] = OrderedDict()
_keeping = threading.Lock()


def known(setup: Setup) -> Ran | None:
    """Give the runs of a comparison if they are among the last few."""
    with _keeping:
        found = _last.get(setup.key)
        if found is not None:
            _last.move_to_end(setup.key)
        return found


def run(
    setup: Setup,
    *,
    pool: Pool,
    is_wanted: Callable[[], bool] = lambda: False,
    on_progress: Callable[[Done], None] | None = None,
    stop: threading.Event | None = None,
) -> Ran:
    """Make the runs of a comparison, or give those there are.

    Raises
    ------
    Stopped
        It was stopped.
    NoRunsError
        Not one future is done in all markets.
    ScenarioError
        A market cannot be made like the first.
    """
    from experiments.answers.futures import NoRunsError, experiment_of, make_futures

    found = known(setup)
    if found is not None:
        return found
    experiment = experiment_of(setup.scenarios, setup.futures, name="compare")
    folder = tempfile.TemporaryDirectory(prefix="userisation-compare-")
    place = Behind(pool, is_wanted)
    try:
        made = make_futures(
            experiment, [], folder=Path(folder.name), executor=place, force=True, on_progress=on_progress, stop=stop
        )
    except NoRunsError as error:
        folder.cleanup()
        if error.was_stopped:
            raise Stopped from None
        raise
    finally:
        place.close()
    if stop is not None and stop.is_set() and made.missing:
        folder.cleanup()
        raise Stopped
    ran = Ran(setup, folder, median(place.seconds or [0.1]) / place.workers)
    with _keeping:
        _last[setup.key] = ran
        while len(_last) > KEPT:
            _last.popitem(last=False)
    return ran


def sized(setup: Setup, depth: str) -> Setup:
    """Give the setup of an explanation: for a first look fewer futures of smaller markets."""
    if depth != "quick":
        return setup
    return replace(setup, futures=min(setup.futures, QUICK_FUTURES), consumers=min(setup.consumers, QUICK_CONSUMERS))


def seconds_of_a_run(ran: Ran, setup: Setup) -> float:
    """Estimate what a run of another size takes, from those that were made; half of a small one is the same for all."""
    before, after = (next(iter(one.scenarios.values())).population.size for one in (ran.setup, setup))
    return ran.seconds_each * (0.5 + 0.5 * after / before)


def lab_waits() -> bool:
    """Tell whether the Lab is waiting for futures now."""
    import sys

    futures = sys.modules.get("dashboards.futures")  # where nobody has asked for it, nobody waits
    service = getattr(futures, "service", None)
    return bool(service is not None and getattr(service(), "is_wanted", False))


def markets_to_explain(setup: Setup, other: int, grouping: Grouping, budget: int) -> tuple[int, int]:
    """Count the changes between the first market and another, and the markets that have to be run to share them out.

    Raises
    ------
    NothingDiffersError, InseparableError, ValueError
        As `experiments.answers.explain.plan_of`.
    """
    from experiments.answers.explain import plan_of

    scenarios = list(setup.scenarios.values())
    changes, plan = plan_of(scenarios[0], scenarios[other], grouping, budget)
    return len(changes), len(plan.coalitions)


def explained(
    setup: Setup,
    other: int,
    asked: Asked,
    *,
    grouping: Grouping,
    budget: int,
    pool: Pool,
    is_wanted: Callable[[], bool] = lambda: False,
    on_progress: Callable[[Done], None] | None = None,
    stop: threading.Event | None = None,
) -> Explained:
    """Share out the difference between the first market and another.

    Raises
    ------
    Stopped
        It was stopped.
    NothingDiffersError, InseparableError, ValueError, NoRunsError
        As `experiments.answers.explain.explain`.
    """
    from experiments.answers.explain import explain
    from experiments.answers.futures import NoRunsError

    names = list(setup.scenarios.items())
    place = Behind(pool, is_wanted)
    try:
        found = explain(
            names[0], names[other], [asked], grouping=grouping, budget=budget, replicates=setup.futures,
            executor=place, on_progress=on_progress, stop=stop,
        )  # fmt: skip
    except NoRunsError as error:
        if error.was_stopped:
            raise Stopped from None
        raise
    finally:
        place.close()
    if stop is not None and stop.is_set() and found.made.interrupted:
        raise Stopped
    return found
