"""The summary of a run on a terminal: a sentence, the firms, the market. Eighty columns are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments import headline
from experiments.commands.session import clean, results_console
from experiments.naming import both_or_one, item_name
from experiments.numbers import UNKNOWN, figure_text, interval
from experiments.standing import changes_text
from experiments.summary import Line, Spread, Summary, summarise, telling_lines
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from rich.table import Table

    from experiments.store import Results
    from sim.scenario import Scenario

__all__ = ["show_summary"]

STATES = ("cash", "quality", "rating", "sincerity", "community")
"""Figures of a firm that are shown at the end; profit is shown as a weekly mean."""

_HEADINGS = {
    "market": "summary.market",
    "sector": "summary.sectors",
    "cohort": "summary.cohorts",
    "cause": "summary.causes",
}


def show_summary(results: Results, model: Scenario) -> None:
    """Print the summary of a run."""
    from rich.text import Text

    console = results_console()
    summary = summarise(results)
    known = headline.facts(results)
    title = getattr(both_or_one(model.title, model.name), language())
    console.print(Text(clean(title), style="bold"))
    if known is not None:
        console.print(Text(clean(headline.sentence(known))))
        console.print(Text(headline.support(known), style="dim"))
        changes = changes_text(summary.standings)
        if changes:
            console.print(Text(clean(changes)))
    tables = [_shares(summary, model), _states(summary, model)]
    tables += [_others(summary, scope) for scope in ("market", "sector", "cohort", "cause")]
    for table in tables:
        if table.row_count:
            console.print()
            console.print(table)
    console.print(Text(say("summary.ends"), style="dim"))


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for position, column in enumerate(columns):
        table.add_column(column, justify="left" if position == 0 else "right", overflow="fold")
    return table


def _shares(summary: Summary, model: Scenario) -> Table:
    range_name = "summary.range_deciles" if summary.has_deciles else "summary.range_extremes"
    columns = ["summary.firm", "summary.share_start", "summary.mean", "summary.end"]
    if summary.replicates > 1:
        columns.append(range_name)
    table = _table(*(say(column) for column in columns))
    for firm in model.firms:
        line = summary.line("share", firm.name)
        if line is not None:
            parts = [_value(line, part) for part in (line.start, line.mean, line.end)]
            cells = [*parts, *_range(line, summary)]
            table.add_row(clean(firm.name), *(cells if summary.came(firm.name) else [UNKNOWN] * len(cells)))
    return table


def _states(summary: Summary, model: Scenario) -> Table:
    from sim.figures import FIGURES

    keys = [key for key in ("profit", *STATES) if key in summary.lines]
    names = [
        say("summary.weekly", name=FIGURES[key].name[language()]) if key == "profit" else FIGURES[key].name[language()]
        for key in keys
    ]
    table = _table(say("summary.firm"), *names)
    for firm in model.firms:
        cells = []
        for key in keys:
            line = summary.line(key, firm.name)
            if line is None or not summary.came(firm.name):
                cells.append("" if line is None else UNKNOWN)
            else:
                cells.append(_value(line, line.mean if key == "profit" else line.end))
        table.add_row(clean(firm.name), *cells)
    return table


def _others(summary: Summary, scope: str) -> Table:
    """Tell the figures of the market, or of each sector, cohort or cause, that say something."""
    from sim.figures import FIGURES

    told = telling_lines(summary, scope)
    if len({line.item for line in told}) > 1:
        return _side_by_side(summary, told, scope)
    columns = [_HEADINGS[scope], "summary.start", "summary.mean", "summary.end"]
    if summary.replicates > 1:
        columns.append("summary.range_deciles" if summary.has_deciles else "summary.range_extremes")
    table = _table(*(say(column) for column in columns))
    for line in told:
        item = item_name(scope, line.item, alone=len(summary.lines[line.key]) == 1)
        name = FIGURES[line.key].name[language()] + (f" ({clean(item)})" if item else "")
        parts = [_value(line, part) for part in (line.start, line.mean, line.end)]
        table.add_row(name, *parts, *_range(line, summary))
    return table


def _side_by_side(summary: Summary, told: list[Line], scope: str) -> Table:
    """Put sectors, cohorts or causes side by side: one row a figure, at the end."""
    from sim.figures import FIGURES

    items = list(dict.fromkeys(item for line in told for item in summary.lines[line.key]))
    table = _table(say(_HEADINGS[scope]), *(clean(item_name(scope, item)) for item in items))
    for key in dict.fromkeys(line.key for line in told):
        lines = [summary.lines[key][item] for item in items]
        table.add_row(FIGURES[key].name[language()], *(_value(line, line.end) for line in lines))
    return table


def _value(line: Line, part: Spread) -> str:
    from sim.figures import FIGURES

    figure = FIGURES[line.key]
    return figure_text(part.middle, figure.unit, figure.digits)


def _range(line: Line, summary: Summary) -> list[str]:
    from sim.figures import FIGURES

    if summary.replicates < 2:
        return []
    figure = FIGURES[line.key]
    return [interval(line.end.low, line.end.high, figure.unit, figure.digits)]
