"""What the commands share that search as they go: a laboratory in the folder of the answer, progress, and stops."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from experiments.commands.answering import written
from experiments.commands.experiment_answers import command_words, ready_folder, troubles_told
from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.progress import shown_as
from experiments.commands.run import default_folder, tell_if_compiling
from experiments.commands.session import fail, note
from experiments.exits import Exit
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.findings import Findings, Made
    from experiments.answers.laboratory import Laboratory
    from experiments.batch.costs import Charges
    from experiments.batch.experiment import Experiment
    from experiments.claims.measures import Measure

__all__ = ["Order", "Search", "answer_search", "searching"]


@dataclass(frozen=True)
class Order:
    """What was asked on the command line.

    Attributes
    ----------
    kind, what
        Name of the command, and the experiment or scenario that it is about.
    options
        Further options, for the command that goes on.
    name
        Of the experiment or scenario.
    out
        Where the answer goes.
    workers
        Processes; None: one for each core.
    runs, replicates
        That will be made at most, and futures in which each decision is tried.
    """

    kind: str
    what: str
    options: Mapping[str, Any]
    name: str
    out: Path | None
    workers: int | None
    runs: int
    replicates: int

    def command(self, out: Path | None = None) -> list[str]:
        """Give the words of the command."""
        return command_words(self.kind, [self.what], {**self.options, "--out": out})


def answer_search(
    order: Order,
    experiment: Experiment,
    measures: Sequence[Measure],
    find: Callable[[Laboratory, Made], Findings],
    *,
    files: Mapping[str, str],
    as_json: bool,
    charges: Charges | None = None,
) -> None:
    """Search, write the answer, and show it.

    Parameters
    ----------
    order
        What was asked.
    experiment, measures
        As `Laboratory`.
    find
        Finds the answer by runs of the laboratory.
    files
        To be kept with it, by name.
    as_json
        Whether findings are printed as JSON.
    charges
        What levers cost.
    """
    from experiments.commands.answer_display import show_answer
    from experiments.replicate import available_cores

    folder = order.out or default_folder(f"{order.name}-{order.kind}")
    workers = order.workers or available_cores()
    with searching(experiment, measures, folder, workers, order.runs, order.command, charges) as search:
        found = find(search.laboratory, search.made(order.command(), order.replicates))
        update: dict[str, Any] = {"made": search.made(order.command(), order.replicates)}
        if files:
            update["files"] = dict(files)
        found = found.model_copy(update=update)
    written(found, folder)
    show_answer(found, folder, as_json=as_json)


@dataclass(frozen=True)
class Search:
    """A laboratory at work.

    Attributes
    ----------
    laboratory
        Makes runs.
    begun
        Of the clock.
    started
        UTC.
    """

    laboratory: Laboratory
    begun: float
    started: datetime

    def made(self, command: Sequence[str], replicates: int) -> Made:
        """Say how an answer was made."""
        from experiments.answers.findings import Made
        from experiments.versions import versions

        market, lab = self.laboratory.market, self.laboratory
        return Made(
            command=list(command), started=self.started.isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - self.begun, 1), versions=versions(), seed=market.seed,
            replicates=replicates, consumers=market.population.size, weeks=market.horizon, runs=lab.made + lab.found,
            failed=lab.failed,
        )  # fmt: skip


@contextmanager
def searching(
    experiment: Experiment,
    measures: Sequence[Measure],
    folder: Path,
    workers: int,
    runs: int,
    again: Callable[[Path], Sequence[str]],
    charges: Charges | None = None,
) -> Iterator[Search]:
    """Open a laboratory in a folder: cost first, progress while the block lasts, and how to go on after a stop.

    Parameters
    ----------
    experiment, measures
        As `Laboratory`.
    folder
        Of the answer: missing, empty, or with an earlier answer or search.
    workers
        Processes.
    runs
        That will be made at most.
    again
        Gives the command that goes on, by folder.
    charges
        What levers cost.
    """
    from experiments.answers.laboratory import FILE, Laboratory, StoppedError
    from experiments.batch.executors import chosen
    from experiments.locking import alone_or_not

    if not (folder / FILE).is_file():
        ready_folder(folder)
    started, begun = datetime.now(UTC), time.perf_counter()
    with troubles_told(), ExitStack() as stack:
        stop = stack.enter_context(stop_on_interrupt("batch.stopping"))
        try:
            if not stack.enter_context(alone_or_not(folder / "batch.lock")):
                fail(say("batch.folder.busy", folder=folder), Exit.CANNOT_WRITE)
        except OSError as error:
            fail(say("folder.unwritable", folder=folder, reason=error.strerror or error), Exit.CANNOT_WRITE)
        tell_if_compiling(experiment.engine)
        _tell_cost(experiment, runs, workers)
        show = stack.enter_context(shown_as())

        def told(done: int) -> None:
            show(lambda: say("searches.progress", done=count(done), total=count(runs)), done, max(runs, done + 1))

        executor = stack.enter_context(closing(chosen(workers, None)))
        laboratory = stack.enter_context(
            Laboratory(experiment, measures, folder, executor, charges=charges, on_progress=told, stop=stop)
        )
        try:
            yield Search(laboratory, begun, started)
        except StoppedError:
            note(say("searches.stopped", made=count(laboratory.made), command=shlex.join(again(folder))))
            raise typer.Exit(Exit.INTERRUPTED) from None
        for said in list(laboratory.errors)[:3]:
            note(say("claims.run_failed", error=said[:300]))


def _tell_cost(experiment: Experiment, runs: int, workers: int) -> None:
    from experiments.amounts import duration
    from experiments.batch.cost import pilot

    measured = pilot(experiment)
    if measured.error:
        note(say("batch.pilot_failed", error=measured.error))
    values = {"each": duration(measured.seconds), "time": duration(runs * measured.seconds / workers)}
    note(say("searches.cost", runs=count(runs), workers=count(workers), **values))
