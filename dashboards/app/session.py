"""What one page in a browser remembers: its language and what it has to say.

Every value here is a `solara.reactive`: there is one for each page that is open, and it goes when the page is closed.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import solara

from dashboards.markets import DEFAULT, Draft
from sim.text import LANGUAGES, ask_for_language

__all__ = ["COOKIE", "Told", "baseline", "draft", "preferred", "spoken_language", "tell", "together", "told"]

COOKIE = "userisation_language"
"""The cookie in which a browser remembers the language that was chosen."""


@dataclass(frozen=True)
class Told:
    """A message to the one at the screen.

    Attributes
    ----------
    text
        What is said.
    kind
        How it is meant.
    """

    text: str
    kind: Literal["info", "good", "warning", "error"] = "info"


spoken_language: solara.Reactive[str] = solara.reactive("")
"""Code of the language of this page; empty until the page is first drawn."""

told: solara.Reactive[Told | None] = solara.reactive(None)
"""The message that stands above the page."""

draft: solara.Reactive[Draft] = solara.reactive(Draft.of(DEFAULT))
"""The market that is worked on in the Lab."""

baseline: solara.Reactive[Draft] = solara.reactive(Draft.of(DEFAULT))
"""The market that it is compared with."""


def tell(text: str, kind: Literal["info", "good", "warning", "error"] = "info") -> None:
    """Say something above the page, in place of what was said before."""
    told.set(Told(text, kind))


def together() -> AbstractContextManager[Any]:
    """Let all that is changed in a ``with`` block be drawn at once.

    Every part of a page that follows a value would otherwise have the whole page looked through again.
    """
    import reacton.core
    from solara.server import kernel_context

    if kernel_context.has_current_context():
        drawing = kernel_context.get_current_context().app_object
        if isinstance(drawing, reacton.core._RenderContext):
            found: AbstractContextManager[Any] = drawing
            return found
    return nullcontext()


def preferred(accepted: str, cookie: str = "", wanted: str = "") -> str:
    """Choose a language: the one asked for in the address, the one chosen before, the first the browser accepts.

    Parameters
    ----------
    accepted
        The header Accept-Language, such as ``fr-CH, fr;q=0.9, en;q=0.8``.
    cookie, wanted
        Codes, or anything else, which is not heeded.
    """
    for code in (wanted, cookie):
        if code in LANGUAGES:
            return code
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        code, _, rest = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        ranked.append((-float(weight[1]) if weight else -1.0, place, code[:2].lower()))
    return next((code for _, _, code in sorted(ranked) if code in LANGUAGES), LANGUAGES[0])


def _of_this_page() -> str | None:
    """Give the language of the page that is being served by this thread, if one is."""
    from solara.server import kernel_context

    if not kernel_context.has_current_context():
        return None
    return spoken_language.peek() or None


ask_for_language(_of_this_page)
