"""The pyramid: value creation closed, the brand pushed."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, ListPriced, towards
from sim.strategies.sight import Sight

__all__ = ["Pyramidal"]


class Pyramidal(ListPriced):
    """Closed and brand-led: spends on research and brand; answers losses with more brand and a lower price."""

    key: ClassVar[str] = "pyramidal"
    looks_at_rivals: ClassVar[bool] = False

    closing = 0.02  # points a week by which openness, sharing and what is proclaimed of them fall
    push = 0.4  # brand push in ordinary weeks
    push_speed = 0.1  # speed of brand push, share of the way a week
    push_step = 0.05  # brand push added in a losing week, points
    claim_step = 0.01  # claimed quality added in a losing week, points
    research_share = 0.06  # research, share of usual revenue
    research_speed = 0.1  # speed of research, share of the way a week
    research_cash = 2.0  # weeks of cash below which research is left as it is
    price_cut = 0.01  # share of the price taken off in a losing week
    price_rise = 0.01  # share of the price put on in any other week, up to the list price
    margin_floor = 1.25  # lowest price it cuts to, in unit costs

    def decide(self, sight: Sight) -> Changes:
        """Keep value creation closed; when sales fall, push the brand and shave the price down to a floor."""
        levers, list_price = sight.levers, self.list_price(sight)
        changes: Changes = {
            name: max(0.0, levers[name] - self.closing)
            for name in ("openness", "sharing", "proclaimed_openness", "proclaimed_sharing")
        }
        changes["brand_push"] = towards(levers["brand_push"], self.push, self.push_speed)
        if sight.is_settled and sight.weeks_of_cash > self.research_cash:
            goal = self.research_share * sight.usual_revenue
            changes["research"] = towards(levers["research"], goal, self.research_speed)
        if sight.is_losing:
            changes["brand_push"] = levers["brand_push"] + self.push_step
            changes["claimed_quality"] = levers["claimed_quality"] + self.claim_step
            floor = min(self.margin_floor * sight.unit_cost, levers["price"])
            changes["price"] = max(floor, (1 - self.price_cut) * levers["price"])
        elif levers["price"] < list_price:
            changes["price"] = min(list_price, (1 + self.price_rise) * levers["price"])
        return changes
