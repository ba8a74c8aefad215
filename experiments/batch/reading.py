"""Read an experiment file: every mistake at once, with file, line, key and what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.batch.declarations import ExperimentFile, RunsTable
from experiments.batch.designs.base import DesignError
from experiments.batch.experiment import Arm, Experiment
from experiments.batch.factor_reading import RESERVED, FactorReader
from experiments.batch.mistakes import Mistakes
from experiments.batch.recorded import Recorded, known_figures
from experiments.batch.sound import Sound, sound_part
from experiments.naming import both_or_one
from experiments.text import say
from sim.problems import Place, Problem, ScenarioError

if TYPE_CHECKING:
    from experiments.batch.designs.base import Design
    from experiments.batch.factors import Factor
    from experiments.calibration.expressions import Expression
    from sim.documents import Document
    from sim.scenario import Scenario
    from sim.toml_lines import KeyPath

__all__ = ["experiments_folder", "find", "library", "read_experiment"]

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
    try:
        sound = Sound(validate(document, ExperimentFile))
    except ScenarioError as error:
        # What stands in the rest of the file is told as well.
        part = sound_part(document.data)
        if part is not None:
            _Reader(path, document, part, error.problems).experiment()
        raise
    return _Reader(path, document, sound).experiment()


class _Reader:
    """Makes an experiment of what is right table by table in a file, or tells all mistakes together."""

    def __init__(self, path: Path, document: Document, sound: Sound, known: Sequence[Problem] = ()) -> None:
        self.path = path
        self.document = document
        self.file = sound.file
        self.lacking = sound.lacking
        self.mistakes = Mistakes(document, known, sound.written_at if sound.places else None)

    def experiment(self) -> Experiment:
        arms, file = self._arms(), self.file
        has_design = "design" not in self.lacking
        factors = FactorReader(self.path, file, arms, self.mistakes, has_design=has_design).factors()
        # A design is judged by all of its factors, or not at all.
        is_whole = "factor" not in self.lacking and len(factors) == len(file.factors)
        design = self._design(factors) if is_whole else None
        recorded = self._recorded([arm.scenario for arm in arms])
        self.mistakes.tell()
        title, story, text = both_or_one(file.title), both_or_one(file.story), self.path.read_text(encoding="utf-8")
        made = Experiment(
            self.path.stem, title, story, text, arms, factors, design,
            file.runs.replicates, file.runs.common_random_numbers, file.runs.engine, recorded, file.budget,
        )  # fmt: skip
        self._check_points(made)
        self.mistakes.tell()
        return made

    # Scenarios

    def _arms(self) -> tuple[Arm, ...]:
        made: list[Arm] = []
        for place, table in enumerate(self.file.arms):
            scenario = self._scenario(place)
            if scenario is None:
                continue
            name = table.name or scenario.name
            if any(name.casefold() == arm.name.casefold() for arm in made):
                self.mistakes.wrong(("arm", place), "arm_twice", name=name)
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
                    self.mistakes.wrong(("arm", place), "alike", name=name, other=known[name.casefold()])

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
                self.mistakes.passed_on(at, error)
            else:
                self.mistakes.of_another_file(at, error.problems)
            return None
        try:
            scenario = laid(scenario, table.set_, skips=False) if table.set_ else scenario
        except ScenarioError as error:
            self.mistakes.passed_on(("arm", place, "set"), error)
            return None
        return self._sized(scenario, self.file.runs)

    def _sized(self, scenario: Scenario, runs: RunsTable) -> Scenario | None:
        from sim.scenario import changed, with_horizon

        try:
            scenario = with_horizon(scenario, runs.horizon)
        except ScenarioError as error:
            self.mistakes.passed_on(("runs", "horizon"), error, scenario.name)
            return None
        if runs.consumers is None:
            return scenario
        try:
            return changed(scenario, {"population.size": runs.consumers})
        except ScenarioError as error:
            self.mistakes.passed_on(("runs", "consumers"), error, scenario.name)
            return None

    # Design, figures, points

    def _design(self, factors: Sequence[Factor]) -> Design | None:
        design: Design | None = self.file.design
        if design is None:
            return None
        if not factors:
            self.mistakes.wrong(("design",), "no_factors")
            return None
        try:
            design = design.read_beside(self.path.parent)
            found = list(design.problems(factors))
        except DesignError as error:
            found = [error]
        for problem in found:
            self.mistakes.add(("design", *problem.at), str(problem))
        return design

    def _recorded(self, scenarios: Sequence[Scenario]) -> Recorded:
        from experiments.calibration.expressions import ExpressionError, parse

        table = self.file.record
        if not scenarios:
            return Recorded(None, table.series, ())  # a mistake by now: nothing is known of figures
        for number, wrong in enumerate(known_figures(table.figures or [], scenarios)):
            if wrong is not None:
                self.mistakes.add(("record", "figures", number), wrong)
        formulas: list[tuple[str, Expression]] = []
        for name, text in table.formulas.items():
            at: KeyPath = ("record", "formulas", name)
            if name.casefold() in RESERVED or any(name.casefold() == one.casefold() for one, _ in formulas):
                self.mistakes.wrong(at, "reserved", name=name)
            try:
                checked = [parse(text, scenario) for scenario in scenarios]
            except ExpressionError as error:
                self.mistakes.add(at, str(error))
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
                self.mistakes.passed_on(at, error, arm.name if len(made.arms) > 1 else "")

    def _check_columns(self, made: Experiment) -> None:
        """Find factors and formulas that are called like a figure of the market: both are columns of results."""
        from sim.figures import FIGURES

        names = {key.casefold() for key, figure in FIGURES.items() if figure.scope == "market"}
        for place, factor in enumerate(made.factors):
            if factor.name.casefold() in names:
                self.mistakes.wrong(("factor", place), "reserved", name=factor.name)
        factors = {factor.name.casefold() for factor in made.factors}
        for name, _ in made.recorded.formulas:
            if name.casefold() in names | factors:
                self.mistakes.wrong(("record", "formulas", name), "reserved", name=name)


def described(experiment: Experiment) -> Iterator[tuple[str, Any]]:
    """Give the factors by name, with what is known of their values."""
    return ((factor.name, factor.describe()) for factor in experiment.factors)
