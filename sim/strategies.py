"""Strategies: how firms set their levers from what they can see.

A strategy is a small class with one method, `decide`, which looks at a `Sight` (the firm's own accounts and what is
public, never consumers' hidden state) and returns the levers to change. Register a new one in `STRATEGIES`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

__all__ = ["STRATEGIES", "ClientCentred", "Opportunist", "Pyramidal", "Scripted", "Sight", "Strategy"]


@dataclass(frozen=True)
class Sight:
    """What a firm sees at the start of a week: last week's accounts and public figures.

    Money is in currency; `share` and `rating` are 0 to 1; sales are in simulated units a week, recent ones the mean
    of four weeks and usual ones of half a year; `contributors` are people.
    """

    week: int
    share: float
    rating: float
    cash: float
    revenue: float
    profit: float
    usual_revenue: float
    recent_sales: float
    usual_sales: float
    unit_cost: float
    contributors: float
    levers: Mapping[str, Any]

    @property
    def is_losing(self) -> bool:
        """Whether recent sales have fallen more than five per cent below usual ones."""
        return self.week > 8 and self.recent_sales < 0.95 * self.usual_sales

    @property
    def weeks_of_cash(self) -> float:
        """Cash, in weeks of usual revenue; without any revenue yet, no end of weeks unless cash is short."""
        if self.usual_revenue > 0:
            return self.cash / self.usual_revenue
        return math.inf if self.cash >= 0 else 0.0


class Strategy(Protocol):
    """What a strategy must offer."""

    key: ClassVar[str]

    def decide(self, sight: Sight) -> dict[str, float]:
        """Return the levers to change this week, by name."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what the strategy remembers, as plain values: for checkpoints."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` returned."""
        ...


class _Forgetful:
    """A strategy that remembers nothing from week to week."""

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        del state


class Scripted(_Forgetful):
    """Does what the scenario says and nothing else: the default for a strategist's own firm."""

    key: ClassVar[str] = "scripted"

    def decide(self, sight: Sight) -> dict[str, float]:
        """Change nothing."""
        del sight
        return {}


class Pyramidal(_Forgetful):
    """Closed and brand-led: spends on research and brand; answers losses with more brand and a lower price."""

    key: ClassVar[str] = "pyramidal"
    research_share = 0.06
    margin_floor = 1.25

    def decide(self, sight: Sight) -> dict[str, float]:
        """Keep value creation closed; when sales fall, push the brand and shave the price down to a floor."""
        levers = sight.levers
        changes = {
            "openness": max(0.0, levers["openness"] - 0.02),
            "sharing": max(0.0, levers["sharing"] - 0.02),
            "proclaimed_openness": max(0.0, levers["proclaimed_openness"] - 0.02),
            "proclaimed_sharing": max(0.0, levers["proclaimed_sharing"] - 0.02),
            "brand_push": levers["brand_push"] + 0.1 * (0.4 - levers["brand_push"]),
        }
        if sight.week > 4 and sight.weeks_of_cash > 2:
            changes["research"] = _towards(levers["research"], self.research_share * sight.usual_revenue, 0.1)
        if sight.is_losing:
            changes["brand_push"] = levers["brand_push"] + 0.05
            changes["claimed_quality"] = levers["claimed_quality"] + 0.01
            floor = self.margin_floor * sight.unit_cost
            changes["price"] = max(min(floor, levers["price"]), 0.99 * levers["price"])
        return changes


class Opportunist(_Forgetful):
    """Claims co-creation and keeps the value: open enough to harvest ideas, louder when its rating falls."""

    key: ClassVar[str] = "opportunist"
    harvest_share = 0.003

    def decide(self, sight: Sight) -> dict[str, float]:
        """Open to harvest, share next to nothing, proclaim much."""
        levers = sight.levers
        changes = {
            "openness": _towards(levers["openness"], 0.5, 0.05),
            "sharing": _towards(levers["sharing"], 0.02, 0.1),
            "proclaimed_openness": _towards(levers["proclaimed_openness"], 0.9, 0.05),
            "proclaimed_sharing": _towards(levers["proclaimed_sharing"], 0.6, 0.05),
            "play": _towards(levers["play"], 0.4, 0.05),
        }
        if sight.week > 4:
            changes["facilitation"] = _towards(levers["facilitation"], self.harvest_share * sight.usual_revenue, 0.1)
        if sight.is_losing or (sight.week > 8 and sight.rating < 0.5):
            changes["claimed_quality"] = levers["claimed_quality"] + 0.01
            changes["proclaimed_sharing"] = levers["proclaimed_sharing"] + 0.02
        return changes


class ClientCentred(_Forgetful):
    """Open, sharing and sincere: says what it does, helps its contributors, and opens further while it can pay."""

    key: ClassVar[str] = "client_centred"
    spend_per_contributor = 1.5

    def decide(self, sight: Sight) -> dict[str, float]:
        """Open step by step, share, facilitate in proportion to the community, and never claim more than is done."""
        levers = sight.levers
        can_pay = sight.weeks_of_cash > 1 or sight.profit > 0
        openness = _towards(levers["openness"], 0.8 if can_pay else 0.4, 0.03)
        sharing = _towards(levers["sharing"], 0.4 if can_pay else 0.15, 0.03)
        wanted = self.spend_per_contributor * sight.contributors
        affordable = 0.05 * sight.usual_revenue
        return {
            "openness": openness,
            "sharing": sharing,
            "proclaimed_openness": openness,
            "proclaimed_sharing": sharing,
            "facilitation": _towards(
                levers["facilitation"], min(wanted, affordable) if sight.week > 4 else wanted, 0.1
            ),
            "power_sharing": _towards(levers["power_sharing"], 0.5, 0.02),
            "brand_push": _towards(levers["brand_push"], 0.0, 0.2),
        }


def _towards(value: float, goal: float, share: float) -> float:
    """Move a value a share of the way to a goal."""
    return value + share * (goal - value)


STRATEGIES: dict[str, type[Strategy]] = {
    strategy.key: strategy for strategy in (Scripted, Pyramidal, Opportunist, ClientCentred)
}
"""Every strategy by its key in a scenario file."""
