"""Charts, tables and figures in large letters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dashboards.charts.picture import Picture
from dashboards.components.vue import vue
from dashboards.text import say
from sim.text import language

__all__ = ["Column", "Kpi", "KpiCards", "Plot", "Table"]


@dataclass(frozen=True)
class Kpi:
    """One figure in large letters.

    Attributes
    ----------
    label, value, unit
        Texts.
    change
        Against the baseline, in words; empty if there is none to compare with.
    direction
        1 up, -1 down, 0 neither.
    good
        Whether the change is to the good; None where it is neither.
    spark, ghost
        Its course, and that of the baseline; either can be empty.
    note
        Such as the range of eight futures in ten.
    """

    label: str
    value: str
    unit: str = ""
    change: str = ""
    direction: int = 0
    good: bool | None = None
    spark: Sequence[float] = ()
    ghost: Sequence[float] = ()
    note: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: the key of its cells, its heading, and whether it holds numbers."""

    key: str
    text: str
    kind: Literal["text", "number"] = "text"


@vue("plot.vue")
def _Plot(
    figure: str, label: str, height: int, name: str, stale: bool, clickable: bool, language: str, png_title: str,
    picture: dict[str, Any], event_click: Callable[[dict[str, Any]], None],
) -> None: ...  # fmt: skip


@vue("kpis.vue")
def _Kpis(cards: list[dict[str, Any]], stale: bool) -> None: ...


@vue("table.vue")
def _Table(
    columns: list[dict[str, str]], rows: list[dict[str, Any]], caption: str, show_caption: bool, page: int,
    sortable: bool, clickable: bool, language: str, event_row: Callable[[int], None],
) -> None: ...  # fmt: skip


def _plain(thing: Any) -> Any:
    """Turn arrays and numbers of numpy into what JSON knows."""
    return thing.tolist()


def Plot(
    figure: Mapping[str, Any] | str, *, label: str, picture: Picture, height: int = 320, name: str = "chart",
    stale: bool = False, on_click: Callable[[dict[str, Any]], None] | None = None,
) -> Any:  # fmt: skip
    """Put a chart.

    Parameters
    ----------
    figure
        ``data`` and ``layout`` of Plotly, as plain data (or JSON); arrays of numpy are taken. A text such as
        ``--accent`` or ``--accent/0.2`` stands for a colour of the present theme, and its opacity.
    label
        What it shows, for whoever does not see it.
    picture
        What its picture says, and what the file is called.
    name
        In `window.__plots`, where tests read when it was drawn.
    stale
        Pale, because what it shows is being worked out anew.
    on_click
        Called with what was clicked: ``x``, ``y``, ``label``, ``curve``, ``index``, ``custom``.
    """
    text = figure if isinstance(figure, str) else json.dumps(figure, default=_plain, separators=(",", ":"))
    return _Plot(
        figure=text, label=label, height=height, name=name, stale=stale, clickable=on_click is not None,
        language=language(), png_title=say("component.png"),
        picture={
            "title": picture.title, "of": picture.of,
            "about": [one for one in (*picture.of.split("\n"), *picture.notes) if one],
        },
        event_click=lambda found: on_click(found) if on_click is not None else None,
    )  # fmt: skip


def KpiCards(cards: Sequence[Kpi], *, stale: bool = False) -> Any:
    """Put figures in large letters side by side."""
    made = [
        {**vars(card), "spark": [float(x) for x in card.spark], "ghost": [float(x) for x in card.ghost]}
        for card in cards
    ]
    return _Kpis(cards=made, stale=stale)


def Table(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], *, caption: str, show_caption: bool = False,
    on_row: Callable[[int], None] | None = None, page: int = 20, sortable: bool = True,
) -> Any:  # fmt: skip
    """Put a table.

    Parameters
    ----------
    columns, rows
        A row has a text for the key of each column; where ``KEY__sort`` stands beside it, rows are sorted by that;
        ``KEY__tone`` (``good``, ``bad``, ``muted``, ``strong``) colours the cell.
    on_row
        Called with the number of the row that was clicked.
    page
        Rows shown at once.
    """
    return _Table(
        columns=[asdict(column) for column in columns], rows=[dict(row) for row in rows], caption=caption,
        show_caption=show_caption, page=page, sortable=sortable, clickable=on_row is not None, language=language(),
        event_row=lambda at: on_row(int(at)) if on_row is not None and 0 <= int(at) < len(rows) else None,
    )  # fmt: skip
