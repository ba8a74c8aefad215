"""``userisation sensitivity``: which settings of an experiment a figure depends on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.session import AsJson, Lang

if TYPE_CHECKING:
    from experiments.answers.findings import Findings
    from experiments.claims.measures import Measure
    from experiments.commands.experiment_answers import Ran

__all__ = ["sensitivity"]


def sensitivity(
    experiment: Annotated[str, typer.Argument(show_default=False)],
    figure: Annotated[str, typer.Option("--figure", "-f", show_default=False)],
    emulate: Annotated[bool, typer.Option("--emulate")] = False,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", show_default=False)] = None,
    replicates: Annotated[int | None, typer.Option("--replicates", "-r", show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Find what a figure depends on; everything that can be refused is refused before the first run."""
    from experiments.answers.asking import parse_figure
    from experiments.answers.evidence import evidence_of
    from experiments.answers.sensitivity import analysed
    from experiments.commands.experiment_answers import Question, answer

    def found(ran: Ran, asked: Measure) -> Findings:
        return analysed(
            evidence_of(ran.results), asked, ran.title, ran.made, ran.scenarios, emulate, seed=ran.made.seed
        )

    options = {"--figure": figure, "--emulate": emulate}
    question = Question("sensitivity", experiment, out, workers, cluster, replicates, consumers, weeks, options)
    extra = "analysis" if emulate else None
    answer(question, lambda askable: parse_figure(figure, askable), found, extra=extra, as_json=as_json)
