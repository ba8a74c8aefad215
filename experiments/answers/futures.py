"""The runs that an answer needs: several markets, each in the same futures, made side by side and kept in one file."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.answers.findings import Made

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.batch.cost import Pilot
    from experiments.batch.executors import Executor
    from experiments.batch.experiment import Experiment
    from experiments.batch.results import BatchResults
    from experiments.batch.runner import Done
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]
    OnBegin = Callable[[Experiment, int, int], Pilot | None]
    """Takes an experiment, the runs that are missing and the number of workers; may give what one run takes."""

__all__ = ["Futures", "NoRunsError", "OnBegin", "alike", "experiment_of", "futures_in", "made_of", "make_futures"]


class NoRunsError(RuntimeError):
    """No replicate has a result in every market: there is nothing to answer with.

    Attributes
    ----------
    errors
        What runs that failed have said.
    was_stopped
        Whether runs are missing because they were stopped.
    """

    def __init__(self, errors: Sequence[str], *, was_stopped: bool) -> None:
        super().__init__("; ".join(errors[:3]))
        self.errors = tuple(errors)
        self.was_stopped = was_stopped


@dataclass(frozen=True)
class Futures:
    """Weeks of figures of several markets in the same futures.

    Attributes
    ----------
    names
        Of the markets.
    series
        By figure and item (an empty name for the market): (markets, replicates, weeks), NaN where there is no value.
        Only replicates that are done in every market.
    replicates
        Numbers of those replicates.
    started, seconds
        UTC, and wall time of what was run now.
    runs, failed, missing
        All runs; those that failed; those that were not made.
    errors
        What runs that failed have said, each text once.
    """

    names: tuple[str, ...]
    series: Mapping[tuple[str, str], Floats]
    replicates: tuple[int, ...]
    started: datetime
    seconds: float
    runs: int
    failed: int
    missing: int
    errors: tuple[str, ...]


def alike(scenarios: Iterable[Scenario], *, consumers: int | None = None, weeks: int | None = None) -> list[Scenario]:
    """Give scenarios the first one's seed and number of consumers, or the number asked for, and so many weeks.

    Markets meet the same luck only with one seed, and have the same people only if they have as many.
    """
    from sim.scenario import changed, with_horizon

    found = list(scenarios)
    size, seed = consumers or found[0].population.size, found[0].seed
    made = []
    for one in found:
        cut = with_horizon(one, weeks)
        own = (cut.population.size, cut.seed)
        made.append(cut if own == (size, seed) else changed(cut, {"population.size": size, "seed": seed}))
    return made


def experiment_of(
    scenarios: Mapping[str, Scenario], replicates: int, *, figures: Iterable[str] | None = None, name: str = "answer"
) -> Experiment:
    """Make an experiment of some markets: each is run as it is, replicate r with the same luck in all.

    Parameters
    ----------
    scenarios
        By name; they have one seed.
    replicates
        Runs of each.
    figures
        What is kept week by week: ``share``, ``share.Nova``; None: everything.
    name
        What it is called.
    """
    from experiments.batch.declarations import Budget
    from experiments.batch.experiment import Arm, Experiment
    from experiments.batch.recorded import Recorded
    from sim.entities import Text

    kept = None if figures is None else tuple(figures)
    return Experiment(
        name=name, title=Text(), story=Text(), text=f"# {name}\n", factors=(), design=None, replicates=replicates,
        arms=tuple(Arm(own, scenario) for own, scenario in scenarios.items()), common=True, engine="compiled",
        recorded=Recorded(kept, series=True), budget=Budget(),
    )  # fmt: skip


def make_futures(
    experiment: Experiment,
    wanted: Iterable[tuple[str, str]] | None = None,
    *,
    folder: Path | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    force: bool = False,
    on_begin: OnBegin | None = None,
    on_progress: Callable[[Done], None] | None = None,
    stop: threading.Event | None = None,
) -> Futures:
    """Make the runs of an experiment that are not in its folder yet, and read what was kept.

    Parameters
    ----------
    experiment
        As `experiment_of` makes it.
    wanted
        Figures and items that are read; None: all.
    folder
        Where runs are kept; None: nowhere after the call. Runs of the same experiment in it are not made again.
    workers, executor
        Processes, or where else runs are made.
    force
        Whether other runs in the folder are replaced.
    on_begin
        Told what is to be run, before anything is, unless all is there.
    on_progress, stop
        Told how far it is; set it to stop, and what is done is read.

    Raises
    ------
    NoRunsError
        Not one replicate is done in every market.
    BatchFolderError, StoreError, ExecutorError
        As `userisation batch`.
    """
    from experiments.batch.folder import opened
    from experiments.batch.results import FILE, open_results
    from experiments.batch.runner import Runner

    started, begun = datetime.now(UTC), time.perf_counter()
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="userisation-")))
            force = True
        how = "replace" if force else "resume" if (folder / FILE).is_file() else "new"
        _compile(experiment)
        place = executor or stack.enter_context(closing(_chosen(workers)))
        with opened(folder, experiment, how=how) as store:  # type: ignore[arg-type]
            missing = experiment.run_count - len(store.known())
            measured = on_begin(experiment, missing, place.workers) if on_begin is not None and missing else None
            sizes = {} if measured is None else {"seconds": measured.seconds, "size": measured.size}
            Runner(experiment, store, place, **sizes, on_progress=on_progress, stop=stop).run()  # type: ignore[arg-type]
        results = stack.enter_context(open_results(folder))
        return futures_in(results, wanted, started=started, seconds=time.perf_counter() - begun)


def futures_in(
    results: BatchResults,
    wanted: Iterable[tuple[str, str]] | None = None,
    *,
    points: Sequence[int] | None = None,
    started: datetime | None = None,
    seconds: float = 0.0,
) -> Futures:
    """Read the replicates that are done at every point of an experiment; see `make_futures`.

    Parameters
    ----------
    results
        Of the experiment.
    wanted
        Figures and items.
    points
        Numbers of points, from 1; None: all.
    started, seconds
        When, and how long runs took.
    """
    import numpy as np

    chosen = list(range(1, results.point_count + 1)) if points is None else list(points)
    results.refresh()
    runs, status = results.runs, results.status()
    place = np.full((max([*chosen, results.point_count]) + 1, results.replicates), -1)
    place[runs.points, runs.replicates] = np.arange(len(runs))
    table = place[chosen]  # (points, replicates): rows of series
    whole = np.flatnonzero((table >= 0).all(axis=0))
    errors = tuple(dict.fromkeys(failure.error for failure in results.failures()))
    if not len(whole):
        raise NoRunsError(errors, was_stopped=not status.is_complete)
    if wanted is None:
        wanted = [(key, item) for key, items in results.figures.items() for item in items]
    frame = results.points()
    series = {(key, item): results.series(key, item)[table[:, whole]] for key, item in wanted}
    return Futures(
        names=tuple(str(frame.arm[number]) for number in chosen), series=series, replicates=tuple(whole.tolist()),
        started=started or datetime.now(UTC), seconds=seconds, runs=len(chosen) * results.replicates,
        failed=status.failed + status.crashed, missing=status.missing, errors=errors,
    )  # fmt: skip


def made_of(futures: Futures, scenario: Scenario, replicates: int, command: Sequence[str]) -> Made:
    """Say how an answer was made."""
    from experiments.versions import versions

    return Made(
        command=list(command), started=futures.started.isoformat(timespec="seconds"), seconds=round(futures.seconds, 1),
        versions=versions(), seed=scenario.seed, replicates=replicates, consumers=scenario.population.size,
        weeks=scenario.horizon, runs=futures.runs, failed=futures.failed, interrupted=futures.missing > 0,
    )  # fmt: skip


def _chosen(workers: int) -> Executor:
    from experiments.batch.executors import chosen

    return chosen(workers, None)


def _compile(experiment: Experiment) -> None:
    """Compile the rules here, if they never were: workers would all do it, each for itself."""
    from dataclasses import replace

    from sim import compiling

    if not compiling.is_warm():
        from experiments.batch.cost import pilot

        pilot(replace(experiment, arms=experiment.arms[:1]))
