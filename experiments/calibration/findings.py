"""What a calibration has found: plain data that are written as JSON, and how they are judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from experiments.calibration.inference import MET, distances
from experiments.claims.findings import Number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.calibration.study import Budget, Outcome
    from experiments.calibration.targets import Goal, Question
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = ["Calibration", "ParameterFound", "TargetFound", "found"]

IDENTIFIED = 0.2
"""Shrinkage of the posterior's standard deviation under which a parameter is said not to be identified."""
CORRELATED = 0.8
"""Rank correlation in the posterior from which a pair is named."""
SURPRISE = 2.0
"""Mean square of an emulator's standard errors from which its fit is called poor."""
CHAINS = 200
"""Independent draws of which chains must be worth, to be trusted."""
_FLAT = 12**-0.5  # standard deviation of the prior in its unit interval

Status = Literal["met", "conflict", "unmet"]


class Plain(BaseModel):
    """A part of the results."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class ParameterFound(Plain):
    """What is known of a parameter afterwards.

    Attributes
    ----------
    name, keys
        What it is called, and what it sets.
    median, low, high
        Posterior median and 90 % interval.
    prior_low, prior_high
        90 % interval of the prior.
    inner_low, inner_high
        Posterior 50 % interval.
    shrinkage
        1 − sd of the posterior / sd of the prior, both in the prior's quantiles: 0 where nothing was learnt, near 1
        where nearly all was. A posterior in two far ends can give a little less than 0.
    identified
        Whether that is enough to speak of.
    histogram
        Share of the posterior in each twentieth of the prior.
    """

    name: str
    keys: list[str]
    median: Number
    low: Number
    high: Number
    inner_low: Number
    inner_high: Number
    prior_low: Number
    prior_high: Number
    shrinkage: Number
    identified: bool
    histogram: list[Number]


class Pair(Plain):
    """Two parameters that the targets hold together: rank correlation in the posterior."""

    first: str
    second: str
    correlation: Number


class EmulatorFound(Plain):
    """How well points that it is not shown are foretold, see `emulator.Fit`; `poor` if worse than it says."""

    explained: Number
    error: Number
    surprise: Number
    poor: bool


class TargetFound(Plain):
    """How near a target was come to.

    Attributes
    ----------
    name, kind, label
        What it is called, its kind, and the number it is about.
    wanted_low, wanted_high, sd
        The number wanted (twice) or the band, and the standard deviation of its measurement.
    counted_sd
        The standard deviation with which it counted: a larger one where no point came near, see `inference.widened`.
    reached, reached_low, reached_high
        Median and 90 % range of runs at draws of the posterior.
    distance
        From what is wanted to the mean of those runs, in standard deviations of measurement and luck.
    best
        The number at the best point found for all targets together, and
    best_distance
        its distance from what is wanted.
    nearest
        The least distance at any point, whatever the other targets.
    status
        ``met``; ``conflict``: it can be met, but not with the others; ``unmet``: no point came near it.
    luck
        Standard deviation of single futures at the best point.
    emulator
        Its fit.
    """

    name: str
    kind: str
    label: str
    wanted_low: Number
    wanted_high: Number
    sd: Number
    counted_sd: Number
    reached: Number
    reached_low: Number
    reached_high: Number
    distance: Number
    best: Number
    best_distance: Number
    nearest: Number
    status: Status
    luck: Number
    emulator: EmulatorFound


class Calibration(Plain):
    """All that a calibration has found."""

    format: int = 1
    scenario: str
    scenario_hash: str
    seed: int
    weeks: int
    consumers: int
    points: int
    waves: int
    wave_points: int
    replicates: int
    checks: int
    runs: int
    failures: int
    draws: int
    acceptance: Number
    effective_draws: Number
    chains_poor: bool
    parameters: list[ParameterFound]
    pairs: list[Pair]
    targets: list[TargetFound]
    best: dict[str, Number]

    def write(self, path: Path) -> None:
        """Write it as a JSON file."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def found(scenario: Scenario, question: Question, budget: Budget, outcome: Outcome, failures: int) -> Calibration:
    """Judge an outcome.

    Parameters
    ----------
    scenario, question, budget
        What was fitted to what.
    outcome
        What came out.
    failures
        Runs that failed.
    """
    cube = outcome.sample.cube
    variances = outcome.emulator.luck(outcome.cube)
    means, scaled = distances(question.aim, outcome.numbers, variances)
    luck = np.sqrt(variances)
    # What no point came near must not choose the best one by itself.
    _, counted = distances(outcome.aim, outcome.numbers, variances)
    best = int(np.argmin(np.where(np.isnan(counted).any(axis=1), np.inf, (counted**2).sum(axis=1))))
    return Calibration(
        scenario=scenario.name,
        scenario_hash=scenario.text_hash,
        seed=scenario.seed,
        weeks=scenario.horizon,
        consumers=scenario.population.size,
        points=budget.points,
        waves=budget.waves,
        wave_points=budget.wave_points,
        replicates=budget.replicates,
        checks=budget.checks,
        runs=budget.runs,
        failures=failures,
        draws=len(outcome.draws),
        acceptance=outcome.sample.acceptance,
        effective_draws=outcome.sample.effective,
        chains_poor=outcome.sample.effective < CHAINS,
        parameters=[_parameter(question, place, cube[:, place]) for place in range(len(question.parameters))],
        pairs=_pairs(question, cube),
        targets=[
            _target(goal, place, outcome, means, scaled, luck, best) for place, goal in enumerate(question.goals)
        ],
        best={
            one.name: float(one.prior.value(outcome.cube[best, place])) for place, one in enumerate(question.parameters)
        },
    )  # fmt: skip


def _parameter(question: Question, place: int, cube: Floats) -> ParameterFound:
    parameter = question.parameters[place]
    levels = np.quantile(cube, [0.05, 0.25, 0.5, 0.75, 0.95])
    low, inner_low, median, inner_high, high = (float(value) for value in parameter.prior.value(levels))
    prior_low, prior_high = (float(value) for value in parameter.prior.value(np.array([0.05, 0.95])))
    shrinkage = 1.0 - float(cube.std()) / _FLAT
    histogram = np.histogram(cube, 20, (0.0, 1.0))[0] / len(cube)
    return ParameterFound(
        name=parameter.name,
        keys=list(parameter.keys),
        median=median,
        low=low,
        high=high,
        inner_low=inner_low,
        inner_high=inner_high,
        prior_low=prior_low,
        prior_high=prior_high,
        shrinkage=shrinkage,
        identified=shrinkage >= IDENTIFIED,
        histogram=[float(share) for share in histogram],
    )


def _pairs(question: Question, cube: Floats) -> list[Pair]:
    """Name the pairs of parameters that hang together."""
    ranks = cube.argsort(axis=0).argsort(axis=0).astype(float)
    names = [one.name for one in question.parameters]
    pairs = []
    for i, first in enumerate(names):
        for j in range(i + 1, len(names)):
            correlation = float(np.corrcoef(ranks[:, i], ranks[:, j])[0, 1])
            if abs(correlation) >= CORRELATED:
                pairs.append(Pair(first=first, second=names[j], correlation=correlation))
    return pairs


def _target(
    goal: Goal, place: int, outcome: Outcome, means: Floats, scaled: Floats, luck: Floats, best: int
) -> TargetFound:
    checked = outcome.checked[:, place]
    checked = checked[np.isfinite(checked)]
    reached = np.quantile(checked, [0.05, 0.5, 0.95]) if len(checked) else np.full(3, np.nan)
    middle = float(checked.mean()) if len(checked) else float("nan")
    spread = float(np.sqrt(goal.sd**2 + luck[best, place] ** 2 * (goal.luck**2 + 1.0 / max(len(checked), 1))))
    beyond = abs(middle - min(max(middle, goal.low), goal.high))
    distance = beyond / spread if beyond else 0.0
    nearest = float(np.nanmin(scaled[:, place]))
    status: Status = "met" if distance <= MET else "conflict" if nearest <= MET else "unmet"
    fit = outcome.emulator.fits[place]
    return TargetFound(
        name=goal.name,
        kind=goal.kind,
        label=goal.statistic.label,
        wanted_low=goal.low,
        wanted_high=goal.high,
        sd=goal.sd,
        counted_sd=float(outcome.aim.sd[place]),
        reached=float(reached[1]),
        reached_low=float(reached[0]),
        reached_high=float(reached[2]),
        distance=distance,
        best=float(means[best, place]),
        best_distance=float(scaled[best, place]),
        nearest=nearest,
        status=status,
        luck=float(luck[best, place]),
        emulator=EmulatorFound(
            explained=fit.explained, error=fit.error, surprise=fit.surprise, poor=fit.surprise > SURPRISE
        ),
    )
