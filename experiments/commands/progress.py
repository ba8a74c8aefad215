"""Show on standard error how far a run has come: a bar on a terminal, otherwise a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.commands.session import note
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.runs import Progress

__all__ = ["LINE_EVERY", "shown_as", "shown_progress", "shown_steps"]

LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def shown_progress() -> Iterator[Callable[[Progress], None]]:
    """Give a function that takes progress and shows it, for as long as the block lasts."""
    with shown_as() as show:
        yield lambda progress: show(lambda: _words(progress), progress.weeks_done, progress.weeks_total)


@contextmanager
def shown_steps(key: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes steps done and all steps, and shows them in the words of the catalogue's `key`."""
    with shown_as() as show:
        yield lambda done, total: show(lambda: say(key, done=count(done), total=count(total)), done, total)


@contextmanager
def shown_as() -> Iterator[Callable[[Callable[[], str], int, int], None]]:
    """Give a function that shows words of the caller's own, with what is done and all, while the block lasts."""
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Callable[[Callable[[], str], int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(say("progress.starting"), total=None)

        def show(words: Callable[[], str], done: int, total: int) -> None:
            bars.update(task, description=words(), completed=done, total=total)

        yield show


def _lines() -> Callable[[Callable[[], str], int, int], None]:
    last = time.monotonic()

    def show(words: Callable[[], str], done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY and done < total:
            last = time.monotonic()
            note(words())

    return show


def _words(progress: Progress) -> str:
    weeks = {"weeks": count(progress.weeks_done), "total_weeks": count(progress.weeks_total)}
    if progress.replicates_total == 1:
        return say("progress.one", **weeks)
    return say("progress.many", done=progress.replicates_done, total=progress.replicates_total, **weeks)
