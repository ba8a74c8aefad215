"""Read a household purchase panel from a text file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from experiments.panel.check import checked
from experiments.panel.columns import Columns, Layout, find_columns
from experiments.panel.data import Integers, Panel, Time
from experiments.panel.long import long_rows
from experiments.panel.moments import moments
from experiments.panel.problems import PanelError, Place, Problem
from experiments.panel.table import Table, is_missing, read_table
from experiments.panel.wide import wide_rows
from experiments.text import say
from sim.problems import shown

__all__ = ["read_panel"]

_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def read_panel(
    path: str | os.PathLike[str],
    *,
    layout: Layout | None = None,
    time: Time | None = None,
    columns: Mapping[str, str] | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str = "utf-8",
) -> Panel:
    """Read and check a panel.

    Two layouts are known. *Wide*: a row an occasion, with the household, the week or order, the brand
    chosen and columns such as ``price.Nova``, ``feature.Nova``, ``display.Nova``. *Long*: a row an
    occasion and brand, with ``brand``, ``price``, ``chosen`` (0 or 1), ``feature``, ``display``.

    All purchases of a household in one week (or with one order number) are one occasion; of several
    brands the one with the most units counts, or the first one listed.

    Parameters
    ----------
    layout : "wide" or "long"; recognised from the columns if not given.
    time : "weeks" or "order": what the time column counts; recognised if not given.
    columns : names of the file's columns by what they hold, see `columns.SYNONYMS`.
    delimiter, decimal : of the file (decimal "." or ","); recognised if not given.
    encoding : of the file.

    Raises
    ------
    PanelError
        The panel cannot be used; everything found is told, with line numbers.
    """
    if decimal not in (None, ".", ","):
        raise PanelError([Problem(Place(str(path)), "", say("panel.file.decimal", value=shown(decimal)))])
    table = read_table(path, delimiter=delimiter, encoding=encoding)
    found = find_columns(table, columns, layout)
    labels, household = _households(table, found)
    when = moments(table, found.time, household, time)
    make = wide_rows if found.layout == "wide" else long_rows
    rows, problems = make(table, found, household, when.time, decimal)
    problems = [*when.problems, *problems]
    if problems or rows is None:
        raise PanelError(problems)
    assumptions = [
        say(
            f"panel.assume.{found.layout}",
            delimiter=say(f"panel.delimiter.{_DELIMITER_NAMES.get(table.delimiter, 'other')}"),
        ),
        when.assumption,
        say(f"panel.assume.occasion_{when.unit}"),
    ]
    if found.unused:
        assumptions.append(say("panel.assume.unused", columns=", ".join(found.unused)))
    return checked(
        table.problem,
        source=Path(path).name,
        labels=labels,
        rows=rows,
        unit=when.unit,
        has_time=found.time is not None,
        assumptions=assumptions,
    )


def _households(table: Table, found: Columns) -> tuple[tuple[str, ...], Integers]:
    """Labels of the households in order of appearance, and each row's index (-1 where empty)."""
    index: dict[str, int] = {}
    cells = table.column(found.household)
    rows = [-1 if is_missing(cell) else index.setdefault(cell, len(index)) for cell in cells]
    return tuple(index), np.array(rows, dtype=np.int64)
