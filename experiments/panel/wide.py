"""The wide layout: one row an occasion, with a price column for each brand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.panel.cells import between, brand_problems, prices, respelled, units_of, writes_comma
from experiments.panel.columns import Columns
from experiments.panel.data import Floats, Integers
from experiments.panel.problems import Problem
from experiments.panel.rows import Rows
from experiments.panel.table import Table, is_missing
from experiments.text import say
from sim.problems import advice, shown

_BRANDS_NAMED = 5


def wide_rows(
    table: Table, found: Columns, household: Integers, time: Integers, decimal: str | None
) -> tuple[Rows | None, list[Problem]]:
    """Read a file with one row an occasion."""
    brands = tuple(" ".join(name.split()) for name in found.price)
    problems = brand_problems(table, brands)
    comma = writes_comma(table, decimal, found)
    price, wrong = _brand_table(table, found.price, comma)
    problems += wrong
    attributes: dict[str, Floats | None] = {}
    warnings: list[Problem] = []
    for role, columns in (("feature", found.feature), ("display", found.display)):
        attributes[role], wrong, told = _attribute(table, role, columns, brands, comma)
        problems += wrong
        warnings += told
    chosen, wrong, told = _choices(table, found, brands)
    units, worse = units_of(table, found, comma)
    problems += wrong + worse
    if problems:
        return None, problems
    rows = Rows(
        brands, household, time, chosen, price, attributes["feature"], attributes["display"], units,
        table.lines, [tuple(row) for row in table.rows], warnings + told,
    )  # fmt: skip
    return rows, []


def _brand_table(table: Table, columns: Mapping[str, int], comma: bool) -> tuple[Floats, list[Problem]]:
    """Read the price columns of a wide file."""
    values = np.empty((len(table.rows), len(columns)))
    problems: list[Problem] = []
    for index, position in enumerate(columns.values()):
        values[:, index], wrong = prices(table, table.column(position), comma, column=table.header[position])
        problems += wrong
    return values, problems


def _attribute(
    table: Table, role: str, columns: Mapping[str, int], brands: tuple[str, ...], comma: bool
) -> tuple[Floats | None, list[Problem], list[Problem]]:
    """Read the feature or display columns of a wide file: values, problems and warnings."""
    if not columns:
        return None, [], []
    values = np.zeros((len(table.rows), len(brands)))
    problems: list[Problem] = []
    warnings: list[Problem] = []
    places = {brand.casefold(): index for index, brand in enumerate(brands)}
    for name, position in columns.items():
        index = places.pop(" ".join(name.split()).casefold(), None)
        if index is None:
            hint = advice(name, brands)
            warnings.append(table.problem("panel.warn.unknown_column", 1, column=table.header[position], advice=hint))
            continue
        values[:, index], wrong, told = between(table, table.column(position), role, comma, table.header[position])
        problems += wrong
        warnings += told
    if places:
        without = ", ".join(brands[index] for index in places.values())
        warnings.append(table.problem("panel.warn.no_column", 1, what=say(f"panel.role.{role}"), brands=without))
    return values, problems, warnings


def _choices(table: Table, found: Columns, brands: tuple[str, ...]) -> tuple[Integers, list[Problem], list[Problem]]:
    """Index of the brand chosen in each row of a wide file, -1 where missing; problems and warnings."""
    cells = [" ".join(cell.split()) for cell in table.column(found.choice)]
    exact = {brand: index for index, brand in enumerate(brands)}
    by_case = {brand.casefold(): index for index, brand in enumerate(brands)}
    numbered = _numbered(cells, len(brands)) if not any(cell.casefold() in by_case for cell in cells) else None
    if numbered is not None:
        chosen, base = numbered
        return chosen, [], [table.problem("panel.warn.numbered", base=base, first=brands[0])]
    chosen = np.full(len(cells), -1)
    changed = 0
    wrong = []
    for index, cell in enumerate(cells):
        if cell in exact:
            chosen[index] = exact[cell]
        elif cell.casefold() in by_case:
            chosen[index] = by_case[cell.casefold()]
            changed += 1
        elif not is_missing(cell):
            wrong.append(index)
    problems = []
    for name in list(dict.fromkeys(cells[index] for index in wrong))[:_BRANDS_NAMED]:
        lines = [int(table.lines[index]) for index in wrong if cells[index] == name]
        hint = advice(name, brands)
        problems.append(
            table.problem("panel.brands.unknown", lines[0], brand=shown(name), total=len(lines), advice=hint)
        )
    return chosen, problems, [respelled(table, changed)] if changed else []


def _numbered(cells: list[str], brands: int) -> tuple[Integers, int] | None:
    """Choices written as positions of the brands, from 0 or from 1; None if they are not."""
    if not all(cell.isdecimal() or is_missing(cell) for cell in cells):
        return None
    values = np.array([-1 if is_missing(cell) else int(cell) for cell in cells], dtype=np.int64)
    known = values[values >= 0]
    if not len(known) or known.max() > brands:
        return None
    base = 0 if known.min() == 0 else 1
    if base == 0 and known.max() == brands:
        return None
    return np.where(values >= 0, values - base, -1), base
