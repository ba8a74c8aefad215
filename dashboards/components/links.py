"""Ways to other pages, and the address of this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import solara

from dashboards.components.vue import vue

__all__ = ["Address", "Link"]


@vue("link.vue")
def _Link(label: str, href: str, kind: str, event_turn: Callable[[Any], None]) -> None: ...


@vue("address.vue")
def _Address(query: str) -> None: ...


@solara.component
def Link(
    label: str,
    href: str,
    *,
    kind: Literal["plain", "primary", "quiet"] = "plain",
    on_go: Callable[[], None] | None = None,
) -> Any:
    """Put a way to another page of the dashboard, such as ``/compare?a=library:baseline``.

    It is an anchor, so that it can be opened in another tab; a plain click turns the page without loading it anew,
    after `on_go` was called.
    """
    router = solara.use_router()

    def go(*_: Any) -> None:
        if on_go is not None:
            on_go()
        router.push(href)

    return _Link(label=label, href=router.root_path + href, kind=kind, event_turn=go)


def Address(query: str) -> Any:
    """Let the address of the page in the browser end in a query, so that it can be sent to somebody."""
    return _Address(query=query)
