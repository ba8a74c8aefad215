"""The charts of the page of facts, as small static SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from experiments.facts.words import heading, statistic_name
from experiments.text import say

if TYPE_CHECKING:
    from experiments.facts.findings import FactFound, Facts, StatisticFound

__all__ = ["overview", "shapes"]

FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
BLUE, ORANGE, GREEN, GREY, RED = "#0b5fa5", "#c8501e", "#2a8f5b", "#666", "#b3261e"
WIDTH, ROW, LABELS, MARGIN = 900, 19, 400, 24
_OUTSIDE = 0.75
"""How far beyond a band the chart goes, in widths of the band."""


def overview(found: Facts) -> str:
    """Draw every statistic on the scale of its band: simulated values with their intervals, and real ones."""
    parts: list[str] = []
    left, right = LABELS, WIDTH - MARGIN
    band_left = left + (right - left) * _OUTSIDE / (1 + 2 * _OUTSIDE)
    band_right = right - (band_left - left)
    y = 78.0
    for fact in found.facts:
        parts.append(_text(MARGIN, y + 4, heading(fact), 'font-weight="600" fill="#111"'))
        y += ROW
        for one in fact.statistics:
            parts += _strip(one, y, left, right, band_left, band_right)
            y += ROW
        y += 5
    height = y + 14
    shade = (
        f'<rect x="{band_left:.0f}" y="62" width="{band_right - band_left:.0f}" height="{y - 66:.0f}" fill="#eaf3ea"/>'
    )
    legend = [
        _text(band_left, 56, say("facts.chart.low"), f'text-anchor="middle" fill="{GREY}"'),
        _text(band_right, 56, say("facts.chart.high"), f'text-anchor="middle" fill="{GREY}"'),
        f'<circle cx="{MARGIN + 6}" cy="52" r="4.5" fill="{BLUE}"/>',
        _text(MARGIN + 16, 56, say("facts.chart.simulated"), f'fill="{GREY}"'),
        _diamond(MARGIN + 186, 52),
        _text(MARGIN + 196, 56, say("facts.chart.real"), f'fill="{GREY}"'),
    ]
    return _page(WIDTH, height, say("facts.page.overview"), [shade, *legend, *parts])


def _strip(one: StatisticFound, y: float, left: float, right: float, low: float, high: float) -> list[str]:
    """Draw one statistic: its interval, its value, real values."""

    def across(value: float) -> float:
        return max(left + 4, min(right - 4, low + _place(one, value) * (high - low)))

    parts = [_text(MARGIN + 12, y + 4, statistic_name(one.key), 'fill="#333"')]
    parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#e2e2e2"/>')
    for real in one.real:
        if not math.isnan(real.value):
            parts += [_bar(across(real.low), across(real.high), y, ORANGE, 1.5)] if not math.isnan(real.low) else []
            parts.append(_diamond(across(real.value), y))
    if not math.isnan(one.value):
        colour = BLUE if one.inside else RED
        parts += [_bar(across(one.low), across(one.high), y, colour, 3)] if not math.isnan(one.low) else []
        parts.append(f'<circle cx="{across(one.value):.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>')
    return parts


def _place(one: StatisticFound, value: float) -> float:
    """Give where a value lies: 0 at the low end of the band, 1 at the high one; an open band doubles its one end."""
    low = one.band_low if one.band_low is not None else (one.band_high or 0.0) / 2
    high = one.band_high if one.band_high is not None else low * 4
    return (value - low) / (high - low)


@dataclass(frozen=True)
class _Curve:
    """A line or points of a small chart."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]
    dots: bool = False


PANEL_WIDTH, PANEL_HEIGHT, ACROSS = 290, 220, 3


def shapes(found: Facts) -> str:
    """Draw the curves of the simulated markets side by side."""
    by_key = {fact.key: fact for fact in found.facts}
    charts = [
        ("double_jeopardy", "penetration", "frequency", _scatter(found)),
        ("participation", "contributors", "contributions", _pair(found, "community", "contributors", "contributions")),
        ("flash_boycott", "weeks", "sales", _series(found, "boycott", ["sales"])),
        ("attention", "weeks", "salience", _series(found, "attention", ["salience"])),
        ("reviews", "stars", "share", _series(found, "reviews", ["reviews", "satisfaction", "free_reviews"], first=1)),
        ("diffusion", "years", "adopters", _series(found, "new_offer", ["adopters"])),
    ]
    drawn = [chart for chart in charts if chart[0] in by_key and any(curve.points for curve in chart[3])]
    parts = []
    for place, (key, x_title, y_title, curves) in enumerate(drawn):
        x, y = (place % ACROSS) * PANEL_WIDTH, (place // ACROSS) * PANEL_HEIGHT
        inner = _small(by_key[key], say(f"facts.chart.{x_title}"), say(f"facts.chart.{y_title}"), curves)
        parts.append(f'<g transform="translate({x + 8},{y + 8})">{"".join(inner)}</g>')
    rows = max(1, -(-len(drawn) // ACROSS))
    return _page(ACROSS * PANEL_WIDTH + 16, rows * PANEL_HEIGHT + 16, say("facts.page.shapes"), parts, titled=False)


def _scatter(found: Facts) -> list[_Curve]:
    return [
        _Curve("", curve.colour, curve.points, dots=True)
        for curve in _pair(found, "categories", "penetration", "frequency")
    ]


def _pair(found: Facts, market: str, x: str, y: str) -> list[_Curve]:
    curves = found.curves.get(market, {})
    return [_Curve("", BLUE, list(zip(curves.get(x, []), curves.get(y, []), strict=True)))]


def _series(found: Facts, market: str, names: Sequence[str], first: int = 0) -> list[_Curve]:
    curves = found.curves.get(market, {})
    shown = [name for name in names if name in curves]
    return [
        _Curve(
            say(f"facts.chart.{name}") if len(shown) > 1 else "",
            colour,
            [(first + x, y) for x, y in enumerate(curves[name])],
        )
        for name, colour in zip(shown, (BLUE, ORANGE, GREEN), strict=False)
    ]


def _small(fact: FactFound, x_title: str, y_title: str, curves: Sequence[_Curve]) -> list[str]:
    """Draw one chart at the origin."""
    left, top, right, bottom = 46.0, 46.0, PANEL_WIDTH - 14.0, PANEL_HEIGHT - 48.0
    xs = [x for curve in curves for x, _ in curve.points]
    ys = [y for curve in curves for _, y in curve.points]
    x_low, x_high, y_low, y_high = min(xs), max(xs), min(0.0, *ys), max(0.0, *ys)

    def across(x: float) -> float:
        return left + (x - x_low) / ((x_high - x_low) or 1.0) * (right - left)

    def down(y: float) -> float:
        return bottom - (y - y_low) / ((y_high - y_low) or 1.0) * (bottom - top)

    parts = [_text(0, 14, heading(fact), 'font-weight="600" fill="#111"'), _text(0, 30, y_title, f'fill="{GREY}"')]
    for value in dict.fromkeys((y_low, 0.0, y_high)):
        parts.append(f'<line x1="{left}" y1="{down(value):.1f}" x2="{right}" y2="{down(value):.1f}" stroke="#ddd"/>')
        parts.append(_text(left - 6, down(value) + 4, f"{value:.2g}", f'text-anchor="end" fill="{GREY}"'))
    for value, anchor in ((x_low, "start"), (x_high, "end")):
        parts.append(_text(across(value), bottom + 16, f"{value:.2g}", f'text-anchor="{anchor}" fill="{GREY}"'))
    parts.append(_text((left + right) / 2, bottom + 16, x_title, f'text-anchor="middle" fill="{GREY}"'))
    for place, curve in enumerate(curves):
        places = [(across(x), down(y)) for x, y in curve.points]
        if not curve.dots:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{curve.colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{curve.colour}"/>' for x, y in places]
        if curve.name:
            parts.append(_text(left + 8, top + 4 + 15 * place, curve.name, f'fill="{curve.colour}"'))
    return parts


def _page(width: float, height: float, title: str, parts: Sequence[str], *, titled: bool = True) -> str:
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="{FONT}" font-size="12" role="img" aria-label="{escape(title)}">',
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="6" fill="#fff"/>',
    ]
    if titled:
        head.append(_text(MARGIN, 28, title, 'font-size="17" font-weight="600" fill="#111"'))
    return "\n".join([*head, *parts, "</svg>", ""])


def _bar(x1: float, x2: float, y: float, colour: str, width: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{x:.1f},{y - 5:.1f} l5,5 -5,5 -5,-5 z" fill="{ORANGE}"/>'


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'
