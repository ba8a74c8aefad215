"""Shoppers: those of a tile who want something of a sector this week, side by side.

In a week most consumers want nothing of a sector, and what they would have chosen is never read. So what the choice
depends on is squeezed together for those who do want something, and the rules of the choice run over them alone: over
rows like those of a tile, only shorter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiling import allocating, compiled
from sim.lanes import fill_up, list_lanes, squeeze, vectors
from sim.mechanisms.purchase import count_units, list_wants

__all__ = ["Shoppers", "find_shoppers", "list_buyers", "new_shoppers"]

_FIRST = np.uint64(0)
_NO_UNITS = np.int32(0)


class Shoppers(NamedTuple):
    """Rows of shoppers; `values` is (causes, lanes), and has room for more.

    A row is filled up to whole vectors with copies of the first shopper, who want no units: they change no count.
    """

    lane: NDArray[np.int32]
    units: NDArray[np.int32]
    choice: NDArray[np.int32]
    first: NDArray[np.float32]
    sum_of_rates: NDArray[np.float32]
    utility: NDArray[np.float32]
    spare: NDArray[np.float32]
    buys: NDArray[np.bool_]
    race: NDArray[np.uint32]
    trip: NDArray[np.uint32]
    rate: NDArray[np.float32]
    sensitivity: NDArray[np.float32]
    inertia: NDArray[np.float32]
    taste: NDArray[np.float32]
    quality: NDArray[np.float32]
    sincerity: NDArray[np.float32]
    attachment: NDArray[np.float32]
    energy: NDArray[np.float32]
    use_preference: NDArray[np.float32]
    skill: NDArray[np.float32]
    supplier: NDArray[np.int8]
    community: NDArray[np.int8]
    target: NDArray[np.int8]
    stance: NDArray[np.int8]
    values: NDArray[np.float32]


@allocating
def new_shoppers(lanes, causes):
    """Return room for as many shoppers as a tile has lanes."""
    whole, numbers, tags = (
        np.empty((3, lanes), np.int32),
        np.empty((14, lanes), np.float32),
        np.empty((4, lanes), np.int8),
    )
    words, flags, values = (
        np.empty((2, lanes), np.uint32),
        np.empty(lanes, np.bool_),
        np.empty((causes, lanes), np.float32),
    )
    return Shoppers(
        whole[0], whole[1], whole[2], numbers[0], numbers[1], numbers[2], numbers[3], flags, words[0], words[1],
        numbers[4], numbers[5], numbers[6], numbers[7], numbers[8], numbers[9], numbers[10], numbers[11], numbers[12],
        numbers[13], tags[0], tags[1], tags[2], tags[3], values,
    )  # fmt: skip


@compiled
def _cut(x, n):
    """Return the same rows, n long."""
    return Shoppers(
        x.lane[:n], x.units[:n], x.choice[:n], x.first[:n], x.sum_of_rates[:n], x.utility[:n], x.spare[:n], x.buys[:n],
        x.race[:n], x.trip[:n], x.rate[:n], x.sensitivity[:n], x.inertia[:n], x.taste[:n], x.quality[:n],
        x.sincerity[:n], x.attachment[:n], x.energy[:n], x.use_preference[:n], x.skill[:n], x.supplier[:n],
        x.community[:n], x.target[:n], x.stance[:n], x.values,
    )  # fmt: skip


@compiled
def find_shoppers(room, flags, words, sensitivity, sector, t):
    """Find who of a tile wants something of a sector, how much, and what their choice depends on in any case.

    Parameters
    ----------
    room
        Rows to write to (`new_shoppers`).
    flags
        Scratch row (bool).
    words
        The week's luck, uint32 (4, lanes).
    sensitivity
        To prices, a row of the tile.
    sector, t
        The sector's record, and the tile.

    Returns
    -------
    n : int
        How many there are.
    shoppers : Shoppers
        They, in the order of their lanes, and who fills up the rows.
    """
    rate = t.rate[sector.place]
    list_wants(flags, rate, words[1], sector.units)
    n = list_lanes(room.lane, flags)
    whole = vectors(n, flags.size)
    fill_up(room.lane, n, whole)
    x = _cut(room, whole)
    squeeze(x.rate, rate, x.lane)
    squeeze(x.trip, words[1], x.lane)
    count_units(x.units, x.first, x.utility, x.spare, x.rate, x.trip, sector.units, sector.most_units)
    for i in range(n, whole):
        x.units[i] = _NO_UNITS
    squeeze(x.race, words[0], x.lane)
    squeeze(x.supplier, t.supplier[sector.place], x.lane)
    squeeze(x.sensitivity, sensitivity, x.lane)
    squeeze(x.inertia, t.inertia, x.lane)
    return n, x


@compiled
def list_buyers(buyers, bought, choice, units, n, x):
    """List the lanes of those of n shoppers who buy, and write into rows of the tile that they do, where and how much.

    Returns
    -------
    int
        How many they are.
    """
    buying = _FIRST
    for i in range(n):
        lane, buys = np.uint32(x.lane[i]), x.buys[i]
        buyers[buying] = x.lane[i]
        buying = np.uint64(buying + np.uint64(buys))
        bought[lane] = bought[lane] or buys
        choice[lane], units[lane] = x.choice[i], x.units[i]
    return np.int64(buying)
