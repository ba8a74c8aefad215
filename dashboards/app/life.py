"""What begins and ends with the server: processes that run markets, and what the first page will ask for."""

from __future__ import annotations

import importlib
import logging
import threading

__all__ = ["begin", "end", "warm_up"]

_log = logging.getLogger("userisation.dashboard")
_is_over = threading.Event()


def begin() -> None:
    """Start what takes a while, without waiting for it."""
    from experiments.pool import shared_pool

    _is_over.clear()
    shared_pool().start()
    # Whenever a value changes, Solara looks into pandas if anybody has begun to import it: no thread must be halfway.
    importlib.import_module("pandas")


def warm_up() -> None:
    """Import the pages, and make ready what their first visitor asks for."""
    for room in ("lab", "compare", "market", "batches", "evidence", "method"):
        if _is_over.is_set():
            return
        try:
            page = importlib.import_module(f"dashboards.{room}.page")
            getattr(page, "warm_up", lambda: None)()
        except Exception:  # a page says itself what is wrong with it
            _log.exception("%s could not be made ready", room)


def end() -> None:
    """End what is under way, and the processes."""
    from dashboards.futures import service
    from experiments.pool import shared_pool

    _is_over.set()
    service().close()
    shared_pool().close()
