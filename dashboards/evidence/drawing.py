"""The charts behind claims and facts, as plain data of Plotly."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashboards.charts.simple import DASHES, beside, blank, colour_of, finite, line, scale_of, title
from dashboards.evidence.claims import point_words
from dashboards.evidence.facts import CURVES, facts
from dashboards.evidence.text import say
from experiments.claims.where import setting_text
from experiments.claims.words import effect_text
from experiments.text import say as told

if TYPE_CHECKING:
    from experiments.claims.findings import ClaimResult
    from experiments.facts.findings import FactFound

__all__ = ["curves", "forest", "forest_height"]

_ROW = 42
_COLOURS = {"pass": "--good", "fail": "--bad"}
_SYMBOLS = {"pass": "circle", "fail": "x", "undecided": "circle-open"}
_WIDTH = 34


def forest_height(result: ClaimResult) -> int:
    """Give the height that a chart of all points needs."""
    return 70 + _ROW * (len(result.points) + (result.ablation is not None))


def forest(result: ClaimResult, place: int) -> dict[str, Any]:
    """Draw the effect on one figure at every point that was tried, with its interval.

    The shaded part is where an effect goes as expected and is large enough to count; the last row, if there is one, is
    without what should carry the effect.
    """
    from sim.figures import FIGURES
    from sim.quantities import UNITS
    from sim.text import language

    question = result.questions[place]
    unit = FIGURES[question.key].unit
    scale = scale_of(unit, changes=True)
    names = [_name(point.settings) for point in result.points]
    answers = [point.answers[place] for point in result.points]
    if result.ablation is not None:
        names.append(say("evidence.claims.without_carrier"))
        answers.append(result.ablation.answers[place])
    labels = [f"{_short(name)}{' ' * at}" for at, name in enumerate(names)]  # a name can come twice
    data = []
    edges = [0.0]
    for at, (label, answer) in enumerate(zip(labels, answers, strict=True)):
        effect = answer.effect
        if not math.isfinite(effect.value):
            continue
        is_last = result.ablation is not None and at == len(answers) - 1
        outcome = "carrier" if is_last else answer.outcome or "undecided"
        colour = "--accent" if outcome == "carrier" else _COLOURS.get(outcome, "--muted")
        has_interval = math.isfinite(effect.low)
        low, high = (effect.low, effect.high) if has_interval else (effect.value, effect.value)
        edges += [scale.factor * low, scale.factor * high]
        data.append(
            {
                "type": "scatter", "mode": "markers", "x": finite([effect.value], scale.factor), "y": [label],
                "showlegend": False,
                "marker": {
                    "color": colour, "size": 11 if at == 0 else 9, "symbol": _SYMBOLS.get(outcome, "diamond-open"),
                    "line": {"width": 2, "color": colour},
                },
                "error_x": {
                    "type": "data", "symmetric": False, "array": finite([high - effect.value], scale.factor),
                    "arrayminus": finite([effect.value - low], scale.factor), "color": colour, "thickness": 2,
                    "width": 4,
                },
                "hovertext": [html.escape(f"{names[at]}: {effect_text(effect, question)}")], "hoverinfo": "text",
            }
        )  # fmt: skip
    low_end, high_end = min(edges), max(edges)
    room = 0.08 * ((high_end - low_end) or 1.0)
    ends = [low_end - room, high_end + room]
    words = say("evidence.points") if unit in ("share", "probability", "rate") else UNITS[unit][language()]
    return {
        "data": data,
        "layout": blank(
            yaxis={
                "type": "category", "autorange": "reversed", "showgrid": False, "automargin": True,
                "tickfont": {"color": "--ink", "size": 11}, "categoryorder": "array", "categoryarray": labels,
            },
            xaxis={
                "range": ends, "zeroline": True, "zerolinecolor": "--muted", "nticks": 5, **scale.ticks,
                "title": title(words),
            },
            shapes=_expected(result, place, scale.factor, ends),
            margin={"l": 12, "r": 16, "t": 8, "b": 42},
        ),
    }  # fmt: skip


def _expected(result: ClaimResult, place: int, factor: float, ends: list[float]) -> list[dict[str, Any]]:
    """Shade where an effect at the scenario's own values would go as expected."""
    least = factor * result.points[0].answers[place].least
    expected = result.questions[place].expected
    if expected is None or not math.isfinite(least):
        return []
    low, high = {"+": (least, ends[1]), "-": (ends[0], -least), "0": (-least, least)}[expected]
    if low >= high:
        return []
    low, high = max(low, ends[0]), min(high, ends[1])
    return [
        {
            "type": "rect", "x0": low, "x1": high, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
            "line": {"width": 0}, "fillcolor": "--good/0.09",
        }
    ]  # fmt: skip


def _name(settings: Mapping[str, Any]) -> str:
    """Name a point; where two numbers vary, which are always the first two, by their values."""
    if len(settings) < 2:
        return point_words(settings)
    values = [setting_text("value", value).partition(" = ")[2] for value in settings.values()]
    return say("evidence.claims.together", values=" + ".join(values))


def _short(name: str) -> str:
    parts = textwrap.wrap(name, _WIDTH)
    return "<br>".join(html.escape(part) for part in (parts if len(parts) <= 3 else [*parts[:2], f"{parts[2]}…"]))


def curves(fact: FactFound) -> dict[str, Any]:
    """Draw the curves that a fact rests on, as the simulated markets have them."""
    market, x_word, y_word, names = CURVES[fact.key]
    known = facts().curves.get(market, {})
    axes: dict[str, Any] = {
        "xaxis": {"title": title(told(f"facts.chart.{x_word}")), "showgrid": False},
        "yaxis": {"title": title(told(f"facts.chart.{y_word}")), "rangemode": "tozero", "nticks": 5},
        "margin": {"l": 64, "r": 150 if len(names) > 1 else 16, "t": 10, "b": 44},
    }
    if not names:
        dots = {
            "type": "scatter", "mode": "markers" if fact.key == "double_jeopardy" else "lines", "showlegend": False,
            "x": finite(known[x_word]), "y": finite(known[y_word]), "marker": {"color": "--accent", "size": 8},
            "line": {"color": "--accent", "width": 2.4}, "hovertemplate": "%{x:.3~g}: %{y:.3~g}<extra></extra>",
        }  # fmt: skip
        return {"data": [dots], "layout": blank(**axes)}
    first = 1 if x_word == "stars" else 0
    data, ends, heights = [], [], [0.0]
    for at, name in enumerate(one for one in names if one in known):
        values = finite(known[name])
        x = list(range(first, first + len(values)))
        data.append(line(x, values, colour_of(at), dash=DASHES[at % 4], hover="%{x}: %{y:.3~g}<extra></extra>"))
        heights += [value for value in values if value is not None]
        if len(names) > 1:
            ends.append((values[-1], told(f"facts.chart.{name}"), colour_of(at)))
    axes["yaxis"] |= {"range": [min(heights) * 1.08, max(heights) * 1.08]}
    low, high = axes["yaxis"]["range"]
    return {"data": data, "layout": blank(**axes, annotations=beside(ends, low, high, height=220))}
