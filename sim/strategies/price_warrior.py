"""The price warrior: cheaper than anybody, down to a floor."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, ListPriced, towards
from sim.strategies.sight import Sight

__all__ = ["PriceWarrior"]


class PriceWarrior(ListPriced):
    """Undercuts its cheapest rival, saving on research and service; dearer again when no rival presses."""

    key: ClassVar[str] = "price_warrior"

    undercut = 0.02  # how far below the cheapest rival it wants to be, share of that rival's price
    margin_floor = 1.1  # lowest price it wants, in unit costs
    price_cut = 0.03  # share of the price taken off in a week at most
    price_rise = 0.01  # share of the price put on in a week at most
    research_share = 0.01  # research it saves down to, share of usual revenue
    service_share = 0.002  # service it saves down to, share of usual revenue
    saving_speed = 0.1  # speed of both savings, share of the way a week

    def decide(self, sight: Sight) -> Changes:
        """Go for just below the cheapest rival: no lower than the floor, no higher than the list price."""
        levers = sight.levers
        wanted = min((1 - self.undercut) * sight.cheapest_rival, self.list_price(sight))
        wanted = max(wanted, self.margin_floor * sight.unit_cost)
        cut, risen = (1 - self.price_cut) * levers["price"], (1 + self.price_rise) * levers["price"]
        changes: Changes = {"price": min(max(wanted, cut), risen)}
        if sight.is_settled:
            for name, share in (("research", self.research_share), ("service", self.service_share)):
                goal = min(share * sight.usual_revenue, levers[name])
                changes[name] = towards(levers[name], goal, self.saving_speed)
        return changes
