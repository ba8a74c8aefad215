"""``userisation rivals``: where rivals' answers to each other lead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.session import AsJson, Lang, fail
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.findings import Findings, Made
    from experiments.answers.laboratory import Laboratory
    from experiments.batch.experiment import Experiment
    from sim.scenario import Scenario

__all__ = ["rivals"]

_RUNS = 2000


def rivals(
    scenario: Annotated[str, typer.Argument(show_default=False)],
    players: Annotated[list[str], typer.Option("--player", show_default=False)],
    levers: Annotated[list[str], typer.Option("--lever", show_default=False)],
    objective: Annotated[str, typer.Option("--objective", "-f")] = "total_profit",
    replicates: Annotated[int, typer.Option("--replicates", "-r")] = 8,
    runs: Annotated[int, typer.Option("--runs")] = _RUNS,
    settings: Annotated[list[str] | None, typer.Option("--set", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Play best responses; everything that can be refused is refused before the first run."""
    from experiments.answers.asking import Askable, FigureError, parse_figure
    from experiments.answers.rivals import check_players, fewest_profiles, parse_lever, payoffs_asked
    from experiments.answers.rivals import rivals as played
    from experiments.commands.experiment_answers import refuse_sizes, sized, troubles_told
    from experiments.commands.run import refuse_bad_numbers
    from experiments.commands.searches import Order, answer_search
    from experiments.naming import both_or_one
    from sim.scenario import load

    refuse_sizes(workers, None, consumers, weeks)
    refuse_bad_numbers({"replicates": replicates, "runs": runs}, {"replicates": (5, 100_000), "runs": (1, 10_000_000)})
    market = load(scenario, settings or [])
    made = sized(_experiment(market), None, consumers, weeks)
    with troubles_told():
        chosen = [parse_lever(text) for text in levers]
        check_players(made.arms[0].scenario, players, chosen)
        askable = Askable.of_experiment(made)
        # Each player has its own: KEY, or KEY:OVER@WEEKS, stands for that of the first.
        key, mark, rest = objective.partition(":")
        if players[0] not in askable.figures.get(key, (players[0],)):
            raise FigureError(say("rivals.not_of_firms", name=key))
        measure = parse_figure(f"{key}:{players[0]}{mark}{rest}", askable)
        profiles = runs // replicates
        if profiles < (least := fewest_profiles(len(players), chosen)):
            fail(say("rivals.few_runs", given=count(runs), least=count(least * replicates)))
    options = {
        "--player": players, "--lever": levers, "--objective": objective, "--replicates": replicates, "--runs": runs,
        "--set": settings, "--consumers": consumers, "--weeks": weeks,
    }  # fmt: skip

    title = both_or_one(market.title, market.name).model_dump()
    scenarios = {market.name: made.arms[0].scenario.as_file()}

    def found(laboratory: Laboratory, now: Made) -> Findings:
        return played(laboratory, players, chosen, title, now, scenarios, replicates, profiles)

    measures = payoffs_asked(measure.key, players, measure.over, measure.weeks)
    order = Order("rivals", scenario, options, market.name, out, workers, runs, replicates)
    answer_search(order, made, measures, found, files={}, as_json=as_json)


def _experiment(market: Scenario) -> Experiment:
    from experiments.answers.futures import experiment_of

    return experiment_of({market.name: market}, 1, name=market.name)
