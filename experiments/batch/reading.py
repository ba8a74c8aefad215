"""Read an experiment file: every mistake at once, with file, line, key and what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.batch.declarations import ExperimentFile, FactorTable, RunsTable
from experiments.batch.designs.base import DesignError
from experiments.batch.experiment import Arm, Experiment
from experiments.batch.factors import Domain, Draws, Factor, Free, Levels, Ranged
from experiments.batch.recorded import Recorded, known_figures
from experiments.calibration.priors import Uniform
from experiments.settable import is_fixed, present_value, short_name
from experiments.text import say
from sim.problems import Place, Problem, ScenarioError

if TYPE_CHECKING:
    from experiments.batch.designs.base import Design
    from experiments.calibration.expressions import Expression
    from sim.documents import Document
    from sim.scenario import Scenario
    from sim.toml_lines import KeyPath

__all__ = ["RESERVED", "experiments_folder", "find", "library", "read_experiment"]

RESERVED = ("run", "point", "arm", "replicate", "luck", "status", "weeks", "seconds", "error", "trace")
"""Columns of results, which no factor can be called."""
STEPS = 5
_MOST_CHECKED = 200
"""Rows of a table that are laid over the scenarios before anything is run."""


def experiments_folder() -> Path:
    """Return the folder of the packaged experiments."""
    return Path(__file__).resolve().parent.parent


def library() -> tuple[str, ...]:
    """Return the names of the packaged experiments."""
    return tuple(sorted(path.stem for path in experiments_folder().glob("*.toml")))


def find(name: str) -> Path:
    """Give the file that a name of the library or a path stands for.

    Raises
    ------
    ScenarioError
        The library has no such experiment.
    """
    if name.endswith(".toml") or "/" in name or "\\" in name:
        return Path(name)
    if name not in library():
        from sim.problems import advice

        raise ScenarioError([Problem(Place(name), "", say("batch.file.no_experiment", advice=advice(name, library())))])
    return experiments_folder() / f"{name}.toml"


def read_experiment(name: str | Path) -> Experiment:
    """Read an experiment file.

    Parameters
    ----------
    name
        A name of the library, or the path of a file.

    Raises
    ------
    ScenarioError
        With every mistake found: its place, key, value and what would be right.
    """
    from sim.documents import read, validate

    path = find(str(name))
    document = read(path)
    return _Reader(path, document, validate(document, ExperimentFile)).experiment()


class _Reader:
    """Makes an experiment of a file that is right table by table."""

    def __init__(self, path: Path, document: Document, file: ExperimentFile) -> None:
        self.path = path
        self.document = document
        self.file = file
        self.problems: list[Problem] = []

    def experiment(self) -> Experiment:
        arms = self._arms()
        self._stop_here()
        factors = self._factors([arm.scenario for arm in arms])
        self._stop_here()
        design = self._design(factors)
        recorded = self._recorded([arm.scenario for arm in arms])
        self._stop_here()
        file = self.file
        made = Experiment(
            self.path.stem, file.title, file.story, self.path.read_text(encoding="utf-8"), arms, factors, design,
            file.runs.replicates, file.runs.common_random_numbers, file.runs.engine, recorded, file.budget,
        )  # fmt: skip
        self._check_points(made)
        self._stop_here()
        return made

    def _stop_here(self) -> None:
        if self.problems:
            raise ScenarioError(sorted(dict.fromkeys(self.problems), key=lambda problem: problem.place))

    def _wrong(self, at: KeyPath, message: str, **values: object) -> None:
        self._say(at, say(f"batch.file.{message}", **values))

    def _say(self, at: KeyPath, message: str) -> None:
        value = self.document.value(at)
        kept = None if isinstance(value, dict | list) else value
        self.problems.append(Problem(self.document.place(at), self.document.key(at), message, kept))

    def _pass_on(self, at: KeyPath, error: ScenarioError, arm: str = "") -> None:
        """Place at a line of this file what a scenario says against a value."""
        for problem in error.problems:
            inner = str(replace(problem, place=Place("")))
            message = say("batch.file.in_arm", arm=arm, message=inner) if arm else inner
            self._say(at, message)

    # Scenarios

    def _arms(self) -> tuple[Arm, ...]:
        made: list[Arm] = []
        for place, table in enumerate(self.file.arms):
            scenario = self._scenario(place)
            if scenario is None:
                continue
            name = table.name or scenario.name
            if any(name.casefold() == arm.name.casefold() for arm in made):
                self._wrong(("arm", place), "arm_twice", name=name)
            made.append(Arm(name, scenario))
            self._check_items(place, scenario, [arm.scenario for arm in made[:-1]])
        seed = self.file.runs.seed
        if made and seed is None:
            seed = made[0].scenario.seed
        return tuple(Arm(arm.name, arm.scenario.model_copy(update={"seed": seed})) for arm in made)

    def _check_items(self, place: int, scenario: Scenario, others: Sequence[Scenario]) -> None:
        """Find names that differ from those of another arm by capitals alone: columns of results would be the same."""
        from sim.claims import items_of

        known = {name.casefold(): name for other in others for names in items_of(other).values() for name in names}
        for names in items_of(scenario).values():
            for name in names:
                if known.get(name.casefold(), name) != name:
                    self._wrong(("arm", place), "alike", name=name, other=known[name.casefold()])

    def _scenario(self, place: int) -> Scenario | None:
        from experiments.claims.arms import laid
        from sim.scenario import library as scenarios
        from sim.scenario import load

        table = self.file.arms[place]
        named = table.scenario in scenarios() or not table.scenario.endswith(".toml")
        try:
            scenario = load(table.scenario if named else self.path.parent / table.scenario)
        except ScenarioError as error:
            at: KeyPath = ("arm", place, "scenario")
            if named:
                self._pass_on(at, error)
            else:
                self.problems += error.problems  # they have a file and a line of their own
            return None
        try:
            scenario = laid(scenario, table.set_, skips=False) if table.set_ else scenario
        except ScenarioError as error:
            self._pass_on(("arm", place, "set"), error)
            return None
        return self._sized(scenario, self.file.runs)

    def _sized(self, scenario: Scenario, runs: RunsTable) -> Scenario | None:
        from sim.scenario import changed, with_horizon

        try:
            scenario = with_horizon(scenario, runs.horizon)
        except ScenarioError as error:
            self._pass_on(("runs", "horizon"), error, scenario.name)
            return None
        if runs.consumers is None:
            return scenario
        try:
            return changed(scenario, {"population.size": runs.consumers})
        except ScenarioError as error:
            self._pass_on(("runs", "consumers"), error, scenario.name)
            return None

    # Factors

    def _factors(self, scenarios: Sequence[Scenario]) -> tuple[Factor, ...]:
        needs_ranges = self.file.design is None or self.file.design.needs_ranges
        found = [self._factor(place, table, scenarios, needs_ranges) for place, table in enumerate(self.file.factors)]
        made = [factor for factor in found if factor is not None]
        if len(made) == len(found):
            made = self._told_apart(made)
            self._check_names(made)
        for place, factor in enumerate(found):
            if factor is not None:
                self._check_keys(place, factor, scenarios)
        if found and self.file.design is None:
            self._wrong((), "no_design")
        return tuple(made)

    def _factor(
        self, place: int, table: FactorTable, scenarios: Sequence[Scenario], needs_ranges: bool
    ) -> Factor | None:
        """Make one factor; None if something is wrong with its values."""
        before = len(self.problems)
        domain = self._domain(place, table, scenarios, needs_ranges=needs_ranges)
        if domain is None or len(self.problems) > before:
            return None
        keys = () if table.draws is not None else tuple([table.key] if table.key else table.keys or [])
        name = table.name or (short_name(keys[0]) if keys else Path(table.draws or "").stem)
        return Factor(name, table.role, keys, domain)

    def _domain(
        self, place: int, table: FactorTable, scenarios: Sequence[Scenario], *, needs_ranges: bool
    ) -> Domain | None:
        """Make the values that a factor can have; None if something is wrong with them."""
        at: KeyPath = ("factor", place)
        bounds = (table.low, table.high)
        given = [table.levels, table.range_, table.draws, None if bounds == (None, None) else bounds]
        said = sum(one is not None for one in given)
        if said > 1:
            self._wrong(at, "two_ranges")
            return None
        if table.draws is not None:
            return self._draws(place, table)
        if (table.key is None) == (table.keys is None):
            self._wrong(at, "one_key")
            return None
        if said == 0:
            if needs_ranges:
                self._wrong(at, "no_range")
                return None
            return Free()
        if table.levels is not None:
            return self._levels((*at, "levels"), table.levels)
        if table.range_ is None and (table.low is None or table.high is None):
            self._wrong(at, "half_range")
            return None
        chosen = table.range_ or Uniform(distribution="uniform", low=table.low or 0.0, high=table.high or 0.0)
        low, high = chosen.ends()
        if not low < high:
            self._wrong(
                at if table.range_ is None else (*at, "range"), "bounds_order", low=f"{low:g}", high=f"{high:g}"
            )
            return None
        present = [present_value(scenario, key) for key in ([table.key] if table.key else table.keys or [])
                   for scenario in scenarios]  # fmt: skip
        whole = chosen.distribution == "integer" or (
            bool(present) and all(isinstance(value, int) and not isinstance(value, bool) for value in present)
        )
        return Ranged(chosen, table.steps or STEPS, whole)

    def _levels(self, at: KeyPath, levels: list[Any]) -> Levels | None:
        seen: list[Any] = []
        for number, level in enumerate(levels):
            if any(level == other and type(level) is type(other) for other in seen):
                self._wrong((*at, number), "level_twice")
                return None
            seen.append(level)
        return Levels(tuple(levels))

    def _draws(self, place: int, table: FactorTable) -> Draws | None:
        from experiments.ensembles import Ensemble

        at: KeyPath = ("factor", place)
        if table.key is not None or table.keys is not None:
            self._wrong(at, "draws_have_keys")
            return None
        file = table.draws or ""
        try:
            ensemble = Ensemble.read(self.path.parent / file)
        except ScenarioError as error:
            self.problems += error.problems
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
                self._wrong(("factor", place), "factor_twice", name=factor.name)
            if factor.name.casefold() in RESERVED:
                self._wrong(("factor", place), "reserved", name=factor.name)
            names.add(factor.name.casefold())
            own = factor.domain.ensemble.settings(0) if isinstance(factor.domain, Draws) else factor.keys
            for key in own:
                other = keys.setdefault(key, factor.name)
                if other != factor.name:
                    self._wrong(("factor", place), "key_twice", key=key, other=other)

    def _check_keys(self, place: int, factor: Factor, scenarios: Sequence[Scenario]) -> None:
        """Lay values of a factor over every arm: its keys must lead somewhere, and take them."""
        from sim.scenario import changed

        table = self.file.factors[place]
        at: KeyPath = ("factor", place)
        where: KeyPath = (
            (*at, "draws") if table.draws is not None else (*at, "key" if table.key is not None else "keys")
        )
        for key in factor.keys:
            if is_fixed(key):
                self._wrong(where, "fixed", key=key)
                return
        for number, value in enumerate(factor.domain.ends):
            here: KeyPath = (*at, "levels", number) if isinstance(factor.domain, Levels) else where
            before = len(self.problems)
            for arm, scenario in zip(self.file.arms, scenarios, strict=True):
                try:
                    changed(scenario, dict(factor.settings(value)))
                except ScenarioError as error:
                    self._pass_on(here, error, (arm.name or scenario.name) if len(scenarios) > 1 else "")
            if len(self.problems) > before and not isinstance(factor.domain, Levels):
                return

    # Design, figures, points

    def _design(self, factors: Sequence[Factor]) -> Design | None:
        design: Design | None = self.file.design
        if design is None:
            return None
        if not factors:
            self._wrong(("design",), "no_factors")
            return None
        try:
            design = design.read_beside(self.path.parent)
            found = list(design.problems(factors))
        except DesignError as error:
            found = [error]
        for problem in found:
            self._say(("design", *problem.at), str(problem))
        return design

    def _recorded(self, scenarios: Sequence[Scenario]) -> Recorded:
        from experiments.calibration.expressions import ExpressionError, parse

        table = self.file.record
        for number, wrong in enumerate(known_figures(table.figures or [], scenarios)):
            if wrong is not None:
                self._say(("record", "figures", number), wrong)
        formulas: list[tuple[str, Expression]] = []
        for name, text in table.formulas.items():
            at: KeyPath = ("record", "formulas", name)
            if name.casefold() in RESERVED or any(name.casefold() == one.casefold() for one, _ in formulas):
                self._wrong(at, "reserved", name=name)
            try:
                checked = [parse(text, scenario) for scenario in scenarios]
            except ExpressionError as error:
                self._say(at, str(error))
            else:
                formulas.append((name, checked[0]))
        figures = None if table.figures is None else tuple(table.figures)
        return Recorded(figures, table.series, tuple(formulas))

    def _check_points(self, made: Experiment) -> None:
        """Lay the first rows of a table over the scenarios: nothing else is known of their values."""
        from sim.scenario import changed

        self._check_columns(made)
        if made.design is None or made.design.needs_ranges:
            return
        for point in made.points[:_MOST_CHECKED]:
            arm = made.arms[point.arm]
            try:
                changed(arm.scenario, made.settings(point))
            except ScenarioError as error:
                inline: KeyPath = ("design", "rows", point.row)
                at = inline if self.document.value(inline) is not None else ("design",)
                self._pass_on(at, error, arm.name if len(made.arms) > 1 else "")

    def _check_columns(self, made: Experiment) -> None:
        """Find factors and formulas that are called like a figure of the market: both are columns of results."""
        from sim.figures import FIGURES

        names = {key.casefold() for key, figure in FIGURES.items() if figure.scope == "market"}
        for place, factor in enumerate(made.factors):
            if factor.name.casefold() in names:
                self._wrong(("factor", place), "reserved", name=factor.name)
        factors = {factor.name.casefold() for factor in made.factors}
        for name, _ in made.recorded.formulas:
            if name.casefold() in names | factors:
                self._wrong(("record", "formulas", name), "reserved", name=name)


def described(experiment: Experiment) -> Iterator[tuple[str, Any]]:
    """Give the factors by name, with what is known of their values."""
    return ((factor.name, factor.describe()) for factor in experiment.factors)
