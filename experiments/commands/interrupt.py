"""Ctrl-C as a wish to stop, not as a crash: the weeks under way are finished and what is done is kept."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from experiments.commands.session import note
from experiments.exits import Exit
from experiments.text import say

__all__ = ["stop_on_interrupt"]


@contextmanager
def stop_on_interrupt(stopping: str = "interrupt.stopping") -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C sets while the block lasts; the second ends the process at once.

    A request to terminate counts as Ctrl-C. Outside the main thread, where signals cannot be caught, nothing
    changes.

    Parameters
    ----------
    stopping
        Key of what is said at the first Ctrl-C.
    """
    stop = threading.Event()
    # Texts are read now: a signal handler may run while a catalogue is being read.
    asked, at_once = say(stopping), say("interrupt.at_once")

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            note(at_once)
            os._exit(Exit.INTERRUPTED)
        stop.set()
        note(asked)

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, old in before.items():
            signal.signal(number, old)
