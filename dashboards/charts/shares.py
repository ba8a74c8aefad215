"""Who has which share of a market, week by week: bands of your futures, the others' medians, the baseline's ghost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboards.charts.simple import band, line
from dashboards.charts.style import Label, axis_top, colour, escaped, labels, layout, rounded
from experiments.numbers import percent

if TYPE_CHECKING:
    from dashboards.futures import Ensemble

__all__ = ["MOST_FIRMS", "SMOOTHED", "ShareChart", "share_chart"]

MOST_FIRMS = 8
"""Firms that are drawn: yours and the largest."""
SMOOTHED = 4
"""Weeks whose mean is drawn: the count of one week is noise."""
MOST_POINTS = 160


@dataclass(frozen=True)
class ShareChart:
    """What is drawn, and up to where the axis goes."""

    figure: dict[str, Any]
    top: float
    hidden: int


def share_chart(
    now: Ensemble,
    before: Ensemble | None,
    *,
    you: str,
    firms: Sequence[str],
    others: Sequence[tuple[str, str, int]] = (),
    words: dict[str, str],
    marks: Sequence[int] = (),
    top: float = 0.0,
    height: int = 320,
) -> ShareChart:
    """Draw the shares of a sector's firms.

    Parameters
    ----------
    now, before
        Futures of the market and of its baseline; None where the two are the same.
    you, firms
        Your firm, and all firms of its sector in their order.
    others
        What is drawn beside firms, dashed: name, figure, and place of the item.
    words
        ``baseline``; ``weeks``; and ``percent``, the sign behind a number.
    marks
        Weeks in which something happens.
    top
        The axis goes at least up to here.
    height
        Of the chart in pixels.
    """
    import numpy as np

    names = now.names("share")
    median = _smooth(now.quantiles("share"))
    at_end = _ends(now, "share")
    ends = {firm: float(at_end[names.index(firm)]) for firm in firms if firm in names}
    rivals = [firm for firm in firms if firm != you and firm in ends]
    largest = sorted(rivals, key=lambda firm: -max(ends[firm], 0))[: MOST_FIRMS - 1]
    shown = [firm for firm in rivals if firm in largest]
    weeks = np.unique(np.linspace(1, now.weeks, min(now.weeks, MOST_POINTS)).round().astype(int))
    x, at = weeks.tolist(), weeks - 1
    traces: list[dict[str, Any]] = []
    ends_of_lines: list[Label] = []
    highest = 0.0
    place = names.index(you) if you in names else -1
    if place >= 0:
        q = median[:, at, place] * 100
        highest = float(q[4].max())
        for low, high, opacity in ((0, 4, 0.14), (1, 3, 0.24)):
            traces.append(band(x, rounded(q[low], 2), rounded(q[high], 2), f"--firm-0/{opacity}"))
    hover = "%{y:.1f}" + words["percent"]
    for firm in shown:
        y = median[2, at, names.index(firm)] * 100
        highest = max(highest, float(y.max()))
        of = colour(1 + [name for name in firms if name != you].index(firm))
        entered = np.flatnonzero(y)  # who is not there yet has no line
        start = int(entered[0]) - 1 if len(entered) and entered[0] > 1 else 0
        traces.append(line(x[start:], rounded(y[start:], 2), of, name=escaped(firm), width=1.7, hover=hover))
        ends_of_lines.append(Label(float(y[-1]), f"{_cut(firm)} {percent(ends[firm], 0)}", of))
    for number, (name, key, item) in enumerate(others):
        y = _smooth(now.quantiles(key))[2, at, item] * 100
        highest = max(highest, float(y.max()))
        of = colour(FREE - number)
        traces.append(line(x, rounded(y, 2), of, name=escaped(name), width=1.7, dash="dash", hover=hover))
        ends_of_lines.append(Label(float(y[-1]), f"{_cut(name)} {percent(_ends(now, key)[item], 0)}", of))
    if place >= 0:
        if before is not None and you in before.names("share"):
            old = _smooth(before.quantiles("share"))[2, :, before.names("share").index(you)] * 100
            old = old[at[at < len(old)]]
            highest = max(highest, float(old.max()))
            ghost: dict[str, Any] = {"name": words["baseline"], "dash": "dot", "opacity": 0.8, "hover": hover}
            traces.append(line(x[: len(old)], rounded(old, 2), "--firm-0", width=2, **ghost))
            if len(old) == len(x):
                end = _ends(before, "share")[before.names("share").index(you)]
                text = f"{words['baseline']} {percent(end, 0)}"
                ends_of_lines.append(Label(float(old[-1]), text, "--firm-0"))
        y = q[2]
        traces.append(line(x, rounded(y, 2), "--firm-0", name=escaped(you), width=3.4, hover=hover))
        ends_of_lines.append(Label(float(y[-1]), f"{_cut(you)} {percent(ends[you], 0)}", "--firm-0", True))
    top = min(100.0, axis_top(highest, top))
    shapes = [
        {
            "type": "line", "x0": week, "x1": week, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
            "line": {"color": "--event", "width": 1.3, "dash": "dot"},
        }
        for week in sorted(set(marks))
    ]  # fmt: skip
    figure = {
        "data": traces,
        "layout": layout(
            hovermode="x unified",
            annotations=[*labels(ends_of_lines, 0, top, height - 36), _unit(words["weeks"])],
            shapes=shapes,
            xaxis={"range": [1, now.weeks], "tickvals": _ticks(now.weeks), "tickprefix": "", "hoverformat": "d"},
            yaxis={"range": [0, top], "ticksuffix": words["percent"]},
        ),
    }
    return ShareChart(figure, top, len(rivals) - len(shown))


FREE = 7
"""The last colour of firms, from which what is no firm takes its colours."""


def _unit(text: str) -> dict[str, Any]:
    """Give the unit of the axis of time, right of its numbers."""
    return {
        "x": 1.0, "xref": "paper", "xanchor": "left", "xshift": 18, "y": 0, "yref": "paper", "yanchor": "top",
        "yshift": -1, "text": escaped(text), "showarrow": False, "font": {"color": "--muted", "size": 12},
    }  # fmt: skip


def _ticks(weeks: int) -> list[int]:
    """Give weeks to write below the axis: the first, and quarters, half years or years."""
    step = next((step for step in (4, 13, 26, 52, 104, 260, 520) if weeks / step <= 9), 1040)
    return [1, *range(step, weeks + 1, step)] if weeks > step else [1, weeks]


def _ends(ensemble: Ensemble, key: str) -> Any:
    """Give what is written at the ends of lines: medians over futures of the mean of the last weeks, by item."""
    import numpy as np

    last = np.nan_to_num(ensemble.figures[key][:, -SMOOTHED:, :].astype(np.float64))
    return np.quantile(last.mean(axis=1), 0.5, axis=0)


def _smooth(quantiles: Any) -> Any:
    """Give means over the last weeks of the lines of a band."""
    import numpy as np

    total = np.cumsum(quantiles, axis=1, dtype=np.float64)
    total[:, SMOOTHED:] = total[:, SMOOTHED:] - total[:, :-SMOOTHED]
    count = np.minimum(np.arange(1, total.shape[1] + 1), SMOOTHED)
    return total / count[None, :, None]


def _cut(name: str) -> str:
    return escaped(name if len(name) <= 11 else name[:9].rstrip() + "…")
