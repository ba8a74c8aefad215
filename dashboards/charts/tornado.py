"""What moves a figure most: one lever at a time, a little down and a little up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.charts.style import escaped, layout

__all__ = ["Bar", "tornado_chart"]


@dataclass(frozen=True)
class Bar:
    """What a lever does: the change of the figure when it is moved down, and when it is moved up."""

    label: str
    down: float
    up: float
    down_text: str
    up_text: str

    @property
    def reach(self) -> float:
        """The larger of the two changes."""
        return max(abs(self.down), abs(self.up))


def tornado_chart(
    bars: Sequence[Bar], *, words: dict[str, str], suffix: str = "", rising_is_good: bool | None = True
) -> dict[str, Any]:
    """Draw bars, the longest on top; moving up is full, moving down pale and hatched.

    Parameters
    ----------
    bars
        Changes, in the unit of the axis.
    words
        ``down`` and ``up``: what the two are called.
    suffix
        Behind the numbers of the axis.
    rising_is_good
        What a rise of the figure is to the user; None: neither.
    """
    ordered = sorted(bars, key=lambda bar: bar.reach)
    names = [escaped(_wrapped(bar.label)) for bar in ordered]
    reach = max((bar.reach for bar in ordered), default=0.0) * 1.1 or 1.0

    def of(value: float) -> str:
        if rising_is_good is None:
            return "--accent"
        return "--good" if (value >= 0) == rising_is_good else "--bad"

    def trace(part: str, values: list[float], texts: list[str], opacity: float, pattern: str) -> dict[str, Any]:
        colours = [of(value) for value in values]
        marker = {"color": colours, "opacity": opacity, "pattern": {"shape": pattern, "size": 5, "solidity": 0.25}}
        return {
            "type": "bar", "orientation": "h", "y": names, "x": [round(v, 4) for v in values], "name": words[part],
            "marker": marker, "text": texts, "textposition": "none", "hovertemplate": "%{y}: %{text}<extra></extra>",
        }  # fmt: skip

    # What is drawn first lies below: moving down is told below moving up.
    return {
        "data": [
            trace("down", [bar.down for bar in ordered], [bar.down_text for bar in ordered], 0.5, "/"),
            trace("up", [bar.up for bar in ordered], [bar.up_text for bar in ordered], 0.95, ""),
        ],
        "layout": layout(
            barmode="group",
            bargap=0.28,
            bargroupgap=0.08,
            margin={"l": 160, "r": 14, "t": 4, "b": 30},
            xaxis={"range": [-reach, reach], "nticks": 5, "ticksuffix": suffix, "showgrid": True, "zeroline": True},
            yaxis={"showgrid": False, "tickmode": "array", "tickvals": names, "ticktext": names},
        ),
    }


def _wrapped(text: str) -> str:
    return text if len(text) <= 27 else text[:26].rstrip() + "…"
