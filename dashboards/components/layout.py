"""Cards, rows, dialogs and prose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import solara
from reacton.core import Element

from dashboards.components.html import Tag, Text
from dashboards.components.vue import vue
from dashboards.text import say

__all__ = ["Card", "Details", "Dialog", "Grid", "Prose", "Row", "Stack"]


@vue("dialog.vue")
def _Dialog(
    title: str, is_open: bool, close_label: str, children: list[Any], event_close: Callable[[Any], None]
) -> None: ...


@solara.component
def Card(
    title: str = "",
    subtitle: str = "",
    *,
    wide: bool = False,
    classes: Sequence[str] = (),
    children: list[Any] = [],  # noqa: B006
) -> Element:
    """Put a card with a heading; what a ``with`` block makes is what it holds."""
    head = [Text(title, "h2")] if title else []
    if subtitle:
        head.append(Text(subtitle, "p", ["u-sub"]))
    names = ["u-card", *(["u-wide"] if wide else []), *classes]
    return Tag("section", classes=names, attributes={"aria-label": title} if title else {}, children=[*head, *children])


@solara.component
def Row(*, classes: Sequence[str] = (), children: list[Any] = []) -> Element:  # noqa: B006
    """Put things side by side; they wrap."""
    return Tag("div", classes=["u-line", *classes], children=children)


@solara.component
def Stack(*, classes: Sequence[str] = (), children: list[Any] = []) -> Element:  # noqa: B006
    """Put things one below the other, with some distance."""
    return Tag("div", classes=["u-stack", *classes], children=children)


@solara.component
def Grid(columns: int = 2, *, children: list[Any] = []) -> Element:  # noqa: B006
    """Put things into columns, which become one where the page is narrow."""
    return Tag("div", classes=["u-grid", f"u-grid-{columns}"], children=children)


@solara.component
def Details(summary: str, *, is_open: bool = False, children: list[Any] = []) -> Element:  # noqa: B006
    """Put something that unfolds."""
    attributes = {"open": True} if is_open else {}
    return Tag("details", classes=["u-details"], attributes=attributes, children=[Text(summary, "summary"), *children])


@solara.component
def Dialog(title: str, *, is_open: bool, on_close: Callable[[], None], children: list[Any] = []) -> Element:  # noqa: B006
    """Put a window over the page, with its focus kept inside; Esc closes it."""
    return _Dialog(
        title=title,
        is_open=is_open,
        close_label=say("component.close"),
        children=children if is_open else [],
        event_close=lambda *_: on_close(),
    )


def Prose(markdown: str) -> Element:
    """Put a text of our own: paragraphs apart by an empty line, lists by ``- `` and headings by ``## ``; no markup."""
    children: list[Element] = []
    for block in markdown.strip().split("\n\n"):
        lines = block.strip().splitlines()
        if lines and all(line.startswith("- ") for line in lines):
            children.append(Tag("ul", children=[Text(line[2:], "li") for line in lines]))
        elif block.startswith("## "):
            children.append(Text(block[3:].strip(), "h3"))
        elif lines:
            children.append(Text(" ".join(line.strip() for line in lines)))
    return Tag("div", classes=["u-prose"], children=children)
