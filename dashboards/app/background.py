"""Work that a page has done in the background: one thing at a time, with progress, and an end when the page is closed.

What is under way, and what came of it, is kept for the page in the browser and not for the part of it that is in sight:
whoever turns to another page and back finds it again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import solara

__all__ = ["Report", "Stage", "Work"]

_log = logging.getLogger("userisation.dashboard")

Report = Callable[[float | None, str], None]
"""Tells how far something has come, from 0 to 1, and in words."""

_TELL_EVERY = 0.15  # seconds


@dataclass(frozen=True)
class Stage:
    """How far it is.

    Attributes
    ----------
    kind
        ``idle`` before anything was begun, ``running``, ``done``, ``stopped`` or ``failed``.
    share
        From 0 to 1; None where nobody knows.
    text
        Of the progress, or of the failure.
    """

    kind: Literal["idle", "running", "done", "stopped", "failed"] = "idle"
    share: float | None = None
    text: str = ""


class Work:
    """Work of one kind for every page that is open: made once, in a module; what it holds belongs to a page."""

    def __init__(self) -> None:
        self.stage: solara.Reactive[Stage] = solara.reactive(Stage())
        self._stop: solara.Reactive[threading.Event | None] = solara.reactive(None)

    def begin(
        self,
        work: Callable[[Report, threading.Event], Any],
        on_done: Callable[[Any], None],
        *,
        stopped_by: type[Exception] | tuple[type[Exception], ...] = (),
        message: Callable[[Exception], str],
        text: str = "",
    ) -> None:
        """Begin; what was under way before is stopped, and nothing more comes of it.

        Parameters
        ----------
        work
            Called in a thread with a function that takes progress, and an event that is set to stop it.
        on_done
            Called with what it gives, in the same thread.
        stopped_by
            What it raises when it was stopped.
        message
            Puts any other error into words.
        text
            Shown until it tells of itself.
        """
        self.stop()
        stop = threading.Event()
        closed = _closed_event()
        self._stop.set(stop)
        self.stage.set(Stage("running", None, text))

        def is_mine() -> bool:
            return self._stop.peek() is stop and not closed.is_set()

        told = [0.0]

        def report(share: float | None, said: str) -> None:
            if closed.is_set():
                stop.set()
            elif is_mine() and not stop.is_set() and time.monotonic() - told[0] >= _TELL_EVERY:
                told[0] = time.monotonic()
                self.stage.set(Stage("running", share, said))

        def run() -> None:
            try:
                found = work(report, stop)
            except stopped_by:
                ended = Stage("stopped")
            except Exception as error:
                _log.info("work in the background failed", exc_info=error)
                ended = Stage("failed", None, message(error))
            else:
                if is_mine():
                    on_done(found)
                ended = Stage("done")
            if is_mine():
                self.stage.set(ended)

        threading.Thread(target=run, name="background", daemon=True).start()

    def stop(self) -> None:
        """Stop what is under way, if anything is."""
        stop = self._stop.peek()
        if stop is not None:
            stop.set()
            self._stop.set(None)
            if self.stage.peek().kind == "running":
                self.stage.set(Stage("stopped"))


def _closed_event() -> threading.Event:
    """Give the event that is set when this page is closed; outside of a page one that never is."""
    try:
        return solara.lifecycle.kernel_closed_event()
    except RuntimeError:
        return threading.Event()
