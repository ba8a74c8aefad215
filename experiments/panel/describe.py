"""Estimates as text that a strategist can read in a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from experiments.numbers import count, decimal, percent
from experiments.panel.estimate import Estimates, Interval
from experiments.text import say
from sim.problems import Problem

__all__ = ["describe"]


def describe(estimates: Estimates) -> str:
    """Give the estimates as text in the language of the context: a table of brands, then the figures.

    Ranges in brackets are 95 % intervals.
    """
    blocks = [
        say(
            "panel.show.heading",
            source=estimates.source,
            households=count(estimates.households),
            occasions=count(estimates.occasions),
            brands=count(len(estimates.brands)),
            weeks=decimal(estimates.weeks, 0),
        ),
        _table(_brand_rows(estimates)),
        _table(_taste_rows(estimates)),
        _figures("buying", _buying(estimates)),
        _figures("choosing", _choosing(estimates)),
        _figures("fit", _fit(estimates)),
        _list("assumptions", estimates.assumptions),
        _list("warnings", map(_note, estimates.warnings)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _brand_rows(estimates: Estimates) -> list[list[str]]:
    keys = [
        "brand",
        "share",
        "price",
        "regular",
        "cuts",
        "depth",
        "feature",
        "display",
    ]
    known = [True] * 6 + [estimates.prices[0].feature is not None, estimates.prices[0].display is not None]
    rows = [[say(f"panel.show.column.{key}") for key in keys]]
    for brand in _by_share(estimates):
        price, share = estimates.prices[brand], estimates.share[brand]
        rows.append(
            [
                estimates.brands[brand],
                f"{percent(share.value)} [{percent(share.low)}, {percent(share.high)}]",
                decimal(price.mean, 2),
                decimal(price.regular, 2),
                percent(price.promotion_frequency, 0),
                percent(price.promotion_depth, 0),
                "" if price.feature is None else percent(price.feature, 0),
                "" if price.display is None else percent(price.display, 0),
            ]
        )
    return [[cell for cell, shown in zip(row, known, strict=True) if shown] for row in rows]


def _taste_rows(estimates: Estimates) -> list[list[str]]:
    """What consumers feel for each brand; a column for each dimension of the market map."""
    axes = [say("panel.show.column.place", number=axis + 1) for axis in range(len(estimates.places[0]))]
    names = [say(f"panel.show.column.{key}") for key in ("brand", "appeal", "taste_spread", "elasticity")]
    rows = [[*names[:3], *axes, names[3]]]
    for brand in _by_share(estimates):
        felt = (estimates.appeal[brand], estimates.taste_spreads[brand])
        rows.append(
            [
                estimates.brands[brand],
                *map(_interval, (*felt, *estimates.places[brand], estimates.elasticity[brand])),
            ]
        )
    return rows


def _by_share(estimates: Estimates) -> list[int]:
    """Brands, the most bought one first."""
    return sorted(range(len(estimates.brands)), key=lambda brand: -estimates.share[brand].value)


def _buying(estimates: Estimates) -> list[tuple[str, str]]:
    rates = [
        ("purchase_rate", _interval(estimates.purchase_rate, 3)),
        ("purchase_shape", _interval(estimates.purchase_shape)),
        ("reach", percent(estimates.purchases.reach, 0)),
        ("purchases_per_buyer", _interval(estimates.purchases_per_buyer, 1)),
        ("brands_bought", _interval(estimates.brands_bought)),
        ("dirichlet_sum", _interval(estimates.dirichlet_sum)),
        ("repeat_rate", _percentages(estimates.repeat_rate)),
        ("excess_repeat", _percentages(estimates.excess_repeat)),
    ]
    return [(say(f"panel.show.{key}"), value) for key, value in rates]


def _choosing(estimates: Estimates) -> list[tuple[str, str]]:
    names = (
        "taste_spread", "price_mean", "price_sd", "inertia_mean", "inertia_sd", "inertia_matched",
        "usual_inertia", "feature", "display", "mean_elasticity",
    )  # fmt: skip
    found = [(name, getattr(estimates, name)) for name in names]
    return [(say(f"panel.show.{name}"), _interval(value)) for name, value in found if value is not None]


def _fit(estimates: Estimates) -> list[tuple[str, str]]:
    return [
        (say("panel.show.log_likelihood"), decimal(estimates.log_likelihood, 3)),
        (say("panel.show.hit_rate"), percent(estimates.hit_rate)),
        (say("panel.show.excess_repeat_replayed"), _percentages(estimates.excess_repeat_replayed)),
        (say("panel.show.brands_bought_replayed"), _interval(estimates.brands_bought_replayed)),
    ]


def _note(problem: Problem) -> str:
    """Show a warning without the folder of its file: this text goes into scenarios that travel."""
    return str(replace(problem, place=replace(problem.place, file=PurePath(problem.place.file).name)))


def _interval(value: Interval, digits: int = 2) -> str:
    return f"{decimal(value.value, digits)} [{decimal(value.low, digits)}, {decimal(value.high, digits)}]"


def _percentages(value: Interval) -> str:
    return f"{percent(value.value)} [{percent(value.low)}, {percent(value.high)}]"


def _figures(title: str, lines: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in lines)
    return "\n".join([say(f"panel.show.{title}"), *(f"  {name:<{width}}  {value}" for name, value in lines)])


def _list(title: str, lines: Iterable[str]) -> str:
    items = [f"  - {line}" for line in lines]
    return "\n".join([say(f"panel.show.{title}"), *items]) if items else ""


def _table(rows: list[list[str]]) -> str:
    """Align columns: the first to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
