"""``userisation sensitivity``: which settings of an experiment a figure depends on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.session import AsJson, Lang

if TYPE_CHECKING:
    from experiments.answers.asking import Askable
    from experiments.claims.measures import Measure

__all__ = ["sensitivity"]


def sensitivity(
    experiment: Annotated[str, typer.Argument(show_default=False)],
    figure: Annotated[str, typer.Option("--figure", "-f", show_default=False)],
    emulate: Annotated[bool, typer.Option("--emulate")] = False,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    replicates: Annotated[int | None, typer.Option("--replicates", "-r", show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Find what a figure depends on; everything that can be refused is refused before the first run."""
    from experiments.answers.asking import parse_figure
    from experiments.answers.evidence import evidence_of
    from experiments.answers.extras import need
    from experiments.answers.sensitivity import analysed
    from experiments.commands.answer_display import show_answer
    from experiments.commands.experiment_answers import Question, answered, kept, refuse_sizes, troubles_told

    refuse_sizes(workers, replicates, consumers, weeks)
    options = {"--figure": figure, "--emulate": emulate}
    question = Question("sensitivity", experiment, out, workers, replicates, consumers, weeks, options)
    asked: list[Measure] = []

    def check(askable: Askable) -> None:
        asked[:] = [parse_figure(figure, askable)]

    with troubles_told():
        if emulate:
            need("analysis")
    with answered(question, check) as ran:
        found = analysed(
            evidence_of(ran.results), asked[0], ran.title, ran.made, ran.scenarios, emulate, seed=ran.made.seed
        )
    found = found.model_copy(update={"files": ran.files})
    kept(found, ran.folder)
    show_answer(found, ran.folder, as_json=as_json)
