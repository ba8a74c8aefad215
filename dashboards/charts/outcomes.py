"""How sure is it: every future a dot, of the market and of its baseline on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboards.charts.style import layout

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["outcome_chart"]


def outcome_chart(
    now: NDArray[np.float64],
    before: NDArray[np.float64] | None,
    *,
    words: dict[str, str],
    texts: Sequence[str],
    texts_before: Sequence[str] = (),
    suffix: str = "",
    axis: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Draw outcomes as stacked dots.

    Parameters
    ----------
    now, before
        The outcome in each future, as the axis shows it; None where the two are the same.
    words
        ``now``, ``before``: what the rows are called.
    texts, texts_before
        What is said of each dot.
    suffix
        Behind the numbers of the axis.
    axis
        From where to where it goes; None: as far as needed.
    """
    import numpy as np

    groups = [(now, "now", "--firm-0", list(texts))]
    if before is not None:
        groups.insert(0, (before, "before", "--muted", list(texts_before)))
    values = np.concatenate([group[0] for group in groups])
    low, high = (float(values.min()), float(values.max())) if axis is None else axis
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    low, high = low - room, high + room
    traces, ticks = [], []
    for row, (outcome, name, of, said) in enumerate(groups):
        bins = np.clip(((outcome - low) / (high - low) * 34).astype(int), 0, 33)
        heights: dict[int, int] = {}
        tallest = max(np.bincount(bins).max(), 5)
        y = []
        for b in bins.tolist():
            heights[b] = heights.get(b, 0) + 1
            y.append(row + 0.06 + 0.8 * (heights[b] - 1) / tallest)
        x = low + (bins + 0.5) / 34 * (high - low)
        shape = "circle" if name == "now" else "circle-open"
        size = 11 if len(outcome) <= 20 else 8
        dots: dict[str, Any] = {
            "type": "scatter",
            "mode": "markers",
            "x": x.round(6).tolist(),
            "y": [round(v, 3) for v in y],
        }
        dots |= {"marker": {"color": of, "size": size, "symbol": shape, "line": {"width": 1.6, "color": of}}}
        dots |= {"name": words[name], "text": said, "hovertemplate": "%{text}<extra></extra>", "cliponaxis": False}
        middle = float(np.median(outcome))
        mark: dict[str, Any] = {
            "type": "scatter",
            "mode": "lines",
            "x": [middle, middle],
            "y": [row - 0.04, row + 0.88],
        }
        mark |= {"hoverinfo": "skip", "line": {"color": of, "width": 2, "dash": "solid" if name == "now" else "dot"}}
        traces += [dots, mark]
        ticks.append((row + 0.4, words[name]))
    return {
        "data": traces,
        "layout": layout(
            margin={"l": 84, "r": 14, "t": 6, "b": 30},
            xaxis={"range": [low, high], "nticks": 5, "ticksuffix": suffix, "showgrid": True, "zeroline": False},
            yaxis={
                "range": [-0.1, len(groups) - 0.05], "showgrid": False, "zeroline": False,
                "tickvals": [at for at, _ in ticks], "ticktext": [text for _, text in ticks],
            },
        ),
    }  # fmt: skip
