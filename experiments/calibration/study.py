"""A calibration from its first run to its posterior: an even design, waves that close in, a sample, a check.

Points are chosen from what all earlier runs say, and runs have their luck by their number: the outcome is the same
for any number of workers, and after any number of stops.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from experiments.calibration.priors import settings_of
from experiments.calibration.statistics import Finished
from experiments.runs import Progress, run_replicates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.calibration.inference import Aim, Sample
    from experiments.calibration.ledger import Ledger, Point
    from experiments.calibration.targets import Question
    from experiments.emulator import Emulator
    from experiments.pool import Pool
    from experiments.replicate import Run
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = ["Budget", "Outcome", "Study", "default_points"]

CHECK = -1
"""The wave of the draws that check the posterior."""
_SHARES = (0.2, 0.05, 0.01)
"""Share of the prior that the first waves keep in view; later ones go where the posterior is."""
_DESIGN, _WAVES, _POSTERIOR, _DRAWS = 1, 1000, 2, 3
"""What seeds of searches are told apart by."""


def default_points(parameters: int) -> int:
    """Give the points of the even design: eight a parameter, a power of two, at least 32."""
    return int(max(32, 1 << (8 * parameters - 1).bit_length()))


@dataclass(frozen=True)
class Budget:
    """How many runs there are.

    Attributes
    ----------
    points, waves, wave_points
        Points of the even design, waves after it, and points of each.
    replicates
        Futures at each point.
    draws
        Rows of the posterior ensemble.
    checks
        Draws at which the posterior is checked by a run of each.
    """

    points: int
    waves: int
    wave_points: int
    replicates: int
    draws: int
    checks: int

    @property
    def runs(self) -> int:
        """All runs together."""
        return (self.points + self.waves * self.wave_points) * self.replicates + self.checks


@dataclass(frozen=True)
class Outcome:
    """What a finished calibration has found, before it is judged.

    Attributes
    ----------
    cube, numbers
        (n, D) points and (n, R, K) their numbers, without the check.
    emulator, aim, sample
        What was learnt of them, what was aimed at in the end, and the posterior.
    draws
        (rows, D) of the ensemble, in the unit cube.
    checked
        (checks, K) numbers of one future at each of the first draws.
    """

    cube: Floats
    numbers: Floats
    emulator: Emulator
    aim: Aim
    sample: Sample
    draws: Floats
    checked: Floats


class Study:
    """Makes the runs that are not in the ledger yet, and finds the posterior.

    Parameters
    ----------
    scenario, question, budget
        What is fitted to what, with how many runs.
    ledger
        Where runs are kept, and read from.
    threads
        Cores to use at most.
    on_progress
        Told how far all of it has come.
    stop
        Set it to stop after the weeks under way.
    pool
        Processes in which to run; None: those that pay, if any.
    """

    def __init__(
        self,
        scenario: Scenario,
        question: Question,
        budget: Budget,
        ledger: Ledger,
        *,
        threads: int = 1,
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
        pool: Pool | None = None,
    ) -> None:
        from experiments.pool import pool_that_pays

        self.scenario = scenario
        self.question = question
        self.budget = budget
        self.ledger = ledger
        self.threads = threads
        self.on_progress = on_progress
        self.stop = stop or threading.Event()
        self._pool = pool or pool_that_pays([(scenario, budget.runs)], threads)
        self._seed = scenario.seed % 2**31

    def run(self) -> Outcome | None:
        """Do what is left to do; None if it was stopped before the end.

        Raises
        ------
        UndefinedError
            A target has no value in too many runs.
        LedgerError
            The ledger cannot be written.
        """
        from experiments.emulator import one_thread

        with one_thread():
            if not self._search():
                return None
            cube, numbers = self._learnt(self.budget.waves)
            emulator = self._emulator(cube, numbers)
            aim = self._aim(emulator, cube, numbers)
            found = self._sample(emulator, aim)
            draws = self._drawn(found)
        if self.stop.is_set() or not self._runs_of(CHECK, lambda: draws[: self.budget.checks]):
            return None
        return Outcome(cube, numbers, emulator, aim, found, draws, self._table(self.ledger.points(CHECK), 1)[:, 0])

    def _search(self) -> bool:
        """Run the even design and the waves; False if it was stopped."""
        for wave in range(self.budget.waves + 1):
            if self.stop.is_set() or not self._runs_of(wave, partial(self._chosen, wave)):
                return False
        return True

    @cached_property
    def _dimensions(self) -> int:
        return len(self.question.parameters)

    def _chosen(self, wave: int) -> Floats:
        """Choose the points of a wave from all runs before it."""
        from experiments.calibration.inference import chosen_apart, sample, sobol

        if wave == 0:
            return sobol(self._dimensions, self.budget.points, self._seed + _DESIGN)
        cube, numbers = self._learnt(wave - 1)
        emulator = self._emulator(cube, numbers)
        share = _SHARES[wave - 1] if wave <= len(_SHARES) and wave < self.budget.waves else 0.0
        seed = self._seed + _WAVES + wave
        found = sample(emulator, self._aim(emulator, cube, numbers), self._dimensions, seed, share=share, brief=True)
        return chosen_apart(found.cube, cube, self.budget.wave_points, seed)

    def _emulator(self, cube: Floats, numbers: Floats) -> Emulator:
        from experiments.emulator import MOST_POINTS, fit_emulator

        # The newest lie where it matters.
        return fit_emulator(cube[-MOST_POINTS:], numbers[-MOST_POINTS:], self._seed)

    def _aim(self, emulator: Emulator, cube: Floats, numbers: Floats) -> Aim:
        from experiments.calibration.inference import widened

        return widened(self.question.aim, numbers, emulator.luck(cube))

    def _sample(self, emulator: Emulator, aim: Aim) -> Sample:
        from experiments.calibration.inference import sample

        return sample(emulator, aim, self._dimensions, self._seed + _POSTERIOR)

    def _drawn(self, found: Sample) -> Floats:
        import numpy as np

        random = np.random.default_rng([self._seed, _DRAWS])
        count = max(self.budget.draws, self.budget.checks)
        return found.cube[random.choice(len(found.cube), count, replace=count > len(found.cube))]

    def _learnt(self, until: int) -> tuple[Floats, Floats]:
        """Give all points up to a wave, (n, D), and their numbers, (n, R, K)."""
        import numpy as np

        points = [point for point in self.ledger.points() if 0 <= point.wave <= until]
        return np.array([point.cube for point in points]), self._table(points, self.budget.replicates)

    def _table(self, points: Sequence[Point], replicates: int) -> Floats:
        """Give the numbers of points, (n, replicates, K); NaN where a run failed or was not made."""
        import numpy as np

        goals = len(self.question.goals)
        known = self.ledger.numbers(goals)
        table = np.full((len(points), replicates, goals), np.nan)
        for place, point in enumerate(points):
            rows = known.get(point.number, [])[:replicates]
            if rows:
                table[place, : len(rows)] = rows
        return table

    def _runs_of(self, wave: int, choose: Callable[[], Floats]) -> bool:
        """Make the runs of a wave that are not there yet; False if it was stopped."""
        points = self.ledger.points(wave)
        if not points:
            cube = choose()
            if len(cube):
                self.ledger.add_points(wave, cube, [settings_of(self.question.parameters, one) for one in cube])
            points = self.ledger.points(wave)
        each = 1 if wave == CHECK else self.budget.replicates
        known = self.ledger.known()
        first = self._first_replicate(wave)
        tasks = {
            first + place * each + r: point
            for place, point in enumerate(points)
            for r in range(each)
            if (point.number, first + place * each + r) not in known
        }
        return not tasks or self._run(tasks, len(known))

    def _first_replicate(self, wave: int) -> int:
        """Give the number of a wave's first future: no two runs of a calibration have the same luck."""
        budget = self.budget
        before = budget.points if wave else 0
        before += (budget.waves if wave == CHECK else max(0, wave - 1)) * budget.wave_points
        return before * budget.replicates

    def _run(self, tasks: dict[int, Point], before: int) -> bool:
        from sim.scenario import changed

        horizon = self.scenario.horizon

        def keep(run: Run) -> None:
            if run.status == "stopped":
                return
            numbers = None if run.record is None or run.status == "failed" else self._numbers(run)
            self.ledger.put(tasks[run.replicate].number, run.replicate, numbers, run.seconds, run.error)

        def tell(progress: Progress) -> None:
            if self.on_progress is not None:
                weeks, total = before * horizon + progress.weeks_done, self.budget.runs
                self.on_progress(Progress(weeks, total * horizon, before + progress.replicates_done, total))

        runs = run_replicates(
            self.scenario,
            threads=self.threads,
            figures=sorted(self.question.figures),
            on_progress=tell,
            on_run=keep,
            stop=self.stop,
            pool=self._pool,
            each=lambda number: changed(self.scenario, dict(settings_of(self.question.parameters, tasks[number].cube))),
            numbers=sorted(tasks),
            watch=self.question.watching,
        )
        return all(run.status != "stopped" for run in runs)

    def _numbers(self, run: Run) -> Floats:
        import numpy as np

        assert run.record is not None
        finished = Finished(run.record, run.seen)
        return np.array([goal.statistic.of(finished) for goal in self.question.goals])
