"""From a file of Vue to a component of Solara."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

__all__ = ["vue"]


def vue(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function stand for the component in a file beside its own, such as ``plot.vue``.

    Its arguments are the properties of the component; ``event_NAME`` is called by it. In properties, ``value`` and the
    like are Vue's data: a component must not be given ``events``, ``data``, ``methods``, ``template``, ``css`` or
    ``components``, names which Vue or ipyvue keep for themselves.
    """
    folder = Path(sys._getframe(1).f_globals["__file__"]).parent
    return solara.component_vue(str(folder / name), vuetify=False)
