"""Populations drawn before, kept for a while: who runs the same futures again need not draw their people again.

A dashboard runs the same replicates again and again while the levers of a firm change, and people do not depend on
levers. Keeping is off until `keep_drawn` is called, as the processes of `experiments.pool` do.
"""

from __future__ import annotations

import copy
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.columns import Columns

__all__ = ["Drawn", "Inputs", "SupplierTraits", "Tables", "find_drawn", "keep_drawn", "note_drawn"]


class Tables(NamedTuple):
    """The mechanisms on whose parameters a population depends."""

    purchase: Any
    beliefs: Any
    sincerity: Any
    cohorts: Any
    sharing: Any
    business: Any


class SupplierTraits(NamedTuple):
    """What consumers' tastes for a supplier, and their first beliefs about it, depend on."""

    name: str
    taste_spread: float
    map_place: tuple[float, float]
    true_quality: float
    trusted: float | None


class Inputs(NamedTuple):
    """All that a population depends on: what draws it sees nothing else."""

    seed: int
    replicate: int
    lanes: int
    suppliers: tuple[SupplierTraits, ...]
    population: Any
    sectors: Any
    causes: Any
    cohorts: Any
    network: Any
    mechanisms: Tables


class Drawn(NamedTuple):
    """A population at the start of its run."""

    columns: Columns
    peers: NDArray[np.int32]

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.peers.nbytes + sum(block.nbytes for block in self.columns.blocks.values())

    def copy(self) -> Drawn:
        """Return a copy to live with."""
        return Drawn(copy.copy(self.columns), self.peers.copy())


_kept: list[tuple[Inputs, Drawn]] = []
"""The latest used last."""
_room = 0
_lock = Lock()


def keep_drawn(room: int) -> None:
    """Keep from now on the populations used last, as many as find room in so many bytes; 0: none."""
    global _room
    with _lock:
        _room = room
        _make_room(0)


def find_drawn(inputs: Inputs) -> Drawn | None:
    """Return a copy of the population that was drawn of the very same inputs, if it was kept."""
    with _lock:
        for place, (before, drawn) in enumerate(_kept):
            if before == inputs:
                _kept.append(_kept.pop(place))
                return drawn.copy()
    return None


def note_drawn(inputs: Inputs, drawn: Drawn) -> None:
    """Keep a copy of a population just drawn, in the place of those that have not been used for longest."""
    with _lock:
        if drawn.size <= _room:
            _make_room(drawn.size)
            _kept.append((inputs, drawn.copy()))


def _make_room(wanted: int) -> None:
    while _kept and sum(drawn.size for _, drawn in _kept) + wanted > _room:
        _kept.pop(0)
