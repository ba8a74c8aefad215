"""Distribution (5.4)."""

from __future__ import annotations

from sim.mechanisms.distribution import DistributionParameters

from .entities import Firm


def restock(firm: Firm, p: DistributionParameters, week: int) -> None:
    """Retailers look at a week that ends; their means are plain ones until they have their length."""
    units = firm.counted["units"]
    firm.recent += (units - firm.recent) / min(week, p.recent)
    firm.usual += (units - firm.usual) / min(week, p.usual)
    low = firm.recent < p.tolerance * firm.usual and week > p.recent
    if low:
        firm.low_weeks += 1
        if firm.low_weeks >= p.patience:
            lowest = min(p.lowest, firm.full_availability)
            firm.availability = max(lowest, firm.availability * (1 - p.cut))
    else:
        firm.low_weeks = 0
        firm.availability += p.restore * (firm.full_availability - firm.availability)
