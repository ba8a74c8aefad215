"""Pilots: small ensembles of one scenario at several sizes, of which only a few numbers are kept.

Only `population.size` differs between them: it is the same market of as many people, seen through fewer consumers.
"""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from experiments.claims.measures import Measure, numbers
from experiments.runs import Progress, run_replicates, share_threads

if TYPE_CHECKING:
    import numpy as np

    from experiments.replicate import Run
    from sim.scenario import Scenario

__all__ = ["FEWEST_SIZES", "LARGEST", "Pilots", "default_sizes", "run_pilots"]

LARGEST = 5000
"""Consumers of the largest pilot, unless said otherwise."""
FEWEST_SIZES = 3
"""Sizes that laws with two terms need, so that one can contradict them."""
_PARTS = (0.1, 0.2, 0.5, 1.0)
_LEAST = 10


@dataclass
class Pilots:
    """What pilots gave.

    Attributes
    ----------
    sizes
        Consumers of those that were finished, rising.
    tables
        For each scenario and size the numbers, of shape (measures, replicates); NaN where there is none.
    seconds
        For each size, what one future took, with as many side by side as an ensemble has.
    errors
        What runs that failed have said.
    stopped
        Whether a wish to stop came before the last was done.
    """

    sizes: list[int] = field(default_factory=list)
    tables: list[list[np.ndarray]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stopped: bool = False

    def rows(self, place: int, against: int | None = None) -> list[np.ndarray]:
        """Give one measure at every size, of shape (replicates,); with `against`, how the second scenario differs."""
        first = [table[place] for table in self.tables[0]]
        if against is None:
            return first
        return [other[place] - one for one, other in zip(first, self.tables[against], strict=True)]

    @property
    def enough(self) -> bool:
        """Whether laws can be fitted."""
        return len(self.sizes) >= FEWEST_SIZES


def default_sizes(consumers: int) -> tuple[int, ...]:
    """Choose sizes for a scenario: a tenth, a fifth, a half and the whole of its consumers, `LARGEST` at most."""
    whole = min(consumers, LARGEST)
    return tuple(sorted({max(_LEAST, round(part * whole)) for part in _PARTS}))


def run_pilots(
    scenarios: Sequence[Scenario],
    sizes: Sequence[int],
    measures: tuple[Measure, ...],
    *,
    replicates: int,
    threads: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Pilots:
    """Run every scenario at every size, the small sizes first.

    Parameters
    ----------
    scenarios
        One, or two that are compared: replicate r of both meets the same luck.
    sizes
        Consumers, rising.
    measures
        What to keep of every run.
    replicates, threads
        As for `run_replicates`.
    on_progress
        Told how far all of it has come.
    stop
        Set it to stop after the weeks under way; sizes that were finished are kept.

    Raises
    ------
    ScenarioError
        A scenario cannot have so many consumers.
    """
    import numpy as np

    from sim.scenario import changed

    stop = stop or threading.Event()
    found = Pilots(tables=[[] for _ in scenarios])
    markets = [[changed(scenario, {"population.size": size}) for scenario in scenarios] for size in sizes]
    runs_total = replicates * len(sizes) * len(scenarios)
    weeks_total = replicates * sum(market.horizon for row in markets for market in row)
    runs_done = weeks_done = 0

    def tell(progress: Progress) -> None:
        if on_progress is not None:
            done = runs_done + progress.replicates_done
            on_progress(Progress(weeks_done + progress.weeks_done, weeks_total, done, runs_total))

    for size, row in zip(sizes, markets, strict=True):
        tables, seconds = [], []
        for market in row:
            table = np.full((len(measures), replicates), np.nan)

            def keep(run: Run, table: np.ndarray = table) -> None:
                if run.status == "done" and run.record is not None:
                    table[:, run.replicate] = numbers(run.record, measures)

            runs = run_replicates(
                market,
                replicates=replicates,
                threads=threads,
                figures={measure.key for measure in measures},
                on_progress=tell,
                on_run=keep,
                stop=stop,
            )
            if any(run.status == "stopped" for run in runs):
                found.stopped = True
                return found
            found.errors += [run.error for run in runs if run.status == "failed"]
            side_by_side, _ = share_threads(replicates, threads, size)
            # The median: the first runs of a process compile or load what later ones use.
            took = [run.seconds for run in runs if run.status == "done"]
            seconds.append(statistics.median(took) / side_by_side if took else 0.0)
            tables.append(table)
            runs_done, weeks_done = runs_done + replicates, weeks_done + replicates * market.horizon
        found.sizes.append(size)
        found.seconds.append(statistics.fmean(seconds))
        for place, table in enumerate(tables):
            found.tables[place].append(table)
    return found
