"""Read a targets file for a scenario: every mistake at once, with file and line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.calibration.declarations import ParameterTable, Target, Targets
from experiments.calibration.priors import Prior, Uniform
from experiments.calibration.statistics import Statistic, StatisticError, statistic_of
from experiments.calibration.watching import NOTHING, Watching
from experiments.settable import is_fixed, present_value, short_name
from experiments.text import say
from sim.problems import Place, Problem, ScenarioError

if TYPE_CHECKING:
    from experiments.calibration.inference import Aim
    from experiments.panel.data import Panel
    from sim.documents import Document
    from sim.scenario import Scenario
    from sim.toml_lines import KeyPath

__all__ = ["Goal", "Parameter", "Question", "read_targets"]


@dataclass(frozen=True)
class Parameter:
    """A number to be found: its name, the keys that take its value, its prior, and whether it is a whole number."""

    name: str
    keys: tuple[str, ...]
    prior: Prior
    whole: bool


@dataclass(frozen=True)
class Goal:
    """A statistic and what it should be.

    Attributes
    ----------
    name, kind, statistic
        What it is called, its kind, and the number it is about.
    low, high, sd
        Bounds (alike for a value), and the standard deviation of the measurement.
    averaged
        Whether it was seen as a mean over many futures.
    """

    name: str
    kind: str
    statistic: Statistic
    low: float
    high: float
    sd: float
    averaged: bool = False

    @property
    def luck(self) -> float:
        """How much of the luck of one future is in what was seen."""
        from experiments.calibration.inference import AVERAGED

        return AVERAGED if self.averaged else 1.0

    @property
    def is_band(self) -> bool:
        """Tell whether any number between bounds will do."""
        return self.low < self.high


@dataclass(frozen=True)
class Question:
    """What a calibration is asked: which parameters, to meet which targets."""

    parameters: tuple[Parameter, ...]
    goals: tuple[Goal, ...]

    @property
    def figures(self) -> frozenset[str]:
        """Keys of the figures that runs must record."""
        return frozenset().union(*(goal.statistic.figures for goal in self.goals))

    @property
    def watching(self) -> Watching | None:
        """What must be seen of runs beside their figures; None if nothing."""
        wanted = [goal.statistic.watching for goal in self.goals]
        sectors = dict.fromkeys(sector for one in wanted for sector in one.sectors)
        facts = dict.fromkeys(key for one in wanted for key in one.facts)
        found = Watching(max(one.households for one in wanted), tuple(sectors), tuple(facts))
        return found if found != NOTHING else None

    @property
    def aim(self) -> Aim:
        """The targets as arrays."""
        import numpy as np

        from experiments.calibration.inference import Aim

        return Aim(*(np.array([getattr(goal, part) for goal in self.goals]) for part in ("low", "high", "sd", "luck")))

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same question, however its file is written."""
        data = [
            [[one.keys, one.prior.model_dump(), one.whole] for one in self.parameters],
            [[goal.statistic.label, goal.low, goal.high, goal.sd, goal.averaged] for goal in self.goals],
        ]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def read_targets(path: Path, scenario: Scenario, panel: Panel | None = None) -> Question:
    """Read and check a targets file.

    Parameters
    ----------
    path
        The file.
    scenario
        The market whose parameters they are.
    panel
        Real purchases, from which targets without a value take theirs.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    from sim.documents import read, validate

    document = read(path)
    tables = validate(document, Targets)
    problems: list[Problem] = []
    parameters = [_parameter(document, i, table, scenario, problems) for i, table in enumerate(tables.parameters)]
    parameters = _apart(tables, parameters)
    problems += _twice(document, tables)
    goals = [_goal(document, i, target, scenario, panel, problems) for i, target in enumerate(tables.targets)]
    if problems:
        raise ScenarioError(sorted(set(problems), key=lambda problem: problem.place))
    return Question(tuple(one for one in parameters if one is not None), tuple(one for one in goals if one is not None))


def _problem(document: Document, at: KeyPath, message: str, **values: object) -> Problem:
    value = document.value(at)
    kept = None if isinstance(value, dict | list) else value
    return Problem(document.place(at), document.key(at), say(f"calibrate.file.{message}", **values), kept)


def _parameter(
    document: Document, place: int, table: ParameterTable, scenario: Scenario, problems: list[Problem]
) -> Parameter | None:
    """Check one parameter; None if something is wrong with it."""
    at: KeyPath = ("parameter", place)
    before = len(problems)
    if (table.key is None) == (table.keys is None):
        problems.append(_problem(document, at, "one_key"))
    keys = [table.key] if table.key is not None else table.keys or []
    prior = _prior(document, at, table, problems)
    if len(problems) > before or prior is None:
        return None
    wholes = []
    for number, key in enumerate(keys):
        here: KeyPath = (*at, "key") if table.keys is None else (*at, "keys", number)
        found = list(_wrong_with(document, here, key, prior, scenario))
        problems += found
        if not found:
            wholes.append(isinstance(present_value(scenario, key), int))
    if len(problems) > before:
        return None
    return Parameter(table.name or short_name(keys[0]), tuple(keys), prior, all(wholes))


def _apart(tables: Targets, parameters: Sequence[Parameter | None]) -> list[Parameter | None]:
    """Give parameters that nobody named their whole key where the end of it is not enough to tell them apart."""
    names = [one.name for one in parameters if one is not None]
    return [
        replace(one, name=one.keys[0]) if one is not None and table.name is None and names.count(one.name) > 1 else one
        for table, one in zip(tables.parameters, parameters, strict=True)
    ]


def _prior(document: Document, at: KeyPath, table: ParameterTable, problems: list[Problem]) -> Prior | None:
    bounds = (table.low, table.high)
    if table.prior is not None:
        if bounds != (None, None):
            problems.append(_problem(document, at, "two_priors"))
            return None
        prior, at = table.prior, (*at, "prior")
    elif table.low is None or table.high is None:
        problems.append(_problem(document, at, "no_prior"))
        return None
    else:
        prior = Uniform(distribution="uniform", low=table.low, high=table.high)
    low, high = prior.ends()
    if not low < high:
        problems.append(_problem(document, (*at, "low"), "bounds_order", low=f"{low:g}", high=f"{high:g}"))
        return None
    return prior


def _wrong_with(document: Document, at: KeyPath, key: str, prior: Prior, scenario: Scenario) -> Iterator[Problem]:
    """Say what is wrong with a key: that it leads nowhere, or does not take the ends of its prior."""
    from sim.scenario import changed

    if is_fixed(key):
        yield _problem(document, at, "fixed", key=key)
        return
    present = present_value(scenario, key)
    if isinstance(present, bool | str | list | dict):
        yield _problem(document, at, "no_number", key=key)
        return
    told = set()
    for end in prior.ends():
        value = round(end) if isinstance(present, int) else end
        try:
            changed(scenario, {key: value})
        except ScenarioError as error:
            for problem in error.problems:
                message = str(replace(problem, place=Place("")))
                if message not in told:
                    told.add(message)
                    yield replace(_problem(document, at, "no_number", key=key), message=message)


def _twice(document: Document, tables: Targets) -> Iterator[Problem]:
    """Find keys that two parameters have."""
    seen: dict[str, int] = {}
    for place, table in enumerate(tables.parameters):
        for key in [table.key] if table.key else table.keys or []:
            if seen.setdefault(key, place) != place:
                yield _problem(document, ("parameter", place), "key_twice", key=key)


def _goal(
    document: Document, place: int, target: Target, scenario: Scenario, panel: Panel | None, problems: list[Problem]
) -> Goal | None:
    """Check one target; None if something is wrong with it."""
    at: KeyPath = ("target", place)
    try:
        statistic = statistic_of(target, scenario, panel)
    except StatisticError as error:
        value = document.value((*at, error.part))
        here: KeyPath = (*at, error.part) if value is not None else at
        kept = None if isinstance(value, dict | list) else value
        problems.append(Problem(document.place(here), document.key(here), str(error), kept))
        return None
    given = {part: getattr(target, part) for part in ("value", "sd", "low", "high")}
    if given["value"] is None and given["low"] is None and given["high"] is None and statistic.observed is not None:
        value, known_to = statistic.observed
        sd = given["sd"] if given["sd"] is not None else known_to
        return Goal(target.name or statistic.label, target.kind, statistic, value, value, sd, target.averaged)
    band = (given["low"], given["high"])
    if band == (None, None) and statistic.band is not None and given["value"] is None:
        low, high = statistic.band
        return Goal(
            target.name or statistic.label, target.kind, statistic, low, high, given["sd"] or 0.0, target.averaged
        )
    if band == (None, None):
        if given["value"] is None or given["sd"] is None:
            needs = "value_or_panel" if statistic.can_observe else "value_and_sd"
            problems.append(_problem(document, at, needs))
            return None
        return Goal(
            target.name or statistic.label,
            target.kind,
            statistic,
            given["value"],
            given["value"],
            given["sd"],
            target.averaged,
        )
    if None in band or given["value"] is not None:
        problems.append(_problem(document, at, "half_band"))
        return None
    low, high = given["low"], given["high"]
    if not low < high:
        problems.append(_problem(document, (*at, "low"), "bounds_order", low=f"{low:g}", high=f"{high:g}"))
        return None
    return Goal(target.name or statistic.label, target.kind, statistic, low, high, given["sd"] or 0.0, target.averaged)
