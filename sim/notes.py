"""What is noted of a market at the end of each week, from which every key figure is worked out later.

Working out a hundred figures each week in plain Python would cost as much as a small market's week. So a week's notes
are some hundred numbers, copied as they are, and a formula (`sim.figures`) runs once over the notes of many weeks: what
it reads are arrays whose rows are weeks.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.records import FIRM_COUNTS, MARKET_COUNTS

if TYPE_CHECKING:
    from sim.agents import Firm
    from sim.alternatives import Commons, SharingMarket
    from sim.salience import Salience
    from sim.suppliers import Supplier

__all__ = ["Market", "Noted", "NotedSector", "Notes", "Numbers"]

Numbers = NDArray[np.float64]

OF_FIRMS = (
    "alive",
    "available",
    "cash",
    "crisis",
    "defect_rate",
    "dividends",
    "entered_in",
    "external_share",
    "fees",
    "gaffes",
    "gap",
    "goods_cost",
    "human_contact",
    "ideas_launched",
    "ideas_submitted",
    "launched",
    "launched_for_customers",
    "leaks",
    "openness",
    "own_ideas",
    "price",
    "profit",
    "rating",
    "rating_weight",
    "reputation",
    "response_delay",
    "revenue",
    "share",
    "sharing",
    "shared",
    "total_profit",
    "true_quality",
    "units_lately",
)
"""Attributes of a firm that are noted; what was counted of its customers is noted in full."""

OF_COMMONS = ("share", "true_quality", "defect_rate", "tools")
OF_SHARING = ("share", "price", "stock")


class Market(Protocol):
    """What is read of a market."""

    setup: Any
    suppliers: list[Supplier]
    firms: list[Firm]
    firms_of: dict[str, list[Firm]]
    commons: dict[str, Commons]
    sharing: dict[str, SharingMarket]
    population: Any
    salience: Salience
    counted: tuple[NDArray[np.int64], NDArray[np.int64]]
    weight: float
    cohort_sizes: list[int]
    ended_episodes: int
    ended_weeks: int
    hardship: list[float]
    makers: NDArray[np.int64]
    made: NDArray[np.int64]


@dataclass(frozen=True)
class NotedSector:
    """One sector over some weeks, as formulas read it: the first axis of every array is the week.

    Attributes
    ----------
    firms
        As `Noted.firms`, the firms of this sector.
    suppliers
        Counts of all its suppliers.
    commons, sharing
        What was noted and counted of its commons and its sharing market, arrays (weeks,); None where it has none.
    """

    firms: Any
    suppliers: Any
    commons: Any
    sharing: Any


@dataclass(frozen=True)
class Noted:
    """Some weeks of a market, as formulas read them: the first axis of every array is the week.

    Attributes
    ----------
    firms
        Every attribute of `OF_FIRMS`, and every count as `firms.week.units`: arrays (weeks, firms).
    suppliers
        Counts of all suppliers, as `suppliers.week.units`.
    sectors : list of NotedSector
        Sector by sector.
    counts
        What was counted for the market (`sim.records.MarketCounts`).
    salience, hardship
        By cause, and by cohort.
    ended_episodes, ended_weeks
        So far.
    makers, made
        The histogram of contributions so far, (weeks, bins).
    size, weight, cohort_sizes
        Simulated consumers in all, people whom one stands for, and simulated consumers by cohort.
    """

    firms: Any
    suppliers: Any
    sectors: list[NotedSector]
    counts: Any
    salience: Numbers
    hardship: Numbers
    ended_episodes: Numbers
    ended_weeks: Numbers
    makers: NDArray[np.int64]
    made: NDArray[np.int64]
    size: int
    weight: float
    cohort_sizes: NDArray[np.int64]


class _Rows:
    """Attributes of some things of one kind, noted week by week as plain numbers.

    What a thing holds itself is read from its dictionary, in a third of the time of an attribute that is looked for.
    """

    def __init__(self, names: tuple[str, ...], things: Iterable[Any]) -> None:
        held = vars(next(iter(things), SimpleNamespace()))
        own = [name for name in names if name in held]
        worked_out = [name for name in names if name not in held]
        self._names = (*own, *worked_out)
        self._read_own: Callable[[Any], tuple[Any, ...]] = _all_of(itemgetter, own)
        self._read: Callable[[Any], tuple[Any, ...]] = _all_of(attrgetter, worked_out)
        self.clear()

    def clear(self) -> None:
        """Throw away what was noted."""
        self._values = array("d")

    def take(self, things: Iterable[Any]) -> None:
        """Note a week."""
        extend, read_own, read = self._values.extend, self._read_own, self._read
        for thing in things:
            extend(read_own(vars(thing)))
            extend(read(thing))

    def read(self, things: int) -> dict[str, Numbers]:
        """Return an array (weeks, things) for each attribute."""
        values = np.array(self._values).reshape(-1, things, len(self._names)) if things else np.empty((0, 0, 0))
        return {name: values[:, :, i] for i, name in enumerate(self._names)} if things else {}


class Notes:
    """The notes of some weeks of one market. They hold numbers and no entities, so that they can outlive it.

    Parameters
    ----------
    market
        The market: which entities it has.
    """

    def __init__(self, market: Market) -> None:
        names = [sector.name for sector in market.setup.sectors]
        self._suppliers = _stretches([supplier.sector for supplier in market.suppliers], names)
        self._firms = _stretches([firm.sector for firm in market.firms], names)
        self._firm_places = [firm.place for firm in market.firms]
        self._commons, self._sharing = _places(market.commons), _places(market.sharing)
        self._causes = len(market.setup.causes)
        self._size, self._weight = market.population.size, market.weight
        self._cohort_sizes = np.array(market.cohort_sizes, np.int64)
        self._of_firms = _Rows(OF_FIRMS, market.firms)
        self._of_commons = _Rows(OF_COMMONS, market.commons.values())
        self._of_sharing = _Rows(OF_SHARING, market.sharing.values())
        self.clear()

    def clear(self) -> None:
        """Throw all notes away."""
        self.weeks = 0
        for rows in (self._of_firms, self._of_commons, self._of_sharing):
            rows.clear()
        self._of_market = array("d")
        self._counted_of_suppliers, self._counted, self._made = bytearray(), bytearray(), bytearray()

    def take(self, market: Market) -> None:
        """Note the week that ends."""
        self._of_firms.take(market.firms)
        self._of_commons.take(market.commons.values())
        self._of_sharing.take(market.sharing.values())
        ended = (market.ended_episodes, market.ended_weeks)
        self._of_market.extend((*ended, *market.salience.levels, *market.hardship))
        of_suppliers, of_market = market.counted
        self._counted_of_suppliers += of_suppliers.tobytes()
        self._counted += of_market.tobytes()
        self._made += market.makers.tobytes() + market.made.tobytes()
        self.weeks += 1

    def read(self) -> Noted:
        """Return all that was noted since notes were last thrown away."""
        counts: Any = np.frombuffer(self._counted_of_suppliers, FIRM_COUNTS).reshape(self.weeks, -1).view(np.recarray)
        of_firms = self._of_firms.read(len(self._firm_places))
        of_commons, of_sharing = self._of_commons.read(len(self._commons)), self._of_sharing.read(len(self._sharing))
        of_market = np.array(self._of_market).reshape(self.weeks, -1)
        made = np.frombuffer(self._made, np.int64).reshape(self.weeks, 2, -1)
        market_counts: Any = np.frombuffer(self._counted, MARKET_COUNTS).view(np.recarray)
        sectors = [
            NotedSector(
                firms=_some(of_firms, self._firms[name], counts[:, self._firms_among_suppliers(name)]),
                suppliers=SimpleNamespace(week=counts[:, places]),
                commons=_one(of_commons, self._commons, name, counts),
                sharing=_one(of_sharing, self._sharing, name, counts),
            )
            for name, places in self._suppliers.items()
        ]
        return Noted(
            firms=_some(of_firms, slice(None), counts[:, self._firm_places]),
            suppliers=SimpleNamespace(week=counts),
            sectors=sectors,
            counts=market_counts,
            salience=of_market[:, 2 : 2 + self._causes],
            hardship=of_market[:, 2 + self._causes :],
            ended_episodes=of_market[:, 0],
            ended_weeks=of_market[:, 1],
            makers=made[:, 0],
            made=made[:, 1],
            size=self._size,
            weight=self._weight,
            cohort_sizes=self._cohort_sizes,
        )

    def _firms_among_suppliers(self, sector: str) -> list[int]:
        return self._firm_places[self._firms[sector]]


def _all_of(getter: Callable[..., Any], names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads all of some attributes or items, as a tuple however many there are."""
    if len(names) > 1:
        return getter(*names)
    one = [getter(name) for name in names]
    return lambda thing: tuple(read(thing) for read in one)


def _stretches(sector_of: Sequence[str], sectors: Sequence[str]) -> dict[str, slice]:
    """Return where things that stand sector by sector begin and end in each."""
    ends = {name: len(sector_of) - sector_of[::-1].index(name) for name in sectors}
    return {name: slice(sector_of.index(name), ends[name]) for name in sectors}


def _places(entries: Mapping[str, Supplier]) -> dict[str, tuple[int, int]]:
    """Return, for each sector that has an entry, its number among them and its row among the suppliers."""
    return {name: (i, entry.place) for i, (name, entry) in enumerate(entries.items())}


def _some(noted: dict[str, Numbers], which: slice, week: Any) -> SimpleNamespace:
    return SimpleNamespace(week=week, **{name: values[:, which] for name, values in noted.items()})


def _one(noted: dict[str, Numbers], places: dict[str, tuple[int, int]], sector: str, counts: Any) -> Any:
    if sector not in places:
        return None
    i, place = places[sector]
    return SimpleNamespace(week=counts[:, place], **{name: values[:, i] for name, values in noted.items()})
