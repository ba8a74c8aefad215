"""The opportunist: claims to co-create and keeps the value."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, Forgetful, towards
from sim.strategies.sight import SETTLED_SALES, Sight

__all__ = ["Opportunist"]


class Opportunist(Forgetful):
    """Claims co-creation and keeps the value: open enough to harvest ideas, louder when its rating falls."""

    key: ClassVar[str] = "opportunist"
    looks_at_rivals: ClassVar[bool] = False

    openness = 0.5  # openness it goes to: enough to harvest ideas
    claimed_openness = 0.9  # openness it goes to proclaim
    claimed_sharing = 0.6  # sharing it goes to proclaim
    play = 0.4  # play it goes to
    talk_speed = 0.05  # speed of openness, claims and play, share of the way a week
    sharing = 0.02  # sharing it goes to
    harvest_share = 0.003  # facilitation, share of usual revenue
    spend_speed = 0.1  # speed of sharing and facilitation, share of the way a week
    poor_rating = 0.5  # rating below which it gets louder
    claim_step = 0.01  # claimed quality added in a losing or poorly rated week, points
    promise_step = 0.02  # proclaimed sharing added in such a week, points

    def decide(self, sight: Sight) -> Changes:
        """Open to harvest, share next to nothing, proclaim much."""
        levers = sight.levers
        changes: Changes = {
            "openness": towards(levers["openness"], self.openness, self.talk_speed),
            "proclaimed_openness": towards(levers["proclaimed_openness"], self.claimed_openness, self.talk_speed),
            "proclaimed_sharing": towards(levers["proclaimed_sharing"], self.claimed_sharing, self.talk_speed),
            "play": towards(levers["play"], self.play, self.talk_speed),
            "sharing": towards(levers["sharing"], self.sharing, self.spend_speed),
        }
        if sight.is_settled:
            goal = self.harvest_share * sight.usual_revenue
            changes["facilitation"] = towards(levers["facilitation"], goal, self.spend_speed)
        if sight.is_losing or (sight.week > SETTLED_SALES and sight.rating < self.poor_rating):
            changes["claimed_quality"] = levers["claimed_quality"] + self.claim_step
            changes["proclaimed_sharing"] = levers["proclaimed_sharing"] + self.promise_step
        return changes
