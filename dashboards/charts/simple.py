"""What charts of answers share: axes in a figure's unit, bands, lines, and names that stand beside their lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.answers.drawing import finite
from experiments.numbers import LARGE_UNITS, PERCENT_UNITS
from sim.text import language

__all__ = [
    "DASHES", "Scale", "band", "beside", "blank", "colour_of", "finite", "line", "scale_of", "side_of", "title",
    "upright",
]  # fmt: skip

DASHES = ("solid", "dash", "dot", "dashdot")
"""Lines are told apart by these as well as by their colours."""


def colour_of(place: int, alpha: float | None = None) -> str:
    """Give the colour of the market or firm at a place, from 0."""
    name = f"--firm-{place % 8}"
    return name if alpha is None else f"{name}/{alpha:g}"


_SIDES = ("--firm-1", "--firm-0", "--firm-2", "--firm-3")


def side_of(place: int, alpha: float | None = None) -> str:
    """Give the colour of a market that is compared: grey for the first, which the others are held against."""
    name = _SIDES[place % len(_SIDES)]
    return name if alpha is None else f"{name}/{alpha:g}"


@dataclass(frozen=True)
class Scale:
    """How a figure's numbers stand on an axis: what they are multiplied with, and the form of the ticks."""

    factor: float
    ticks: Mapping[str, Any]


def scale_of(unit: str, *, changes: bool = False) -> Scale:
    """Give the scale for values of a unit; shares are in percent, their changes in points."""
    if unit in PERCENT_UNITS:
        gap = "\u202f" if language() == "fr" else ""
        return Scale(100.0, {} if changes else {"ticksuffix": f"{gap}%"})
    if unit in LARGE_UNITS:
        return Scale(1.0, {"tickformat": "~s"})
    return Scale(1.0, {})


def line(
    x: Sequence[float], y: Iterable[float | None], colour: str, *, name: str = "", width: float = 2.4, **more: Any
) -> dict[str, Any]:
    """Draw a line; `dash` and `hover` (a template) may be given."""
    shape = {"color": colour, "width": width, "dash": more.pop("dash", "solid")}
    hover = more.pop("hover", None)
    found = {
        "type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "name": name, "line": shape,
        "showlegend": False, **more,
    }  # fmt: skip
    return found | ({"hovertemplate": hover} if hover else {"hoverinfo": "skip"})


def band(x: Sequence[float], low: Sequence[float | None], high: Sequence[float | None], colour: str) -> dict[str, Any]:
    """Shade what lies between two lines, where both are."""
    known = [at for at in range(len(x)) if low[at] is not None and high[at] is not None]
    return {
        "type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
        "x": [x[at] for at in (*known, *known[::-1])],
        "y": [high[at] for at in known] + [low[at] for at in known[::-1]],
        "fill": "toself", "fillcolor": colour,
    }  # fmt: skip


def beside(
    ends: Sequence[tuple[float | None, str, str]], low: float, high: float, *, height: float, **more: Any
) -> list[dict[str, Any]]:
    """Name lines at their right ends, pushed apart where they would lie over each other.

    Parameters
    ----------
    ends
        Height of each end on the axis, its text and its colour; without a height there is no name.
    low, high
        Ends of the axis.
    height
        Pixels that it has.
    """
    known = sorted((one for one in ends if one[0] is not None), key=lambda one: float(one[0] or 0.0))
    least = 15.0 * (high - low) / max(1.0, height)
    places: list[float] = []
    for end, _, _ in known:
        places.append(max(float(end or 0.0), places[-1] + least) if places else float(end or 0.0))
    over = (places[-1] - high) if places else 0.0
    for at in range(len(places) - 1, -1, -1) if over > 0 else ():
        top = high if at == len(places) - 1 else places[at + 1] - least
        places[at] = min(places[at], top)
    return [
        {
            "x": 1.0, "xref": "paper", "xanchor": "left", "xshift": 6, "y": place, "text": text,
            "showarrow": False,
            "font": {"color": colour, "size": 12}, "align": "left", **more,
        }
        for place, (_, text, colour) in zip(places, known, strict=True)
    ]  # fmt: skip


def upright(x: float, colour: str = "--muted", dash: str = "dot") -> dict[str, Any]:
    """Give a shape: a line over the whole height."""
    stroke = {"color": colour, "width": 1, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": stroke}


def title(text: str) -> dict[str, Any]:
    """Give the title of an axis."""
    return {"text": text, "standoff": 6, "font": {"size": 12, "color": "--muted"}}


def blank(**more: Any) -> dict[str, Any]:
    """Give a layout without a frame or a ground of its own."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 52, "r": 16, "t": 10, "b": 34}, "showlegend": False, "hovermode": "closest",
        "dragmode": False, **more,
    }  # fmt: skip
