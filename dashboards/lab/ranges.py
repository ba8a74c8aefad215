"""Over which range a lever moves: inside the bounds of its declaration, around what it is now."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.quantities import Quantity

__all__ = ["LOG_PLACES", "Range", "nice", "on_grid", "range_of", "step_for"]

LOG_PLACES = 200
"""Places of a slider on which equal ways are equal ratios."""


@dataclass(frozen=True)
class Range:
    """From where to where a lever moves, in which steps, and whether equal ways are equal ratios."""

    low: float
    high: float
    step: float
    is_log: bool = False

    @property
    def digits(self) -> int:
        """Decimals that the steps need."""
        return max(0, min(6, -math.floor(math.log10(self.step) + 1e-9))) if self.step > 0 else 2

    @property
    def log_places(self) -> int:
        """Places that its slider has, if equal ways are equal ratios; else 0."""
        return LOG_PLACES if self.is_log else 0

    def including(self, value: float) -> Range:
        """Give a range that reaches a value."""
        return Range(min(self.low, value), max(self.high, value), self.step, self.is_log and value > 0)

    def next_after(self, before: float, value: float) -> float | None:
        """Give the next value the same way, if a slider went one place from `before` to `value`; otherwise None."""
        way = self._place(value) - self._place(before)
        return self._at(self._place(value) + way) if abs(way) == 1 else None

    def beside(self, value: float) -> list[float]:
        """Give the values one place up and one place down, as far as a slider can go."""
        place = self._place(value)
        return [found for one in (place + 1, place - 1) if (found := self._at(one)) is not None]

    def _at(self, place: int) -> float | None:
        if not self._place(self.low) <= place <= self._place(self.high):
            return None
        if self.is_log:
            return float(f"{self.low * (self.high / self.low) ** (place / LOG_PLACES):.3g}")
        return float(f"{self.low + place * self.step:.10g}")

    def _place(self, value: float) -> int:
        if self.is_log:
            return round(LOG_PLACES * math.log(value / self.low) / math.log(self.high / self.low))
        return round((value - self.low) / self.step)

    def moved(self, value: float, part: float) -> float:
        """Give a value by a part of the range higher or lower, held inside."""
        if self.is_log:
            way = math.log(self.high / self.low) * part
            return min(max(value * math.exp(way), self.low), self.high)
        return min(max(value + (self.high - self.low) * part, self.low), self.high)


def nice(value: float) -> float:
    """Round a positive number up to 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{part * power:.12g}") for part in (1, 2, 2.5, 5, 10) if value <= part * power * (1 + 1e-9))


def range_of(quantity: Quantity, value: float | None, *, whole: bool, typical: float = 0.0) -> Range:
    """Choose the range of a lever.

    Parameters
    ----------
    quantity
        Its declaration.
    value
        Its value in the scenario that one began with; None where it has none.
    whole
        Whether it takes whole numbers only.
    typical
        A size that is usual here, where the value is zero.
    """
    low, high = quantity.least, quantity.most
    now = value if value is not None else quantity.default if isinstance(quantity.default, int | float) else 0.0
    now = float(now)
    if high - low <= 1.0 + 1e-9 and (now == 0 or abs(now) >= 0.04):
        found = Range(low, high, 0.01)
    elif quantity.unit == "stance":
        found = Range(low, high, 0.05)
    elif quantity.unit == "people" and now >= 1000:
        found = Range(_power(now / 30), nice(now * 30), 1.0, is_log=True)
    elif quantity.unit == "utility" and low < 0:
        reach = nice(max(2.0, 2 * abs(now)))
        found = Range(now - reach, now + reach, 0.1)
    elif low < 0 and high == math.inf:
        reach = nice(max(1.0, 3 * abs(now)))
        found = Range(-reach, reach, _step(reach))
    elif now > 0 and not whole and low >= 0 and (now < 0.02 or now >= 1e5):
        found = Range(_power(now / 20), nice(now * 20), _power(now / 100), is_log=True)
    else:
        reach = nice(3 * max(abs(now), typical, 1.0 if whole else 0.0) or 1.0)
        found = Range(-reach if now < 0 else 0.0, reach, _step(reach))
    least, most = max(found.low, low), min(found.high, high)
    if whole:
        return Range(math.ceil(least), max(math.floor(most), math.ceil(least) + 1), max(1.0, round(found.step)))
    if found.is_log:
        return Range(float(f"{max(least, found.low):.9g}"), float(f"{most:.9g}"), found.step, True)
    return on_grid(least, most, found.step, now)


def on_grid(low: float, high: float, step: float, value: float) -> Range:
    """Give a range whose ends and whose value are whole steps; its ends may lie a step beyond the bounds."""
    for finer in (1, 2, 4, 5, 10):
        fine = step / finer
        if abs(value / fine - round(value / fine)) < 1e-6:
            step = fine
            break
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Range(float(f"{low:.9g}"), float(f"{high:.9g}"), float(f"{step:.9g}"))


def step_for(reach: float) -> float:
    """Give steps for a range that is so long."""
    return _step(reach)


def _step(reach: float) -> float:
    """Give steps of which a hundred or two lie in the range."""
    power = 10.0 ** math.floor(math.log10(reach / 100))
    return float(f"{next(part * power for part in (5, 2, 1) if part * power <= reach / 100 + 1e-15):.12g}")


def _power(value: float) -> float:
    """Round a positive number down to a power of ten."""
    return float(f"{10.0 ** math.floor(math.log10(value)):.12g}")
