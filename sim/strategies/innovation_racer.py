"""The innovation racer: closed research, many launches, a high price."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, Forgetful, towards
from sim.strategies.sight import Sight

__all__ = ["InnovationRacer"]


class InnovationRacer(Forgetful):
    """Spends much of its revenue on research and launches no less than any rival; dear, to pay for it."""

    key: ClassVar[str] = "innovation_racer"

    research_share = 0.15  # research, share of usual revenue
    least_launches = 12.0  # launches a year at least, whatever rivals do
    lean_share = 0.05  # research while it cannot pay, share of usual revenue
    lean_launches = 4.0  # launches a year while it cannot pay
    safe_cash = 2.0  # weeks of cash above which it can pay; a profit will do as well
    race_speed = 0.1  # speed of more research and launches, share of the way a week
    braking_speed = 0.5  # speed of less of them, share of the way a week
    premium = 1.15  # price it goes to, in reference prices of the sector
    margin_floor = 1.5  # lowest price it wants, in unit costs
    price_speed = 0.05  # speed of the price, share of the way a week

    def decide(self, sight: Sight) -> Changes:
        """Race while it can pay: research, launches like the rival with the most; brake hard when it cannot."""
        levers = sight.levers
        price = max(self.premium * sight.reference_price, self.margin_floor * sight.unit_cost)
        changes: Changes = {"price": towards(levers["price"], price, self.price_speed)}
        if sight.weeks_of_cash > self.safe_cash or sight.profit > 0:
            share = self.research_share
            launches = max([self.least_launches, *(rival.levers["launches"] for rival in sight.rivals)])
        else:
            share, launches = self.lean_share, self.lean_launches
        changes["launches"] = self._race(levers["launches"], launches)
        if sight.is_settled:
            changes["research"] = self._race(levers["research"], share * sight.usual_revenue)
        return changes

    def _race(self, value: float, goal: float) -> float:
        """Move a value to a goal: up at the speed of the race, down by braking."""
        return towards(value, goal, self.race_speed if goal > value else self.braking_speed)
