"""The pages and their addresses: where Solara begins."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import solara

from dashboards.app import address
from dashboards.app.frame import PAGES, Frame

__all__ = ["Layout", "routes"]

_ROOMS = {
    "lab": "lab",
    "compare": "compare",
    "market": "market",
    "experiments": "batches",
    "claims": "evidence",
    "method": "method",
}
"""The room of each page: its module `page` has the component `Page`."""

Layout = Frame

address.mend()


def _page(key: str) -> Callable[[], Any]:
    @solara.component
    def Page() -> None:
        importlib.import_module(f"dashboards.{_ROOMS[key]}.page").Page()

    return Page


routes = [
    solara.Route(path.strip("/") or "/", component=_page(key), layout=Frame if path == "/" else None, label=key)
    for path, key in PAGES.items()
]
"""What Solara serves."""
