"""What a strategy must offer, and what strategies have in common."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from sim.strategies.sight import Sight

__all__ = ["Changes", "Forgetful", "ListPriced", "Strategy", "towards"]

Changes = dict[str, float | str]
"""Levers to change, by name: numbers, and a word for `mode`."""


class Strategy(Protocol):
    """What a strategy must offer."""

    key: ClassVar[str]
    decides: ClassVar[bool] = True
    """Whether it is asked each week: one that never changes anything need not look at the market."""
    looks_at_rivals: ClassVar[bool] = True
    """Whether it reads `Sight.rivals`; where it does not, they are left empty."""

    def decide(self, sight: Sight) -> Changes:
        """Return the levers to change this week, by name."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what the strategy remembers, as plain values: for checkpoints."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` returned."""
        ...


class Forgetful(Strategy):
    """A strategy that remembers nothing from week to week."""

    def state(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over nothing."""
        del state


class ListPriced(Strategy):
    """A strategy that remembers its firm's list price: the price in the first week that it sees."""

    def __init__(self) -> None:
        self._list_price: float | None = None

    def list_price(self, sight: Sight) -> float:
        """Return the list price; the first call sets it."""
        if self._list_price is None:
            self._list_price = float(sight.levers["price"])
        return self._list_price

    def state(self) -> dict[str, Any]:
        """Return the list price."""
        return {"list_price": self._list_price}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over the list price."""
        self._list_price = state["list_price"]


def towards(value: float, goal: float, share: float) -> float:
    """Move a value a share of the way to a goal."""
    return value + share * (goal - value)
