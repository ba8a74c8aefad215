"""The imitator: does later what pays for others now."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from sim.strategies.base import Changes, Strategy, towards
from sim.strategies.sight import Rival, Sight

__all__ = ["Imitator"]


class Imitator(Strategy):
    """Watches the most profitable rival and copies, some weeks later, what can be seen of it.

    It copies the claim to share and not the sharing, which no outsider sees: its own gap between claim and conduct is
    what copying a façade comes to.
    """

    key: ClassVar[str] = "imitator"

    delay = 8  # weeks between seeing and copying
    copying_speed = 0.25  # speed of copying, share of the way a week
    margin_floor = 1.1  # lowest price it copies, in its own unit costs

    def __init__(self) -> None:
        # The visible levers of the model in each of the last `delay` weeks, oldest first; None: there was no model.
        self._notes: list[Changes | None] = []

    def decide(self, sight: Sight) -> Changes:
        """Note what the model does, and go towards what it did when the oldest note was taken."""
        model = self._model(sight)
        self._notes.append(None if model is None else dict(model.levers))
        if len(self._notes) <= self.delay:
            return {}
        seen = self._notes.pop(0) or {}
        return {name: self._copied(name, value, sight) for name, value in seen.items()}

    def _model(self, sight: Sight) -> Rival | None:
        """Return the rival of the highest published margin, if it is higher than its own; of equals the first."""
        known = [rival for rival in sight.rivals if not math.isnan(rival.published_margin)]
        best = max(known, key=lambda rival: rival.published_margin, default=None)
        if best is None or best.published_margin <= sight.published_margin:
            return None
        return best

    def _copied(self, name: str, value: float | str, sight: Sight) -> float | str:
        if isinstance(value, str):
            return value
        if name == "price":
            value = max(value, self.margin_floor * sight.unit_cost)
        return towards(sight.levers[name], value, self.copying_speed)

    def state(self) -> dict[str, Any]:
        """Return the notes."""
        return {"notes": [None if note is None else dict(note) for note in self._notes]}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over notes."""
        self._notes = [None if note is None else dict(note) for note in state["notes"]]
