"""Everything that a report says, gathered from a results folder, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import headline
from experiments.folder import MANIFEST, RESULTS
from experiments.manifest import read_manifest
from experiments.naming import item_name, strategy_name
from experiments.numbers import UNKNOWN, count, decimal, figure_text
from experiments.report.bilingual import Both, both, both_alike, in_each_language
from experiments.report.charts import MORE, Chart, chart_data, charts_for, shown_items, shown_weeks
from experiments.report.events import Mark, marks
from experiments.report.sparkline import sparkline
from experiments.standing import changes_text, standing_text
from experiments.store import Results
from experiments.summary import Line, Summary, summarise, telling_lines
from experiments.text import say

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Card", "Content", "gather"]

FIRM_COLUMNS = ("share", "profit", "cash", "quality", "rating", "sincerity", "community")
"""Figures in the table of firms."""
MARKET_CARDS = ("switching_rate", "hhi", "userisation", "militants", "alternatives", "prosumers")
WITHOUT_FIRMS = ("alternatives", "prosumers")
"""Cards of a market in which people make or share something themselves."""


TABLE_SCOPES = ("market", "sector", "cohort", "cause")
"""Scopes in the table of the market, in its order."""


@dataclass(frozen=True)
class Card:
    """One key number."""

    title: Both
    value: Both
    details: list[Both]
    spark: Markup


@dataclass(frozen=True)
class Content:
    """What the page is filled with."""

    title: Both
    story: Both
    source: str
    headline: Both
    support: Both
    changes: Both
    warning: Both | None
    cards: list[Card]
    sections: list[tuple[str, list[dict[str, Any]]]]
    more: list[dict[str, Any]]
    weeks: dict[str, list[int]]
    marks: list[Mark]
    firms: list[dict[str, Any]]
    firm_columns: list[dict[str, Any]]
    market: list[dict[str, Any]]
    shown: list[str]
    hidden: int
    definitions: list[Any]
    manifest: dict[str, Any]
    scenario_text: str
    replicates: int
    has_deciles: bool


def gather(folder: Path) -> Content:
    """Read a results folder.

    Raises
    ------
    ResultsError
        There is no results file, or it cannot be read or has no run with results.
    """
    from sim.figures import FIGURES

    with Results.open(folder / RESULTS) as results:
        scenario = json.loads(results.points()[1]["scenario"])
        summary = summarise(results)
        stored = results.figures()
        manifest = read_manifest(folder / MANIFEST)
        happenings = marks(scenario)
        items = shown_items(results, summary)
        charts = charts_for(results, summary)
        weeks = _weeks(charts, results, summary, happenings, items)
        sections: dict[str, list[dict[str, Any]]] = {}
        for chart in charts:
            chosen = weeks[MORE if chart.section == MORE else "main"]
            sections.setdefault(chart.section, []).append(chart_data(chart, results, summary, chosen, items))
        more = sections.pop(MORE, [])
        known = headline.facts(results)
        return Content(
            title=_both_of(scenario.get("title"), scenario.get("name", "")),
            story=_both_of(scenario.get("story"), ""),
            source=str(scenario.get("source") or ""),
            headline=in_each_language(lambda: _marked_sentence(known)),
            support=in_each_language(lambda: headline.support(known) if known else ""),
            changes=in_each_language(lambda: changes_text(summary.standings)),
            warning=_warning(results),
            cards=_cards(results, summary, known),
            sections=list(sections.items()),
            more=more,
            weeks=weeks,
            marks=happenings,
            firms=_firm_rows(scenario, summary),
            firm_columns=[_column(key) for key in FIRM_COLUMNS if key in stored],
            market=_market_groups(summary),
            shown=[stored["share"].items[place] for place in items["firm"]] if "share" in stored else [],
            hidden=_hidden(summary, items),
            definitions=[FIGURES[key] for key in stored if key in FIGURES],
            manifest=manifest,
            scenario_text=_scenario_text(scenario),
            replicates=summary.replicates,
            has_deciles=summary.has_deciles,
        )


def _hidden(summary: Summary, items: dict[str, list[int]]) -> int:
    """Count the firms that are too small to be drawn; those that never came are not small but absent."""
    came = [name for name in summary.lines.get("share", {}) if summary.came(name)]
    return max(0, len(came) - len(items.get("firm", ())))


def _weeks(
    charts: list[Chart], results: Results, summary: Summary, happenings: list[Mark], items: dict[str, list[int]]
) -> dict[str, list[int]]:
    """Choose the weeks to draw: of the charts that stand on the page, and of those that share one place."""
    stored = results.figures()
    must = [mark.week for mark in happenings]
    lines = {"main": 0, MORE: 0}
    for chart in charts:
        group = MORE if chart.section == MORE else "main"
        lines[group] += sum(len(items[stored[key].scope]) for key in chart.figures if key in stored)
    return {group: shown_weeks(summary.weeks, number, must) for group, number in lines.items()}


def _both_of(texts: Any, default: str) -> Both:
    if isinstance(texts, Mapping):
        either = next((str(text) for text in texts.values() if text), default)
        return {"en": str(texts.get("en") or either), "fr": str(texts.get("fr") or either)}
    return {"en": str(texts or default), "fr": str(texts or default)}


def _marked_sentence(known: headline.Facts | None) -> str:
    """Give the headline with its names and numbers emphasised; the names are made safe for HTML here."""
    from markupsafe import Markup

    if known is None:
        return Markup(say("report.no_results"))
    return Markup(headline.sentence(known, mark=lambda text: Markup("<em>{}</em>").format(text)))


def _warning(results: Results) -> Both | None:
    runs = results.runs()
    failed = [run for run in runs if run.status == "failed"]
    stopped = [run for run in runs if run.status == "stopped"]
    if failed:
        return both("report.failed", failed=len(failed), total=len(runs), error=failed[0].error)
    if stopped:
        return both("report.stopped", weeks=max(run.weeks for run in stopped))
    return None


def _cards(results: Results, summary: Summary, known: headline.Facts | None) -> list[Card]:
    cards = []
    if known is not None:
        leader = known.leaders[0]
        best = summary.line("share", leader.firm)
        if best is not None:
            cards.append(_figure_card(both("report.card.leader", firm=leader.firm), best, results, summary))
        gain = in_each_language(lambda: _range(known.gain, "points", 1, summary))
        cards.append(
            Card(
                both("report.card.gainer", firm=known.gainer),
                in_each_language(lambda: headline.points(known.gain.middle)),
                [both("report.card.since_start"), gain],
                _spark(results, "share", known.gainer),
            )
        )
    for key in ("profit", "sincerity"):
        best = _best(summary, key)
        if best is not None:
            cards.append(_figure_card(both(f"report.card.{key}", firm=best.item), best, results, summary))
    for key in MARKET_CARDS:
        line = summary.line(key)
        if line is not None and not (key in WITHOUT_FIRMS and summary.is_blank("alternatives")):
            cards.append(_figure_card(_name(key), line, results, summary))
    return cards


def _best(summary: Summary, key: str) -> Line | None:
    """The firm with the highest value at the end, of those that are in the market then."""
    there = [
        line
        for line in summary.lines.get(key, {}).values()
        if line.item not in summary.standings or summary.standings[line.item].is_mostly_there
    ]
    lines = [line for line in there if line.end.middle == line.end.middle]
    return max(lines, key=lambda line: line.end.middle, default=None)


def _figure_card(title: Both, line: Line, results: Results, summary: Summary) -> Card:
    unit, digits = _form(line.key)
    start = in_each_language(lambda: figure_text(line.start.middle, unit, digits))
    return Card(
        title,
        in_each_language(lambda: figure_text(line.end.middle, unit, digits)),
        [
            both("report.card.from_start", start=start),
            in_each_language(lambda: _range(line.end, unit, digits, summary)),
        ],
        _spark(results, line.key, line.item),
    )


def _spark(results: Results, key: str, item: str) -> Markup:
    return sparkline(results.series(key)[:, :, results.figures()[key].items.index(item)])


def _firm_rows(scenario: Mapping[str, Any], summary: Summary) -> list[dict[str, Any]]:
    rows = []
    for firm in scenario.get("firm", ()):
        cells = []
        for key in FIRM_COLUMNS:
            line = summary.line(key, firm["name"])
            if line is not None:
                cells.append(_cell(line, summary))
        notes = in_each_language(partial(_notes, scenario, firm, summary))
        rows.append({"name": firm["name"], "notes": notes, "cells": cells})
    return rows


def _notes(scenario: Mapping[str, Any], firm: Mapping[str, Any], summary: Summary) -> str:
    """Say what a firm is and what became of it."""
    notes = [firm["sector"]] if len(scenario.get("sector", ())) > 1 else []
    notes.append(strategy_name(str(firm.get("strategy", ""))))
    if firm.get("parent"):
        notes.append(say("standing.line_of", firm=firm["parent"]))
    notes.append(standing_text(summary.standings.get(firm["name"])))
    return " · ".join(note for note in notes if note)


def _market_groups(summary: Summary) -> list[dict[str, Any]]:
    """Gather the rows of the market, and of each sector, cohort and cause, that say something."""
    groups: list[dict[str, Any]] = []
    for scope in TABLE_SCOPES:
        told = telling_lines(summary, scope)
        for item in dict.fromkeys(line.item for line in told):
            alone = all(line.item == item for line in told)
            name = in_each_language(partial(item_name, scope, item, alone=alone))
            title = both(f"report.group.{scope}", item=name) if item else both_alike("")
            groups.append({"title": title, "rows": [_row(line, summary) for line in told if line.item == item]})
    return groups


def _row(line: Line, summary: Summary) -> dict[str, Any]:
    unit, digits = _form(line.key)
    parts = (line.start, line.mean, line.end)
    return {
        "name": _name(line.key),
        "parts": [in_each_language(partial(figure_text, part.middle, unit, digits)) for part in parts],
        "range": in_each_language(partial(_bare_range, line.end, unit, digits, summary)),
    }


def _cell(line: Line, summary: Summary) -> dict[str, Both]:
    if not summary.came(line.item):
        return {"value": both_alike(UNKNOWN), "range": both_alike("")}
    unit, digits = _form(line.key)
    part = line.mean if line.key == "profit" else line.end
    return {
        "value": in_each_language(partial(figure_text, part.middle, unit, digits)),
        "range": in_each_language(partial(_bare_range, part, unit, digits, summary)),
    }


def _column(key: str) -> dict[str, Any]:
    return {
        "name": _name(key),
        "when": both("report.table.weekly_mean" if key == "profit" else "report.table.at_end"),
    }


def _range(values: Any, unit: str, digits: int, summary: Summary) -> str:
    return headline.range_words(values, unit, digits, summary.replicates)


def _bare_range(values: Any, unit: str, digits: int, summary: Summary) -> str:
    from experiments.numbers import interval

    return interval(values.low, values.high, unit, digits) if summary.replicates > 1 else ""


def _form(key: str) -> tuple[str, int]:
    from sim.figures import FIGURES

    return (FIGURES[key].unit, FIGURES[key].digits) if key in FIGURES else ("", 2)


def _name(key: str) -> Both:
    from sim.figures import FIGURES

    return dict(FIGURES[key].name) if key in FIGURES else {"en": key, "fr": key}


def _scenario_text(scenario: Mapping[str, Any]) -> str:
    from experiments.toml_text import toml_text

    return toml_text({key: value for key, value in scenario.items() if key != "name"})


def seconds_text(seconds: float) -> str:
    """Give a duration as people say it."""
    if seconds < 90:
        return say("report.seconds", seconds=decimal(seconds, 1))
    return say("report.minutes", minutes=count(seconds / 60))
