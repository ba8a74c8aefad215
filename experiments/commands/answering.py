"""What commands that answer share: reading scenarios with their settings, making runs, and saying what went wrong."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.commands.session import fail, note
from experiments.exits import Exit
from experiments.numbers import compact, count
from experiments.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.answers.asked import Asked
    from experiments.answers.findings import Findings
    from experiments.answers.futures import OnBegin
    from experiments.batch.cost import Pilot
    from experiments.batch.experiment import Experiment
    from experiments.batch.runner import Done
    from sim.scenario import Scenario

__all__ = [
    "Size", "asked_everywhere", "cost_told", "end_code", "problems_told", "read_scenarios", "refuse_absurd_size",
    "refuse_foreign", "runs_shown", "typed_words", "written",
]  # fmt: skip

_ERROR_WIDTH = 300


@dataclass(frozen=True)
class Size:
    """How large markets are: what the command line says instead of the scenarios."""

    seed: int | None = None
    consumers: int | None = None
    weeks: int | None = None


def read_scenarios(names: Sequence[str], settings: Sequence[str], size: Size) -> dict[str, Scenario]:
    """Read scenarios, each by its name, and make them alike.

    A name may be ``LABEL=SCENARIO``. A setting ``KEY=VALUE`` is for all, ``LABEL:KEY=VALUE`` for one.
    """
    from sim.problems import nearest
    from sim.scenario import load

    labels = [_label(name) for name in names]
    twins = [label for label in labels if labels.count(label) > 1]
    if twins:
        fail(say("answers.command.same_label", label=twins[0]))
    own: dict[str, list[str]] = {label: [] for label in labels}
    for setting in settings:
        found = re.match(r"([^=:\"']+):(.+)", setting, re.DOTALL)
        if found is None:
            for one in own.values():
                one.append(setting)
        elif found[1] in own:
            own[found[1]].append(found[2])
        else:
            near = nearest(found[1], labels)
            hint = (
                say("cli.error.did_you_mean", near=near)
                if near
                else say("answers.command.labels", known=", ".join(labels))
            )
            fail(say("answers.command.no_label", label=found[1], hint=hint))
    seeds = [] if size.seed is None else [f"seed={size.seed}"]
    models = {
        label: load(name.partition("=")[2] if _LABELLED.match(name) else name, [*own[label], *seeds])
        for label, name in zip(labels, names, strict=True)
    }
    return _alike(models, size)


_LABELLED = re.compile(r"[^=/\\]+=.")


def _label(name: str) -> str:
    return name.partition("=")[0] if _LABELLED.match(name) else Path(name).stem


def _alike(models: dict[str, Scenario], size: Size) -> dict[str, Scenario]:
    """Give all the same weeks, consumers and seed; say what had to be changed."""
    from experiments.answers.futures import alike

    first = next(iter(models.values()))
    lengths = {model.horizon for model in models.values()}
    if size.weeks is None and len(lengths) > 1:
        named = ", ".join(f"{name} {count(model.horizon)}" for name, model in models.items())
        fail(say("answers.command.other_weeks", weeks=named, least=count(min(lengths))))
    sizes = {model.population.size for model in models.values()}
    if size.consumers is None and len(sizes) > 1:
        note(say("answers.command.other_size", consumers=count(first.population.size)))
    if size.seed is None and len({model.seed for model in models.values()}) > 1:
        note(say("answers.command.other_seed", seed=first.seed))
    made = alike(models.values(), consumers=size.consumers, weeks=size.weeks)
    left = sum(
        len(a.events) + len(a.schedule) - len(b.events) - len(b.schedule)
        for a, b in zip(models.values(), made, strict=True)
    )
    if left and size.weeks is not None:
        note(say("run.left_out", count=left, weeks=size.weeks))
    return dict(zip(models, made, strict=True))


def asked_everywhere(texts: Sequence[str], scenarios: dict[str, Scenario]) -> list[Asked]:
    """Read what numbers are asked for; each must be there in every scenario."""
    from experiments.answers.asked import QuestionError, asked_of
    from sim.claims import items_of
    from sim.figures import FIGURES

    names = {label: items_of(scenario) for label, scenario in scenarios.items()}
    found: list[Asked] = []
    for text in texts:
        key, _, rest = text.partition(":")
        scope = FIGURES[key].scope if key in FIGURES else "market"
        for item in {rest, rest.partition(":")[0], rest.rpartition(":")[0], rest.partition("@")[0]}:
            has = [label for label in names if item in names[label][scope]]
            lacks = [label for label in names if label not in has]
            if item and has and lacks:
                fail(say("answers.command.not_everywhere", item=item, lacks=", ".join(lacks), has=", ".join(has)))
        try:
            asked = asked_of([text], next(iter(scenarios.values())))
        except QuestionError as error:
            fail(str(error))
        everywhere = [one for one in asked if not one.of or all(one.of in names[label][scope] for label in names)]
        if not everywhere:
            fail(say("answers.command.nobody_everywhere", figure=key))
        found += everywhere
    return list(dict.fromkeys(found))


def refuse_absurd_size(scenarios: Sequence[Scenario], workers: int) -> None:
    """Refuse markets that memory cannot hold side by side."""
    from experiments.memory import available_bytes, needed_bytes

    needed = max(needed_bytes(one) for one in scenarios) * workers
    available = available_bytes()
    if available is not None and needed > available:
        sizes = {"needed": compact(needed), "available": compact(available)}
        fail(say("answers.command.too_big", consumers=count(scenarios[0].population.size), workers=workers, **sizes))


@contextmanager
def runs_shown() -> Iterator[Callable[[Done], None]]:
    """Show how far runs have come while the block lasts."""
    from experiments.commands.batch_table import progress_words
    from experiments.commands.progress import shown_as

    with shown_as() as show:
        yield lambda done: show(lambda: progress_words(done), done.runs, done.total)


def cost_told(folder: Path) -> OnBegin:
    """Give a function that measures a run of markets side by side, and says what all will cost."""
    from experiments.batch.cost import pilot
    from experiments.commands.costs import tell_cost

    def told(experiment: Experiment, missing: int, workers: int) -> Pilot:
        measured = pilot(experiment)
        if measured.error:
            note(say("batch.pilot_failed", error=measured.error))
        tell_cost(experiment, measured, workers, missing, folder, "answers.command.cost")
        return measured

    return told


@contextmanager
def problems_told(folder: Path | None = None) -> Iterator[None]:
    """Turn what can go wrong with runs, folders and files into messages and exit codes."""
    from experiments.answers.futures import NoRunsError
    from experiments.batch.executors import ExecutorError
    from experiments.batch.folder import BatchFolderError
    from experiments.batch.store import StoreError

    try:
        yield
    except NoRunsError as error:
        if error.was_stopped:
            fail(say("answers.command.stopped_early", folder=folder or ""), Exit.INTERRUPTED)
        fail(say("answers.command.all_failed", error=str(error)[:_ERROR_WIDTH]), Exit.RUN_FAILED)
    except BatchFolderError as error:
        fail(str(error), Exit.CANNOT_WRITE if error.cannot_write else Exit.BAD_INPUT)
    except ExecutorError as error:
        fail(str(error))
    except StoreError as error:
        code = Exit.CANNOT_WRITE if error.reason == "unwritable" else Exit.BAD_INPUT
        fail(say(f"batch.store.{error.reason}", path=error.path, detail=error.detail), code)


def refuse_foreign(folder: Path, *, runs_too: bool = False) -> None:
    """Refuse a folder that holds something else than an earlier answer, or than runs if those are fine as well."""
    from experiments.answers.folder import holds_answer
    from experiments.batch.results import FILE

    if folder.exists() and not folder.is_dir():
        fail(say("folder.is_a_file", folder=folder), Exit.CANNOT_WRITE)
    is_ours = holds_answer(folder) or (runs_too and (folder / FILE).is_file())
    if folder.is_dir() and any(folder.iterdir()) and not is_ours:
        fail(say("folder.not_empty", folder=folder), Exit.CANNOT_WRITE)


def written(findings: Findings, folder: Path) -> None:
    """Write the folder of an answer; where that fails, say so after the answer was shown."""
    from experiments.answers.folder import write

    try:
        write(findings, folder)
    except OSError as error:
        fail(say("folder.unwritable", folder=folder, reason=error.strerror or error), Exit.CANNOT_WRITE)


def end_code(findings: Findings) -> Exit:
    """Give the exit code of an answer."""
    made = findings.made
    return Exit.INTERRUPTED if made.interrupted else Exit.RUN_FAILED if made.failed else Exit.OK


def typed_words() -> list[str]:
    """Give the command as it was typed, paths cut down to their last part."""
    words, is_path = ["userisation"], False
    for word in sys.argv[1:]:
        option, equals, value = word.partition("=")
        if is_path or (not word.startswith("-") and ("/" in word or "\\" in word) and not equals):
            words.append(Path(word.replace("\\", "/")).name)
        elif option == "--out" and equals:
            words.append(f"--out={Path(value).name}")
        else:
            words.append(word)
        is_path = word == "--out"
    return words
