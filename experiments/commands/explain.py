"""``userisation explain``: why one scenario ends elsewhere than another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.answer_display import show_answer
from experiments.commands.answering import (
    Size,
    asked_everywhere,
    cost_told,
    end_code,
    problems_told,
    read_scenarios,
    refuse_absurd_size,
    runs_shown,
    typed_words,
    written,
)
from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.run import BOUNDS, default_folder, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, fail, note
from experiments.numbers import count
from experiments.text import say

__all__ = ["explain"]


class GroupName(StrEnum):
    """How changes are put together."""

    change = "change"
    firm = "firm"
    family = "family"


def explain(
    before: Annotated[str, typer.Argument(show_default=False)],
    after: Annotated[str, typer.Argument(show_default=False)],
    figures: Annotated[list[str] | None, typer.Option("--figure", "-f", show_default=False)] = None,
    group: Annotated[GroupName, typer.Option("--group")] = GroupName.change,
    budget: Annotated[int, typer.Option("--budget")] = 256,
    settings: Annotated[list[str] | None, typer.Option("--set", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(show_default=False)] = None,
    replicates: Annotated[int, typer.Option("--replicates", "-r")] = 32,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Explain; everything that can be refused is refused before the first run."""
    from experiments.answers import explain as room
    from experiments.answers.changes import InseparableError, changes_between
    from experiments.replicate import available_cores

    refuse_bad_numbers({"seed": seed, "replicates": replicates, "weeks": weeks, "consumers": consumers})
    refuse_bad_numbers({"workers": workers, "budget": budget}, {"workers": BOUNDS["threads"], "budget": (2, 100_000)})
    scenarios = read_scenarios([before, after], settings or [], Size(seed, consumers, weeks))
    (first, second) = scenarios.items()
    asked = asked_everywhere(figures or [], scenarios)
    try:
        changes, plan = room.plan_of(first[1], second[1], group.value, budget)
    except room.NothingDiffersError:
        fail(say("answers.command.nothing_differs", before=first[0], after=second[0]))
    except InseparableError as error:
        fail(say("answers.explain_command.inseparable", problem=str(error)))
    except ValueError:
        found = changes_between(first[1], second[1], group.value)
        fail(say("answers.explain_command.budget", budget=count(budget), changes=len(found), least=2 * len(found)))
    cores = workers or available_cores()
    refuse_absurd_size([first[1], second[1]], cores)
    folder = out or default_folder("explain")
    key = "one" if len(changes) == 1 else "exact" if plan.is_exact else "sampled"
    words = {"changes": count(len(changes)), "markets": count(len(plan.coalitions)), "replicates": count(replicates)}
    note(say(f"answers.explain_command.{key}", runs=count(len(plan.coalitions) * replicates), **words))
    with stop_on_interrupt() as stop:
        tell_if_compiling("compiled")
        try:
            with problems_told(folder), runs_shown() as show:
                result = room.explain(
                    first, second, asked, grouping=group.value, budget=budget, replicates=replicates, folder=folder,
                    workers=cores, force=force, command=typed_words(),
                    on_begin=cost_told(folder), on_progress=show, stop=stop,
                )  # fmt: skip
        except InseparableError as error:
            fail(say("answers.explain_command.inseparable", problem=str(error)))
    written(result, folder)
    show_answer(result, folder, as_json=as_json)
    code = end_code(result)
    if code:
        raise typer.Exit(code)
