"""``userisation advise``: what to choose while much is unknown."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.session import AsJson, Lang, fail
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.findings import Findings, Made
    from experiments.answers.laboratory import Laboratory

__all__ = ["advise"]

_RUNS = 2000


def advise(
    experiment: Annotated[str, typer.Argument(show_default=False)],
    objectives: Annotated[list[str] | None, typer.Option("--objective", "-f", show_default=False)] = None,
    minimise: Annotated[list[str] | None, typer.Option("--minimise", show_default=False)] = None,
    target: Annotated[str | None, typer.Option("--target", show_default=False)] = None,
    over: Annotated[str | None, typer.Option("--over", show_default=False)] = None,
    spend: Annotated[float | None, typer.Option("--spend", show_default=False)] = None,
    arm: Annotated[str | None, typer.Option("--arm", show_default=False)] = None,
    runs: Annotated[int, typer.Option("--runs")] = _RUNS,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Search a firm's levers; everything that can be refused is refused before the first run."""
    from dataclasses import replace

    from experiments.answers.advise import Decisions, advised, plan_of
    from experiments.answers.asking import Askable, parse_condition, parse_figure
    from experiments.answers.decisions import over_draws, refuse_uncharged
    from experiments.answers.extras import need
    from experiments.answers.plans import Aim
    from experiments.batch.reading import read_experiment
    from experiments.batch.recorded import Recorded
    from experiments.commands.experiment_answers import refuse_sizes, sized, troubles_told
    from experiments.commands.run import refuse_bad_numbers
    from experiments.commands.searches import Order, answer_search
    from experiments.naming import both_or_one

    refuse_sizes(workers, None, consumers, weeks)
    refuse_bad_numbers({"runs": runs}, {"runs": (1, 10_000_000)})
    if spend is not None and not 0 <= spend < math.inf:
        fail(say("advise.bad_spend", value=spend))
    if Path(experiment).is_dir():
        fail(say("advise.needs_file"))
    if not objectives and not minimise:
        fail(say("advise.no_objective"))
    made = sized(read_experiment(experiment), None, consumers, weeks)
    names = [one.name for one in made.arms]
    if (arm is not None and arm not in names) or (arm is None and len(names) > 1):
        fail(say("advise.which_arm", known=", ".join(names)))
    chosen = next(one for one in made.arms if arm in (None, one.name))
    # Whatever the file keeps of a run, the figures asked for are kept here.
    made = replace(made, arms=(chosen,), recorded=Recorded(None, series=True, formulas=made.recorded.formulas))
    with troubles_told():
        need("optimise")
        made = made if over is None else over_draws(made, over)
        askable = Askable.of_experiment(made)
        aims = [Aim(parse_figure(text, askable)) for text in objectives or []]
        aims += [Aim(parse_figure(text, askable), higher=False) for text in minimise or []]
        targets = None if target is None else parse_condition(target, askable)
        decisions = Decisions(made, spend)
        plan = plan_of(decisions, runs)
        measures = list(dict.fromkeys([*(aim.measure for aim in aims), *(targets.measures if targets else ())]))
        refuse_uncharged(decisions, measures)
    options = {
        "--objective": objectives, "--minimise": minimise, "--target": target, "--over": over, "--spend": spend,
        "--arm": arm, "--runs": runs, "--consumers": consumers, "--weeks": weeks,
    }  # fmt: skip

    title = both_or_one(made.title, made.name).model_dump()
    scenarios = {chosen.name: chosen.scenario.as_file()}

    def found(laboratory: Laboratory, now: Made) -> Findings:
        seed = laboratory.market.seed
        return advised(decisions, laboratory, aims, targets, plan, title, now, scenarios, seed)

    order = Order("advise", experiment, options, made.name, out, workers, plan.runs, plan.futures)
    charges = decisions.charges if decisions.has_costs else None
    answer_search(
        order, made, measures, found, charges=charges, files={f"{made.name}.toml": made.text}, as_json=as_json
    )
