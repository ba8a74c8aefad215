"""Comma-separated files for spreadsheets and statistics programs.

UTF-8 with a byte-order mark (Excel reads accents rightly only with it), a comma between fields, a point as
the decimal mark, an empty field where a figure is not defined. `as_text` writes other marks where a file is for a
spreadsheet that expects them.

A spreadsheet takes a field that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end for a formula,
and may run it. Names in a scenario are a stranger's text, so such a field gets an apostrophe in front
(``=Nova`` becomes ``'=Nova``); numbers are never touched.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from experiments.store import Results
    from experiments.summary import Summary

__all__ = [
    "EXCEL_ROWS", "MOST_ROWS", "as_text", "cell", "figure_rows", "read_summary", "write_figures", "write_summary",
]  # fmt: skip

EXCEL_ROWS = 1_048_575
"""Rows below the heading that Excel opens."""
MOST_ROWS = 2_000_000
"""Rows from which the tidy file is left out: hundreds of megabytes that the results file holds in a tenth."""

# The full-width forms are taken for formulas too, in East Asian settings.
_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_ABOUT_SUMMARY = ("scope", "item", "figure")
# A spreadsheet that expects other marks than a file has begins a cell behind each of its own.
_BEHIND_A_MARK = re.compile(r"""([,;\t\r\n][\s"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")


def cell(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) or text.startswith("'") else text


def as_text(
    heading: Iterable[str], rows: Iterable[Sequence[object]], *, separator: str = ",", decimal: str = "."
) -> str:
    """Give a file as text: no text in it is a formula, and numbers that are not defined are empty fields.

    The byte-order mark is part of the text, so that it is written as UTF-8 without another. What begins like a formula
    behind a comma or semicolon within a text gets an apostrophe too: a spreadsheet that separates fields by the other
    of the two would begin a cell there.

    Parameters
    ----------
    heading, rows
        Texts and numbers.
    separator, decimal
        What stands between fields, and the decimal mark.
    """

    def written(value: object) -> object:
        if isinstance(value, str):
            return _BEHIND_A_MARK.sub(r"\1'", cell(value))
        if not isinstance(value, float):
            return value
        return repr(float(value)).replace(".", decimal) if math.isfinite(value) else ""

    lines = io.StringIO(newline="")
    _fill(lines, map(written, heading), (map(written, row) for row in rows), separator)
    return "\ufeff" + lines.getvalue()


def figure_rows(results: Results, point: int = 1) -> int:
    """Count the rows of the tidy file."""
    columns = sum(figure.count for figure in results.figures(point).values())
    return columns * sum(run.weeks for run in results.runs(point))


def write_figures(path: str | os.PathLike[str], results: Results, point: int = 1) -> None:
    """Write one row for each replicate, week, item and figure. Weeks count from 1."""
    _write(path, ("replicate", "week", "scope", "item", "figure", "value"), _tidy(results, point))


def write_summary(path: str | os.PathLike[str], summary: Summary) -> None:
    """Write one row for each figure of each item: start, mean and end, each with its range."""
    heading = [*_ABOUT_SUMMARY]
    for part in ("start", "mean", "end"):
        heading += [part, f"{part}_low", f"{part}_high"]
    rows = (
        [line.scope, cell(line.item), key, *map(_value, (*line.start, *line.mean, *line.end))]
        for key, lines in summary.lines.items()
        for line in lines.values()
    )
    _write(path, heading, rows)


def read_summary(path: str | os.PathLike[str]) -> tuple[list[str], list[list[str | float]]]:
    """Read what `write_summary` wrote: heading and rows, numbers as numbers, texts without the apostrophe of the guard.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is no such file.
    """
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        try:
            heading, *lines = csv.reader(file)
        except csv.Error as error:
            raise ValueError(str(error)) from error
    texts = len(_ABOUT_SUMMARY)
    return heading, [
        [*(one.removeprefix("'") for one in line[:texts]), *(float(one) if one else math.nan for one in line[texts:])]
        for line in lines
    ]


def _tidy(results: Results, point: int) -> Iterator[list[object]]:
    replicates = [run.replicate for run in results.runs(point) if run.weeks]
    for figure in results.figures(point).values():
        items = [cell(item) for item in figure.items]
        weeks_of = {run.replicate: run.weeks for run in results.runs(point)}
        for replicate, values in zip(replicates, results.series(figure.key, point), strict=True):
            for week, row in enumerate(values[: weeks_of[replicate]].tolist(), start=1):
                for item, value in zip(items, row, strict=True):
                    yield [replicate, week, figure.scope, item, figure.key, _value(value)]


def _value(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def _fill(file: TextIO, heading: Iterable[object], rows: Iterable[Iterable[object]], separator: str = ",") -> None:
    writer = csv.writer(file, delimiter=separator)
    writer.writerow(heading)
    writer.writerows(rows)


def _write(path: str | os.PathLike[str], heading: Iterable[str], rows: Iterable[Sequence[object]]) -> None:
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        _fill(file, heading, rows)
