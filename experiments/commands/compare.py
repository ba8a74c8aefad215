"""``userisation compare``: scenarios side by side in the same futures, or the scenarios of an experiment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    refuse_foreign,
    runs_shown,
    typed_words,
    written,
)
from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.run import BOUNDS, default_folder, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, fail
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.compare import Compared
    from sim.scenario import Scenario

__all__ = ["compare"]


def compare(
    names: Annotated[list[str], typer.Argument(show_default=False)],
    figures: Annotated[list[str] | None, typer.Option("--figure", "-f", show_default=False)] = None,
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
    """Compare; everything that can be refused is refused before the first run."""
    refuse_bad_numbers({"seed": seed, "replicates": replicates, "weeks": weeks, "consumers": consumers})
    refuse_bad_numbers({"workers": workers}, {"workers": BOUNDS["threads"]})
    if len(names) == 1 and Path(names[0]).is_dir():
        given = {"--set": settings, "--seed": seed, "--weeks": weeks, "--consumers": consumers}
        for option, value in given.items():
            if value:
                fail(say("answers.command.not_with_folder", option=option))
        folder = Path(names[0])
        # The runs stay where they are; the answer has a folder of its own.
        target = out or default_folder(f"compare-{folder.name}")
        refuse_foreign(target)
        found = _of_batch(folder, figures or [])
    else:
        if len(names) < 2:
            fail(say("answers.compare_command.one", name=names[0]))
        target = out or default_folder("compare")
        scenarios = read_scenarios(names, settings or [], Size(seed, consumers, weeks))
        found = _of_scenarios(scenarios, figures or [], replicates, workers, target, force)
    written(found, target)
    show_answer(found, target, as_json=as_json)
    code = end_code(found)
    if code:
        raise typer.Exit(code)


def _of_scenarios(
    scenarios: dict[str, Scenario], figures: list[str], replicates: int, workers: int | None, folder: Path, force: bool
) -> Compared:
    from experiments.answers.changes import same_market
    from experiments.answers.compare import compare
    from experiments.replicate import available_cores

    models, labels = list(scenarios.values()), list(scenarios)
    for label, model in list(scenarios.items())[1:]:
        if same_market(models[0], model):
            fail(say("answers.command.nothing_differs", before=labels[0], after=label))
    asked = asked_everywhere(figures, scenarios)
    cores = workers or available_cores()
    refuse_absurd_size(models, cores)
    with stop_on_interrupt() as stop:
        tell_if_compiling("compiled")
        with problems_told(folder), runs_shown() as show:
            return compare(
                scenarios, asked, replicates=replicates, folder=folder, workers=cores, force=force,
                command=typed_words(), on_begin=cost_told(folder), on_progress=show, stop=stop,
            )  # fmt: skip


def _of_batch(folder: Path, figures: list[str]) -> Compared:
    from experiments.answers.compare import compare_batch
    from experiments.batch.results import open_results

    with problems_told(folder), open_results(folder) as results:
        arms = results.arms
        if len(arms) < 2:
            fail(say("answers.compare_command.one_arm", folder=folder, arm=arms[0]))
        asked = asked_everywhere(figures, {name: results.scenario(name) for name in arms})
        for one in asked:
            if one.of not in results.figures.get(one.key, ()):
                kept = ", ".join(results.figures) or "–"
                fail(say("answers.compare_command.not_kept", figure=one.key, folder=folder, kept=kept))
        return compare_batch(results, asked, command=typed_words())
