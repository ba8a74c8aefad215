"""When purchases took place: week numbers, dates, or only their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np

from experiments.panel.columns import ORDER_NAMES, WEEK_NAMES, plain
from experiments.panel.data import Integers, Time
from experiments.panel.problems import Problem
from experiments.panel.table import Table, is_missing, numbers, wrong_cells
from experiments.text import say

_DATE = re.compile(r"(19|20)\d\d(-\d\d-\d\d([T ].*)?|\d{4})$")
LARGEST = 10**9  # a time beyond is a slip, or a moment in seconds
SKIPPED_IN_WEEKS = 0.01  # share of a household's steps longer than one, from which numbers must be weeks


@dataclass(frozen=True)
class Moments:
    """Time of every row: a number, -1 where the cell is empty; what it counts; and how that was decided."""

    time: Integers
    unit: Time
    assumption: str
    problems: list[Problem]


def moments(table: Table, position: int | None, household: Integers, forced: Time | None) -> Moments:
    """Read the time column.

    Parameters
    ----------
    position : of the column; None when there is none: rows then come in order.
    household : (n,) index of each row's household.
    forced : "weeks" or "order" when the caller knows.
    """
    if position is None:
        rank = np.arange(len(table.rows), dtype=np.int64)
        problems = [table.problem("panel.time.no_weeks", 1)] if forced == "weeks" else []
        return Moments(rank, "order", say("panel.time.no_column"), problems)
    cells, name = table.column(position), table.header[position]
    days = _days(cells)
    if days is not None:
        unit: Time = forced or "weeks"
        first = days[days >= 0].min()
        monday = 7 * ((first - 1) // 7) + 1
        time = np.where(days < 0, -1, (days - monday) // 7 if unit == "weeks" else days - first)
        return Moments(time, unit, say(f"panel.time.dates_{unit}", column=name), [])
    values, wrong = numbers(cells, decimal_comma=False)
    wrong += np.flatnonzero(
        np.isfinite(values) & ((values != np.round(values)) | (values < 0) | (values > LARGEST))
    ).tolist()
    if wrong:
        problems = wrong_cells(table, cells, sorted(wrong), "panel.time.not_whole", column=name)
        return Moments(np.zeros(len(cells), dtype=np.int64), "order", "", problems)
    time = np.where(np.isnan(values), -1, values).astype(np.int64)
    known = time[time >= 0]
    if forced:
        return Moments(_year_weeks(time) if forced == "weeks" else time, forced, say(f"panel.time.stated_{forced}"), [])
    if plain(name) in WEEK_NAMES:
        return Moments(_year_weeks(time), "weeks", say("panel.time.named_weeks", column=name), [])
    if plain(name) in ORDER_NAMES or not len(known):
        return Moments(time, "order", say("panel.time.named_order", column=name), [])
    if _skips(household, time):
        return Moments(time, "weeks", say("panel.time.skips", column=name), [])
    return Moments(time, "order", say("panel.time.no_skips", column=name), [])


def _days(cells: list[str]) -> Integers | None:
    """Days of ISO dates such as 2023-04-01 or 20230401, -1 where empty; None if the cells are none."""
    present = [cell for cell in cells if not is_missing(cell)]
    if not present or not all(_DATE.match(cell) for cell in present):
        return None
    try:
        days = [-1 if is_missing(cell) else date.fromisoformat(cell.split("T")[0][:10]).toordinal() for cell in cells]
    except ValueError:
        return None
    return np.array(days, dtype=np.int64)


def _year_weeks(time: Integers) -> Integers:
    """Week numbers such as 202314 (year and week) as a running count; others unchanged."""
    known = time[time >= 0]
    if not len(known) or known.min() < 190001 or known.max() > 209953:
        return time
    if (known % 100 < 1).any() or (known % 100 > 53).any():
        return time
    count = np.full(len(time), -1)
    first = date.fromisocalendar(int(known.min()) // 100, 1, 1).toordinal()
    for value in np.unique(known):
        monday = date.fromisocalendar(int(value) // 100, 1, 1).toordinal() + 7 * (int(value) % 100 - 1)
        count[time == value] = (monday - first) // 7
    return count


def _skips(household: Integers, time: Integers) -> bool:
    """Whether numbers are left out inside households."""
    order = np.lexsort((time, household))
    step = np.diff(time[order])[np.diff(household[order]) == 0]
    step = step[step > 0]
    return len(step) > 0 and float((step > 1).mean()) > SKIPPED_IN_WEEKS
