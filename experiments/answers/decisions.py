"""What a firm can decide: its levers as a search takes them, what they set, what they cost, and what may be spent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.analysis.levers import Choice, Lever, WholeNumber
from experiments.analysis.levers import Number as AnyNumber
from experiments.batch.costs import PAID_BY, Charges
from experiments.batch.factors import Levels, Ranged
from experiments.numbers import compact
from experiments.settable import present_value
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.batch.experiment import Experiment
    from experiments.batch.factors import Factor
    from experiments.claims.measures import Measure

    Floats = NDArray[np.float64]

__all__ = ["AdviseError", "Decisions", "over_draws", "refuse_uncharged"]


class AdviseError(ValueError):
    """No advice can be given; the message is for the user."""


@dataclass(frozen=True)
class Decisions:
    """All that can be decided about the first scenario of an experiment.

    Attributes
    ----------
    experiment
        Its levers are what can be chosen.
    spend
        Money a week that all levers together may cost; None: as much as one likes.
    """

    experiment: Experiment
    spend: float | None = None

    @cached_property
    def levers(self) -> tuple[Factor, ...]:
        """What can be chosen."""
        return tuple(one for one in self.experiment.factors if one.role == "lever")

    @cached_property
    def unknown(self) -> tuple[Factor, ...]:
        """What is not known."""
        return tuple(one for one in self.experiment.factors if one.role != "lever")

    @cached_property
    def charges(self) -> Charges:
        """What levers cost."""
        return Charges(self.levers, self.experiment.arms[0].scenario)

    @property
    def has_costs(self) -> bool:
        """Whether any lever costs anything."""
        return any(one.cost is not None for one in self.levers)

    @cached_property
    def now(self) -> tuple[Any, ...]:
        """The levers as they are."""
        scenario = self.experiment.arms[0].scenario
        return tuple(present_value(scenario, one.keys[0]) for one in self.levers)

    @property
    def combinations(self) -> int | None:
        """How much can be decided; None if it cannot be counted."""
        if not all(isinstance(one.domain, Levels) for one in self.levers):
            return None
        return int(np.prod([len(one.domain.values) for one in self.levers if isinstance(one.domain, Levels)]))

    def check(self) -> None:
        """Refuse levers that cannot be searched, and money that does not suffice for anything.

        Raises
        ------
        AdviseError
            With what would be right.
        """
        if not self.levers:
            raise AdviseError(say("advise.no_levers"))
        for one in self.levers:
            if not isinstance(one.domain, Ranged | Levels):
                raise AdviseError(say("advise.no_range", name=one.name))
            if isinstance(one.domain, Levels) and len(one.domain.values) < 2:
                raise AdviseError(say("advise.one_option", name=one.name))
        if self.spend is None:
            return
        if not self.has_costs:
            raise AdviseError(say("advise.no_costs"))
        least = sum(min(self.charges.weekly(one, x) for x in one.domain.ends) for one in self.levers)
        if least > self.spend:
            raise AdviseError(say("advise.spend_too_little", spend=compact(self.spend), least=compact(least)))
        if (cost := self.charges.total(self.levers, self.now)) > self.spend:
            raise AdviseError(say("advise.spend_now", spend=compact(self.spend), now=compact(cost)))

    # For a search: decisions are rows of numbers, the place of the level for a lever that has levels

    def options(self) -> list[Lever]:
        """Give the levers as a search takes them."""
        return [_lever_of(one) for one in self.levers]

    def everything(self) -> Floats:
        """Give all decisions that may be paid, (n, L), where they can be counted."""
        from itertools import product

        codes = [range(len(one.domain.values)) for one in self.levers if isinstance(one.domain, Levels)]
        found = np.array(list(product(*codes)), dtype=float)
        return found[(self.overspent(found) <= 0)[:, 0]]

    def overspent(self, decisions: Floats) -> Floats:
        """Give by how much money a week decisions (n, L) are beyond what may be spent, (n, 1)."""
        spend = math.inf if self.spend is None else self.spend
        return np.array([[self.cost(self.values(row)) - spend] for row in decisions.tolist()]).reshape(-1, 1)

    def values(self, decision: Sequence[float]) -> tuple[Any, ...]:
        """Give the values of the levers in a decision."""
        return tuple(_value(lever, code) for lever, code in zip(self.levers, decision, strict=True))

    def settings(self, decision: Sequence[float]) -> dict[str, Any]:
        """Give what a decision sets, by keys of the scenario."""
        found: dict[str, Any] = {}
        for lever, value in zip(self.levers, self.values(decision), strict=True):
            found |= lever.settings(value)
        return found

    def cost(self, values: Sequence[Any]) -> float:
        """Give the money a week that values of the levers cost."""
        return self.charges.total(self.levers, values)


def over_draws(experiment: Experiment, name: str) -> Experiment:
    """Give an experiment that does not know, beside its own uncertainties, what an ensemble draws.

    Parameters
    ----------
    experiment
        Whose levers are to be chosen.
    name
        Of a packaged ensemble, or of its file.

    Raises
    ------
    AdviseError
        A factor has a key that is drawn as well.
    ScenarioError
        The ensemble cannot be read, or not be laid over the scenario.
    """
    from experiments.batch.factors import Draws, Factor
    from experiments.ensembles import Ensemble
    from sim.scenario import changed

    ensemble = Ensemble.read(name)
    drawn = ensemble.settings(0)
    for one in experiment.factors:
        own = one.domain.ensemble.settings(0) if isinstance(one.domain, Draws) else one.keys
        if twice := next((key for key in own if key in drawn), None):
            raise AdviseError(say("advise.over_twice", key=twice, name=one.name, ensemble=name))
    changed(experiment.arms[0].scenario, drawn)
    path = Path(name)
    factor = Factor(path.stem, "uncertainty", (), Draws(ensemble, path.name, len(ensemble)))
    return replace(experiment, factors=(*experiment.factors, factor))


def refuse_uncharged(decisions: Decisions, measures: Sequence[Measure]) -> None:
    """Refuse formulas over profits where levers cost something: their costs would be left out in silence.

    Raises
    ------
    AdviseError
        With what would be right.
    """
    if not decisions.has_costs:
        return
    formulas = dict(decisions.experiment.recorded.formulas)
    for measure in measures:
        formula = formulas.get(measure.key)
        if formula is not None and formula.figures.intersection(PAID_BY):
            raise AdviseError(say("advise.uncharged", name=measure.key))


def _lever_of(lever: Factor) -> Lever:
    domain = lever.domain
    if isinstance(domain, Levels):
        return Choice(len(domain.values))
    low, high = (float(end) for end in domain.ends)
    return WholeNumber(int(low), int(high)) if isinstance(domain, Ranged) and domain.whole else AnyNumber(low, high)


def _value(lever: Factor, code: float) -> Any:
    domain = lever.domain
    if isinstance(domain, Levels):
        return domain.values[int(code)]
    if isinstance(domain, Ranged) and domain.whole:
        return int(code)
    # A thousandth of the range is finer than anybody sets a lever, and a rounded number is run once.
    low, high = (float(end) for end in domain.ends)
    digits = 3 - math.floor(math.log10(high - low))
    return min(max(round(code, digits), low), high)
