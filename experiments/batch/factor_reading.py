"""Read the factors of an experiment file, and try their values on every scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.batch.costs import payer
from experiments.batch.factors import Domain, Draws, Factor, Free, Levels, Ranged
from experiments.batch.mistakes import Mistakes, said_by
from experiments.batch.prices import Cost
from experiments.calibration.priors import Uniform
from experiments.settable import is_fixed, present_value, short_name
from sim.problems import ScenarioError, advice, shown

if TYPE_CHECKING:
    from experiments.batch.declarations import ExperimentFile, FactorTable
    from experiments.batch.experiment import Arm
    from sim.toml_lines import KeyPath

__all__ = ["RESERVED", "FactorReader"]

RESERVED = ("run", "point", "arm", "replicate", "luck", "status", "weeks", "seconds", "error", "trace")
"""Columns of results, which no factor can be called."""
STEPS = 5
"""Values of a range that a grid goes through, unless told otherwise."""


class FactorReader:
    """Makes the factors of a file that is right table by table.

    Parameters
    ----------
    path, file, arms
        The file, where it lies, and the scenarios that its factors are laid over.
    mistakes
        Where what is wrong is told.
    has_design
        Whether the design could be read, if there is one.
    """

    def __init__(
        self, path: Path, file: ExperimentFile, arms: Sequence[Arm], mistakes: Mistakes, *, has_design: bool = True
    ) -> None:
        self.path = path
        self.file = file
        self.has_design = has_design
        self.arms = arms
        self.mistakes = mistakes

    def factors(self) -> tuple[Factor, ...]:
        """Give the factors; what is wrong with them is among the mistakes."""
        needs_ranges = self.has_design and (self.file.design is None or self.file.design.needs_ranges)
        found = [self._factor(place, table, needs_ranges=needs_ranges) for place, table in enumerate(self.file.factors)]
        made = [factor for factor in found if factor is not None]
        if len(made) == len(found):
            made = self._told_apart(made)
            self._check_names(made)
        for place, factor in enumerate(found):
            if factor is not None:
                self._check_keys(place, factor)
        if found and self.file.design is None and self.has_design:
            self.mistakes.wrong((), "no_design")
        return tuple(made)

    def _factor(self, place: int, table: FactorTable, *, needs_ranges: bool) -> Factor | None:
        """Make one factor; None if something is wrong with its values."""
        before = len(self.mistakes)
        domain = self._domain(place, table, needs_ranges=needs_ranges)
        if domain is None or len(self.mistakes) > before:
            return None
        keys = () if table.draws is not None else tuple([table.key] if table.key else table.keys or [])
        name = table.name or (short_name(keys[0]) if keys else Path(table.draws or "").stem)
        return Factor(name, table.role, keys, domain, self._cost(place, table, domain))

    def _cost(self, place: int, table: FactorTable, domain: Domain) -> Cost | None:
        """Make what a lever costs; None if nothing, or if something is wrong with it."""
        said = table.cost
        if said is None:
            return None
        at: KeyPath = ("factor", place, "cost")
        before = len(self.mistakes)
        values = domain.values if isinstance(domain, Levels) else ()
        if table.role != "lever" or isinstance(domain, Draws):
            self.mistakes.wrong(at, "cost_no_lever")
        if (said.per is None) == (said.each is None) or (said.each is not None and said.from_ is not None):
            self.mistakes.wrong(at, "cost_form")
        elif said.each is not None and not isinstance(domain, Levels):
            self.mistakes.wrong((*at, "each"), "cost_no_levels")
        elif said.each is not None and len(said.each) != len(values):
            self.mistakes.wrong((*at, "each"), "cost_each", given=len(said.each), wanted=len(values))
        elif said.per is not None and any(not isinstance(x, int | float) or isinstance(x, bool) for x in values):
            self.mistakes.wrong((*at, "per"), "cost_words")
        self._check_payer(at, table, said.firm)
        if len(self.mistakes) > before:
            return None
        each = tuple(zip(values, said.each, strict=True)) if said.each is not None else ()
        return Cost(said.per, said.from_, each, said.firm or "")

    def _check_payer(self, at: KeyPath, table: FactorTable, firm: str | None) -> None:
        """Find out who pays: there must be such a firm in every scenario."""
        key = table.key or (table.keys or [""])[0]
        for arm in self.arms:
            firms = [one.name for one in arm.scenario.firms]
            if firm is not None and firm not in firms:
                self.mistakes.wrong((*at, "firm"), "cost_firm", firm=shown(firm), advice=advice(firm, firms))
                return
            if firm is None and payer(arm.scenario, key)[0] not in firms:
                self.mistakes.wrong(at, "cost_nobody", advice=advice("", firms))
                return

    def _domain(self, place: int, table: FactorTable, *, needs_ranges: bool) -> Domain | None:
        """Make the values that a factor can have; None if something is wrong with them."""
        at: KeyPath = ("factor", place)
        bounds = (table.low, table.high)
        given = [table.levels, table.range_, table.draws, None if bounds == (None, None) else bounds]
        said = sum(one is not None for one in given)
        if said > 1:
            self.mistakes.wrong(at, "two_ranges")
            return None
        if table.draws is not None:
            return self._draws(place, table)
        if (table.key is None) == (table.keys is None):
            self.mistakes.wrong(at, "one_key")
            return None
        if said == 0:
            if needs_ranges:
                self.mistakes.wrong(at, "no_range")
                return None
            return Free()
        if table.levels is not None:
            return self._levels((*at, "levels"), table.levels)
        if table.range_ is None and (table.low is None or table.high is None):
            self.mistakes.wrong(at, "half_range")
            return None
        chosen = table.range_ or Uniform(distribution="uniform", low=table.low or 0.0, high=table.high or 0.0)
        low, high = chosen.ends()
        if not low < high:
            self.mistakes.wrong(
                at if table.range_ is None else (*at, "range"), "bounds_order", low=f"{low:g}", high=f"{high:g}"
            )
            return None
        present = [present_value(arm.scenario, key) for key in ([table.key] if table.key else table.keys or [])
                   for arm in self.arms]  # fmt: skip
        whole = chosen.distribution == "integer" or (
            bool(present) and all(isinstance(value, int) and not isinstance(value, bool) for value in present)
        )
        return Ranged(chosen, table.steps or STEPS, whole)

    def _levels(self, at: KeyPath, levels: list[Any]) -> Levels | None:
        seen: list[Any] = []
        for number, level in enumerate(levels):
            if any(level == other and type(level) is type(other) for other in seen):
                self.mistakes.wrong((*at, number), "level_twice")
                return None
            seen.append(level)
        return Levels(tuple(levels))

    def _draws(self, place: int, table: FactorTable) -> Draws | None:
        from experiments.ensembles import PACKAGED, Ensemble

        at: KeyPath = ("factor", place)
        if table.key is not None or table.keys is not None:
            self.mistakes.wrong(at, "draws_have_keys")
            return None
        file = table.draws or ""
        beside = self.path.parent / file
        try:
            ensemble = Ensemble.read(file if file in PACKAGED and not beside.exists() else beside)
        except ScenarioError as error:
            self.mistakes.of_another_file((*at, "draws"), error.problems)
            return None
        return Draws(ensemble, Path(file).name, min(table.steps or len(ensemble), len(ensemble)))

    def _told_apart(self, factors: list[Factor]) -> list[Factor]:
        """Give factors that nobody named their whole key where the end of it is not enough to tell them apart."""
        names = [factor.name for factor in factors]
        return [
            replace(factor, name=factor.keys[0])
            if table.name is None and factor.keys and names.count(factor.name) > 1
            else factor
            for table, factor in zip(self.file.factors, factors, strict=True)
        ]

    def _check_names(self, factors: Sequence[Factor]) -> None:
        names: set[str] = set()
        keys: dict[str, str] = {}
        for place, factor in enumerate(factors):
            if factor.name.casefold() in names:
                self.mistakes.wrong(("factor", place), "factor_twice", name=factor.name)
            if factor.name.casefold() in RESERVED:
                self.mistakes.wrong(("factor", place), "reserved", name=factor.name)
            names.add(factor.name.casefold())
            own = factor.domain.ensemble.settings(0) if isinstance(factor.domain, Draws) else factor.keys
            for key in own:
                other = keys.setdefault(key, factor.name)
                if other != factor.name:
                    self.mistakes.wrong(("factor", place), "key_twice", key=key, other=other)

    def _check_keys(self, place: int, factor: Factor) -> None:
        """Lay values of a factor over every arm: its keys must lead somewhere, and take them."""
        table = self.file.factors[place]
        at: KeyPath = ("factor", place)
        where: KeyPath = (*at, "draws" if table.draws is not None else "key" if table.key is not None else "keys")
        for key in factor.keys:
            if is_fixed(key):
                self.mistakes.wrong(where, "fixed", key=key)
                return
        said = [self._said_against(factor, value) for value in factor.domain.ends]
        if not any(said):
            return
        if all(one == said[0] for one in said) or not isinstance(factor.domain, Levels):
            # It is not about one value or the other.
            for message in next(one for one in said if one):
                self.mistakes.add(where, message)
            return
        for number, messages in enumerate(said):
            for message in messages:
                self.mistakes.add((*at, "levels", number), message)

    def _said_against(self, factor: Factor, value: object) -> list[str]:
        """Give what the arms say against a value of a factor."""
        from sim.scenario import changed

        messages: list[str] = []
        for arm in self.arms:
            try:
                changed(arm.scenario, dict(factor.settings(value)))
            except ScenarioError as error:
                messages += said_by(error, arm.name if len(self.arms) > 1 else "")
        return messages
