"""Futures to play: lived in a warm process when first asked for, and kept while they are likely to be wanted again."""

from __future__ import annotations

import atexit
import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from dashboards.market.recording import Recording

if TYPE_CHECKING:
    from threading import Event

    from experiments.pool import Pool
    from sim.scenario import Scenario

__all__ = ["Played", "key_of", "own_pool", "payload_of", "play"]

_KEPT = 6
"""Futures kept for all sessions together; one of 5,000 consumers and two years is some 12 MB."""


@dataclass(frozen=True, eq=False)
class Played:
    """A future and all that a browser needs to play it.

    Attributes
    ----------
    key : str
        Names the future: the same for the same market under the same luck.
    recording : Recording
    parts : mapping
        As `dashboards.market.packing.pack` gives it.
    payload : str
        The same as JSON.
    """

    key: str
    recording: Recording
    parts: dict[str, Any]
    payload: str


_kept: OrderedDict[str, Played] = OrderedDict()
_lock = Lock()


@cache
def own_pool() -> Pool:
    """Give the process that lives futures for this page.

    It is not one of those that all share: they may be busy with hundreds of futures, and whoever wants to look at one
    should not stand in that queue.
    """
    from experiments.pool import Pool

    pool = Pool(1)
    atexit.register(pool.close)
    return pool


def key_of(scenario: Scenario, replicate: int) -> str:
    """Name a future of a market."""
    return f"{scenario.text_hash}:{replicate}"


def play(scenario: Scenario, replicate: int = 0) -> Played:
    """Live a future and pack it; one that was lived lately is at hand.

    Parameters
    ----------
    scenario
        What `dashboards.market.recording.fitted` gave.
    replicate
        Under which luck.
    """
    key = key_of(scenario, replicate)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    recording, parts = _lived(scenario, replicate)
    played = Played(key, recording, parts, json.dumps(parts, separators=(",", ":")))
    with _lock:
        _kept[key] = played
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return played


def payload_of(branch: Played, untouched: Played) -> str:
    """Give the payload of a branch, with a channel that marks whom its event changed."""
    from dashboards.market.branches import changed_consumers
    from dashboards.market.packing import packed

    marks = packed(changed_consumers(untouched.recording, branch.recording))
    channels = {**branch.parts["channels"], "changed": marks}
    return json.dumps({**branch.parts, "channels": channels}, separators=(",", ":"))


def _lived(scenario: Scenario, replicate: int) -> tuple[Recording, dict[str, Any]]:
    """Live a future in the process of this page; here, if it cannot work."""
    from experiments.pool import WorkerLostError

    pool = own_pool()
    pool.warm_up(scenario)
    try:
        found: tuple[Recording, dict[str, Any]] = pool.call(_live, scenario, replicate)
    except WorkerLostError as lost:
        if lost.was_ready:
            raise
        return _live(scenario, replicate)
    return found


def _live(scenario: Scenario, replicate: int, *, stop: Event | None = None) -> tuple[Recording, dict[str, Any]]:
    """Live a future and pack it."""
    from dashboards.market.layout import layout
    from dashboards.market.packing import pack
    from dashboards.market.recording import record

    recording = record(scenario, replicate, stop=stop)
    if recording is None:
        raise InterruptedError("the future was stopped")
    return recording, pack(recording, layout(recording.peers))
