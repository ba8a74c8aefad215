"""Where consumers stand in the picture of the peer network: those who listen to each other near each other.

Both kinds of network are built over a ring (`sim.network`): most peers of a consumer are its neighbours on the ring, a
few are anywhere. So the ring is first laid over the picture as a closed curve that fills the plane (Moore's variant of
Hilbert's), along which neighbours on the ring stay neighbours in the plane. Then every consumer moves some steps
towards its peers and away from whoever stands too near. No luck is involved: the same network always gives the same
picture.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray

__all__ = ["layout"]

Places = NDArray[np.float32]

_STEPS = 24
_KEPT = 16

_cache: OrderedDict[bytes, Places] = OrderedDict()
_lock = Lock()


def layout(peers: NDArray[np.int32]) -> Places:
    """Place consumers in the unit square, in a disc.

    Parameters
    ----------
    peers
        Whom each listens to, (consumers, peers).

    Returns
    -------
    ndarray
        float32 (consumers, 2), each from 0 to 1.
    """
    key = hashlib.sha256(peers.tobytes() + str(peers.shape).encode()).digest()
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    places = _laid_out(peers)
    places.setflags(write=False)
    with _lock:
        _cache[key] = places
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return places


def _laid_out(peers: NDArray[np.int32]) -> Places:
    size = len(peers)
    square = _along_curve(size)
    disc = _relaxed(_as_disc(square), peers) if size > 2 else _as_disc(square)
    return (0.5 + 0.5 * disc / max(1e-9, float(np.linalg.norm(disc, axis=1).max()))).astype(np.float32)


def _along_curve(size: int) -> NDArray[np.float64]:
    """Give so many places along Moore's curve, from −1 to 1."""
    order = max(1, int(np.ceil(np.log2(max(size, 4)) / 2)) + 1)
    cells = 4**order
    steps = (np.arange(size) + 0.5) * (cells / size)
    whole = np.floor(steps).astype(np.int64) % cells
    here, there = _moore(whole, order), _moore((whole + 1) % cells, order)
    places = here + (steps - np.floor(steps))[:, None] * (there - here)
    side = 2**order
    return (2.0 * places + 1.0) / side - 1.0


def _moore(steps: NDArray[np.int64], order: int) -> NDArray[np.float64]:
    """Give the cells of a closed curve through a square of 2^order cells a side, by their place along it.

    It is made of four Hilbert curves of half the side, each turned so that its end meets the start of the next.
    """
    half = 2 ** (order - 1)
    quarter, rest = np.divmod(steps, half * half)
    x, y = _hilbert(rest, half)
    # The left half is gone up, the right half down; each quarter is a Hilbert curve turned by a quarter.
    up_x, up_y = half - 1 - y, x
    down_x, down_y = y, half - 1 - x
    left = quarter < 2
    px = np.where(left, up_x, down_x + half)
    py = np.where(left, up_y, down_y) + np.where((quarter == 1) | (quarter == 2), half, 0)
    return np.stack([px, py], axis=1).astype(np.float64)


def _hilbert(steps: NDArray[np.int64], side: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the cells of Hilbert's curve through a square, from its lower left to its lower right corner."""
    x, y, rest = np.zeros_like(steps), np.zeros_like(steps), steps.copy()
    s = 1
    while s < side:
        right = 1 & (rest // 2)
        up = 1 & (rest ^ right)
        flip = (up == 0) & (right == 1)
        x, y = np.where(flip, s - 1 - x, x), np.where(flip, s - 1 - y, y)
        x, y = np.where(up == 0, y, x), np.where(up == 0, x, y)
        x, y = x + s * right, y + s * up
        rest //= 4
        s *= 2
    return x, y


def _as_disc(square: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring a square from −1 to 1 onto the unit disc, areas kept (Shirley and Chiu 1997)."""
    a, b = square[:, 0], square[:, 1]
    wide = np.abs(a) > np.abs(b)
    radius = np.where(wide, a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.where(wide, (np.pi / 4) * (b / a), (np.pi / 2) - (np.pi / 4) * (a / b))
    turn = np.nan_to_num(turn)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)


def _relaxed(places: NDArray[np.float64], peers: NDArray[np.int32]) -> NDArray[np.float64]:
    """Let consumers move towards their peers, and away from whoever stands nearer than a consumer has room."""
    from scipy.spatial import cKDTree

    size = len(places)
    room = 1.75 / np.sqrt(size)
    near = min(7, size)
    for step in range(_STEPS):
        pull = 0.22 * (1 - step / _STEPS)
        linked = places[peers]
        away = linked - places[:, None, :]
        # Who listens to somebody far off is not drawn across the whole picture: far peers pull no more than near ones.
        reach = np.linalg.norm(away, axis=2, keepdims=True)
        drawn = (away / np.maximum(1.0, reach / (4 * room))).mean(axis=1)
        places = places + pull * drawn
        distance, who = cKDTree(places).query(places, k=near)
        gap = places[:, None, :] - places[who[:, 1:]]
        push = np.maximum(0.0, room - distance[:, 1:]) / np.maximum(distance[:, 1:], 1e-6 * room)
        places = places + 0.45 * (gap * push[:, :, None]).mean(axis=1) * 2.0
    return places
