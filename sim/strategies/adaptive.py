"""The adaptive firm: tries one small change after another and keeps what pays."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.levers import LEVERS
from sim.strategies.base import Changes, Strategy
from sim.strategies.sight import SETTLED_SALES, Sight

__all__ = ["Adaptive"]

_CLAIMS = {"openness": "proclaimed_openness", "sharing": "proclaimed_sharing"}
"""Levers whose claim moves with them, so that no trial opens a gap between the two."""


class Adaptive(Strategy):
    """Climbs hills: tries a small change of one lever for some weeks, keeps it if it paid, goes back if not.

    What pays is judged by profit per unit bought in its whole sector, against the weeks just before: what moves the
    whole sector up or down moves both alike. A change that paid is repeated until it no longer does; one that did not
    is tried the other way round, then the next lever has its turn. There is no luck in it: levers go in a fixed order.
    It sees what pays within weeks and is blind to what pays later.
    """

    key: ClassVar[str] = "adaptive"
    looks_at_rivals: ClassVar[bool] = False

    window = 4  # weeks over which profit is measured, before a change and after it
    settling = 1  # weeks left out after a change, while customers notice
    price_step = 0.03  # step of the price, share of it
    openness_step = 0.05  # step of openness and of what is proclaimed of it, points
    sharing_step = 0.05  # step of sharing and of what is proclaimed of it, points
    facilitation_step = 0.005  # step of facilitation, share of usual revenue
    research_step = 0.005  # step of research, share of usual revenue
    service_step = 0.002  # step of service, share of usual revenue

    # The price, on which most depends, has a turn before each of the others.
    order = ("price", "openness", "price", "sharing", "price", "facilitation", "price", "research", "price", "service")

    def __init__(self) -> None:
        self._place = 0
        self._directions = dict.fromkeys(self.order, 1)
        self._has_turned = False
        self._waiting = 0
        self._profits: list[float] = []
        # Mean profit before the change on trial; None while that is being measured.
        self._before: float | None = None
        # The levers on trial: what they were, and what they were set to.
        self._tried: dict[str, list[float]] = {}
        self._sector_units = 1.0

    def decide(self, sight: Sight) -> Changes:
        """Measure; once measured, judge the change on trial and start the next."""
        profit = self._relative_profit(sight)
        if sight.week <= SETTLED_SALES:
            return {}
        if self._waiting > 0:
            self._waiting -= 1
            return {}
        self._profits.append(profit)
        if len(self._profits) < self.window:
            return {}
        mean, self._profits = sum(self._profits) / self.window, []
        if self._before is not None:
            if mean <= self._before:
                return self._go_back(sight)
            # It paid: once it no longer does, the other direction is where it came from.
            self._has_turned = True
        return self._go_on(sight, mean)

    def _relative_profit(self, sight: Sight) -> float:
        """Return last week's profit per unit bought in the sector: its own units over its share, as last known."""
        if sight.share > 0 and sight.units_sold > 0:
            self._sector_units = sight.units_sold / sight.share
        return sight.profit / self._sector_units

    def _go_back(self, sight: Sight) -> Changes:
        """Take back the change on trial, but for levers that somebody else has set since; then measure anew."""
        self._turn()
        self._before, self._waiting = None, self.settling
        return {name: old for name, (old, new) in self._tried.items() if sight.levers[name] == new}

    def _go_on(self, sight: Sight, mean: float) -> Changes:
        """Start the next trial: the next step that moves its lever, and none to a dearer price while it is losing.

        Retailers delist what sells less and less: two price rises in a row would cost it its place on the shelf.
        """
        for _ in range(2 * len(self.order)):
            lever = self.order[self._place]
            step = self._directions[lever] * self._steps(sight)[lever]
            names = [lever, _CLAIMS[lever]] if lever in _CLAIMS else [lever]
            tried = {name: [sight.levers[name], _held(name, sight.levers[name] + step)] for name in names}
            is_rash = lever == "price" and step > 0 and sight.is_losing
            if tried[lever][0] != tried[lever][1] and not is_rash:
                self._before, self._tried, self._waiting = mean, tried, self.settling
                return {name: new for name, (_, new) in tried.items()}
            self._turn()
        self._before = None
        return {}

    def _steps(self, sight: Sight) -> dict[str, float]:
        """Return how far a trial moves each lever, in the lever's unit."""
        return {
            "price": self.price_step * sight.levers["price"],
            "openness": self.openness_step,
            "sharing": self.sharing_step,
            "facilitation": self.facilitation_step * sight.usual_revenue,
            "research": self.research_step * sight.usual_revenue,
            "service": self.service_step * sight.usual_revenue,
        }

    def _turn(self) -> None:
        """Try the other direction next or, where that has been tried, the next lever."""
        if self._has_turned:
            self._place = (self._place + 1) % len(self.order)
        else:
            self._directions[self.order[self._place]] *= -1
        self._has_turned = not self._has_turned

    def state(self) -> dict[str, Any]:
        """Return its place in the order, the directions, the change on trial, and what was measured."""
        return {
            "place": self._place,
            "directions": dict(self._directions),
            "has_turned": self._has_turned,
            "waiting": self._waiting,
            "profits": list(self._profits),
            "before": self._before,
            "tried": {name: list(values) for name, values in self._tried.items()},
            "sector_units": self._sector_units,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` returned."""
        self._place, self._has_turned, self._waiting = state["place"], state["has_turned"], state["waiting"]
        self._directions, self._profits = dict(state["directions"]), list(state["profits"])
        self._before, self._sector_units = state["before"], state["sector_units"]
        self._tried = {name: list(values) for name, values in state["tried"].items()}


def _held(name: str, value: float) -> float:
    """Hold a value to the bounds of its lever."""
    return min(max(value, LEVERS[name].least), LEVERS[name].most)
