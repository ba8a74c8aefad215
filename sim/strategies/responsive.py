"""The responsive firm: closed until customers press."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, Forgetful, towards
from sim.strategies.sight import LOSING_BELOW, SETTLED_SALES, Rival, Sight

__all__ = ["Responsive"]


class Responsive(Forgetful):
    """Opens channels under the pressure of customers, and closes them slowly when it is gone (S1).

    It remembers nothing: its levers, quick to open and slow to close, are the memory of past pressure.
    """

    key: ClassVar[str] = "responsive"

    loud = 0.2  # voices against beyond voices for that are full pressure, people a unit sold
    tolerated_lag = 0.1  # lead in rating of a more open rival that is no pressure yet, points
    full_lag = 0.25  # lead in rating of a more open rival that is full pressure, points
    full_loss = 0.25  # fall of sales that is full pressure where a rival is more open, share of usual ones
    more_open = 0.05  # openness beyond its own that makes a rival more open, points
    closed_openness = 0.05  # openness without pressure
    closed_sharing = 0.0  # sharing without pressure
    closed_recognition = 0.1  # recognition without pressure
    open_openness = 0.7  # openness under full pressure
    open_sharing = 0.35  # sharing under full pressure
    open_recognition = 0.6  # recognition under full pressure
    open_facilitation = 0.03  # facilitation under full pressure, share of usual revenue; none without
    opening_speed = 0.15  # speed of opening, share of the way a week
    closing_speed = 0.02  # speed of closing, share of the way a week

    def decide(self, sight: Sight) -> Changes:
        """Open as far as the pressure demands; proclaim what it does."""
        pressure = self.pressure(sight)
        changes: Changes = {
            name: self._drift(sight.levers[name], towards(closed, opened, pressure))
            for name, closed, opened in (
                ("openness", self.closed_openness, self.open_openness),
                ("sharing", self.closed_sharing, self.open_sharing),
                ("recognition", self.closed_recognition, self.open_recognition),
            )
        }
        changes["proclaimed_openness"], changes["proclaimed_sharing"] = changes["openness"], changes["sharing"]
        if sight.is_settled:
            goal = pressure * self.open_facilitation * sight.usual_revenue
            changes["facilitation"] = self._drift(sight.levers["facilitation"], goal)
        return changes

    def pressure(self, sight: Sight) -> float:
        """Return how hard customers press, 0 to 1: the strongest of talk, rating and sales."""
        talk = (sight.voice_against - sight.voice_for) / (self.loud * max(sight.units_sold, 1.0))
        signs = [talk]
        rivals = self._more_open(sight)
        if rivals and sight.week > SETTLED_SALES:
            lag = max(rival.rating for rival in rivals) - sight.rating
            signs.append((lag - self.tolerated_lag) / (self.full_lag - self.tolerated_lag))
            loss = 1 - sight.recent_sales / sight.usual_sales if sight.usual_sales > 0 else 0.0
            signs.append((loss - (1 - LOSING_BELOW)) / (self.full_loss - (1 - LOSING_BELOW)))
        return min(max(0.0, *signs), 1.0)

    def _more_open(self, sight: Sight) -> list[Rival]:
        threshold = sight.levers["openness"] + self.more_open
        return [rival for rival in sight.rivals if rival.levers["openness"] > threshold]

    def _drift(self, value: float, goal: float) -> float:
        """Move a value to a goal: up at the speed of opening, down at that of closing."""
        return towards(value, goal, self.opening_speed if goal > value else self.closing_speed)
