"""Answers that lie in folders, told for the page: their words, tables and charts are those of `experiments.answers`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.batches.figures import native
from dashboards.batches.reading import ResultsError
from dashboards.batches.text import say
from sim.problems import Place, Problem
from sim.text import language

if TYPE_CHECKING:
    from experiments.answers.told import Table, Told

__all__ = ["Answers", "NativeChart", "NativeTable", "Shown", "filled", "shown"]

_KEPT = 24


@dataclass(frozen=True)
class NativeChart:
    """A chart: title, how to read it, what it shows in a sentence, the figure, its height, whether it wants room."""

    title: str
    note: str
    alt: str
    figure: dict[str, Any]
    height: int
    is_wide: bool


@dataclass(frozen=True)
class NativeTable:
    """A table: title, how to read it, (heading, whether numbers) of columns, rows of texts."""

    title: str
    note: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Shown:
    """An answer in the language of the context; see `experiments.answers.told.Told`."""

    kind: str
    question: str
    answer: str
    charts: tuple[NativeChart, ...]
    tables: tuple[NativeTable, ...]
    doubts: tuple[str, ...]
    assumptions: tuple[str, ...]
    command: str


class Answers:
    """Reads answers. Any number of threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, float, str], Shown] = OrderedDict()

    def of(self, folder: Path) -> Shown:
        """Tell the answer in a folder.

        Raises
        ------
        ResultsError
            There is none that can be read.
        """
        import shlex

        from experiments.answers.folder import FINDINGS, read
        from experiments.answers.kinds import FindingsError, tell

        try:
            stamp = (folder / FINDINGS).stat().st_mtime
        except OSError:
            stamp = 0.0
        key = (str(folder), stamp, language())
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        try:
            findings = read(folder)
        except FindingsError as error:
            text = say("batches.results.no_answer", name=folder.name, reason=str(error)[:200])
            raise ResultsError([Problem(Place(""), "", text)]) from None
        words = [Path(word).name if "/" in word or "\\" in word else word for word in findings.made.command]
        made = shown(findings.kind, tell(findings), shlex.join(words))
        with self._lock:
            self._known[key] = made
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return made


def shown(kind: str, told: Told, command: str = "") -> Shown:
    """Make what the page draws of an answer."""
    charts = tuple(
        NativeChart(chart.title, chart.note, chart.alt or chart.title, native(chart), int(chart.height), is_wide)
        for chart, is_wide in zip(told.charts, filled([bool(chart.is_wide) for chart in told.charts]), strict=True)
    )
    tables = tuple(_table(table) for table in told.tables if table.rows)
    return Shown(kind, told.question, told.answer, charts, tables, told.doubts, told.assumptions, command)


def filled(wide: list[bool]) -> list[bool]:
    """Let charts take the whole width that would stand alone in a row of two."""
    made, is_second = list(wide), False
    for place, one in enumerate(wide):
        is_alone = not one and not is_second and (place + 1 == len(wide) or wide[place + 1])
        made[place] = one or is_alone
        is_second = not made[place] and not is_second
    return made


def _table(table: Table) -> NativeTable:
    columns = tuple((column.name, column.align == "right") for column in table.columns)
    return NativeTable(table.title, table.note, columns, table.rows)
