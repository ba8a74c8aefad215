"""Distribution: the channel that can make a boycott durable.

A firm is on the shelf on a share of shopping occasions. Retailers compare its recent sales with what they were used to,
given how its sector fares: when sales fall below a share of that, by more than chance, for some weeks, they cut its
availability week by week; otherwise they restore it, slowly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

if TYPE_CHECKING:
    from sim.agents import Firm

__all__ = ["COLUMNS", "DistributionParameters", "note_sales", "restock", "trend_of"]

COLUMNS = ()


class DistributionParameters(MechanismParameters):
    """Parameters of the retailers' reaction."""

    tolerance: float = quantity(
        0.88,
        "share",
        0,
        1,
        "Share of usual sales below which retailers react",
        "Part des ventes usuelles sous laquelle les distributeurs réagissent",
    )
    certainty: float = quantity(
        2.0,
        "ratio",
        0,
        10,
        "Standard errors by which sales must lie below it",
        "Erreurs types dont les ventes doivent être au-dessous",
    )
    patience: int = quantity(
        4, "weeks", 1, 104, "Weeks of low sales before they cut", "Semaines de ventes faibles avant une coupe"
    )
    cut: float = quantity(
        0.10, "rate", 0, 1, "Share of availability cut in a week", "Part de présence coupée par semaine"
    )
    restore: float = quantity(
        0.02,
        "rate",
        0,
        1,
        "Share of the lost availability restored in a week",
        "Part de la présence perdue rendue par semaine",
    )
    lowest: float = quantity(0.10, "share", 0, 1, "Lowest availability", "Présence minimale")
    recent: float = quantity(
        4.0,
        "weeks",
        1,
        52,
        "Weeks over which recent sales are averaged",
        "Semaines de la moyenne des ventes récentes",
    )
    usual: float = quantity(
        26.0,
        "weeks",
        2,
        520,
        "Weeks over which usual sales are averaged",
        "Semaines de la moyenne des ventes usuelles",
    )


def note_sales(firm: Firm, p: DistributionParameters, week: int) -> None:
    """Bring a firm's recent and usual sales up to date; they are plain means until they have their length.

    Parameters
    ----------
    firm
        Its units sold are read, its averages are changed.
    p
        The mechanism's parameters.
    week
        Its week in the market that ends, from 1.
    """
    units = float(firm.week.units)
    firm.recent_sales += (units - firm.recent_sales) / min(week, p.recent)
    firm.usual_sales += (units - firm.usual_sales) / min(week, p.usual)


def trend_of(firms: Iterable[Firm]) -> float:
    """Return recent sales of some firms together over their usual ones; 1 where there are none."""
    there = [firm for firm in firms if firm.alive]
    usual = sum([firm.usual_sales for firm in there])
    return sum([firm.recent_sales for firm in there]) / usual if usual > 0 else 1.0


def restock(firm: Firm, p: DistributionParameters, week: int, trend: float) -> None:
    """Let retailers look at a firm's sales and set its availability for the next week.

    Parameters
    ----------
    firm
        Its averages are read; its availability and weeks of low sales are changed.
    p
        The mechanism's parameters.
    week
        Its week in the market that ends, from 1.
    trend
        Recent over usual sales of its sector: a firm is not blamed for what befalls all.
    """
    expected = firm.usual_sales * trend
    # What a running mean of so few sales can be off by chance; the larger the market, the less.
    chance = p.certainty * math.sqrt(firm.order_size * expected / (2 * p.recent - 1))
    low = week > p.recent and firm.recent_sales < p.tolerance * expected - chance
    firm.low_weeks = firm.low_weeks + 1 if low else 0
    if firm.low_weeks >= p.patience:
        firm.available = max(min(p.lowest, firm.full_availability), firm.available * (1 - p.cut))
    elif not low:
        firm.available += p.restore * (firm.full_availability - firm.available)
