"""Plain elements of HTML as parts of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
    return reacton.ipyvuetify.Html(
        tag=tag,
        class_=" ".join(classes),
        style_=style,
        attributes=dict(attributes or {}),
        children=list(children or ()),
    )


def Text(text: str, tag: str = "p", classes: Sequence[str] = ()) -> reacton.core.Element:
    """Make an element that holds a text, as it is written."""
    return Tag(tag, classes=classes, children=[text])
