"""The frame of every page: the bar at the top, the message above the page, and the page itself behind a boundary."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import solara
import solara.lab
from reacton.core import Element

from dashboards.app import session
from dashboards.app.safety import Boundary
from dashboards.components.basic import Notice
from dashboards.components.html import Tag
from dashboards.components.vue import vue
from dashboards.text import say
from sim.text import LANGUAGES

__all__ = ["Frame"]

PAGES = {
    "/": "lab",
    "/compare": "compare",
    "/market": "market",
    "/experiments": "experiments",
    "/claims": "claims",
    "/method": "method",
}
"""The pages in the bar: their addresses and their keys in the catalogue."""


_LONGEST, _MOST_FIELDS = 20_000, 200
"""Of an address: letters and fields that are read."""


@vue("frame.vue")
def _Bar(
    pages: list[dict[str, str]], active: str, title: str, base: str, language: str, languages: list[list[str]],
    cookie: str, texts: dict[str, str], event_language: Callable[[str], None], event_page: Callable[[str], None],
) -> None: ...  # fmt: skip


def _first_language(search: str | None) -> str:
    """Choose the language in which a page begins."""
    from urllib.parse import parse_qs

    headers: dict[str, list[str]] = getattr(solara.lab.headers, "value", None) or {}
    cookies: dict[str, str] = getattr(solara.lab.cookies, "value", None) or {}
    accepted = next((values for name, values in headers.items() if name.lower() == "accept-language"), [""])
    wanted = ""
    with suppress(ValueError):  # more fields than any link of ours has
        wanted = parse_qs((search or "")[:_LONGEST], max_num_fields=_MOST_FIELDS).get("lang", [""])[0]
    return session.preferred(accepted[0] if accepted else "", cookie=cookies.get(session.COOKIE, ""), wanted=wanted)


@solara.component
def Frame(children: list[Any] = []) -> Element:  # noqa: B006
    """Put the frame around a page."""
    router = solara.use_router()
    if not session.spoken_language.peek():
        session.spoken_language.value = _first_language(router.search)
    code = session.spoken_language.value
    path = "/" + (router.parts[0] if router.parts else "")
    name = PAGES.get(path, PAGES["/"])

    def turn_to(wanted: str) -> None:
        if wanted in PAGES:
            session.told.set(None)
            router.push(wanted)

    def speak(wanted: str) -> None:
        if wanted in LANGUAGES:
            session.told.set(None)
            session.spoken_language.set(wanted)

    told = session.told.value
    with Tag("div", classes=["u-root"]) as main:
        _Bar(
            pages=[{"path": path, "name": say(f"page.{key}")} for path, key in PAGES.items()],
            active=path,
            title=f"{say(f'page.{name}')} – userisation",
            base=router.root_path,
            language=code,
            languages=[[one, say(f"language.{one}")] for one in LANGUAGES],
            cookie=session.COOKIE,
            texts={key: say(f"frame.{key}") for key in ("skip", "pages", "language", "theme")},
            event_language=speak,
            event_page=turn_to,
        )
        # Always there: a page that moved down a place among its siblings would be made anew.
        with Tag("div", classes=["u-told"] if told is not None else []):
            if told is not None:
                Notice(text=told.text, kind=told.kind, on_close=lambda: session.told.set(None))
        with Tag("main", classes=["u-page"], attributes={"id": "main", "tabindex": "-1"}):
            # Drawn anew in another language: every text on it changes.
            Boundary(children=children).key(f"{code} {path}")
    return main
