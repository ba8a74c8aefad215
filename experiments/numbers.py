"""Numbers as people write them: English "1,234.5" and "34.2%", French "1 234,5" and "34,2 %".

French groups digits with a narrow no-break space and puts one before the percent sign, so that a number never
breaks over two lines. Both languages get a true minus sign. The language is that of the running context.
"""

from __future__ import annotations

import math

from sim.text import language

__all__ = [
    "LARGE_UNITS",
    "PERCENT_UNITS",
    "UNKNOWN",
    "compact",
    "count",
    "decimal",
    "figure_text",
    "interval",
    "percent",
    "plain_number",
]

NARROW_SPACE = "\u202f"
UNKNOWN = "–"
"""Stands for a value that is not defined."""

PERCENT_UNITS = frozenset({"share", "probability", "rate"})
"""Units whose values are fractions of one: people read them as percentages."""
LARGE_UNITS = frozenset({"currency", "currency_per_week", "people", "units", "count"})
"""Units whose values can be large: people read them in thousands and millions."""

_SCALES = ((1e9, {"en": "B", "fr": "Md"}), (1e6, {"en": "M", "fr": "M"}), (1e3, {"en": "K", "fr": "k"}))


def decimal(value: float, digits: int) -> str:
    """Give a number with a fixed number of digits after the decimal mark."""
    if not math.isfinite(value):
        return UNKNOWN
    # A whole number of more than 53 bits would lose its last digits as a float.
    text = f"{value:,d}" if isinstance(value, int) and digits == 0 else f"{value:,.{digits}f}"
    if text.startswith("-"):
        # What rounds to zero carries no sign.
        text = f"−{text[1:]}" if any(digit in "123456789" for digit in text) else text[1:]
    return _written(text)


def count(value: float) -> str:
    """Give a whole number."""
    return decimal(value, 0)


def percent(value: float, digits: int = 1) -> str:
    """Give a fraction of one as a percentage."""
    if not math.isfinite(value):
        return UNKNOWN
    return f"{decimal(100 * value, digits)}{_gap()}%"


def compact(value: float, digits: int = 0) -> str:
    """Give a number, from ten thousand on in thousands, millions or billions: "12.3K", "1,2 M".

    `digits` are the decimals of smaller numbers.
    """
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= 10_000:
        for scale, names in _SCALES:
            # 999,960 would round to "1000.0k": it belongs to the next scale.
            if abs(value) >= scale * 0.99995:
                return f"{decimal(value / scale, 1)}{_gap()}{names[language()]}"
    return decimal(value, digits)


def plain_number(value: float) -> str:
    """Give a number with four significant digits at most and no needless zeros."""
    if not math.isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0"
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:.{digits}f}"
    digits = len(text.rstrip("0").partition(".")[2]) if "." in text else 0
    return decimal(value, digits)


def figure_text(value: float, unit: str, digits: int) -> str:
    """Give a key figure's value: its unit decides the form, the registry's digits the precision."""
    if unit in PERCENT_UNITS:
        return percent(value, max(0, digits - 2))
    if unit in LARGE_UNITS:
        return compact(value, digits)
    return decimal(value, digits)


def interval(low: float, high: float, unit: str, digits: int) -> str:
    """Give a range from low to high in a figure's form: "15–24%", "15–24 %"."""
    first, second = figure_text(low, unit, digits), figure_text(high, unit, digits)
    if first == second:
        return first
    ending = f"{_gap()}%"
    if unit in PERCENT_UNITS and first.endswith(ending):
        first = first.removesuffix(ending)
    # An en dash beside a minus sign is hard to read.
    return f"{first} … {second}" if "−" in first + second else f"{first}–{second}"


def _gap() -> str:
    return NARROW_SPACE if language() == "fr" else ""


def _written(text: str) -> str:
    if language() == "fr":
        return text.replace(",", NARROW_SPACE).replace(".", ",")
    return text
