"""The platform: hosts what customers exchange among themselves."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, Forgetful, towards
from sim.strategies.sight import Sight

__all__ = ["Platform"]


class Platform(Forgetful):
    """Hosts the sharing market of its sector and is open to all talents; lives on fees, and shares little.

    The fees and what hosting costs are the market's affair: here is only the will to host.
    """

    key: ClassVar[str] = "platform"
    looks_at_rivals: ClassVar[bool] = False

    hosting = 1.0  # hosting it goes to
    openness = 0.7  # openness it goes to, and proclaims
    play = 0.6  # play it goes to
    recognition = 0.6  # recognition it goes to
    opening_speed = 0.05  # speed of these four, share of the way a week
    sharing = 0.05  # sharing it goes to, and proclaims: talents are paid in play and recognition
    sharing_speed = 0.1  # speed of sharing, share of the way a week
    spend_per_contributor = 4.0  # facilitation, currency a contributor and week
    most_facilitation = 0.03  # facilitation at most, share of usual revenue
    research_share = 0.02  # research it saves down to, share of usual revenue
    spend_speed = 0.1  # speed of facilitation and research, share of the way a week

    def decide(self, sight: Sight) -> Changes:
        """Host, open, make contributing pleasant, help contributors a little, and leave research to others."""
        levers = sight.levers
        changes: Changes = {
            name: towards(levers[name], goal, self.opening_speed)
            for name, goal in (
                ("hosting", self.hosting),
                ("openness", self.openness),
                ("play", self.play),
                ("recognition", self.recognition),
            )
        }
        changes["sharing"] = towards(levers["sharing"], self.sharing, self.sharing_speed)
        changes["proclaimed_openness"], changes["proclaimed_sharing"] = changes["openness"], changes["sharing"]
        help_wanted = self.spend_per_contributor * sight.contributors
        if sight.is_settled:
            help_wanted = min(help_wanted, self.most_facilitation * sight.usual_revenue)
            research = min(self.research_share * sight.usual_revenue, levers["research"])
            changes["research"] = towards(levers["research"], research, self.spend_speed)
        changes["facilitation"] = towards(levers["facilitation"], help_wanted, self.spend_speed)
        return changes
