"""``userisation discover``: under which conditions an experiment fails."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.session import AsJson, Lang

if TYPE_CHECKING:
    from experiments.answers.asking import Condition
    from experiments.answers.findings import Findings
    from experiments.commands.experiment_answers import Ran

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
    cluster: Annotated[str | None, typer.Option("--cluster", show_default=False)] = None,
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
    from experiments.commands.experiment_answers import Question, answer

    def found(ran: Ran, asked: Condition) -> Findings:
        return discovered(
            evidence_of(ran.results), asked, fails, ran.title, ran.made, ran.scenarios, role, seed=ran.made.seed
        )

    options = {"--fails": fails, "--role": role}
    question = Question("discover", experiment, out, workers, cluster, replicates, consumers, weeks, options)
    answer(question, lambda askable: parse_condition(fails, askable), found, extra="analysis", as_json=as_json)
