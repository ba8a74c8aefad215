"""Plain elements of HTML as parts of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import ipyvue
import reacton.core
import reacton.ipyvuetify

__all__ = ["Tag", "Text"]


def Tag(
    tag: str,
    *,
    classes: Sequence[str] = (),
    style: str = "",
    attributes: Mapping[str, Any] | None = None,
    children: Sequence[Any] | None = None,
) -> reacton.core.Element:
    """Make an element: with a ``with`` block its children are what the block makes.

    Texts among the children are shown as they are written: no markup in them is read.
    """
    made = reacton.ipyvuetify.Html(
        tag=tag,
        class_=" ".join(classes),
        style_=style,
        attributes=dict(attributes or {}),
        children=list(children or ()),
    )
    made.component = _component(tag)
    return made


class _OfTag(reacton.core.ComponentWidget):
    """Elements of one tag: what is drawn where another tag stood is made anew, for the browser keeps a tag for good."""

    def __init__(self, tag: str) -> None:
        super().__init__(ipyvue.Html)
        self.tag = tag

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _OfTag) and other.tag == self.tag

    def __hash__(self) -> int:
        return hash(self.tag)


@cache
def _component(tag: str) -> _OfTag:
    return _OfTag(tag)


def Text(text: str, tag: str = "p", classes: Sequence[str] = ()) -> reacton.core.Element:
    """Make an element that holds a text, as it is written."""
    return Tag(tag, classes=classes, children=[text])
