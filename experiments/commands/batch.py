"""``userisation batch``: run an experiment, thousands of futures, on this machine or on a cluster."""

from __future__ import annotations

import shlex
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from experiments.commands.answering import problems_told
from experiments.commands.costs import tell_cost
from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.progress import shown_as
from experiments.commands.run import default_folder, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, fail, note
from experiments.exits import Exit
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.cost import Pilot
    from experiments.batch.executors import Executor
    from experiments.batch.experiment import Experiment
    from experiments.batch.runner import Done
    from experiments.batch.store import BatchStore

__all__ = ["batch", "refuse_two_places", "within_bounds"]

_BOUNDS = {"workers": (1, 1024)}


@dataclass(frozen=True)
class _Order:
    """What was asked on the command line."""

    folder: Path
    how: Literal["new", "replace", "resume"]
    workers: int
    cluster: str | None
    retry: bool
    as_json: bool


def batch(
    experiment: Annotated[str, typer.Argument(show_default=False)],
    workers: Annotated[int | None, typer.Option("--workers", show_default=False)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    resume: Annotated[bool, typer.Option("--resume")] = False,
    retry: Annotated[bool, typer.Option("--retry")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    force: Annotated[bool, typer.Option("--force")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Run an experiment; everything that can be refused is refused before the first run."""
    from experiments.batch.cost import pilot
    from experiments.batch.folder import refuse_unfit
    from experiments.batch.reading import read_experiment
    from experiments.commands.batch_table import show_plan
    from experiments.replicate import available_cores

    refuse_bad_numbers({"workers": workers}, _BOUNDS)
    refuse_two_places(workers, cluster)
    resume = resume or retry
    if resume and out is None:
        fail(say("batch.resume_needs_out"))
    made = read_experiment(experiment)
    cores = workers or available_cores()
    how: Literal["new", "replace", "resume"] = "resume" if resume else "replace" if force else "new"
    if out is not None and not dry_run:
        with problems_told():
            refuse_unfit(out, how)
    tell_if_compiling(made.engine)
    measured = pilot(made)
    if measured.error:
        note(say("batch.pilot_failed", error=measured.error))
    made = within_bounds(made, measured, begun=out if resume else None)
    if dry_run:
        show_plan(made, measured, cores, as_json=as_json)
        return
    order = _Order(out or default_folder(made.name), how, cores, cluster, retry, as_json)
    with problems_told():
        code = _run(made, measured, order)
    if code:
        raise typer.Exit(code)


def refuse_two_places(workers: int | None, cluster: str | None) -> None:
    """Refuse processes of this machine and a cluster at once."""
    if workers is not None and cluster is not None:
        fail(say("batch.workers_or_cluster"))


def within_bounds(made: Experiment, measured: Pilot, *, begun: Path | None) -> Experiment:
    """Refuse what is beyond the budget, or cut replicates; an experiment that was begun keeps its own."""
    from experiments.batch.cost import allowed_replicates
    from experiments.batch.declarations import MOST_RUNS
    from experiments.batch.folder import replicates_of
    from experiments.batch.store import MOST_COLUMNS

    if measured.ends > MOST_COLUMNS:
        fail(say("batch.too_many_figures", given=count(measured.ends), most=count(MOST_COLUMNS)))
    before = None if begun is None else replicates_of(begun)
    if before is not None and made.budget.if_over == "fewer_replicates":
        return made.with_replicates(min(before, made.replicates))
    if made.run_count > MOST_RUNS:
        fail(say("batch.too_many_runs", given=count(made.run_count), most=count(MOST_RUNS)))
    allowed = allowed_replicates(made, measured)
    if allowed >= made.replicates:
        return made
    if made.budget.if_over == "refuse" or allowed == 0:
        fail(_over_budget(made, measured, allowed))
    from experiments.amounts import counted

    note(say("batch.fewer_replicates", replicates=counted("replicate", allowed), asked=count(made.replicates)))
    return made.with_replicates(allowed)


def _over_budget(made: Experiment, measured: Pilot, allowed: int) -> str:
    from experiments.amounts import counted, duration

    budget = made.budget
    limits = []
    if budget.runs is not None:
        limits.append(say("batch.limit_runs", runs=count(budget.runs)))
    if budget.cpu_minutes is not None:
        limits.append(say("batch.limit_time", time=duration(60 * budget.cpu_minutes)))
    values = {
        "runs": count(made.run_count),
        "time": duration(made.run_count * measured.seconds),
        "limits": ", ".join(limits),
    }
    advice = say("batch.would_fit", replicates=counted("replicate", allowed)) if allowed else say(
        "batch.points_too_many", points=count(made.point_count)
    )  # fmt: skip
    return f"{say('batch.over_budget', **values)} {advice}"


def _run(made: Experiment, measured: Pilot, order: _Order) -> Exit:
    """Make the runs that are missing, and say how it ended."""
    from experiments.batch.executors import chosen
    from experiments.batch.folder import opened

    # Workers and room first: where they are missing, no folder is begun.
    with closing(chosen(order.workers, order.cluster)) as executor:
        if order.how != "resume":
            tell_cost(made, measured, executor.workers, made.run_count, order.folder)
        with opened(order.folder, made, how=order.how) as store, stop_on_interrupt("batch.stopping") as stop:
            if order.how == "resume":
                known = len(store.known(retry=order.retry))
                note(say("batch.resumed", done=count(known), total=count(made.run_count)))
                if known < made.run_count:
                    tell_cost(made, measured, executor.workers, made.run_count - known, order.folder)
            _make_runs(made, measured, order, store, executor, stop)
            return _told(store, order)


def _make_runs(
    made: Experiment, measured: Pilot, order: _Order, store: BatchStore, executor: Executor, stop: threading.Event
) -> None:
    from experiments.batch.executors import ExecutorError
    from experiments.batch.runner import Runner
    from experiments.batch.store import StoreError
    from experiments.commands.batch_table import progress_words

    with shown_as() as show:

        def told(done: Done) -> None:
            show(lambda: progress_words(done), done.runs, done.total)

        runner = Runner(
            made, store, executor, seconds=measured.seconds, size=measured.size,
            on_progress=told, stop=stop, retry=order.retry,
        )  # fmt: skip
        try:
            runner.run()
        except (StoreError, ExecutorError):
            note(say("batch.kept", done=count(len(store.known())), command=_again(order)))
            raise


def _told(store: BatchStore, order: _Order) -> Exit:
    """Say how it ended, and give the exit code."""
    from experiments.batch.results import open_results
    from experiments.commands.batch_table import end_words
    from experiments.commands.results_table import show_end

    with open_results(store.path) as results:
        status = results.status()
        if order.as_json:
            show_end(results)
        else:
            for line in end_words(status, order.folder, _again(order)):
                note(line)
    if not status.is_complete:
        return Exit.INTERRUPTED
    return Exit.RUN_FAILED if status.failed or status.crashed else Exit.OK


def _again(order: _Order) -> str:
    """Give the command that goes on with this one."""
    words = [word for word in sys.argv[1:] if word not in {"batch", "--force", "--retry"}]
    if "--resume" not in words:
        words += ["--resume"]
    if "--out" not in words and not any(word.startswith("--out=") for word in words):
        words += ["--out", str(order.folder)]
    return shlex.join(["userisation", "batch", *words])
