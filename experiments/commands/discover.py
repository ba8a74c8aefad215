"""``userisation discover``: under which conditions an experiment fails."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.session import AsJson, Lang

if TYPE_CHECKING:
    from experiments.answers.asking import Askable, Condition

__all__ = ["RoleName", "discover"]


class RoleName(StrEnum):
    """Roles of factors by their names on the command line."""

    LEVER = "lever"
    UNCERTAINTY = "uncertainty"


def discover(
    experiment: Annotated[str, typer.Argument(show_default=False)],
    fails: Annotated[str, typer.Option("--fails", show_default=False)],
    role: Annotated[RoleName | None, typer.Option("--role", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    replicates: Annotated[int | None, typer.Option("--replicates", "-r", show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Find the conditions of failure; everything that can be refused is refused before the first run."""
    from experiments.answers.asking import parse_condition
    from experiments.answers.discover import discovered
    from experiments.answers.evidence import evidence_of
    from experiments.answers.extras import need
    from experiments.commands.answer_display import show_answer
    from experiments.commands.experiment_answers import Question, answered, kept, refuse_sizes, troubles_told

    refuse_sizes(workers, replicates, consumers, weeks)
    options = {"--fails": fails, "--role": role}
    question = Question("discover", experiment, out, workers, replicates, consumers, weeks, options)
    asked: list[Condition] = []

    def check(askable: Askable) -> None:
        asked[:] = [parse_condition(fails, askable)]

    with troubles_told():
        need("analysis")
    with answered(question, check) as ran:
        found = discovered(
            evidence_of(ran.results), asked[0], fails, ran.title, ran.made, ran.scenarios, role, seed=ran.made.seed
        )
    found = found.model_copy(update={"files": ran.files})
    kept(found, ran.folder)
    show_answer(found, ran.folder, as_json=as_json)
