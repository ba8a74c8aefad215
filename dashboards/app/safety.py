"""What happens when something fails: a message with a way on, and the details in the server's log."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, ParamSpec

import reacton.core
import solara

from dashboards.app import session
from dashboards.app.failure import message_of
from dashboards.components.basic import Button, Notice
from dashboards.components.html import Tag
from dashboards.text import say
from experiments.commands.session import CommandError
from sim.problems import InputError

__all__ = ["Boundary", "safe"]

P = ParamSpec("P")

_log = logging.getLogger("userisation.dashboard")


def safe(handler: Callable[P, Any]) -> Callable[P, None]:
    """Let a handler of the page end in a message where it fails: what was there before stays.

    What it changes is drawn at once.
    """

    @functools.wraps(handler)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        with session.together():
            try:
                handler(*args, **kwargs)
            except Exception as error:
                if not isinstance(error, InputError | CommandError):
                    _log.exception("a handler failed")
                session.tell(message_of(error), "error")

    return guarded


@solara.component
def Boundary(children: list[Any] = []) -> reacton.core.Element:  # noqa: B006  # Solara hands children over this way
    """Draw children; where that fails, say so, and offer to try again."""
    error, clear = solara.use_exception()
    if error is None:
        return Tag("div", children=children)
    _log.error("a page failed", exc_info=error)
    with Tag("div", classes=["u-failed"]) as main:
        Notice(text=message_of(error), kind="error")
        Button(say("safety.again"), on_click=clear, kind="primary")
    return main
