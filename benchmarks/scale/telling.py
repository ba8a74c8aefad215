"""Tables and chart of what was measured at many sizes."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.chart import Line, chart
from benchmarks.scale.measuring import EARLY, FIGURES, measures_of
from experiments.claims.measures import Measure
from experiments.precision.advice import NORMAL, Advice, Need, cheapest
from experiments.precision.laws import CostLaw, ErrorLaw, fit_cost, fit_error, slope
from experiments.precision.questions import allowed_of
from experiments.precision.words import seconds_text
from sim.text import use_language

__all__ = ["COUNTRY", "exponent", "page", "picture"]

COUNTRY = 70_000_000
COLOURS = ("#0b5fa5", "#c8501e", "#2a8f5b", "#8a4fbf", "#a8850c", "#c23b78", "#4c6272")


@dataclass(frozen=True)
class Row:
    """One figure of one scenario: the item that needs the most.

    Attributes
    ----------
    scenario, measure
        What it is.
    error
        That is allowed, as `userisation precision` allows it.
    law
        Fitted to all sizes with five futures or more.
    place
        Where its numbers stand.
    """

    scenario: str
    measure: Measure
    error: float
    law: ErrorLaw
    place: int

    @property
    def name(self) -> str:
        weeks = f"weeks 1–{EARLY}" if self.measure.weeks else self.measure.over
        return f"{self.measure.key}{f', {self.measure.item}' if self.measure.item else ''}, {weeks}"

    def spread(self, consumers: float) -> float:
        """Give half the 95 % interval of one future, in allowed errors."""
        return NORMAL * math.sqrt(self.law.variance(consumers)) / self.error


def rows(found: dict[str, Any], *, early: bool) -> list[Row]:
    """Fit the laws; of each figure keep the item whose variance at ten thousand is largest for its allowed error."""
    from sim.scenario import load

    kept: list[Row] = []
    for name, sizes in found["scenarios"].items():
        measures = measures_of(load(name))
        tables = [np.array(one["numbers"], dtype=float) for one in sizes.values()]
        by_key: dict[str, Row] = {}
        for place, measure in enumerate(measures):
            if (measure.weeks is not None) != early or measure.key not in FIGURES[name]:
                continue
            law = fit_error([int(size) for size in sizes], [table[place] for table in tables])
            error = _error(measure, measures, tables[-1])
            if law is None or not error:
                continue
            row = Row(name, measure, error, law, place)
            best = by_key.get(measure.key)
            if best is None or row.spread(1e4) > best.spread(1e4):
                by_key[measure.key] = row
        kept += by_key.values()
    return kept


def exponent(timed: dict[str, list[float]]) -> float:
    """Give the exponent of seconds a week against consumers: the slope over the least of several readings."""
    return slope([int(size) for size in timed], [min(values) for values in timed.values()])


def page(found: dict[str, Any]) -> str:
    """Say everything as Markdown."""
    with use_language("en"):
        late, first = rows(found, early=False), [row for row in rows(found, early=True) if row.scenario == "baseline"]
        parts = [
            _errors(found, late),
            _biases(found, late),
            _giants(found, first),
            _costs(found),
            _country(found, late),
        ]
        return "\n\n".join([found["machine"], *parts])


def picture(found: dict[str, Any]) -> str:
    """Draw the error of one future against the number of consumers, in allowed errors."""
    chosen = {("baseline", "share"), ("baseline", "profit"), ("baseline", "quality"), ("baseline", "sincerity")}
    chosen |= {("sweatshop_scandal", "militants"), ("open_source_commons", "commons_share")}
    chosen |= {("open_source_commons", "top_contributors")}
    lines: list[Line] = []
    for row in rows(found, early=False):
        if (row.scenario, row.measure.key) in chosen:
            points = [
                (float(n), NORMAL * math.sqrt(v) / row.error)
                for n, v in zip(row.law.sizes, row.law.variances, strict=True)
                if v > 0
            ]
            lines.append(Line(row.measure.key, COLOURS[len(lines) % len(COLOURS)], points))
    subtitle = "Half the 95 % interval of one future, in allowed errors (1: one future is enough)"
    return chart("What consumers buy, and what they do not", subtitle, "Consumers", lines)


def _error(measure: Measure, measures: tuple[Measure, ...], table: np.ndarray) -> float | None:
    allowed = allowed_of(measure, None)
    if allowed.of is None:
        return allowed.amount
    of = Measure(allowed.of.key, allowed.of.item, allowed.of.over, measure.weeks)
    level = abs(float(np.nanmean(table[measures.index(of)])))
    return allowed.amount * level or None


def _cost(found: dict[str, Any], scenario: str) -> CostLaw:
    sizes = found["scenarios"][scenario]
    seconds = [one["seconds"] / one["replicates"] for one in sizes.values()]
    return fit_cost([int(size) for size in sizes], seconds, found["weeks"][scenario])


def _errors(found: dict[str, Any], late: list[Row]) -> str:
    sizes = late[0].law.sizes
    head = ["scenario: figure", "allowed ±", *(f"{n:,}" for n in sizes), "no end of consumers", "cheapest ensemble"]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in late:
        weeks = found["weeks"][row.scenario]
        advice = cheapest([Need(row.law, row.error)], _cost(found, row.scenario), weeks, sizes[0], 1e6)
        stays = NORMAL * math.sqrt(row.law.lasting.value) / row.error
        least, most = (NORMAL * math.sqrt(max(x, 0.0)) / row.error for x in row.law.lasting[1:])
        cells = [f"{row.scenario}: {row.name}{'' if row.law.fits else ' †'}", _amount(row.error)]
        cells += [f"{NORMAL * math.sqrt(v) / row.error:.2g}" for v in row.law.variances]
        cells.append(f"{stays:.2g} ({least:.2g}–{most:.2g})")
        cells.append("–" if advice is None else _ensemble(advice))
        lines.append(_line(cells))
    measured = found["scenarios"]["baseline"].items()
    futures = ", ".join(f"{one['replicates']} of {int(size):,}" for size, one in measured)
    note = (
        f"Half the 95 % interval of one future, in allowed errors, measured; futures: {futures}. “No end of consumers” "
        "is 1.96 √a from the fitted law, with its 95 % interval: what only more futures lessen. The ensemble is "
        "consumers × futures (95 % interval), and its time here. Of figures of firms, the firm that needs the most. "
        "† The variances do not agree with a + b/N."
    )
    return "\n".join(["### Errors", "", *lines, "", note])


def _biases(found: dict[str, Any], late: list[Row]) -> str:
    sizes = late[0].law.sizes
    head = ["scenario: figure", "level", f"bias at {sizes[0]:,}", f"bias at {sizes[1]:,}", "in allowed errors"]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in late:
        c = row.law.bias
        if not c.is_clear:
            continue
        low, high = sorted((c.low / sizes[0], c.high / sizes[0]))
        cells = [f"{row.scenario}: {row.name}", _amount(row.law.level.value)]
        cells.append(f"{_amount(c.value / sizes[0])} ({_amount(low)} … {_amount(high)})")
        cells += [_amount(c.value / sizes[1]), f"{abs(c.value) / sizes[0] / row.error:.2g}, then "]
        cells[-1] += f"{abs(c.value) / sizes[1] / row.error:.2g}"
        lines.append(_line(cells))
    note = "c/N with the 95 % interval at the smallest size; figures whose interval includes 0 are left out."
    return "\n".join(["### Bias", "", *lines, "", note])


def _giants(found: dict[str, Any], first: list[Row]) -> str:
    giant = found["giant"]
    table = np.array(giant["numbers"], dtype=float)
    sizes = first[0].law.sizes
    head = ["baseline: figure", "allowed ±", *(f"{n:,}" for n in sizes), f"{giant['size']:,}", "by the law"]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in first:
        values = table[row.place]
        cells = [row.name, _amount(row.error)]
        cells += [f"{NORMAL * math.sqrt(v) / row.error:.2g}" for v in row.law.variances]
        cells += [f"{NORMAL * values.std(ddof=1) / row.error:.2g}", f"{row.spread(giant['size']):.2g}"]
        lines.append(_line(cells))
    note = (
        f"Means over the first {giant['weeks']} weeks, in allowed errors. The {table.shape[1]} futures of "
        f"{giant['size']:,} consumers lived these weeks only and had no part in the law, which gives the last column."
    )
    return "\n".join(["### The first quarter, up to the largest market", "", *lines, "", note])


def _costs(found: dict[str, Any]) -> str:
    timed, giant = found["timed"], found["giant"]
    sizes = next(iter(timed.values()))
    head = ["seconds a week", *(f"{int(size):,}" for size in sizes), "exponent", "between neighbours"]
    lines = [_line(head), _line(["---"] * len(head))]
    for name, readings in timed.items():
        cells = [f"{min(values):.3g} ({1e9 * min(values) / int(size):.0f} ns)" for size, values in readings.items()]
        steps = [exponent(dict(pair)) for pair in itertools.pairwise(readings.items())]
        lines.append(_line([name, *cells, f"**{exponent(readings):.3f}**", ", ".join(f"{x:.2f}" for x in steps)]))
    turns = len(next(iter(sizes.values())))
    size, build = giant["size"], min(giant["build"])
    note = (
        f"The least of {turns} readings in turn; in brackets, a consumer-week. `million` is the market of the page on "
        "performance: 8 firms and everything at work. "
        f"`baseline` with {size:,} consumers takes {build:.2g} s to build ({1e6 * build / size:.2g} µs a consumer) "
        f"and {giant['bytes']:.0f} bytes a consumer ({_bytes(giant['bytes'] * size)}) at the peak of its process; "
        f"`million` {found['heavy_bytes']:.0f} bytes ({_bytes(found['heavy_bytes'] * size)})."
    )
    return "\n".join(["### Cost", "", *lines, "", note])


def _country(found: dict[str, Any], late: list[Row]) -> str:
    giant, weeks = found["giant"], found["weeks"]["baseline"]
    timed = found["timed"][[name for name in found["timed"] if name.startswith("baseline")][-1]]
    top = max(timed, key=int)
    times, build, week, memory = COUNTRY / giant["size"], min(giant["build"]), min(timed[top]), giant["bytes"]
    builds, longer = build * times, week * COUNTRY / int(top)
    one, other = build + weeks * week, builds + weeks * longer
    mine = [row for row in late if row.scenario == "baseline"]
    futures = max(5, *(math.ceil((NORMAL / row.error) ** 2 * row.law.variance(COUNTRY)) for row in mine))
    enough = cheapest([Need(r.law, r.error) for r in mine], _cost(found, "baseline"), weeks, mine[0].law.sizes[0], 1e6)
    known = "measured; in proportion"
    table = [
        ["memory", _bytes(memory * giant["size"]), _bytes(memory * COUNTRY), known],
        [
            "memory, 8 firms",
            _bytes(found["heavy_bytes"] * giant["size"]),
            _bytes(found["heavy_bytes"] * COUNTRY),
            known,
        ],
        ["building", seconds_text(build), seconds_text(builds), known],
        ["a week", f"{week:.2g} s", f"{longer:.2g} s", known],
        [f"one future of {weeks} weeks", seconds_text(one), seconds_text(other), "computed from these"],
        [f"{futures} futures, one after the other", "", seconds_text(futures * other), "computed"],
        [f"{futures} futures on {futures} such machines", "", seconds_text(other), "computed: they share nothing"],
    ]
    head = ["`baseline`", f"{giant['size']:,}", f"{COUNTRY:,}", "first number; second number"]
    note = (
        f"Nothing of the second column was run; of the first, memory, building and a week. {futures} futures are what "
        f"the hardest figure of `baseline` in the table of errors asks for with {COUNTRY:,} consumers."
    )
    if enough is not None:
        note += f" All of its figures are known as well from this: {_ensemble(enough)}."
    return "\n".join(["### A country", "", _line(head), _line(["---"] * 4), *map(_line, table), "", note])


def _ensemble(advice: Advice) -> str:
    futures = f"{advice.replicates} ({advice.fewest}–{advice.most})"
    return f"{advice.consumers:,} × {futures}, {seconds_text(advice.seconds)}"


def _bytes(value: float) -> str:
    return f"{value / 1e9:.3g} GB"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2g}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
