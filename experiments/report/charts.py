"""What the report draws: which figures make which chart, and their values as plain data.

The page's script turns the data into charts, because colours and numbers follow the theme and the language
that the reader chooses.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from experiments.naming import item_name
from experiments.report.bilingual import Both, both, in_each_language
from experiments.standing import ONLY_INSIDE
from experiments.summary import ENDS, Summary, band

if TYPE_CHECKING:
    import numpy as np

    from experiments.standing import Presence
    from experiments.store import Results
    from sim.figures import Figure

__all__ = [
    "CHARTS",
    "MORE",
    "MOST_FIRMS",
    "Chart",
    "chart_data",
    "charts_for",
    "packed",
    "shown_items",
    "shown_weeks",
    "trailing_mean",
]

MOST_FIRMS = 12
"""Lines that a chart can hold and still be read; a larger market shows its largest firms."""
MOST_WEEKS = 160
"""Points of a line: more cannot be told apart on a screen."""
DATA_BUDGET = 165_000
"""Bytes for the data of the charts, and once more for those of the other figures: it keeps the report small."""
_BYTES_A_NUMBER = 8 / 3  # two bytes as base64
UNDEFINED = 65535
MORE = "more"
"""Section of the figures that have no chart of their own."""


@dataclass(frozen=True)
class Chart:
    """One chart: its name, its figures (the second one is dotted) and the section it belongs to."""

    name: str
    figures: tuple[str, ...]
    section: str
    pair: tuple[str, str] = ("real", "believed")
    """What tells the two figures apart: words of the page."""
    from_zero: bool = False
    smooth: bool = False
    """Draw means over the last weeks: what is counted anew each week would hide its course in noise."""
    by_sector: bool = False
    """One chart a sector: values of different sectors have no common scale."""
    sector: str = ""
    """Only this sector and its firms; all of them if empty."""


CHARTS = (
    Chart("share", ("share",), "share", from_zero=True, smooth=True, by_sector=True),
    Chart("price", ("price",), "money", by_sector=True),
    Chart("profit", ("profit",), "money", smooth=True),
    Chart("profits", ("total_profit",), "money"),
    Chart("cash", ("cash",), "money"),
    Chart("margin", ("margin",), "money"),
    Chart("quality", ("quality", "belief"), "beliefs"),
    Chart("rating", ("rating",), "beliefs"),
    Chart("sincerity", ("sincerity",), "beliefs"),
    Chart("gap", ("gap",), "beliefs", from_zero=True),
    Chart("community", ("community",), "talents", from_zero=True),
    Chart("contributors", ("contributors",), "talents", from_zero=True, smooth=True),
    Chart("external", ("external_share",), "talents", from_zero=True),
    Chart("given", ("given_back",), "talents", from_zero=True, smooth=True),
    Chart("salience", ("salience",), "militancy", from_zero=True),
    Chart("militants", ("militants",), "militancy", from_zero=True),
    Chart("boycott", ("boycott_size",), "militancy", from_zero=True),
    Chart("voice", ("net_voice",), "militancy", smooth=True),
    Chart("switching", ("switching_rate",), "zapping", smooth=True),
    Chart("repeat", ("repeat_rate",), "zapping", smooth=True),
    Chart("penetration", ("penetration",), "zapping", from_zero=True),
    Chart("userisation", ("userisation",), "zapping", from_zero=True),
    Chart("commons", ("commons_share",), "alternatives", from_zero=True, smooth=True),
    Chart("shared", ("sharing_share",), "alternatives", from_zero=True, smooth=True),
    Chart("craft", ("commons_quality", "sector_quality"), "alternatives", ("in_commons", "from_firms"), by_sector=True),
    Chart("swap", ("sharing_price", "mean_price"), "alternatives", ("shared", "sold"), by_sector=True),
    Chart("without", ("alternatives",), "alternatives", from_zero=True, smooth=True),
    Chart("prosumers", ("prosumers",), "alternatives", from_zero=True, smooth=True),
    Chart("hardship", ("hardship",), "cohorts", from_zero=True),
    Chart("aside", ("cohort_alternatives",), "cohorts", from_zero=True, smooth=True),
    Chart("makers", ("cohort_contributors",), "cohorts", from_zero=True, smooth=True),
)
"""Charts in reading order; one whose figure is nowhere defined or zero everywhere is left out."""


def shown_items(results: Results, summary: Summary, point: int = 1) -> dict[str, list[int]]:
    """Choose the items of each scope that are drawn, by position: all, or the largest of the firms that ever came."""
    import numpy as np

    chosen: dict[str, list[int]] = {}
    for figure in results.figures(point).values():
        if figure.scope not in chosen:
            is_firm = figure.scope == "firm"
            chosen[figure.scope] = [n for n, item in enumerate(figure.items) if not is_firm or summary.came(item)]
    firms = chosen.get("firm", [])
    if len(firms) > MOST_FIRMS and "share" in results.figures(point):
        shares = results.series("share", point)
        size = np.where(np.isfinite(shares), shares, 0.0).mean(axis=(0, 1))
        chosen["firm"] = sorted(sorted(firms, key=lambda place: -size[place])[:MOST_FIRMS])
    return chosen


def shown_weeks(weeks: int, lines: int, must: Sequence[int] = ()) -> list[int]:
    """Choose the weeks that are drawn (from 1): all, or every second, third, … as the data budget allows.

    The last week and those of events (`must`) are always among them.
    """
    points = max(26, min(MOST_WEEKS, int(DATA_BUDGET / (max(1, lines) * 3 * _BYTES_A_NUMBER))))
    chosen = set(range(1, weeks + 1, math.ceil(weeks / points))) | {weeks}
    if len(chosen) < weeks:
        chosen |= {week for week in must if 1 <= week <= weeks}
    return sorted(chosen)


def charts_for(results: Results, summary: Summary) -> list[Chart]:
    """Give the charts that have something to show, some of them once for each sector."""
    stored = results.figures()
    scenario = json.loads(results.points()[1]["scenario"])
    sectors = [sector["name"] for sector in scenario["sector"]]
    charts: list[Chart] = []
    for chart in CHARTS:
        if summary.is_blank(chart.figures[0]) or (chart.section == "cohorts" and not scenario.get("cohort")):
            continue
        if stored[chart.figures[0]].scope == "sector" and chart.by_sector:
            charts += _of_sectors(chart, summary, sectors)
        elif chart.by_sector and len(sectors) > 1:
            # The first keeps the plain name, by which pages and pictures find it.
            for number, sector in enumerate(sectors, start=1):
                name = chart.name if number == 1 else f"{chart.name}-{number}"
                charts.append(replace(chart, name=name, sector=sector))
        else:
            charts.append(chart)
    # What firms sell stands beside the alternatives of a few sectors only: it can be chosen for all of them.
    drawn = {key for chart in charts for key in chart.figures[: 1 if chart.section == "alternatives" else 2]}
    undrawn = [key for key in stored if key not in drawn and any(x.is_defined for x in summary.lines[key].values())]
    return charts + [Chart(f"{MORE}-{key}", (key,), MORE) for key in undrawn]


def _of_sectors(chart: Chart, summary: Summary, sectors: Sequence[str]) -> list[Chart]:
    """Give a chart once for each sector that has what it shows."""
    lines = [(sector, summary.line(chart.figures[0], sector)) for sector in sectors]
    there = [sector for sector, line in lines if line is not None and line.is_defined and not line.is_zero]
    if len(sectors) == 1:
        return [chart]
    return [
        replace(chart, name=chart.name if number == 1 else f"{chart.name}-{number}", sector=sector)
        for number, sector in enumerate(there, start=1)
    ]


def chart_data(
    chart: Chart, results: Results, summary: Summary, weeks: Sequence[int], items: dict[str, list[int]]
) -> dict[str, Any]:
    """Give a chart as plain data: texts in each language, and median, range and end of each line."""
    import numpy as np

    from sim.figures import FIGURES

    stored = results.figures()
    chosen = np.array(weeks) - 1
    where = summary.presence
    scenario = json.loads(results.points()[1]["scenario"])
    sector_of = {firm["name"]: firm["sector"] for firm in scenario["firm"]}
    lines = []
    for position, key in enumerate(key for key in chart.figures if key in stored):
        figure = stored[key]
        values = results.series(key)[:, : summary.weeks]
        if where is not None and figure.scope == "firm":
            values = _while_there(values, key, where)
        if chart.smooth:
            values = trailing_mean(values, ENDS)
        bands = band(values)
        for place in items[figure.scope]:
            name = figure.items[place]
            known = summary.line(key, name)
            if known is None or not known.is_defined:
                continue
            if chart.sector and chart.sector != (name if figure.scope == "sector" else sector_of.get(name)):
                continue
            # The range of a second figure would hide that of the first; one run has none.
            parts = bands if len(values) > 1 and position == 0 else bands[:1]
            line: dict[str, Any] = {
                "item": name,
                "place": place,
                "dotted": position > 0,
                "end": _short(known.end.middle),
                **packed(np.stack([part[chosen, place] for part in parts])),
            }
            shown = in_each_language(partial(item_name, figure.scope, name, alone=figure.count == 1))
            if set(shown.values()) != {name}:
                line["label"] = shown
            lines.append(line)
    first = FIGURES[next(key for key in chart.figures if key in stored)]
    return {
        "id": chart.name,
        "scope": first.scope,
        "unit": first.unit,
        "digits": first.digits,
        "title": _title(chart, first),
        "sub": both(f"report.chart.{chart.name.partition('-')[0]}.sub") if chart.section != MORE else {},
        "meaning": dict(first.meaning),
        "smooth": chart.smooth,
        "weeks": MORE if chart.section == MORE else "main",
        "fromZero": chart.from_zero,
        "pair": chart.pair,
        "lines": lines,
    }


def _while_there(values: np.ndarray, key: str, where: Presence) -> np.ndarray:
    """Leave out what cannot be said of firms outside the market: before anyone saw them enter, nothing at all."""
    import numpy as np

    known = where.inside if key in ONLY_INSIDE else where.entered.any(axis=0)
    return np.where(known, values, np.nan)


def trailing_mean(values: np.ndarray, weeks: int) -> np.ndarray:
    """Give for each week (the second axis) the mean of the weeks up to it, without undefined values."""
    import numpy as np

    known = np.isfinite(values)
    total = np.cumsum(np.where(known, values, 0.0), axis=1)
    number = np.cumsum(known, axis=1)
    total[:, weeks:] -= total[:, :-weeks].copy()
    number[:, weeks:] -= number[:, :-weeks].copy()
    return np.where(known, total / np.maximum(number, 1), np.nan)


def _title(chart: Chart, figure: Figure) -> Both:
    if chart.section == MORE:
        return dict(figure.name)
    title = both(f"report.chart.{chart.name.partition('-')[0]}.title")
    return both("report.of_sector", title=title, sector=chart.sector) if chart.sector else title


def packed(values: np.ndarray) -> dict[str, Any]:
    """Pack values of shape (1 or 3, weeks), median and perhaps low and high, into two bytes each.

    A value is ``least + step * number``; the number 65535 stands for one that is undefined. The error is at most
    one 130,000th of the line's height: nobody can see it, and the page is a third as large.
    """
    import numpy as np

    known = np.isfinite(values)
    least = float(values[known].min()) if known.any() else 0.0
    step = (float(values[known].max()) - least) / (UNDEFINED - 1) if known.any() else 0.0
    numbers = np.full(values.shape, UNDEFINED, dtype="<u2")
    numbers[known] = np.rint((values[known] - least) / step) if step > 0 else 0
    return {"least": least, "step": step, "rows": len(values), "data": base64.b64encode(numbers.tobytes()).decode()}


def _short(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.4g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
