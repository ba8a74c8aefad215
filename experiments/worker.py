"""A process that runs replicates for another one: what a worker of `experiments.pool` does from its start to its end.

It reads what to do from standard input and answers on standard output, as pickles. It ends when its input does: however
the process that started it came to its end, no worker outlives it by more than a moment.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

__all__ = ["serve"]

_TELL_EVERY = 0.05  # seconds
_ROOM_FOR_PEOPLE = 64 << 20
"""Bytes of populations that a process keeps: those of fifty replicates of 5,000 consumers."""


def serve() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between two answers
    orders: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, orders, stop), daemon=True).start()
    try:
        _get_ready()
        _tell(answers, ("ready",))
        while True:
            _obey(orders.get(), answers, stop)
    except OSError:
        os._exit(0)  # nobody reads the answers


def _listen(source: BinaryIO, orders: queue.SimpleQueue[tuple[Any, ...]], stop: threading.Event) -> None:
    """Pass orders on, and heed at once the wish to stop the errand under way; one for an older errand is too late."""
    under_way = 0
    try:
        while True:
            kind, errand, *order = pickle.load(source)  # from the process that started this one
            if kind != "stop":
                under_way = errand
                stop.clear()
                orders.put((kind, *order))
            elif errand == under_way:
                stop.set()
    except Exception:  # the end of the input, in whatever shape
        os._exit(0)


def _get_ready() -> None:
    """Import what every market needs before the first one is asked for."""
    from experiments import startup

    startup.defer_pandas()
    import sim.market  # noqa: F401
    from sim.drawn import keep_drawn

    keep_drawn(_ROOM_FOR_PEOPLE)
    gc.collect()
    gc.freeze()  # modules stay: the collector need not look at them again


def _obey(order: tuple[Any, ...], answers: BinaryIO, stop: threading.Event) -> None:
    kind, first, second = order
    answer = _call(first, second, stop) if kind == "call" else _run(first, second, answers, stop)
    try:
        _tell(answers, answer)
    except OSError:
        raise
    except Exception as error:  # it cannot be pickled
        _tell(answers, _instead(answer, error))


def _run(number: int, job: bytes, answers: BinaryIO, stop: threading.Event) -> tuple[Any, ...]:
    """Run one replicate of what replicates have in common."""
    from experiments.replicate import run_one
    from sim.text import use_language

    language, scenario, figures, watch = _job(job)
    with use_language(language):
        run = run_one(scenario, number, 1, "compiled", figures, _teller(answers), stop, watch)
    if run.record is not None:
        run.record.scenario = None  # the other side has it
    return "run", run


def _call(function: Callable[..., Any], arguments: tuple[Any, ...], stop: threading.Event) -> tuple[Any, ...]:
    """Call a function; what it raises is its answer."""
    try:
        return "result", function(*arguments, stop=stop)
    except Exception as error:
        return "raised", error


def _instead(answer: tuple[Any, ...], error: Exception) -> tuple[Any, ...]:
    """Give what can be told in place of an answer that cannot."""
    from dataclasses import replace

    said = f"{type(error).__name__}: {error}"
    if answer[0] == "run":
        return "run", replace(answer[1], status="failed", record=None, seen=None, error=said)
    return "raised", RuntimeError(f"{type(answer[1]).__name__}: {answer[1]}" if answer[0] == "raised" else said)


_last_job: tuple[bytes, Any] = (b"", None)


def _job(text: bytes) -> Any:
    """Unpack what replicates have in common; once for all of them."""
    global _last_job
    if _last_job[0] != text:
        _last_job = (text, pickle.loads(text))
    return _last_job[1]


def _teller(answers: BinaryIO) -> Callable[[int], None]:
    """Give a function that tells how many weeks are done, not too often."""
    last = time.monotonic()

    def tell(weeks: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _TELL_EVERY:
            last = now
            _tell(answers, ("weeks", weeks))

    return tell


def _tell(answers: BinaryIO, answer: tuple[Any, ...]) -> None:
    answers.write(pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))
    answers.flush()
