"""What parts of the page share: jobs that are watched, work that is done apart, addresses."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode

import solara
import solara.lab

from dashboards.app import session
from dashboards.app.failure import message_of
from dashboards.batches import service
from dashboards.batches.jobs import Job
from sim.problems import InputError

__all__ = ["Later", "address", "asked_for", "go", "use_jobs", "use_later"]

T = TypeVar("T")

_log = logging.getLogger("userisation.dashboard")

_EVERY = 0.8
_LONGEST = 2_000


def use_jobs() -> tuple[Job, ...]:
    """Give all jobs, and draw anew when anything becomes of one."""
    jobs = service.jobs()
    shown, set_shown = solara.use_state(jobs.all())

    def watch() -> Callable[[], None]:
        gone = threading.Event()

        def look() -> None:
            while not gone.wait(_EVERY):
                try:
                    found = jobs.all()
                    if not gone.is_set():
                        set_shown(found)
                except Exception:  # the next look may do
                    _log.exception("jobs could not be looked at")

        threading.Thread(target=look, daemon=True, name="userisation-jobs").start()
        return gone.set

    solara.use_effect(watch, [])
    return shown


class Later:
    """Work that is done apart from drawing.

    Attributes
    ----------
    value
        What came of it last; None before.
    is_fresh
        Whether it is what was asked for, and not what came before.
    problems
        Why it failed, a line each.
    """

    def __init__(self, value: Any, *, is_fresh: bool, problems: tuple[str, ...]) -> None:
        self.value, self.is_fresh, self.problems = value, is_fresh, problems


def use_later(work: Callable[[], T], dependencies: list[Any]) -> Later:
    """Do work in a thread whenever what it depends on changes; what was there before stays meanwhile."""

    def guarded() -> tuple[T | None, tuple[str, ...]]:
        try:
            return work(), ()
        except InputError as error:
            return None, tuple(str(problem) for problem in error.problems[:40])
        except Exception as error:
            return None, tuple(message_of(error).splitlines())

    task = solara.lab.use_task(guarded, dependencies=dependencies, raise_error=False)
    kept: Any = solara.use_ref(None)
    found = task.value if task.finished else None
    if found is not None:
        value, problems = found
        if value is not None:
            kept.current = value
        return Later(value, is_fresh=True, problems=problems)
    return Later(kept.current, is_fresh=False, problems=())


def asked_for(search: str | None, key: str) -> str:
    """Read one word of the address; whatever cannot be read is nothing."""
    text = (search or "").lstrip("?")
    if len(text) > _LONGEST:
        return ""
    try:
        return parse_qs(text, max_num_fields=20).get(key, [""])[0][:120]
    except ValueError:
        return ""


def address(**words: str) -> str:
    """Give the address of this page with something asked for."""
    known = {key: value for key, value in words.items() if value}
    return "/experiments" + (f"?{urlencode(known)}" if known else "")


def go(router: Any, **words: str) -> None:
    """Turn to another part of the page; the browser's own way back leads here again."""
    session.told.set(None)
    router.push(address(**words))
