"""The client-centred firm: open, sharing and sincere."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, Forgetful, towards
from sim.strategies.sight import Sight

__all__ = ["ClientCentred"]


class ClientCentred(Forgetful):
    """Open, sharing and sincere: says what it does, helps its contributors, and opens further while it can pay."""

    key: ClassVar[str] = "client_centred"
    looks_at_rivals: ClassVar[bool] = False

    openness = 0.8  # openness it goes to while it can pay
    sharing = 0.4  # sharing it goes to while it can pay
    lean_openness = 0.4  # openness it goes to while it cannot
    lean_sharing = 0.15  # sharing it goes to while it cannot
    opening_speed = 0.03  # speed of openness and sharing, share of the way a week
    safe_cash = 1.0  # weeks of cash above which it can pay; a profit will do as well
    spend_per_contributor = 6.0  # facilitation, currency a contributor and week
    most_facilitation = 0.05  # facilitation at most, share of usual revenue
    spend_speed = 0.1  # speed of facilitation, share of the way a week
    power_sharing = 0.5  # power sharing it goes to
    power_speed = 0.02  # speed of power sharing, share of the way a week
    quieting = 0.2  # share of brand push given up a week

    def decide(self, sight: Sight) -> Changes:
        """Open step by step, share, facilitate in proportion to the community, and never claim more than is done."""
        levers = sight.levers
        can_pay = sight.weeks_of_cash > self.safe_cash or sight.profit > 0
        openness = towards(levers["openness"], self.openness if can_pay else self.lean_openness, self.opening_speed)
        sharing = towards(levers["sharing"], self.sharing if can_pay else self.lean_sharing, self.opening_speed)
        help_wanted = self.spend_per_contributor * sight.contributors
        if sight.is_settled:
            help_wanted = min(help_wanted, self.most_facilitation * sight.usual_revenue)
        return {
            "openness": openness,
            "sharing": sharing,
            "proclaimed_openness": openness,
            "proclaimed_sharing": sharing,
            "facilitation": towards(levers["facilitation"], help_wanted, self.spend_speed),
            "power_sharing": towards(levers["power_sharing"], self.power_sharing, self.power_speed),
            "brand_push": towards(levers["brand_push"], 0.0, self.quieting),
        }
