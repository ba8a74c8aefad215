"""What all charts have in common: axes, bands, direct labels. Colours are names of the page's style sheet."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "LEFT",
    "RIGHT",
    "Label",
    "apart",
    "axis_top",
    "colour",
    "escaped",
    "labels",
    "layout",
    "rounded",
]

LEFT, RIGHT = 48, 116
"""Pixels left and right of what is drawn over weeks; what stands under such a chart keeps to the same."""
FIRM_COLOURS = 8


def escaped(text: str) -> str:
    """Give a text that Plotly shows as it is written."""
    return html.escape(text, quote=False)


def colour(place: int) -> str:
    """Name the colour of a firm: 0 is the user's own, the others go round."""
    return "--firm-0" if place == 0 else f"--firm-{1 + (place - 1) % (FIRM_COLOURS - 1)}"


def rounded(values: NDArray[np.floating[Any]], digits: int) -> list[float | None]:
    """Give numbers as short as they need to be; what is not defined becomes a gap."""
    return [None if math.isnan(value) else value for value in values.round(digits).tolist()]


def layout(**more: Any) -> dict[str, Any]:
    """Give a layout without frame, on a transparent ground, with few ticks."""
    base: dict[str, Any] = {
        "margin": {"l": LEFT, "r": RIGHT, "t": 8, "b": 28},
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"font": {"size": 12}, "namelength": -1},
        "uirevision": "same",
        "dragmode": False,
        "xaxis": {"fixedrange": True, "showgrid": False},
        "yaxis": {"fixedrange": True, "nticks": 6},
    }
    for key, value in more.items():
        base[key] = base[key] | value if isinstance(base.get(key), dict) and isinstance(value, dict) else value
    return base


@dataclass(frozen=True)
class Label:
    """A name at the end of a line."""

    y: float
    text: str
    colour: str
    is_bold: bool = False


def apart(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Push heights apart until none is nearer to the next than `gap`, in their order, inside of [low, high]."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    gap = min(gap, (high - low) / max(1, len(heights) - 1)) if len(heights) > 1 else gap
    blocks: list[list[float]] = []  # middle, count
    for i in order:
        blocks.append([heights[i], 1.0])
        while len(blocks) > 1 and blocks[-1][0] - blocks[-2][0] < gap * (blocks[-1][1] + blocks[-2][1]) / 2:
            (above, more), (below, fewer) = blocks.pop(), blocks.pop()
            blocks.append([(above * more + below * fewer) / (more + fewer), more + fewer])
    places: list[float] = []
    for middle, count in blocks:
        places += [middle + gap * (i - (count - 1) / 2) for i in range(int(count))]
    if places:
        for i in range(len(places)):
            places[i] = max(places[i], low + i * gap)
        for i in range(len(places) - 1, -1, -1):
            places[i] = min(places[i], high - (len(places) - 1 - i) * gap)
    found = [0.0] * len(heights)
    for place, i in zip(places, order, strict=True):
        found[i] = place
    return found


def labels(marks: Iterable[Label], low: float, high: float, pixels: float) -> list[dict[str, Any]]:
    """Give names at the ends of lines as annotations right of the chart, pushed apart."""
    found = list(marks)
    gap = (high - low) * 16 / max(1.0, pixels)
    heights = apart([mark.y for mark in found], gap, low, high)
    return [
        {
            "x": 1.0, "xref": "paper", "xanchor": "left", "xshift": 7, "y": height, "yanchor": "middle",
            "text": f"<b>{mark.text}</b>" if mark.is_bold else mark.text, "showarrow": False, "align": "left",
            "font": {"color": mark.colour, "size": 12.5},
        }
        for mark, height in zip(found, heights, strict=True)
    ]  # fmt: skip


def axis_top(highest: float, at_least: float = 0.0) -> float:
    """Choose the top of an axis that begins at zero: a round number above all, with some room, never below another."""
    if not math.isfinite(highest) or highest <= 0:
        return max(at_least, 0.1)
    wanted = highest * 1.08
    power = 10.0 ** math.floor(math.log10(wanted))
    top = next(part * power for part in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if wanted <= part * power * (1 + 1e-9))
    return max(top, at_least)
