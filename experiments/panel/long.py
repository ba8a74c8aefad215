"""The long layout: one row an occasion and brand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from experiments.panel.cells import (
    between,
    bought_of,
    brand_problems,
    prices,
    respelled,
    units_of,
    writes_comma,
)
from experiments.panel.columns import Columns
from experiments.panel.data import Floats, Integers
from experiments.panel.problems import Problem
from experiments.panel.rows import Rows
from experiments.panel.table import Table


def long_rows(
    table: Table, found: Columns, household: Integers, time: Integers, decimal: str | None
) -> tuple[Rows | None, list[Problem]]:
    """Read a file with one row an occasion and brand, and gather each occasion into one row.

    A brand without a row on an occasion was not on sale then; an occasion without a choice is left out.
    """
    comma = writes_comma(table, decimal, found)
    names, warnings = _long_brands(table, found)
    brands = tuple(dict.fromkeys(name for name in names if name))
    problems = brand_problems(table, brands)
    if found.time is None:
        problems.append(table.problem("panel.time.needed_long", 1))
    price, wrong = prices(table, table.column(found.price[""]), comma)
    problems += wrong
    units, wrong = units_of(table, found, comma)
    problems += wrong
    bought, wrong = bought_of(table, found, units)
    problems += wrong
    attributes: dict[str, Floats] = {}
    for role, columns in (("feature", found.feature), ("display", found.display)):
        if columns:
            attributes[role], wrong, told = between(
                table, table.column(columns[""]), role, comma, table.header[columns[""]]
            )
            problems += wrong
            warnings += told
    if problems:
        return None, problems

    code = {brand: index for index, brand in enumerate(brands)}
    brand = np.array([code.get(name, -1) for name in names])
    kept = np.flatnonzero((brand >= 0) & (household >= 0) & (time >= 0))
    if len(kept) < len(names):
        warnings.append(table.problem("panel.warn.missing_cells", count=len(names) - len(kept)))
    first_seen: dict[tuple[str, ...], int] = {}
    unique = np.array(
        [row for row in kept if first_seen.setdefault(tuple(table.rows[row]), int(row)) == row],
        dtype=np.int64,
    )
    if len(unique) < len(kept):
        warnings.append(table.problem("panel.warn.duplicates", count=len(kept) - len(unique)))
    return _gathered(table, unique, brands, brand, household, time, price, units, bought, attributes, warnings), []


def _gathered(
    table: Table,
    kept: Integers,
    brands: tuple[str, ...],
    brand: Integers,
    household: Integers,
    time: Integers,
    price: Floats,
    units: Floats,
    bought: np.ndarray,
    attributes: Mapping[str, Floats],
    warnings: list[Problem],
) -> Rows:
    """Gather the rows of a long file: one row for each brand bought on an occasion."""
    _, occasion = np.unique(np.stack([household[kept], time[kept]], axis=1), axis=0, return_inverse=True)
    occasion = occasion.reshape(-1)
    number = int(occasion.max()) + 1 if len(kept) else 0
    shape = (number, len(brands))
    prices = np.full(shape, np.nan)
    extras = {role: np.zeros(shape) for role in attributes}
    # Of rows that name a brand twice the bought one counts, then the first: written last, it stays.
    order = np.lexsort((-np.arange(len(kept)), bought[kept]))
    where = occasion[order], brand[kept][order]
    prices[where] = price[kept][order]
    for role, values in attributes.items():
        extras[role][where] = values[kept][order]
    named = len(np.unique(occasion * len(brands) + brand[kept]))
    if named < len(kept):
        warnings.append(table.problem("panel.warn.brand_twice", count=len(kept) - named))

    chosen = np.flatnonzero(bought[kept])
    empty = number - len(np.unique(occasion[chosen]))
    if empty:
        warnings.append(table.problem("panel.warn.no_choice", count=empty))
    rows, place = kept[chosen], occasion[chosen]
    return Rows(
        brands, household[rows], time[rows], brand[rows], prices[place],
        extras["feature"][place] if "feature" in extras else None,
        extras["display"][place] if "display" in extras else None,
        units[rows], table.lines[rows], [tuple(table.rows[row]) for row in rows], warnings,
    )  # fmt: skip


def _long_brands(table: Table, found: Columns) -> tuple[list[str], list[Problem]]:
    """Brand of each row of a long file, in its most frequent spelling; empty where missing."""
    names = [" ".join(cell.split()) for cell in table.column(found.choice)]
    spellings: dict[str, Counter[str]] = {}
    for name in names:
        if name:
            spellings.setdefault(name.casefold(), Counter())[name] += 1
    usual = {key: counter.most_common(1)[0][0] for key, counter in spellings.items()}
    changed = sum(usual[name.casefold()] != name for name in names if name)
    warnings = [respelled(table, changed)] if changed else []
    return [usual[name.casefold()] if name else "" for name in names], warnings
