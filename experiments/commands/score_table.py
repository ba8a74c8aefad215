"""The score on a terminal: for each panel its models and its statistics, then all panels together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.commands.session import clean, results_console
from experiments.numbers import UNKNOWN, count, decimal, percent
from experiments.text import CATALOGUE, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table
    from rich.text import Text

    from experiments.score.findings import PanelScore, Row, Scores

__all__ = ["model_name", "show_scores"]

_DIGITS = {"dirichlet_sum": 2, "last_brand": 2, "price_elasticity": 2, "jeopardy_slope": 2, "double_jeopardy": 2}
_OTHER_DIGITS = 3
_SHORT_LIKELIHOOD, _SHORT_RATE = 3, 1
_LEAST_WIDTH, _MODEL_WIDTH = 54, 13
"""Columns that the table of statistics takes: without models, and for each model with its folds."""
_WORD = 14
"""The longest word in the names of statistics must not be broken."""


def model_name(key: str) -> str:
    """Give a model's name for people; its key where the catalogue has none."""
    return say(f"score.model.{key}") if CATALOGUE.has(f"score.model.{key}") else clean(key)


def show_scores(found: Scores) -> None:
    """Print what was found."""
    from rich.text import Text

    console = results_console()
    for panel in found.panels:
        if not panel.scores:
            continue
        values = {"households": count(panel.households), "occasions": count(panel.occasions)}
        heading = say("score.panel", panel=clean(panel.source), brands=count(panel.brands), **values)
        console.print(Text(heading, style="bold"))
        console.print(_models([panel.row(key) for key in found.models], found.folds))
        console.print()
        with_folds = console.width >= _LEAST_WIDTH + _MODEL_WIDTH * len(found.models)
        console.print(_statistics(panel, found.models, with_folds=with_folds))
        console.print()
    if sum(bool(panel.scores) for panel in found.panels) > 1:
        console.print(Text(say("score.total", panels=count(len(found.panels))), style="bold"))
        rows = [found.total(key) for key in found.models]
        console.print(_models(rows, found.folds * len(found.panels)))
        console.print()
    console.print(Text(say("score.legend"), style="dim"))


def _table(columns: Sequence[str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for position, column in enumerate(columns):
        width = _WORD if position == 0 else None
        table.add_column(column, justify="right" if position else "left", overflow="fold", min_width=width)
    return table


def _models(rows: Sequence[Row], folds: int) -> Table:
    """One row a model: shares inside, log-likelihood of a choice, hit rate; how many folds, if not all."""
    columns = ["model", "inside", "whole", "log_likelihood", "hit_rate"]
    is_whole = all(row.folds == folds for row in rows)
    if not is_whole:
        columns.append("folds")
    table = _table([say(f"score.column.{name}") for name in columns])
    for row in rows:
        cells = [
            _share(row.share, row.inside, row.statistics),
            _share(row.whole_share, row.whole_inside, row.whole_statistics),
            decimal(row.log_likelihood, _SHORT_LIKELIHOOD),
            percent(row.hit_rate, _SHORT_RATE),
        ]
        if not is_whole:
            cells.append(say("score.of", part=count(row.folds), whole=count(folds)))
        table.add_row(model_name(row.model), *cells)
    return table


def _share(share: float, inside: int, statistics: int) -> str:
    if not statistics:
        return UNKNOWN
    return f"{percent(share, 0)} ({say('score.of', part=count(inside), whole=count(statistics))})"


def _statistics(panel: PanelScore, models: Sequence[str], *, with_folds: bool) -> Table:
    """One row a statistic: the data with their interval, and each model with the folds in which it is inside."""
    from experiments.facts.choice_statistics import CHOICE_STATISTICS

    shown = [key for key in models if panel.pairs(key)]
    columns = [say("score.column.statistic"), say("score.column.data"), *(say_short(key) for key in shown)]
    table = _table(columns)
    spans = {} if panel.whole is None else panel.whole.statistics
    for name in CHOICE_STATISTICS:
        digits = _DIGITS.get(name, _OTHER_DIGITS)
        span = spans.get(name)
        data = UNKNOWN
        if span is not None:
            data = f"{decimal(span.value, digits)} [{decimal(span.low, digits)}; {decimal(span.high, digits)}]"
        table.add_row(
            say(f"score.statistic.{name}"),
            data,
            *(_cell(panel, key, name, digits, with_folds=with_folds) for key in shown),
        )
    return table


def _cell(panel: PanelScore, model: str, name: str, digits: int, *, with_folds: bool) -> Text:
    """Give a model's value on the whole panel with a mark, and the folds in which it is inside."""
    from rich.text import Text

    text = Text()
    value = panel.together.get(model, {}).get(name, float("nan"))
    span = None if panel.whole is None else panel.whole.statistics.get(name)
    if span is not None and model in panel.together:
        is_inside = span.low <= value <= span.high
        style = "green" if is_inside else "red"
        text.append(
            f"{decimal(value, digits)} {say('score.mark.inside' if is_inside else 'score.mark.outside')}", style
        )
    within, folds = panel.within(model, name)
    if folds and (with_folds or not text):
        text.append(f" {within}/{folds}", "dim")
    return text or Text(UNKNOWN)


def say_short(key: str) -> str:
    """Give a model's short name, for the heading of a narrow column."""
    return say(f"score.short.{key}") if CATALOGUE.has(f"score.short.{key}") else clean(key)
