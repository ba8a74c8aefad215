"""A chart of something against size as a static SVG, both axes logarithmic, each line named at its end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

__all__ = ["Line", "chart"]

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 84, 176, 74, 58
FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
GAP = 17
"""Least distance between the names of two lines."""

Scale = Callable[[float], float]


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Attributes
    ----------
    name, colour
        What stands at its end, and its colour.
    points
        (x, y), x rising, all above 0.
    bold
        Whether it stands out.
    """

    name: str
    colour: str
    points: Sequence[tuple[float, float]]
    bold: bool = False


def chart(title: str, subtitle: str, x_title: str, lines: Sequence[Line]) -> str:
    """Draw lines over two logarithmic axes; `subtitle` says what the vertical one is."""
    drawn = [line for line in lines if line.points]
    xs = [x for line in drawn for x, _ in line.points]
    ys = [y for line in drawn for _, y in line.points]
    x_low, x_high = math.log10(min(xs)), math.log10(max(xs))
    y_low, y_high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def across(x: float) -> float:
        return LEFT + (math.log10(x) - x_low) / max(x_high - x_low, 1e-9) * (right - LEFT)

    def down(y: float) -> float:
        return bottom - (math.log10(y) - y_low) / max(y_high - y_low, 1e-9) * (bottom - TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="{FONT}" font-size="13" fill="#333" role="img" aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#fff"/>',
        _text(LEFT, 28, title, 'font-size="17" font-weight="600" fill="#111"'),
        _text(LEFT, 49, subtitle, 'fill="#666"'),
    ]
    for power in range(y_low, y_high + 1):
        y = down(10.0**power)
        parts.append(_rule(LEFT, y, right, y, "#bbb" if power == y_low else "#e6e6e6"))
        parts.append(_text(LEFT - 10, y + 4.5, _amount(power), 'text-anchor="end" fill="#555"'))
    for power in range(math.ceil(x_low - 1e-9), math.floor(x_high + 1e-9) + 1):
        x = across(10.0**power)
        parts.append(_rule(x, TOP, x, bottom, "#f0f0f0"))
        parts.append(_text(x, bottom + 21, _amount(power), 'text-anchor="middle" fill="#555"'))
    parts.append(_text((LEFT + right) / 2, HEIGHT - 14, x_title, 'text-anchor="middle" fill="#555"'))
    # The boldest are drawn last, so that they lie on top.
    for line in sorted(drawn, key=lambda line: line.bold):
        places = [(across(x), down(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        style = f'fill="none" stroke="{line.colour}" stroke-width="{3 if line.bold else 2}" stroke-linejoin="round"'
        parts.append(f'<polyline points="{path}" {style}/>')
        dot = f'r="{4.5 if line.bold else 3.5}" fill="{line.colour}" stroke="#fff" stroke-width="1.5"'
        parts.extend(f'<circle cx="{x:.1f}" cy="{y:.1f}" {dot}/>' for x, y in places)
    parts.extend(_names(drawn, across, down))
    return "\n".join([*parts, "</svg>", ""])


def _names(lines: Sequence[Line], across: Scale, down: Scale) -> list[str]:
    """Name each line beside its last point; names of lines that end at the same place move apart."""
    parts: list[str] = []
    taken: list[tuple[float, float]] = []
    for line in sorted(lines, key=lambda line: down(line.points[-1][1])):
        x, y = across(line.points[-1][0]), down(line.points[-1][1])
        while any(abs(x - other) < RIGHT and y - above < GAP for other, above in taken):
            y += 1
        taken.append((x, y))
        weight = 'font-weight="600" ' if line.bold else ""
        parts.append(_text(x + 12, y + 4.5, line.name, f'{weight}fill="{line.colour}"'))
    return parts


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _amount(power: int) -> str:
    """Return a power of ten as people say it."""
    names = {3: "1,000", 4: "10,000", 5: "100,000", 6: "1 million", 7: "10 million", 8: "100 million", 9: "1 billion"}
    return names.get(power, f"{10.0**power:g}")
