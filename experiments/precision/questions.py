"""Which numbers are asked for, and how well each should be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from experiments.claims.measures import Measure
from experiments.numbers import PERCENT_UNITS
from experiments.text import say

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = [
    "Allowed",
    "QuestionError",
    "Request",
    "allowed_of",
    "default_requests",
    "measures_needed",
    "natural",
    "parse_error",
    "parse_figure",
]

AVERAGED = frozenset({"profit", "revenue", "units", "sector_units", "market_units", "sector_profit", "surplus"})
"""Figures that flow from week to week: their mean over the run is asked for."""
PEAKED = frozenset({"militants", "cause_militants", "boycott_size", "buycott_size", "attackers", "defenders"})
"""Figures that rise in a crisis and fall again: their highest week is asked for."""
SCORES = frozenset({"score", "stance"})

OF_FIRMS = ("share", "profit", "quality", "sincerity")
OF_SECTORS = {"commons": ("commons_share", "commons_quality"), "sharing": ("sharing_share",)}
OF_MARKET = ("militants", "userisation")

POINT = 0.01
RELATIVE, RELATIVE_PEAK = 0.02, 0.05


class QuestionError(ValueError):
    """What was asked for cannot be asked; the message is for the user."""


@dataclass(frozen=True)
class Request:
    """A number that is asked for; `named` if the user did it."""

    measure: Measure
    named: bool = True


@dataclass(frozen=True)
class Allowed:
    """The error that is allowed: an amount in the figure's unit, or a part of the level of another number."""

    amount: float
    of: Measure | None = None


def default_requests(scenario: Scenario) -> list[Request]:
    """Give the headline figures of a scenario.

    Share, quality and sincerity of each firm at the end and its mean profit, the share and quality of commons and
    sharing markets, the peak of militants, and how far value creation is open.
    """
    wanted = [(key, firm.name) for key in OF_FIRMS for firm in scenario.firms]
    for kind, keys in OF_SECTORS.items():
        wanted += [(key, one.name) for key in keys for one in scenario.sectors if getattr(one, kind) is not None]
    wanted += [(key, "") for key in OF_MARKET]
    return [Request(Measure(key, item, natural(key)), named=False) for key, item in wanted]


def natural(key: str) -> str:
    """Give what is usually made of a figure's weeks: the end, the mean or the peak."""
    return "mean" if key in AVERAGED else "peak" if key in PEAKED else "end"


def parse_figure(text: str, scenario: Scenario) -> list[Request]:
    """Read ``KEY``, ``KEY:ITEM``, ``KEY:OVER`` or ``KEY:ITEM:OVER``; without ITEM, all of them are meant.

    Raises
    ------
    QuestionError
        There is no such figure, or it is not about such a thing; the message says what would be right.
    """
    from sim.claims import Over, items_of
    from sim.figures import FIGURES
    from sim.problems import advice

    key, _, rest = text.partition(":")
    figure = FIGURES.get(key)
    if figure is None:
        raise QuestionError(say("precision.no_figure", key=key, advice=advice(key, FIGURES)))
    overs, names = get_args(Over), items_of(scenario)[figure.scope]
    item, over = rest, natural(key)
    if rest not in names:
        before, _, last = rest.rpartition(":")
        if last in overs:
            item, over = before, last
        elif before in names:
            raise QuestionError(say("precision.no_over", value=last, known=", ".join(overs)))
    if not item:
        return [Request(Measure(key, name, over)) for name in (names or [""])]
    if not names:
        raise QuestionError(say("precision.of_market", key=key, value=item, known=", ".join(overs)))
    if item not in names:
        raise QuestionError(say("precision.no_item", key=key, value=item, advice=advice(item, names)))
    return [Request(Measure(key, item, over))]


def parse_error(text: str | None) -> Allowed | None:
    """Read ``0.01`` (in the figure's unit) or ``2%`` (of the figure's level); None if there is none.

    Raises
    ------
    QuestionError
        It is no positive number.
    """
    if text is None:
        return None
    stripped = text.strip().replace(",", ".").replace("\u202f", "").replace(" ", "")
    is_part = stripped.endswith("%")
    try:
        amount = float(stripped.removesuffix("%"))
    except ValueError:
        amount = float("nan")
    if not 0 < amount < float("inf"):
        raise QuestionError(say("precision.bad_error", value=text))
    return Allowed(amount / 100, _SELF) if is_part else Allowed(amount)


_SELF = Measure("", "", "end")
"""Stands for the number itself."""


def allowed_of(measure: Measure, asked: Allowed | None) -> Allowed:
    """Give the error with which a number should be known, unless it was asked for.

    A point of a share or probability; a hundredth of a score; of profit, one part in a hundred of revenue,
    since profit itself may be near 0; of the rest 2 % of its level, or 5 % of a peak, which is a single week.
    """
    from sim.figures import FIGURES

    if asked is not None:
        return Allowed(asked.amount, measure) if asked.of is not None else asked
    unit = FIGURES[measure.key].unit
    if unit in PERCENT_UNITS or unit in SCORES:
        return Allowed(POINT)
    if measure.key == "profit":
        return Allowed(POINT, Measure("revenue", measure.item, measure.over))
    is_peak = measure.over in ("peak", "trough")
    return Allowed(RELATIVE_PEAK if is_peak else RELATIVE, measure)


def measures_needed(requests: Sequence[Request], asked: Allowed | None) -> tuple[Measure, ...]:
    """Give every number that pilots must keep: those asked for, and those to which errors are relative."""
    wanted: dict[Measure, None] = {}
    for request in requests:
        wanted.setdefault(request.measure)
        of = allowed_of(request.measure, asked).of
        if of is not None:
            wanted.setdefault(of)
    return tuple(wanted)
