"""Distribution (5.4)."""

from __future__ import annotations

import math

from sim.mechanisms.distribution import DistributionParameters

from .entities import Firm


def restock(firms: list[Firm], p: DistributionParameters, week: int, order: int = 1) -> None:
    """Retailers look at the firms of a sector, those in the market, at the end of a week of orders of so many units."""
    for firm in firms:
        weeks, units = week - firm.entered_in + 1, firm.counted["units"]
        firm.recent += (units - firm.recent) / min(weeks, p.recent)
        firm.usual += (units - firm.usual) / min(weeks, p.usual)
    all_usual = sum(firm.usual for firm in firms)
    trend = sum(firm.recent for firm in firms) / all_usual if all_usual > 0 else 1.0
    for firm in firms:
        expected = firm.usual * trend
        bar = p.tolerance * expected - p.certainty * math.sqrt(order * expected / (2 * p.recent - 1))
        react(firm, week - firm.entered_in + 1 > p.recent and firm.recent < bar, p)


def react(firm: Firm, low: bool, p: DistributionParameters) -> None:
    if low:
        firm.low_weeks += 1
        if firm.low_weeks >= p.patience:
            lowest = min(p.lowest, firm.full_availability)
            firm.availability = max(lowest, firm.availability * (1 - p.cut))
    else:
        firm.low_weeks = 0
        firm.availability += p.restore * (firm.full_availability - firm.availability)
