"""Make a panel of raw rows: put them in order, count each occasion once, refuse what cannot be estimated."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from experiments.panel.data import Panel, Time
from experiments.panel.problems import PanelError, Problem
from experiments.panel.rows import Rows

MOST_LEFT_OUT = 0.5  # share of rows; more than that missing is not a panel that can be used
RARE_BRAND = 5  # occasions; the appeal of a brand bought less often is hardly known
FAR_PRICE = 10.0  # times the median, or below it by as much: probably a slip
SORTED_SHARE, SORTED_CHANCE = 0.9, 1e-6
TELLING = 0.5  # a household can tell whether it is sorted if chance would sort it less often than that


class Teller(Protocol):
    """Makes a problem with the file filled in."""

    def __call__(self, key: str, line: int | None = None, **values: object) -> Problem:
        """Make it from the key of a message and its values."""


def checked(
    tell: Teller,
    *,
    source: str,
    labels: tuple[str, ...],
    rows: Rows,
    unit: Time,
    has_time: bool,
    assumptions: list[str],
) -> Panel:
    """Make a panel of rows, or tell everything that speaks against it.

    Parameters
    ----------
    labels : of the households.
    has_time : False when rows are in order but have no time of their own.
    """
    warnings = list(rows.warnings)
    warnings += _drop_incomplete(tell, rows)
    if has_time:
        warnings += _drop_duplicates(tell, rows)
    warnings += _sort(tell, rows)
    if has_time:
        warnings += _one_brand_an_occasion(tell, rows)
    warnings += _drop_unbought(tell, rows)
    present, household = np.unique(rows.household, return_inverse=True)
    panel = Panel(
        source=source,
        brands=rows.brands,
        households=tuple(labels[index] for index in present),
        household=household.reshape(-1).astype(np.int64),
        time=rows.time,
        chosen=rows.chosen,
        price=rows.price,
        feature=rows.feature,
        display=rows.display,
        time_unit=unit,
    )
    problems = unusable(tell, panel)
    if problems:
        raise PanelError(problems)
    warnings += suspicious(tell, panel)
    return Panel(**{**panel.__dict__, "assumptions": tuple(assumptions), "warnings": tuple(warnings)})


def _drop_incomplete(tell: Teller, rows: Rows) -> list[Problem]:
    """Leave out rows whose household, time or choice is missing, or whose brand has no price."""
    warnings = []
    total = len(rows.chosen)
    missing = (rows.household < 0) | (rows.time < 0) | (rows.chosen < 0)
    unpriced = ~missing
    unpriced[unpriced] = np.isnan(rows.price[unpriced, rows.chosen[unpriced]])
    for key, which in (("panel.warn.missing_cells", missing), ("panel.warn.no_price", unpriced)):
        if which.any():
            first = int(rows.line[which.argmax()])
            warnings.append(tell(key, first, count=int(which.sum())))
    kept = np.flatnonzero(~missing & ~unpriced)
    if len(kept) < MOST_LEFT_OUT * total or not len(kept):
        raise PanelError([*warnings, tell("panel.too_much_missing", left=len(kept), total=total)])
    rows.take(kept)
    off_sale = int(np.isnan(rows.price).sum())
    if off_sale:
        warnings.append(tell("panel.warn.off_sale", count=off_sale))
    return warnings


def _drop_duplicates(tell: Teller, rows: Rows) -> list[Problem]:
    first: dict[tuple[str, ...], int] = {}
    repeated = [row for row, cells in enumerate(rows.cells) if first.setdefault(cells, row) != row]
    if not repeated:
        return []
    line = int(rows.line[repeated[0]])
    rows.take(np.setdiff1d(np.arange(len(rows.cells)), repeated))
    return [tell("panel.warn.duplicates", line, count=len(repeated))]


def _sort(tell: Teller, rows: Rows) -> list[Problem]:
    """Put rows in order of household and time; rows of the same time keep their order."""
    apart = np.diff(rows.household) != 0
    scattered = len(np.unique(rows.household)) != int(apart.sum()) + 1
    backwards = np.flatnonzero(~apart & (np.diff(rows.time) < 0))
    line = int(rows.line[backwards[0] + 1]) if len(backwards) else None
    order = np.lexsort((rows.time, rows.household))
    rows.take(order)
    return [tell("panel.warn.unsorted", line)] if scattered or line is not None else []


def _one_brand_an_occasion(tell: Teller, rows: Rows) -> list[Problem]:
    """Of the rows of one household at one time keep the one with the most units, or the first listed."""
    _, occasion = np.unique(np.stack([rows.household, rows.time], axis=1), axis=0, return_inverse=True)
    occasion = occasion.reshape(-1)
    number = int(occasion.max()) + 1
    if number == len(occasion):
        return []
    units = np.zeros((number, len(rows.brands)))
    np.add.at(units, (occasion, rows.chosen), rows.units)
    several = int(((units > 0).sum(axis=1) > 1).sum())
    order = np.lexsort((np.arange(len(occasion)), -units[occasion, rows.chosen], occasion))
    best = order[np.r_[True, np.diff(occasion[order]) != 0]]
    merged = len(occasion) - number
    rows.take(best)
    return [tell("panel.warn.merged", count=merged, several=several)]


def _drop_unbought(tell: Teller, rows: Rows) -> list[Problem]:
    times = np.bincount(rows.chosen, minlength=len(rows.brands))
    unbought = np.flatnonzero(times == 0)
    if not len(unbought):
        return []
    kept = np.flatnonzero(times)
    names = ", ".join(rows.brands[index] for index in unbought)
    rows.brands = tuple(rows.brands[index] for index in kept)
    rows.chosen = np.searchsorted(kept, rows.chosen)
    rows.price = rows.price[:, kept]
    rows.feature = None if rows.feature is None else rows.feature[:, kept]
    rows.display = None if rows.display is None else rows.display[:, kept]
    return [tell("panel.warn.never_bought", brands=names)]


def unusable(tell: Teller, panel: Panel) -> list[Problem]:
    """List what makes estimation impossible."""
    problems = []
    if len(panel.brands) < 2:
        problems.append(tell("panel.brands.one", brands=", ".join(panel.brands)))
    size = panel.counts.sum(axis=1)
    if len(panel.households) < 2:
        problems.append(tell("panel.one_household", household=panel.households[0]))
    elif (size > 1).sum() < 2:
        problems.append(tell("panel.no_repeats"))
    with np.errstate(invalid="ignore"):
        spread = np.nanmax(panel.price, axis=0) - np.nanmin(panel.price, axis=0)
    if (spread < 1e-9).all():
        problems.append(tell("panel.constant_prices"))
    return problems


def suspicious(tell: Teller, panel: Panel) -> list[Problem]:
    """List what looks like a slip or an artefact."""
    warnings = []
    times = np.bincount(panel.chosen, minlength=len(panel.brands))
    for brand, name in enumerate(panel.brands):
        if times[brand] < RARE_BRAND:
            warnings.append(tell("panel.warn.rare_brand", brand=name, count=int(times[brand])))
        price = panel.price[~np.isnan(panel.price[:, brand]), brand]
        middle = float(np.median(price))
        far = price[(price > FAR_PRICE * middle) | (price < middle / FAR_PRICE)]
        if len(far):
            low, high, usual = f"{far.min():g}", f"{far.max():g}", f"{middle:g}"
            warnings.append(tell("panel.warn.far_price", brand=name, count=len(far), low=low, high=high, median=usual))
    share, chance, p_value = sorted_by_brand(panel)
    if share >= SORTED_SHARE and p_value < SORTED_CHANCE:
        warnings.append(
            tell("panel.warn.sorted_brands", share=f"{share:.0%}", chance=f"{chance:.0%}", p=f"{p_value:.0e}")
        )
    return warnings


def sorted_by_brand(panel: Panel) -> tuple[float, float, float]:
    """Test whether households' purchases come brand by brand, as no household buys.

    A household is in blocks when it never returns to a brand it left. In random order its n purchases,
    n_f of brand f of k brands, are so with probability k! * product(n_f!) / n!.

    Returns
    -------
    share of telling households that are in blocks, share that chance would give, and the probability of
    so many by chance (a sum of unequal Bernoulli variables).
    """
    from scipy.special import gammaln

    counts = panel.counts.astype(float)
    brands = (counts > 0).sum(axis=1)
    chance = np.exp(gammaln(brands + 1) + gammaln(counts + 1).sum(axis=1) - gammaln(counts.sum(axis=1) + 1))
    switches = np.bincount(
        panel.household, weights=~panel.first & (panel.last != panel.chosen), minlength=len(panel.households)
    )
    telling = (brands > 1) & (chance < TELLING)
    if telling.sum() < 5:
        return 0.0, 0.0, 1.0
    blocks = switches[telling] == brands[telling] - 1
    distribution = np.array([1.0])
    for probability in chance[telling]:
        distribution = np.convolve(distribution, [1 - probability, probability])
    p_value = float(distribution[int(blocks.sum()) :].sum())
    return float(blocks.mean()), float(chance[telling].mean()), p_value
