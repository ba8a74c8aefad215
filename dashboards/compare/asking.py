"""Which number is compared: a key figure, what it is of, and what is made of its weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, get_args

from experiments.answers.asked import Asked
from experiments.naming import item_name
from sim.text import language

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = [
    "COMMON", "WHENS", "When", "asked_for", "figure_options", "first_figure", "item_options", "items_in_all",
    "natural_when",
]  # fmt: skip

When = Literal["end", "mean", "sum", "peak", "trough", "week"]
"""What is made of the weeks: their end, mean, sum, highest or lowest, or one single week."""
WHENS: tuple[When, ...] = get_args(When)
COMMON = (
    "share", "profit", "total_profit", "quality", "satisfaction", "sincerity", "contributors", "militants",
    "userisation",
)  # fmt: skip
"""Figures that stand first."""


def items_in_all(scenarios: Sequence[Scenario], key: str) -> tuple[str, ...]:
    """Give what a figure is of in every market; ``("",)`` for a figure of the whole market."""
    from sim.claims import items_of
    from sim.figures import FIGURES

    scope = FIGURES[key].scope
    if scope == "market":
        return ("",)
    first, *others = [items_of(one)[scope] for one in scenarios]
    return tuple(name for name in first if all(name in other for other in others))


def figure_options(scenarios: Sequence[Scenario]) -> list[tuple[str, str]]:
    """Give the figures that all markets have, by key and name: the common ones first, then in the order of reports."""
    from sim.figures import FIGURES

    keys = [key for key in FIGURES if items_in_all(scenarios, key)]
    first = [key for key in COMMON if key in keys]
    return [(key, FIGURES[key].name[language()]) for key in [*first, *(key for key in keys if key not in first)]]


def item_options(scenarios: Sequence[Scenario], key: str) -> list[tuple[str, str]]:
    """Give what a figure is of in all markets, by key and name; empty where it is of the whole market."""
    from sim.figures import FIGURES

    scope, names = FIGURES[key].scope, [name for name in items_in_all(scenarios, key) if name]
    return [(name, item_name(scope, name, alone=len(names) == 1)) for name in names]


def first_figure(scenarios: Mapping[str, Scenario]) -> Asked:
    """Choose what to show where nobody has asked yet: the share of the firm that changes most."""
    from experiments.answers.compare import headline

    return headline(list(scenarios.values()))


def natural_when(key: str) -> When:
    """Give what is usually made of a figure's weeks."""
    from experiments.precision.questions import natural

    found = natural(key)
    return found if found in WHENS else "end"


def asked_for(scenarios: Sequence[Scenario], key: str, item: str, when: When, week: int) -> Asked:
    """Put a question together; what does not exist in all markets gives way to what does.

    Parameters
    ----------
    scenarios
        The markets.
    key, item
        A figure, and what it is of.
    when, week
        What is made of its weeks; the week, if one single week is asked for, is held to those there are.
    """
    from sim.figures import FIGURES

    if key not in FIGURES or not items_in_all(scenarios, key):
        key = "share" if items_in_all(scenarios, "share") else "userisation"
    items = items_in_all(scenarios, key)
    item = item if item in items else items[0]
    if when == "week":
        week = min(max(1, week), min(one.horizon for one in scenarios))
        return Asked(key=key, of=item, over="mean", weeks=(week, week))
    return Asked(key=key, of=item, over=when)
