"""What an experiment will cost, measured on a pilot run, and what its budget allows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from experiments.batch.experiment import Experiment

if TYPE_CHECKING:
    from experiments.batch.experiment import Arm

__all__ = ["Cost", "Pilot", "allowed_replicates", "cost_of", "pilot"]

PILOT_SECONDS = 2.0
"""How long a pilot run lasts at most; what is left of its weeks is worked out."""
_MOST_PILOTS = 4
_LEAST_WEEKS = 2
_ROW_BYTES, _NUMBER_BYTES = 200, 9  # of a run beside its weeks, and of the end of a figure


@dataclass(frozen=True)
class Pilot:
    """What one run takes and leaves.

    Attributes
    ----------
    seconds
        Of one core.
    size
        Bytes of its weeks.
    ends
        Numbers that are kept of its end, over all arms.
    error
        What went wrong with it; empty if nothing.
    """

    seconds: float
    size: float
    ends: int
    error: str = ""


@dataclass(frozen=True)
class Cost:
    """What runs will cost together: cores' seconds, wall seconds, bytes on disk and in memory."""

    runs: int
    cpu_seconds: float
    seconds: float
    disk: float
    memory: float


def pilot(experiment: Experiment) -> Pilot:
    """Run the first point of the first arms for a moment, alone.

    Nothing of it is kept. Compiled code is loaded before the clock starts.
    """
    from experiments.replicate import one_line

    seconds: list[float] = []
    sizes: list[float] = []
    names: set[str] = set()
    error = ""
    for place, arm in enumerate(experiment.arms[:_MOST_PILOTS]):
        try:
            if not seconds:
                _lived(experiment, place, arm, 0.0)
            one = _lived(experiment, place, arm, PILOT_SECONDS)
        except Exception as problem:
            error = error or one_line(problem)
            continue
        seconds.append(one[0])
        sizes.append(one[1])
        names |= one[2]
    count = max(1, len(seconds))
    return Pilot(sum(seconds) / count, sum(sizes) / count, len(names), error)


def _lived(experiment: Experiment, place: int, arm: Arm, limit: float) -> tuple[float, float, set[str]]:
    """Live some weeks of an arm's first point; give the seconds and bytes of a whole run, and what is kept of its end.

    A limit of 0 stops after the fewest weeks.
    """
    from sim.market import Market
    from sim.scenario import changed

    point = next(one for one in experiment.points if one.arm == place)
    settings = experiment.settings(point)
    engine: Literal["compiled", "objects"] = "objects" if experiment.engine == "objects" else "compiled"
    begun = time.perf_counter()
    scenario = changed(arm.scenario, settings) if settings else arm.scenario
    market = Market(scenario, engine=engine, figures=experiment.recorded.keys)
    built = time.perf_counter()
    while market.running and (market.week < _LEAST_WEEKS or time.perf_counter() - built < limit):
        market.step()
    lived = time.perf_counter()
    kept = experiment.recorded.of(market.record)
    told = time.perf_counter()
    weeks = scenario.horizon / market.record.weeks
    size = 0.0 if kept.block is None else len(kept.block) * weeks
    return (built - begun) + (told - built) * weeks if lived > built else told - begun, size, set(kept.ends)


def cost_of(experiment: Experiment, runs: int, found: Pilot, workers: int) -> Cost:
    """Work out what some runs of an experiment cost."""
    from experiments.memory import needed_bytes

    cpu = runs * found.seconds
    largest = max(needed_bytes(arm.scenario) for arm in experiment.arms)
    disk = runs * (found.size + found.ends * _NUMBER_BYTES + _ROW_BYTES)
    return Cost(runs, cpu, cpu / workers, disk, largest * (1 + workers))


def allowed_replicates(experiment: Experiment, found: Pilot) -> int:
    """Give the replicates of every point that the budget allows; 0 if not even one."""
    budget, most = experiment.budget, experiment.replicates
    if budget.runs is not None:
        most = min(most, budget.runs // experiment.point_count)
    if budget.cpu_minutes is not None and found.seconds > 0:
        most = min(most, int(budget.cpu_minutes * 60 / found.seconds / experiment.point_count))
    return most
