"""What single consumers did in the week that has just ended, read from outside.

The week counts for firms and keeps no list of purchases. What is not in a column is worked out again from the same
addressed random numbers, so that looking costs the week nothing and leaves no trace in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.purchase import count_units
from sim.population import most_units
from sim.streams import draw_week, key_of

if TYPE_CHECKING:
    from sim.market import Market

__all__ = ["Purchases", "purchases", "units_wanted"]

_UNITS_WORD = 1
"""The word of a consumer's week from which the units of every sector are drawn (docs/model.md, 3)."""


@dataclass(frozen=True)
class Purchases:
    """The purchases of one week in one sector: at most one a consumer, all units of it from one supplier.

    Attributes
    ----------
    consumer : (n,) rows of the consumers who bought, ascending.
    supplier : (n,) place of the supplier among `Market.suppliers`.
    units : (n,) units bought.
    """

    consumer: NDArray[np.int64]
    supplier: NDArray[np.int64]
    units: NDArray[np.int64]


def purchases(market: Market, sector: str) -> Purchases:
    """Return who bought what from whom in the last week.

    Parameters
    ----------
    market
        A market between two weeks.
    sector
        Name of one of its sectors.

    Raises
    ------
    KeyError
        There is no such sector.
    """
    number = _number(market, sector)
    places = [supplier.place for supplier in market.suppliers if supplier.sector == sector]
    first, last = min(places), max(places) + 1
    bought = market.population.get("bought")[first:last] == market.week
    found, consumer = np.nonzero(bought & (market.week > 0))
    order = np.argsort(consumer, kind="stable")
    consumer, supplier = consumer[order], found[order] + first
    return Purchases(consumer, supplier, _units(market, number, consumer) * market.order_size)


def units_wanted(market: Market, sector: str) -> NDArray[np.int64]:
    """Return (consumers,) the units that each consumer wanted in the last week, bought or not; orders of businesses.

    Raises
    ------
    KeyError
        There is no such sector.
    """
    return _units(market, _number(market, sector), np.arange(market.population.size))


def _number(market: Market, sector: str) -> int:
    names = [one.name for one in market.setup.sectors]
    if sector not in names:
        raise KeyError(f"no sector {sector!r}; there are {', '.join(names)}")
    return names.index(sector)


def _units(market: Market, number: int, consumers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draw again the units that some consumers wanted, by the rule of the week."""
    size = market.population.size
    every: NDArray[Any] = market.population.get("rate")[number]
    words = np.empty((4, size), np.uint32)
    luck = market.luck
    draw_week(words, np.int64(0), np.uint32(market.week), luck.replicate, luck.k0, luck.k1)
    units, scratch = np.empty(size, np.int32), np.empty((3, size), np.float32)
    key = np.uint32(key_of(f"units in {market.setup.sectors[number].name}"))
    count_units(units, *scratch, every, words[_UNITS_WORD], key, np.int32(most_units(every)))
    return units[consumers].astype(np.int64)
