"""The cells of a panel file as prices, features, units and brands; what is wrong with them."""

from __future__ import annotations

from collections import Counter

import numpy as np

from experiments.panel.columns import Columns
from experiments.panel.data import Floats
from experiments.panel.problems import Problem
from experiments.panel.table import Table, has_decimal_comma, numbers, wrong_cells
from experiments.text import say
from sim.problems import shown

MOST_BRANDS, LONGEST_NAME = 50, 60  # firms a scenario may have, letters of their names
_YES = frozenset({"1", "true", "yes", "y", "oui", "o", "vrai", "x"})
_NO = frozenset({"0", "false", "no", "n", "non", "faux", ""})


def writes_comma(table: Table, decimal: str | None, found: Columns) -> bool:
    """Tell whether the numbers of the file have a decimal comma; `decimal` is what the caller stated."""
    if decimal is not None:
        return decimal == ","
    columns = [*found.price.values(), *found.feature.values(), *found.display.values()]
    return has_decimal_comma([table.column(position) for position in columns])


def brand_problems(table: Table, brands: tuple[str, ...]) -> list[Problem]:
    """Refuse too few, too many or indistinguishable brands."""
    problems = []
    if len(brands) < 2:
        problems.append(table.problem("panel.brands.one", 1, brands=", ".join(brands)))
    if len(brands) > MOST_BRANDS:
        problems.append(table.problem("panel.brands.too_many", 1, count=len(brands), most=MOST_BRANDS))
    times = Counter(brand.casefold() for brand in brands)
    for name, count in times.items():
        if count > 1:
            alike = ", ".join(shown(brand) for brand in brands if brand.casefold() == name)
            problems.append(table.problem("panel.brands.alike", 1, brands=alike))
    problems += [
        table.problem("panel.brands.odd", 1, brand=shown(brand)) for brand in brands if not brand.isprintable()
    ]
    return problems


def prices(table: Table, cells: list[str], comma: bool, **values: object) -> tuple[Floats, list[Problem]]:
    """Read prices, which must be positive."""
    price, wrong = numbers(cells, decimal_comma=comma)
    values = {"column": "price", **values}
    problems = wrong_cells(table, cells, wrong, "panel.cell.price", **values)
    low = np.flatnonzero(price <= 0).tolist()
    return price, problems + wrong_cells(table, cells, low, "panel.cell.price_positive", **values)


def between(
    table: Table, cells: list[str], role: str, comma: bool, column: str
) -> tuple[Floats, list[Problem], list[Problem]]:
    """Read a column of values between 0 and 1, or of yes and no."""
    words = dict.fromkeys(_YES, "1") | {word: "0" for word in _NO if word}
    values, wrong = numbers([words.get(cell.casefold(), cell) for cell in cells], decimal_comma=comma)
    wrong = sorted({*wrong, *np.flatnonzero((values < 0) | (values > 1)).tolist()})
    problems = wrong_cells(table, cells, wrong, "panel.cell.between", column=column)
    empty = int(np.isnan(values).sum()) - len([index for index in wrong if np.isnan(values[index])])
    warnings = []
    if empty:
        what = say(f"panel.role.{role}")
        warnings.append(table.problem("panel.warn.empty_attribute", count=empty, column=column, what=what))
    return np.nan_to_num(values), problems, warnings


def units_of(table: Table, found: Columns, comma: bool) -> tuple[Floats, list[Problem]]:
    """Units of each row, 1 where not known."""
    if found.units is None:
        return np.ones(len(table.rows)), []
    cells = table.column(found.units)
    values, wrong = numbers(cells, decimal_comma=comma)
    wrong = sorted({*wrong, *np.flatnonzero(values < 0).tolist()})
    problems = wrong_cells(table, cells, wrong, "panel.cell.units", column=table.header[found.units])
    return np.where(np.isnan(values), 1.0, values), problems


def bought_of(table: Table, found: Columns, units: Floats) -> tuple[np.ndarray, list[Problem]]:
    """Whether each row of a long file is a purchase."""
    if found.chosen is None:
        return units > 0, []
    cells = table.column(found.chosen)
    bought = np.zeros(len(cells), dtype=bool)
    wrong = []
    for index, cell in enumerate(cells):
        word = cell.casefold().removesuffix(".0")
        bought[index] = word in _YES
        if word not in _YES and word not in _NO:
            wrong.append(index)
    return bought, wrong_cells(table, cells, wrong, "panel.cell.chosen", column=table.header[found.chosen])


def respelled(table: Table, count: int) -> Problem:
    """Warn of brand names in another spelling than usual."""
    return table.problem("panel.warn.respelled", count=count)
