"""Times and sizes in words: "3 min 20 s", "1.3 GB"; « 1,3 Go »."""

from __future__ import annotations

import math

from experiments.numbers import UNKNOWN, count, decimal
from experiments.text import say
from sim.text import language

__all__ = ["counted", "duration", "size"]

_SIZES = (("tb", 1e12), ("gb", 1e9), ("mb", 1e6), ("kb", 1e3))


def duration(seconds: float) -> str:
    """Give a time with its two largest units."""
    if not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 0.0995:
        return say("amount.milliseconds", value=decimal(1000 * seconds, 0 if seconds >= 0.00995 else 1))
    if seconds < 10:
        return say("amount.seconds", value=decimal(seconds, 1))
    whole = round(seconds)
    if whole < 60:
        return say("amount.seconds", value=whole)
    if whole < 3600:
        return say("amount.minutes", minutes=whole // 60, seconds=whole % 60)
    minutes = round(seconds / 60)
    if minutes < 48 * 60:
        return say("amount.hours", hours=minutes // 60, minutes=minutes % 60)
    return say("amount.days", days=decimal(minutes / 1440, 1))


def size(amount: float) -> str:
    """Give a number of bytes in thousands, millions and so on of them."""
    if not math.isfinite(amount):
        return UNKNOWN
    for key, scale in _SIZES:
        if amount >= scale:
            return say(f"amount.{key}", value=decimal(amount / scale, 1 if amount < 100 * scale else 0))
    return say("amount.bytes", value=decimal(amount, 0))


def counted(noun: str, number: int) -> str:
    """Count something by a noun of the catalogue: "1 future", "8 futures"; in French nought is singular, too."""
    is_one = number == 1 or (number == 0 and language() == "fr")
    return say(f"count.{noun}.{'one' if is_one else 'many'}", count=count(number))
