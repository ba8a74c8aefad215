"""An answer as its reader sees it: a question, a sentence, tables, charts, doubts and assumptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["PALETTE", "Chart", "Column", "Table", "Told"]

PALETTE: Mapping[str, str] = {
    "c0": "#1f5fe0", "c1": "#c2410c", "c2": "#00806a", "c3": "#b0268f", "c4": "#16202e", "c5": "#0476ae",
    "c6": "#8a6a00", "c7": "#7a1f1f", "ink": "#16202e", "muted": "#566274", "line": "#e1e6ee", "accent": "#1f5fe0",
    "surface": "#ffffff", "event": "#b7791f",
}  # fmt: skip
"""Colours by the names that charts use; pages have them in a light and a dark form."""

_TOKEN = re.compile(r"@(\w+)(?:/([\d.]+))?")


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers, which stand to the right."""

    name: str
    align: Literal["left", "right"] = "right"


@dataclass(frozen=True)
class Table:
    """A table of ready texts.

    Attributes
    ----------
    title
        What it shows.
    columns
        As many as each row has cells.
    rows
        The cells.
    note
        How to read it; may be empty.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart for a page.

    Attributes
    ----------
    title, note
        What it shows, and how to read it.
    data, layout
        Traces and layout of a plotly figure: plain data without numbers that are not finite. A colour is one of
        plotly's or, so that it follows the page's theme, the name of one in `PALETTE` as ``@c0``, or ``@c0/0.2`` with
        its opacity. The page adds fonts, margins and grid. Texts are plain: the page keeps plotly from taking them as
        HTML; a new line breaks a line.
    alt
        What it shows in a sentence, for those who cannot see it.
    height
        Pixels.
    is_wide
        Whether it wants the whole width of the page.
    """

    title: str
    data: tuple[Mapping[str, Any], ...]
    layout: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    alt: str = ""
    height: int = 340
    is_wide: bool = False

    def figure(self) -> dict[str, Any]:
        """Give it as a plotly figure by itself, in light colours: ``plotly.graph_objects.Figure(chart.figure())``."""
        layout = {"title": {"text": self.title}, "height": self.height, "template": "plotly_white", **self.layout}
        return {"data": [_coloured(trace) for trace in self.data], "layout": _coloured(layout)}


@dataclass(frozen=True)
class Told:
    """An answer in the language of the context.

    Attributes
    ----------
    question
        What was asked.
    answer
        One sentence, with the number and its uncertainty.
    tables, charts
        What it rests on.
    doubts
        What not to trust, one sentence each.
    assumptions
        What the answer takes for granted, one sentence each.
    """

    question: str
    answer: str
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    doubts: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


def _coloured(value: Any) -> Any:
    if isinstance(value, str) and (found := _TOKEN.fullmatch(value)) and found[1] in PALETTE:
        colour = PALETTE[found[1]]
        if found[2] is None:
            return colour
        channels = ",".join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
        return f"rgba({channels},{found[2]})"
    if isinstance(value, Mapping):
        return {key: _coloured(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_coloured(inner) for inner in value]
    return value
