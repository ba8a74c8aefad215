"""Parts of charts, as plain plotly data; colours by their names in `told.PALETTE`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from experiments.numbers import PERCENT_UNITS
from sim.text import language

__all__ = ["COLOURS", "axis", "band", "finite", "line", "percent_sign", "points_axis", "vertical"]

COLOURS = ("@c0", "@c1", "@c2", "@c3", "@c5", "@c6", "@c7", "@c4")
"""One after the other."""


def finite(values: Iterable[float], scale: float = 1.0) -> list[float | None]:
    """Give numbers with six digits, None where there is none."""
    return [float(f"{scale * value:.6g}") if value - value == 0 else None for value in values]


def band(
    x: Sequence[float], low: Sequence[float], high: Sequence[float], colour: str, opacity: float = 0.18
) -> dict[str, Any]:
    """Shade what lies between two lines."""
    known = [place for place in range(len(x)) if low[place] - low[place] == 0 and high[place] - high[place] == 0]
    back = known[::-1]
    return {
        "type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
        "x": [x[place] for place in (*known, *back)],
        "y": finite([high[place] for place in known] + [low[place] for place in back]),
        "fill": "toself", "fillcolor": f"{colour}/{opacity}",
    }  # fmt: skip


def line(x: Sequence[float], y: Sequence[float], name: str, colour: str, **more: Any) -> dict[str, Any]:
    """Draw a line."""
    shape = {"color": colour, "width": 2.4, **more.pop("line", {})}
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": finite(y), "name": name, "line": shape, **more}


def vertical(x: float, colour: str = "@muted", dash: str = "dot") -> dict[str, Any]:
    """Give a shape: a vertical line over the whole height."""
    stroke = {"color": colour, "width": 1, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": stroke}


def axis(title: str, **more: Any) -> dict[str, Any]:
    """Give an axis with a title."""
    return {"title": {"text": title}, **more}


def percent_sign() -> str:
    """Give what stands behind the percentages of an axis, as the language writes it."""
    return "\u202f%" if language() == "fr" else "%"


def points_axis(title: str, unit: str, **more: Any) -> tuple[dict[str, Any], float]:
    """Give an axis for changes of a figure, and what its values are multiplied with: shares are shown in points."""
    scale = 100.0 if unit in PERCENT_UNITS else 1.0
    form: Mapping[str, Any] = (
        {"tickformat": "~s"} if unit in ("currency", "currency_per_week", "people", "units", "count") else {}
    )
    return axis(title, **form, **more), scale
