"""The markets that a claim compares: scenario and counterfactual, at each point at which the claim is tried.

Values are laid over a scenario in this order: the point, the moderator, what carries the effect, and last what makes
the counterfactual, so that nothing else can take away the contrast.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from experiments.claims.keys import can_take, is_there

if TYPE_CHECKING:
    from sim.claims import Claim, Overrides
    from sim.documents import Document
    from sim.scenario import Scenario

__all__ = ["CONSUMERS", "Arm", "Case", "Point", "Size", "laid", "load_case", "points_of"]

CONSUMERS = 3000
"""Simulated consumers at most, unless said otherwise: enough for a difference of means over replicates."""

_NOT_THE_MARKET = ("name", "title", "story", "source")
_WORDS = {"en", "fr", "source", "quote"}


@dataclass(frozen=True)
class Size:
    """How large the simulated markets are; None leaves it to the scenario, but for `CONSUMERS` at most."""

    consumers: int | None = None
    weeks: int | None = None


@dataclass(frozen=True)
class Arm:
    """One market of a comparison.

    Attributes
    ----------
    sign
        The one with which it counts.
    scenario
        The market.
    stated
        What its files and the claim say of it, as data with the keys of a scenario file; the rest are defaults.
    """

    sign: int
    scenario: Scenario
    stated: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def key(self) -> str:
        """The same for the same market, whatever it is called: such a market is run once."""
        return _hash(_market(self.scenario))


@dataclass(frozen=True)
class Point:
    """One setting at which a claim is tried.

    Attributes
    ----------
    settings
        What is varied, by dotted key; empty at the scenario's own values.
    arms
        The markets: the effect is the sum of their numbers, each with its sign.
    """

    settings: Mapping[str, Any]
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Case:
    """A claim with the scenario that makes it.

    Attributes
    ----------
    scenario
        As it is written.
    claim
        Its claim.
    base
        What becomes its counterfactual: the scenario itself, or the one that it is compared with.
    document
        The file, with those it extends.
    base_document
        The same of `base`.
    """

    scenario: Scenario
    claim: Claim
    base: Scenario
    document: Document = field(repr=False)
    base_document: Document = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.scenario.name

    @cached_property
    def fingerprint(self) -> str:
        """Changes with what the claim compares, in whatever words: what was found of another one is out of date."""
        claim = self.claim.model_dump(mode="json", by_alias=True, exclude=_WORDS)
        return _hash([_market(self.scenario), _market(self.base), claim])[:16]

    @property
    def words(self) -> dict[str, Any]:
        """What it says, by the names of these things in a result."""
        claim = self.claim
        return {
            "title": self.scenario.title.model_dump(),
            "claim": {"en": claim.en, "fr": claim.fr},
            "source": claim.source or self.scenario.source,
            "quote": claim.quote,
        }

    def consumers(self, size: Size) -> int:
        """Give the number of consumers that all its markets have."""
        return size.consumers or min(CONSUMERS, self.scenario.population.size)

    def weeks(self, size: Size) -> int:
        """Give the weeks that all its markets last."""
        return size.weeks or self.scenario.horizon

    def point(self, size: Size, settings: Mapping[str, Any] | None = None, *, ablated: bool = False) -> Point:
        """Build the markets of one point.

        Parameters
        ----------
        size
            How large they are.
        settings
            What is varied in all of them.
        ablated
            Whether what should carry the effect is taken out of all of them.

        Raises
        ------
        ScenarioError
            A value cannot be laid over one of the scenarios.
        """
        from sim.claims import Overrides

        varied = settings or {}
        layers = [("region", Overrides.model_validate(dict(varied)))] if varied else []
        if ablated:
            layers.append(("carried_by", self.claim.carried_by))
        arms: tuple[Arm, ...] = self._pair(size, layers, 1)
        if self.claim.moderator:
            arms = (*self._pair(size, [*layers, ("moderator", self.claim.moderator)], 1), *self._pair(size, layers, -1))
        return Point(MappingProxyType(dict(varied)), arms)

    def _pair(self, size: Size, layers: list[tuple[str, Overrides]], sign: int) -> tuple[Arm, Arm]:
        here = self._arm(sign, self.scenario, layers, size)
        there = self._arm(-sign, self.base, [*layers, ("without", self.claim.without)], size)
        return here, there

    def _arm(self, sign: int, scenario: Scenario, layers: list[tuple[str, Overrides]], size: Size) -> Arm:
        """Lay values over a scenario, one layer after the other; a mistake is placed where the claim has it."""
        from sim.problems import ScenarioError
        from sim.scenario import changed, with_horizon

        is_other = scenario is not self.scenario
        made, stated = scenario, self.base_document if is_other else self.document
        for table, overrides in layers:
            try:
                made = laid(made, overrides, skips=is_other and table != "without")
                stated = _stated(stated, overrides)
            except ScenarioError as error:
                raise ScenarioError(self._placed(error, table, overrides)) from None
        made = with_horizon(made, self.weeks(size))
        made = changed(made, {"population.size": self.consumers(size), "seed": self.scenario.seed})
        return Arm(sign, made, stated.data)

    def _placed(self, error: Any, table: str, overrides: Overrides) -> Iterator[Any]:
        """Say of every problem which value of the claim it comes from."""
        from dataclasses import replace

        from sim.keys import join_key, split_key

        by_key = {join_key(split_key(key)[0]): key for key in overrides.settings}
        for problem in error.problems:
            # A problem can be about the value itself, something inside of it, or an element that its key leads to.
            near = [key for short, key in by_key.items() if f"{short}.".startswith(f"{problem.key}.")]
            near += [key for short, key in by_key.items() if problem.key.startswith(f"{short}.")]
            if problem.key.startswith("clear"):
                near = ["clear"]
            place = self.document.place(("claim", table, *near[:1]))
            yield replace(problem, place=place, key=f"claim.{table}: {problem.key}")


def _market(scenario: Scenario) -> dict[str, Any]:
    """Give what makes a scenario's market: all but its name and its texts."""
    return {key: value for key, value in scenario.as_file().items() if key not in _NOT_THE_MARKET}


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def load_case(name: str) -> Case | None:
    """Read a scenario with its claim; None if it makes none.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    from sim.claims import items_of
    from sim.documents import problem_at, resolve
    from sim.figures import FIGURES
    from sim.problems import ScenarioError, advice
    from sim.scenario import library_folder, load

    scenario = load(name)
    claim = scenario.claim
    if claim is None:
        return None
    document = resolve(name, library_folder())
    base, base_document = scenario, document
    if claim.against is not None:
        base, base_document = load(claim.against), resolve(claim.against, library_folder())
    problems = []
    for place, figure in enumerate(claim.figures):
        names = items_of(base)[FIGURES[figure.key].scope]
        if figure.of is not None and figure.of not in names:
            values = {"against": claim.against, "advice": advice(figure.of, names)}
            problems.append(problem_at(document, ("claim", "figure", place, "of"), "claim.not_there", **values))
    if problems:
        raise ScenarioError(problems)
    return Case(scenario, claim, base, document, base_document)


def points_of(case: Case, size: Size) -> list[Point]:
    """Build the points of a claim's region beside the scenario's own values.

    One parameter after the other takes each of its values; then the first two take their outermost values together.
    Points that are the same markets as the own values, or as an earlier point, are left out.
    """
    found: list[Point] = []
    seen = {_keys(case.point(size))}
    for settings in _varied(case.claim.region):
        point = case.point(size, settings)
        if _keys(point) not in seen:
            seen.add(_keys(point))
            found.append(point)
    return found


def _varied(region: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for key, values in region.items():
        for value in values:
            yield {key: value}
    if len(region) > 1:
        (first, ones), (second, others) = itertools.islice(region.items(), 2)
        for one, other in itertools.product(_ends(ones), _ends(others)):
            yield {first: one, second: other}


def _ends(values: list[Any]) -> list[Any]:
    """Give the first and the last of some values."""
    return [values[0], values[-1]] if len(values) > 1 else values


def _keys(point: Point) -> tuple[str, ...]:
    return tuple(arm.key for arm in point.arms)


def laid(scenario: Scenario, overrides: Overrides, *, skips: bool) -> Scenario:
    """Drop tables of a scenario and replace values.

    Parameters
    ----------
    scenario, overrides
        The scenario, and what is laid over it.
    skips
        Whether to pass over elements that the scenario does not have, such as an event of the other arm.
    """
    from sim.documents import Document, Place, apply_settings, merge
    from sim.scenario import from_document

    data = scenario.as_file()
    settings, clear = overrides.settings, overrides.clear
    if skips:
        settings = {key: value for key, value in settings.items() if can_take(data, key)}
        clear = [key for key in clear if can_take(data, key)]
    place = Place(scenario.name)
    document = Document(data, {(): place})
    if clear:
        document = merge(document, Document({"clear": clear}, {(): place}))
    return from_document(apply_settings(document, settings), scenario.name)


def _stated(document: Document, overrides: Overrides) -> Document:
    """Lay over what files say what a claim says; what it drops, or sets of an element that is not there, is nothing."""
    from sim.documents import Document, apply_settings, merge

    clear = [key for key in overrides.clear if is_there(document.data, key)]
    if clear:
        document = merge(document, Document({"clear": clear}, {(): document.place(())}))
    settings = {key: value for key, value in overrides.settings.items() if can_take(document.data, key)}
    return apply_settings(document, settings)
