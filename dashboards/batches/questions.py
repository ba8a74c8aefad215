"""Questions to experiments, put together from what is chosen on the page, and checked before anything is begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from dashboards.batches.findings import FigureChoice, Overview
from dashboards.batches.reading import ResultsError
from dashboards.batches.text import say
from experiments.numbers import PERCENT_UNITS, decimal
from sim.problems import Place, Problem

__all__ = [
    "FEWEST_RUNS", "Charged", "Over", "Wanted", "beside", "charged_of", "check_advise", "check_figure", "check_rivals",
    "condition_text", "condition_words", "figure_text", "fitting", "overs_of", "refusal",
]  # fmt: skip

Over = Literal["end", "mean", "peak", "trough", "sum"]
OVERS: tuple[Over, ...] = ("end", "mean", "peak", "trough", "sum")
FEWEST_RUNS = 420
"""Of a search for advice."""
_SIGNS = {"below": "<", "above": ">"}


@dataclass(frozen=True)
class Wanted:
    """A number that is asked for: the figure's key, its item, what is made of the weeks, and which weeks count."""

    figure: str
    item: str = ""
    over: Over = "end"
    weeks: tuple[int, int] | None = None


def figure_text(wanted: Wanted, *, is_formula: bool = False) -> str:
    """Write it as the command line does: ``share:Nova:peak@30-60``."""
    if is_formula:
        return wanted.figure
    parts = [wanted.figure, *([wanted.item] if wanted.item else [])]
    if wanted.weeks is None:
        return ":".join([*parts, wanted.over])
    over = "mean" if wanted.over == "end" else wanted.over
    return f"{':'.join([*parts, over])}@{wanted.weeks[0]}-{wanted.weeks[1]}"


def condition_text(wanted: Wanted, side: str, limit: float, choice: FigureChoice) -> str:
    """Write a condition as the command line does; shares are given in percent."""
    percent = "%" if choice.unit in PERCENT_UNITS else ""
    return f"{figure_text(wanted, is_formula=choice.is_formula)} {_SIGNS[side]} {limit:g}{percent}"


def condition_words(wanted: Wanted, side: str, limit: float, choice: FigureChoice) -> str:
    """Say a condition."""
    from dashboards.batches.figures import figure_title

    digits = len(f"{limit:g}".partition(".")[2])
    number = decimal(limit, digits)
    if choice.unit in PERCENT_UNITS:
        number = say("batches.ask.percent", value=number)
    return say(f"batches.ask.{side}_words", figure=figure_title(choice, wanted.item), limit=number)


def overs_of(overview: Overview, choice: FigureChoice) -> tuple[Over, ...]:
    """Say what can be made of a figure's weeks."""
    return OVERS if overview.has_weeks and not choice.is_formula else ("end",)


def fitting(wanted: Wanted, overview: Overview, choice: FigureChoice) -> Wanted:
    """Take the end where nothing else was kept."""
    return wanted if wanted.over in overs_of(overview, choice) else replace(wanted, over="end")


def beside(first: Wanted, overview: Overview, usual: str) -> list[FigureChoice]:
    """Give the figures that can stand beside the first objective, of its firm or of the market.

    Parameters
    ----------
    first
        The first objective; a formula names no firm.
    overview
        What the experiment is.
    usual
        The firm that is asked about where `first` names none.
    """
    of = first.item or usual
    return [one for one in overview.figures if one.key != first.figure and (of in one.items or one.items == ("",))]


def check_figure(folder: Path, text: str, *, is_condition: bool = False) -> None:
    """Refuse what cannot be asked of a folder of results.

    Raises
    ------
    ResultsError
        With what would be right.
    """
    from experiments.answers.asking import Askable, FigureError, parse_condition, parse_figure
    from experiments.answers.extras import ExtraError, need
    from experiments.batch.results import open_results
    from experiments.batch.store import StoreError

    try:
        with open_results(folder) as results:
            askable = Askable.of_results(results)
            if is_condition:
                need("analysis")
                parse_condition(text, askable)
            else:
                parse_figure(text, askable)
    except (FigureError, ExtraError) as error:
        raise refusal(str(error)) from None
    except StoreError as error:
        raise refusal(error.detail or error.reason) from None


@dataclass(frozen=True)
class Charged:
    """Money a week that all levers of an experiment cost together: as they are, and at the least."""

    now: float
    least: float


def charged_of(file: Path, arm: str | None = None) -> Charged | None:
    """Say what the levers of an experiment file cost; None if none of them costs anything.

    Raises
    ------
    ScenarioError
        The file is wrong.
    """
    from experiments.answers.decisions import Decisions
    from experiments.batch.factors import Levels, Ranged
    from experiments.batch.reading import read_experiment

    made = read_experiment(file)
    decisions = Decisions(replace(made, arms=tuple(one for one in made.arms if arm in (None, one.name))[:1]))
    if not decisions.has_costs or not all(isinstance(one.domain, Levels | Ranged) for one in decisions.levers):
        return None
    charges = decisions.charges
    least = sum(min(charges.weekly(one, x) for x in one.domain.ends) for one in decisions.levers)
    return Charged(charges.total(decisions.levers, decisions.now), least)


def check_advise(
    file: Path,
    objectives: Sequence[str],
    target: str | None,
    *,
    arm: str | None,
    over: str | None,
    runs: int,
    spend: float | None = None,
) -> None:
    """Refuse what cannot be searched for.

    Parameters
    ----------
    file, objectives, target, arm, over, runs, spend
        As `userisation advise` takes them.

    Raises
    ------
    ResultsError
        With what would be right.
    ScenarioError
        The file is wrong.
    """
    from experiments.answers.advise import plan_of
    from experiments.answers.asking import Askable, FigureError, parse_condition, parse_figure
    from experiments.answers.decisions import AdviseError, Decisions, over_draws, refuse_uncharged
    from experiments.answers.extras import ExtraError, need
    from experiments.batch.reading import read_experiment

    made = read_experiment(file)
    chosen = [one for one in made.arms if arm in (None, one.name)]
    made = replace(made, arms=tuple(chosen[:1]), recorded=replace(made.recorded, figures=None, series=True))
    try:
        need("optimise")
        made = made if over is None else over_draws(made, over)
        askable = Askable.of_experiment(made)
        measures = [parse_figure(text, askable) for text in objectives]
        measures += [] if target is None else parse_condition(target, askable).measures
        decisions = Decisions(made, spend)
        plan_of(decisions, runs)
        refuse_uncharged(decisions, measures)
    except (FigureError, AdviseError, ExtraError) as error:
        raise refusal(str(error)) from None


def check_rivals(scenario: str, players: Sequence[str], levers: Sequence[str], runs: int, replicates: int) -> None:
    """Refuse what rivals cannot play.

    Raises
    ------
    ResultsError
        With what would be right.
    ScenarioError
        There is no such scenario.
    """
    from experiments.answers.rivals import RivalsError, check_players, parse_lever
    from sim.problems import ScenarioError
    from sim.scenario import library, load

    if scenario not in library():
        raise ScenarioError([Problem(Place(scenario[:80]), "", say("batches.ask.no_scenario"))])
    try:
        check_players(load(scenario), list(players), [parse_lever(text) for text in levers])
    except RivalsError as error:
        raise refusal(str(error)) from None
    if runs < 10 * replicates:
        raise refusal(say("batches.ask.few_runs", least=10 * replicates))


def refusal(text: str) -> ResultsError:
    """Make an error of a text for the user."""
    return ResultsError([Problem(Place(""), "", text)])
