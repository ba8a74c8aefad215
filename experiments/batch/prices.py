"""What a lever costs a week, as an experiment's file has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Cost"]


@dataclass(frozen=True)
class Cost:
    """What a lever costs.

    Attributes
    ----------
    per
        Money a week for each unit above `above`; None if each level has its own.
    above
        Up to where it is free; None: as far as the scenario has it.
    each
        Money a week by level.
    firm
        That pays; empty: the firm whose lever it is.
    """

    per: float | None = None
    above: float | None = None
    each: tuple[tuple[Any, float], ...] = ()
    firm: str = ""

    def weekly(self, value: Any, now: Any) -> float:
        """Give the money a week that a value costs, where `now` is the scenario's own."""
        if self.per is None:
            return next((cost for level, cost in self.each if level == value), 0.0)
        free = self.above if self.above is not None else _number(now)
        return self.per * max(0.0, _number(value) - free)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
