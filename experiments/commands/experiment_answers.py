"""What the commands that ask experiments share: from a file or a folder to results, and from findings to a folder."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from experiments.commands.answering import problems_told, refuse_foreign, runs_shown, written
from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.run import BOUNDS, default_folder, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import fail, note
from experiments.exits import Exit
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.asking import Askable
    from experiments.answers.findings import Findings, Made
    from experiments.batch.experiment import Experiment
    from experiments.batch.results import BatchResults

__all__ = [
    "Question",
    "Ran",
    "answer",
    "answered",
    "command_words",
    "ready_folder",
    "refuse_sizes",
    "sized",
    "troubles_told",
]

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Question:
    """What was asked of which experiment, on the command line.

    Attributes
    ----------
    kind
        Name of the command.
    what
        An experiment file, a name of the library, or a folder of results.
    out
        Where the answer goes.
    workers, cluster, replicates, consumers, weeks
        Of runs that are to be made; the cluster is an address.
    options
        Further options, for the command that makes the answer again.
    """

    kind: str
    what: str
    out: Path | None
    workers: int | None
    cluster: str | None
    replicates: int | None
    consumers: int | None
    weeks: int | None
    options: Mapping[str, Any]

    def command(self, out: Path | None = None) -> list[str]:
        """Give the words of the command."""
        sizes = {"--replicates": self.replicates, "--consumers": self.consumers, "--weeks": self.weeks}
        return command_words(self.kind, [self.what], {**self.options, **sizes, "--cluster": self.cluster, "--out": out})


@dataclass(frozen=True)
class Ran:
    """Results to ask.

    Attributes
    ----------
    results
        Open.
    folder
        Where the answer goes.
    made
        How they were made.
    title, scenarios, files
        Of the experiment.
    """

    results: BatchResults
    folder: Path
    made: Made
    title: dict[str, str]
    scenarios: dict[str, dict[str, Any]]
    files: dict[str, str]


def command_words(kind: str, what: list[str], options: Mapping[str, Any]) -> list[str]:
    """Put a command together; lists are options that are given again and again, and None is left out."""
    words = ["userisation", kind, *what]
    for name, value in options.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is True:
                words.append(name)
            elif one is not None and one is not False:
                words += [name, str(one)]
    return words


def refuse_sizes(workers: int | None, replicates: int | None, consumers: int | None, weeks: int | None) -> None:
    """Refuse numbers that are out of bounds."""
    refuse_bad_numbers({"replicates": replicates, "consumers": consumers, "weeks": weeks})
    refuse_bad_numbers({"workers": workers}, {"workers": BOUNDS["threads"]})


@contextmanager
def troubles_told() -> Iterator[None]:
    """Turn what can go wrong with questions, folders, files and workers into messages."""
    from experiments.answers.advise import AdviseError
    from experiments.answers.asking import FigureError
    from experiments.answers.discover import DiscoverError
    from experiments.answers.extras import ExtraError
    from experiments.answers.laboratory import RunsError
    from experiments.answers.rivals import RivalsError
    from experiments.answers.sensitivity import SensitivityError

    with problems_told():
        try:
            yield
        except (FigureError, SensitivityError, DiscoverError, AdviseError, RivalsError, ExtraError) as error:
            fail(str(error))
        except RunsError as error:
            code = Exit.CANNOT_WRITE if error.reason == "unwritable" else Exit.BAD_INPUT
            fail(say(f"batch.store.{error.reason}", path=error.path, detail=error.detail), code)


def sized(made: Experiment, replicates: int | None, consumers: int | None, weeks: int | None) -> Experiment:
    """Give an experiment other sizes than its file says; None leaves what it says."""
    from dataclasses import replace

    from experiments.batch.experiment import Arm
    from sim.scenario import changed, with_horizon

    if replicates is not None:
        made = made.with_replicates(replicates)
    arms = []
    for arm in made.arms:
        scenario = with_horizon(arm.scenario, weeks)
        if consumers is not None:
            scenario = changed(scenario, {"population.size": consumers})
        arms.append(Arm(arm.name, scenario))
    return replace(made, arms=tuple(arms))


def answer(
    question: Question,
    read: Callable[[Askable], Asked],
    find: Callable[[Ran, Asked], Findings],
    *,
    extra: str | None,
    as_json: bool,
) -> None:
    """Ask an experiment, write the answer, and show it.

    Parameters
    ----------
    question
        What was asked.
    read
        Reads what is asked for, before anything is run; it raises where that cannot be asked.
    find
        Finds the answer in the results.
    extra
        Group of packages that must be installed.
    as_json
        Whether findings are printed as JSON.
    """
    from experiments.answers.extras import need
    from experiments.commands.answer_display import show_answer
    from experiments.commands.batch import refuse_two_places

    refuse_sizes(question.workers, question.replicates, question.consumers, question.weeks)
    refuse_two_places(question.workers, question.cluster)
    with troubles_told():
        if extra is not None:
            need(extra)
    asked: list[Asked] = []

    def check(askable: Askable) -> None:
        asked[:] = [read(askable)]

    with answered(question, check) as ran:
        found = find(ran, asked[0])
    found = found.model_copy(update={"files": ran.files})
    written(found, ran.folder)
    show_answer(found, ran.folder, as_json=as_json)


@contextmanager
def answered(question: Question, check: Callable[[Askable], None]) -> Iterator[Ran]:
    """Open the results of an experiment: those in a folder, or of runs that are made now as far as they are missing.

    `check` is called before anything is run: it raises where the question cannot be asked.
    """
    from experiments.answers.asking import Askable
    from experiments.batch.results import FILE, open_results

    path = Path(question.what)
    is_folder = path.is_dir() or path.suffix == Path(FILE).suffix
    started, begun = datetime.now(UTC), time.perf_counter()
    if not is_folder:
        folder = _completed(question, check)
        source = folder
    else:
        for name in ("cluster", "replicates", "consumers", "weeks"):
            if getattr(question, name) is not None:
                fail(say("answers.made_already", option=f"--{name}"))
        folder = ready_folder(question.out or default_folder(f"{path.stem}-{question.kind}"))
        source = path
    with troubles_told(), open_results(source) as results:
        if is_folder:
            if not len(results.runs):
                fail(say("answers.no_runs", folder=path))
            check(Askable.of_results(results))
            seconds = results.status().seconds
        else:
            seconds = time.perf_counter() - begun
        yield _ran(results, folder, question, started, seconds)


def ready_folder(folder: Path) -> Path:
    """Make sure that a folder can take an answer: it is missing, empty, or holds runs or an earlier answer."""
    try:
        refuse_foreign(folder, runs_too=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(say("folder.unwritable", folder=folder, reason=error.strerror or error), Exit.CANNOT_WRITE)
    return folder


def _completed(question: Question, check: Callable[[Askable], None]) -> Path:
    """Make the runs of an experiment file that are not in the folder yet."""
    from experiments.answers.asking import Askable
    from experiments.batch.cost import pilot
    from experiments.batch.executors import chosen
    from experiments.batch.folder import opened
    from experiments.batch.reading import read_experiment
    from experiments.batch.results import FILE
    from experiments.batch.runner import Runner
    from experiments.commands.batch import within_bounds
    from experiments.commands.costs import tell_cost
    from experiments.replicate import available_cores

    made = sized(read_experiment(question.what), question.replicates, question.consumers, question.weeks)
    with troubles_told():
        check(Askable.of_experiment(made))
    folder = question.out or default_folder(f"{made.name}-{question.kind}")
    begun = folder if (folder / FILE).is_file() else None
    with troubles_told(), stop_on_interrupt("batch.stopping") as stop:
        tell_if_compiling(made.engine)
        measured = pilot(made)
        made = within_bounds(made, measured, begun=begun)
        with (
            closing(chosen(question.workers or available_cores(), question.cluster)) as executor,
            opened(folder, made, how="new" if begun is None else "resume") as store,
            runs_shown() as show,
        ):
            known = len(store.known())
            if known:
                note(say("batch.resumed", done=count(known), total=count(made.run_count)))
            if known < made.run_count:
                tell_cost(made, measured, executor.workers, made.run_count - known, folder)
            done = Runner(
                made, store, executor, seconds=measured.seconds, size=measured.size, on_progress=show, stop=stop
            ).run()
    if done.runs < done.total:
        note(say("batch.cut", done=count(done.runs), total=count(done.total), folder=folder))
        note(say("batch.go_on", command=shlex.join(question.command(folder))))
        raise typer.Exit(Exit.INTERRUPTED)
    if done.failed:
        status = say("batch.failures", failed=count(done.failed), crashed=count(0), folder=folder)
        note(status)
    return folder


def _ran(results: BatchResults, folder: Path, question: Question, started: datetime, seconds: float) -> Ran:
    from experiments.answers.findings import Made
    from experiments.versions import versions

    scenarios = {arm: results.scenario(arm) for arm in results.arms}
    first = next(iter(scenarios.values()))
    status, meta = results.status(), results.meta
    made = Made(
        command=question.command(), started=started.isoformat(timespec="seconds"), seconds=round(seconds, 1),
        versions=versions(), seed=int(meta.get("seed", first.seed)), replicates=results.replicates,
        consumers=first.population.size, weeks=first.horizon, runs=status.planned,
        failed=status.failed + status.crashed, interrupted=not status.is_complete,
    )  # fmt: skip
    title = {"en": meta.get("title.en") or meta.get("name", ""), "fr": meta.get("title.fr") or meta.get("name", "")}
    files = {f"{meta.get('name', 'experiment')}.toml": meta.get("experiment", "")}
    return Ran(results, folder, made, title, {arm: one.as_file() for arm, one in scenarios.items()}, files)
