"""Small things that several parts of the page draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import solara
from reacton.core import Element

from dashboards.batches.answers import NativeChart, NativeTable
from dashboards.charts.picture import Picture
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from dashboards.components.shown import Column, Plot, Table

__all__ = ["Chart", "Facts", "Problems", "ToldTable"]


def Facts(pairs: Sequence[tuple[str, str]]) -> Element:
    """Put names and values side by side."""
    children = [part for name, value in pairs for part in (Text(name, "dt"), Text(value, "dd"))]
    return Tag("dl", classes=["b-facts"], children=children)


def Problems(problems: Sequence[str]) -> Element:
    """List what is wrong."""
    return Tag(
        "ul", classes=["b-problems"], attributes={"role": "alert"}, children=[Text(one, "li") for one in problems]
    )


@solara.component
def Chart(chart: NativeChart, name: str, of: str) -> Element:
    """Draw a chart of an answer to the question `of`."""
    with Card(chart.title, chart.note, wide=chart.is_wide) as main:
        Plot(
            chart.figure,
            label=chart.alt,
            picture=Picture(chart.title, of, [chart.note]),
            height=chart.height,
            name=name,
        )
    return main


def ToldTable(table: NativeTable, page: int = 15) -> Any:
    """Draw a table of an answer."""
    columns = [
        Column(f"c{place}", name, "number" if is_number else "text")
        for place, (name, is_number) in enumerate(table.columns)
    ]
    rows = [{f"c{place}": cell for place, cell in enumerate(row)} for row in table.rows]
    return Table(columns, rows, caption=table.title, page=page, sortable=len(rows) > 2)
