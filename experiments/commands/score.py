"""``userisation score``: how much of what household panels show the simulation's consumer and standard models show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.panel_options import LayoutName, PanelOptions, TimeName
from experiments.commands.progress import shown_steps
from experiments.commands.session import AsJson, Lang, fail, note, print_json, tell_problems
from experiments.exits import Exit
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.panel.data import Panel
    from experiments.score.findings import PanelScore, Scores
    from experiments.score.protocol import ChoiceModel
    from sim.problems import Problem

__all__ = ["score"]

FEWEST_FOLDS, MOST_FOLDS = 2, 50
HOUSEHOLDS_A_FOLD = 5
"""Fewer held-out households have no interval worth the name."""
_FAILURES_TOLD = 3
_ERROR_WIDTH = 300


def score(
    files: Annotated[list[Path] | None, typer.Argument(show_default=False)] = None,
    example: Annotated[bool, typer.Option("--example")] = False,
    models: Annotated[str | None, typer.Option("--models", show_default=False)] = None,
    folds: Annotated[int, typer.Option("--folds")] = 5,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    layout: Annotated[LayoutName | None, typer.Option(show_default=False)] = None,
    time: Annotated[TimeName | None, typer.Option(show_default=False)] = None,
    columns: Annotated[list[str] | None, typer.Option("--column", show_default=False)] = None,
    delimiter: Annotated[str | None, typer.Option(show_default=False)] = None,
    decimal: Annotated[str | None, typer.Option(show_default=False)] = None,
    encoding: Annotated[str, typer.Option()] = "utf-8",
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Read every panel, score every model on it, show what came out."""
    from experiments.commands.run import BOUNDS, refuse_bad_numbers
    from experiments.replicate import available_cores
    from experiments.score.study import Plan, run_study

    bounds = {"seed": BOUNDS["seed"], "workers": BOUNDS["threads"], "folds": (FEWEST_FOLDS, MOST_FOLDS)}
    refuse_bad_numbers({"seed": seed, "workers": workers, "folds": folds}, bounds)
    if not files and not example:
        fail(say("score.file_or_example"))
    chosen = _models(models)
    panels = _panels(files or [], example, PanelOptions(layout, time, columns, delimiter, decimal, encoding))
    _refuse_few_households(panels, folds)
    _warn(panels)
    with stop_on_interrupt("score.stopping") as stop, shown_steps("score.progress") as show:
        found = run_study(
            Plan(tuple(panels), chosen, folds, seed),
            workers=workers or available_cores(),
            on_progress=show,
            stop=stop,
        )
    _show(found, as_json=as_json)
    code = _told(found)
    if code:
        raise typer.Exit(code)


def _models(text: str | None) -> tuple[ChoiceModel, ...]:
    """Find the models named, each once; all where none is named."""
    from experiments.score.models import MODELS
    from sim.problems import advice

    if text is None:
        return tuple(MODELS.values())
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in names:
        if name not in MODELS:
            fail(say("score.no_model", name=name, advice=advice(name, MODELS)))
    if not names:
        fail(say("score.no_models", known=", ".join(MODELS)))
    return tuple(MODELS[name] for name in names)


def _panels(files: Sequence[Path], example: bool, options: PanelOptions) -> list[Panel]:
    """Read all panels, and tell everything that is wrong with any of them."""
    from experiments.panel.problems import PanelError

    panels: list[Panel] = []
    problems: list[Problem] = []
    for file in [*([None] if example else []), *dict.fromkeys(files)]:
        try:
            panels.append(options.read(file))
        except PanelError as error:
            problems += error.problems
    if problems:
        tell_problems(problems)
        raise typer.Exit(Exit.BAD_INPUT)
    return panels


def _refuse_few_households(panels: Sequence[Panel], folds: int) -> None:
    for panel in panels:
        households = len(panel.households)
        if households < FEWEST_FOLDS * HOUSEHOLDS_A_FOLD:
            fail(say("score.few_households", panel=panel.source, count=count(households)))
        if households < folds * HOUSEHOLDS_A_FOLD:
            most = count(households // HOUSEHOLDS_A_FOLD)
            fail(say("score.too_many_folds", panel=panel.source, count=count(households), most=most))


def _warn(panels: Sequence[Panel]) -> None:
    for panel in panels:
        tell_problems(panel.warnings)


def _show(found: Scores, *, as_json: bool) -> None:
    if as_json:
        print_json(found.document())
    elif any(panel.scores for panel in found.panels):
        from experiments.commands.score_table import show_scores

        show_scores(found)


def _told(found: Scores) -> int:
    """Tell what failed and whether all was done; give the exit code."""
    failures: list[tuple[PanelScore, str]] = []
    for panel in found.panels:
        for one in panel.failures:
            what = say("score.the_data") if one.model is None else one.model
            failures.append(
                (panel, say("score.failed", panel=panel.source, fold=one.fold + 1, what=what, error=one.error))
            )
    for _, text in failures[:_FAILURES_TOLD]:
        note(text[:_ERROR_WIDTH])
    if len(failures) > _FAILURES_TOLD:
        note(say("score.more_failed", count=len(failures) - _FAILURES_TOLD))
    if found.interrupted:
        done = sum(len(panel.scores) for panel in found.panels)
        note(say("score.stopped", done=done, total=len(found.panels) * len(found.models) * found.folds))
        return Exit.INTERRUPTED
    return Exit.RUN_FAILED if failures else Exit.OK
