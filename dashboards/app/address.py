"""The part of Solara that keeps a page's address, without its misprint."""

from __future__ import annotations

from pathlib import Path

import reacton.core
import solara
import solara.widgets
import traitlets

__all__ = ["mend"]


class _Navigator(solara.widgets.Navigator):
    """Solara's own, whose script says ``modules.export``: browsers warn of it on every page."""

    template_file = None  # type: ignore[assignment]  # the text below stands for it

    @traitlets.default("template")
    def _corrected(self) -> str:
        text = Path(solara.widgets.Navigator.template_file).read_text(encoding="utf-8")
        return text.replace("modules.export =", "module.exports =")


def mend() -> None:
    """Have Solara's router use the corrected one."""
    solara.Navigator = reacton.core.ComponentWidget(_Navigator)
