"""Answers about experiments without a market: points and runs that are functions, for examples of findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.answers.advise import Advised, Decisions, advised, plan_of
from experiments.answers.asking import Clause, Condition
from experiments.answers.discover import Discovered, discovered
from experiments.answers.evidence import Coordinate, Evidence
from experiments.answers.findings import Made
from experiments.answers.plans import Aim
from experiments.answers.rivals import Rivals, parse_lever, rivals
from experiments.answers.sensitivity import Sensitivity, analysed
from experiments.batch.experiment import Experiment
from experiments.batch.reading import read_experiment
from experiments.claims.measures import Measure
from sim.scenario import Scenario, load
from tests.experiments.answers.known import LEVERS, UNKNOWN, experiment

Function = Callable[[Mapping[str, Any]], list[float]]
"""From what is set to the numbers of a run."""
SHARE = Measure("share", "Nova", "end")
PROFIT = Measure("total_profit", "Nova", "end")
TITLE = {"en": "A bench", "fr": "Un banc"}
MADE = Made(
    command=["userisation", "bench"], started="2030-01-01T00:00:00+00:00", seconds=1.0, versions={"userisation": "1"},
    seed=1, replicates=2, consumers=100, weeks=3, runs=4,
)  # fmt: skip


class Runs:
    """The runs of 200 points of a price, a category and something idle: the share falls with the price."""

    point_count, replicates = 200, 2

    def __init__(self) -> None:
        random = np.random.default_rng(3)
        self.points = np.stack([random.random(200), random.integers(0, 3, 200), random.random(200)], axis=1)
        share = 0.5 - 0.3 * self.points[:, 0] + 0.05 * (self.points[:, 1] == 2)
        self.shares = share[:, None] + 0.01 * random.standard_normal((200, 2))

    def end(self, key: str, item: str) -> np.ndarray:
        return self.shares

    def series(self, key: str, item: str) -> np.ndarray:
        return np.repeat(self.shares.reshape(-1, 1), 3, axis=1)

    @property
    def runs(self) -> Any:
        class Done:
            points = np.repeat(np.arange(1, 201), 2)
            replicates = np.tile([0, 1], 200)

        return Done


def evidence(arm: str = "baseline") -> Evidence:
    """Give the runs as an arm of an experiment."""
    made: Any = Runs()
    names = ("price", "Citadel's strategy", "idle")
    coordinates = tuple(
        Coordinate(name, place, role, labels)
        for place, (name, role, labels) in enumerate(
            zip(names, ("lever", "uncertainty", "uncertainty"), ((), ("calm", "harsh", "mild"), ()), strict=True)
        )
    )
    return Evidence(
        arm=arm, design="sobol", factors=names, roles=tuple(one.role for one in coordinates), coordinates=coordinates,
        points=made.points, levels=made.points, first_point=1, results=made,
    )  # fmt: skip


def scenarios() -> dict[str, dict[str, Any]]:
    """Give the market that everything is about."""
    return {"baseline": load("baseline").as_file()}


def sensitive() -> Sensitivity:
    """Ask what the share depends on, in two arms."""
    found = analysed([evidence(), evidence("dear")], SHARE, TITLE, MADE, scenarios())
    return found.model_copy(update={"files": {"bench.toml": "schema_version = 1\n"}})


def failing() -> Discovered:
    """Ask where the share is low."""
    return discovered(
        [evidence()], Condition(((Clause(SHARE, "<", 0.3),),)), "share:Nova < 30%", TITLE, MADE, scenarios()
    )


class Bench:
    """Stands where a laboratory makes runs: a function of what is set, and luck that all settings share."""

    def __init__(
        self, market: Scenario, measures: Sequence[Measure], function: Callable[[Mapping[str, Any]], list[float]]
    ):
        self.market, self.measures, self._function = market, tuple(measures), function

    def run(self, wanted: Sequence[tuple[Mapping[str, Any], int]]) -> np.ndarray:
        luck = [0.1 * np.random.default_rng(number).standard_normal() for _, number in wanted]
        return np.array([self._function(one) for one, _ in wanted]) + np.array(luck)[:, None]

    def table(self, settings: Sequence[Mapping[str, Any]], lucks: Sequence[int]) -> np.ndarray:
        wanted = [(one, luck) for one in settings for luck in lucks]
        return self.run(wanted).reshape(len(settings), len(lucks), -1)


def advice(folder: Path) -> Advised:
    """Ask for a price while a rival's openness is not known; profit and share pull apart."""
    made: Experiment = read_experiment(experiment(folder, 'kind = "sobol"\nsize = 64', LEVERS + UNKNOWN))

    def function(settings: Mapping[str, Any]) -> list[float]:
        price = settings.get("firm.Nova.levers.price", 10.0)
        best = 10 + 2 * settings.get("firm.Citadel.levers.openness", 0.1)
        return [100 - (price - best) ** 2, 0.6 - 0.1 * (price - 8)]

    bench: Any = Bench(made.arms[0].scenario, [PROFIT, SHARE], function)
    targets = Condition(((Clause(PROFIT, ">", 99.0),),))
    aims = [Aim(PROFIT), Aim(SHARE)]
    decisions = Decisions(made)
    return advised(decisions, bench, aims, targets, plan_of(decisions, 420), TITLE, MADE, scenarios())


def round_and_round() -> Rivals:
    """Play matching pennies with two levers."""

    def function(settings: Mapping[str, Any]) -> list[float]:
        mine, theirs = (settings[f"firm.{name}.levers.openness"] for name in ("Nova", "Citadel"))
        return [float(mine == theirs), float(mine != theirs)]

    measures = [PROFIT, Measure("total_profit", "Citadel", "end")]
    bench: Any = Bench(load("baseline"), measures, function)
    levers = [parse_lever("openness=0,1"), parse_lever("price=9,10")]
    return rivals(bench, ["Nova", "Citadel"], levers, TITLE, MADE, scenarios(), replicates=6)
