"""What is asked of the command line, word by word: experiments, and questions to them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dashboards.batches.errors import JobError
from dashboards.batches.notes import Order
from dashboards.batches.text import say
from sim.text import LANGUAGES, language

__all__ = ["LeverRange", "advise", "batch", "discover", "of_folder", "resumed", "rivals", "sensitivity", "spoken"]


@dataclass(frozen=True)
class LeverRange:
    """A lever that rivals answer with: its key, and the ends of its range."""

    key: str
    low: float
    high: float

    @property
    def word(self) -> str:
        """What the command line calls it."""
        return f"{self.key}={self.low:g}:{self.high:g}"


def batch(file: Path, folder: Path, title: Mapping[str, str], *, runs: int = 0, workers: int | None = None) -> Order:
    """Run an experiment file.

    Parameters
    ----------
    file, folder
        The file, and where its results go.
    title, runs
        Of the experiment, and how many runs it has.
    workers
        Processes; None: one a core.
    """
    words = ("batch", str(file), "--out", str(folder), *_options({"--workers": workers}))
    return Order("batch", words, dict(title), started=time.time(), total=runs)


def resumed(order: Order, *, retry: bool = False) -> Order:
    """Go on with an experiment; with `retry` runs that failed are made again."""
    words = tuple(word for word in order.words if word not in ("--resume", "--retry"))
    return replace(order, words=(*words, "--retry" if retry else "--resume"))


def of_folder(folder: Path, workers: int | None = None) -> Order:
    """Go on with an experiment that was begun on the command line, by the copy of its file.

    Raises
    ------
    JobError
        There is none.
    """
    from dashboards.batches.progress import EXPERIMENT, told_by
    from experiments.batch.folder import COPY

    told = told_by(folder)
    if told is None or not (folder / COPY).is_file() or not (folder / EXPERIMENT).is_file():
        raise JobError(say("batches.job.no_file", name=folder.name))
    return resumed(batch(folder / COPY, folder, told.title, workers=workers))


def sensitivity(
    source: Path,
    folder: Path,
    title: Mapping[str, str],
    figure: str,
    *,
    emulate: bool = False,
    asked: Mapping[str, str] | None = None,
) -> Order:
    """Ask a folder of results what a figure depends on."""
    words = ("sensitivity", str(source), "--figure", figure, *(["--emulate"] if emulate else []), "--out", str(folder))
    return _question(Order("sensitivity", words, dict(title), source.name, asked or dict.fromkeys(LANGUAGES, figure)))


def discover(
    source: Path,
    folder: Path,
    title: Mapping[str, str],
    fails: str,
    *,
    role: str | None = None,
    asked: Mapping[str, str] | None = None,
) -> Order:
    """Ask a folder of results under which conditions it fails."""
    words = ("discover", str(source), "--fails", fails, *_options({"--role": role}), "--out", str(folder))
    return _question(Order("discover", words, dict(title), source.name, asked or dict.fromkeys(LANGUAGES, fails)))


def advise(
    file: Path,
    folder: Path,
    title: Mapping[str, str],
    objectives: Sequence[str],
    *,
    minimise: Sequence[str] = (),
    target: str | None = None,
    arm: str | None = None,
    over: str | None = None,
    spend: float | None = None,
    runs: int,
    consumers: int | None = None,
    about: str = "",
    asked: Mapping[str, str] | None = None,
) -> Order:
    """Search the levers of an experiment file for what to choose."""
    options = {
        "--target": target, "--over": over, "--spend": None if spend is None else repr(spend), "--arm": arm,
        "--runs": runs, "--consumers": consumers,
    }  # fmt: skip
    words = ["advise", str(file)]
    for name, figures in (("--objective", objectives), ("--minimise", minimise)):
        for figure in figures:
            words += [name, figure]
    order = Order(
        "advise", (*words, *_options(options), "--out", str(folder)), dict(title), about, asked or {}, total=runs
    )
    return _question(order)


def rivals(
    scenario: str,
    folder: Path,
    title: Mapping[str, str],
    players: Sequence[str],
    levers: Sequence[LeverRange],
    *,
    objective: str = "total_profit",
    replicates: int = 8,
    runs: int,
    consumers: int | None = None,
    asked: Mapping[str, str] | None = None,
) -> Order:
    """Let rivals answer each other in a scenario."""
    words = ["rivals", scenario]
    for player in players:
        words += ["--player", player]
    for lever in levers:
        words += ["--lever", lever.word]
    options = {"--objective": objective, "--replicates": replicates, "--runs": runs, "--consumers": consumers}
    order = Order(
        "rivals", (*words, *_options(options), "--out", str(folder)), dict(title), asked=asked or {}, total=runs
    )
    return _question(order)


def _question(order: Order) -> Order:
    return replace(order, started=time.time())


def _options(options: Mapping[str, object]) -> list[str]:
    return [word for name, value in options.items() if value is not None for word in (name, str(value))]


def spoken(order: Order) -> Order:
    """Let the command speak the language of the context: what it says is shown where it fails."""
    return replace(order, words=(*order.words, "--lang", language()))
