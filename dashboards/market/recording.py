"""One future, recorded week by week: what the Market page shows of every consumer and every firm.

A market is run once, and after each week what is shown is copied out of its columns as whole numbers from 0 to 255, one
array (weeks + 1, consumers) a channel; week 0 is the start. So the browser gets a future whole, in one go, and plays it
without asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.market import Market
    from sim.scenario import Scenario

__all__ = [
    "AGAINST",
    "CONTRIBUTOR",
    "FOR",
    "MOST_CONSUMERS",
    "MOST_WEEKS",
    "NOBODY",
    "QUIET",
    "ROLES",
    "ZAPPER",
    "Bytes",
    "Recording",
    "Supplier",
    "fitted",
    "record",
]

Bytes = NDArray[np.uint8]

NOBODY = 255
"""Stands in a channel for no supplier, no community, no cause."""

QUIET, ZAPPER, CONTRIBUTOR, FOR, AGAINST = range(5)
ROLES = ("quiet", "zapper", "contributor", "for", "against")
"""Roles by their number. A consumer is shown in the last that it plays: a militant who contributes is a militant."""

MOST_CONSUMERS = 5000
MOST_WEEKS = 520
_MOST_CELLS = 800_000
"""Consumers times weeks: what a browser holds and a connection carries with ease."""
_FEWEST = 200
_MOST_BELIEFS = 8_000_000

_LOOK_BACK = 13
"""Weeks in which a change of supplier makes a zapper, and a contribution a contributor."""


@dataclass(frozen=True)
class Supplier:
    """What consumers can turn to.

    Attributes
    ----------
    name
        As the scenario has it.
    kind
        "firm", "commons" or "sharing".
    sector
        Number of its sector.
    firm
        Its number among the firms; −1 of what is no firm.
    """

    name: str
    kind: str
    sector: int
    firm: int = -1


@dataclass(frozen=True, eq=False)
class Recording:
    """One future of a market.

    Attributes
    ----------
    scenario : Scenario
        The market as it was run.
    replicate : int
        Under which luck.
    suppliers : tuple of Supplier
        In the market's order: channels name them by their place here.
    weeks, size : int
        Weeks lived, and simulated consumers.
    weight : float
        People (or business clients) whom one simulated consumer stands for.
    order_size : int
        Units of an order.
    channels : mapping of str to uint8 array, shape (weeks + 1, consumers)
        ``role`` (of `ROLES`); ``supplier.0`` the last supplier in the first sector and ``orders.0`` what was bought in
        the week there, and so on; ``community``, ``ambassador`` and ``target`` (suppliers), ``cause``; ``energy``,
        ``satisfaction`` in 1/255; ``made``, contributions of the week.
    peers : int32 array, shape (consumers, peers)
        Whom each listens to.
    belief_weeks : int array
        Weeks of which beliefs are kept.
    quality, sincerity : uint8 array, shape (belief weeks, suppliers, consumers)
        What each believes of each supplier, in 1/255.
    traits : mapping of str to float32 array, shape (consumers,)
        What each is from the start.
    values : float32 array, shape (causes, consumers)
        How much each cares for each cause.
    figures : mapping of str to float64 array
        Every key figure, as `sim.figures.Record` has it: the first axis is the week, from week 1.
    items : mapping of str to tuple of str
        What figures of each scope are of.
    levers : mapping of str to array, shape (weeks + 1, firms)
        Every lever of every firm: numbers, or words of a choice.
    """

    scenario: Scenario
    replicate: int
    suppliers: tuple[Supplier, ...]
    weeks: int
    size: int
    weight: float
    order_size: int
    channels: Mapping[str, Bytes]
    peers: NDArray[np.int32]
    belief_weeks: NDArray[np.int64]
    quality: Bytes
    sincerity: Bytes
    traits: Mapping[str, NDArray[np.float32]]
    values: NDArray[np.float32]
    figures: Mapping[str, NDArray[np.float64]] = field(repr=False)
    items: Mapping[str, tuple[str, ...]] = field(repr=False)
    levers: Mapping[str, NDArray[Any]] = field(repr=False)

    @property
    def firms(self) -> tuple[str, ...]:
        """Names of the firms, in the order of figures of firms."""
        return self.items["firm"]

    @property
    def sectors(self) -> tuple[str, ...]:
        """Names of the sectors."""
        return self.items["sector"]

    @property
    def causes(self) -> tuple[str, ...]:
        """Names of the causes."""
        return self.items["cause"]

    def in_sector(self, sector: int) -> list[int]:
        """Give the places of a sector's suppliers."""
        return [place for place, supplier in enumerate(self.suppliers) if supplier.sector == sector]


def fitted(scenario: Scenario) -> Scenario:
    """Give a scenario of at most so many consumers and weeks as can be drawn; the same one if it fits.

    Weeks are cut at `MOST_WEEKS`, consumers at `MOST_CONSUMERS`, or fewer where there are very many weeks. They stand
    for as many people as before.
    """
    from sim.scenario import changed, with_horizon

    short = with_horizon(scenario, min(scenario.horizon, MOST_WEEKS))
    most = min(MOST_CONSUMERS, max(_FEWEST, _MOST_CELLS // short.horizon))
    return short if short.population.size <= most else changed(short, {"population.size": most})


def record(
    scenario: Scenario, replicate: int = 0, *, stop: Event | None = None, on_week: Callable[[int], None] | None = None
) -> Recording | None:
    """Live one future and record it.

    Parameters
    ----------
    scenario
        What `fitted` gave.
    replicate
        Under which luck.
    stop
        Set to end early; then nothing is given back.
    on_week
        Called with the number of each week that has been lived.
    """
    from sim.market import Market

    market = Market(scenario, replicate=replicate)
    tape = _Tape(market)
    tape.take(0)
    for week in range(1, scenario.horizon + 1):
        if stop is not None and stop.is_set():
            return None
        market.step()
        tape.take(week)
        if on_week is not None:
            on_week(week)
    return tape.recording()


class _Tape:
    """What is copied out of a market, week after week."""

    def __init__(self, market: Market) -> None:
        from sim.levers import LEVERS

        self._market = market
        self._weeks, self._size = market.setup.horizon, market.population.size
        names = ["role", "community", "ambassador", "target", "cause", "energy", "satisfaction", "made"]
        for sector in range(len(market.setup.sectors)):
            names += [f"supplier.{sector}", f"orders.{sector}"]
        self._channels = {name: np.zeros((self._weeks + 1, self._size), np.uint8) for name in names}
        stride = -(-2 * (self._weeks + 1) * len(market.suppliers) * self._size // _MOST_BELIEFS)
        self._belief_weeks = np.arange(0, self._weeks + 1, max(1, stride))
        shape = (len(self._belief_weeks), len(market.suppliers), self._size)
        self._beliefs = {name: np.zeros(shape, np.uint8) for name in ("quality", "sincerity")}
        self._levers: dict[str, list[list[Any]]] = {name: [] for name in LEVERS}
        self._switched = np.full(self._size, -_LOOK_BACK - 1)
        self._contributed = self._switched.copy()
        self._made = np.zeros(self._size, np.float32)

    def take(self, week: int) -> None:
        """Copy what is shown of one week."""
        market, put = self._market, self._channels
        get = market.population.get
        for name in ("community", "ambassador", "target", "cause"):
            put[name][week] = _code(get(name))
        for name in ("energy", "satisfaction"):
            put[name][week] = _share(get(name))
        made = get("contributed")
        put["made"][week] = np.minimum(made - self._made, 255.0)
        self._contributed[made > self._made] = week
        self._made = made
        self._take_purchases(week)
        put["role"][week] = self._roles(week)
        kept = np.searchsorted(self._belief_weeks, week)
        if kept < len(self._belief_weeks) and self._belief_weeks[kept] == week:
            for name, beliefs in self._beliefs.items():
                beliefs[kept] = _share(get(name))
        for lever, rows in self._levers.items():
            rows.append([getattr(firm, lever) for firm in market.firms])

    def _take_purchases(self, week: int) -> None:
        from sim.observation import purchases

        market = self._market
        last = market.population.get("supplier")
        for s, sector in enumerate(market.setup.sectors):
            suppliers = self._channels[f"supplier.{s}"]
            suppliers[week] = _code(last[s])
            if week == 0:
                continue
            before = suppliers[week - 1]
            self._switched[(before != NOBODY) & (before != suppliers[week])] = week
            bought = purchases(market, sector.name)
            orders = np.minimum(bought.units // market.order_size, 255)
            self._channels[f"orders.{s}"][week, bought.consumer] = orders

    def _roles(self, week: int) -> Bytes:
        """Give each consumer the last role of `ROLES` that it plays."""
        get = self._market.population.get
        roles = np.full(self._size, QUIET, np.uint8)
        roles[week - self._switched < _LOOK_BACK] = ZAPPER
        roles[week - self._contributed < _LOOK_BACK] = CONTRIBUTOR
        is_militant, stance = get("role") == 1, get("stance")
        roles[is_militant & (stance > 0)] = FOR
        roles[is_militant & (stance < 0)] = AGAINST
        return roles

    def recording(self) -> Recording:
        """Give all that was taken."""
        from sim.figures import FIGURES

        market = self._market
        get, firms = market.population.get, {firm.place: i for i, firm in enumerate(market.firms)}
        sectors = {sector.name: i for i, sector in enumerate(market.setup.sectors)}
        commons = {entry.place for entry in market.commons.values()}
        suppliers = tuple(
            Supplier(
                one.name,
                "firm" if one.place in firms else "commons" if one.place in commons else "sharing",
                sectors[one.sector],
                firms.get(one.place, -1),
            )
            for one in market.suppliers
        )
        links = market.population.peers
        traits = ("price_sensitivity", "peer_trust", "skill", "propensity", "threshold")
        return Recording(
            scenario=market.setup,
            replicate=market.replicate,
            suppliers=suppliers,
            weeks=self._weeks,
            size=self._size,
            weight=market.weight,
            order_size=market.order_size,
            channels=self._channels,
            peers=np.moveaxis(links, 1, 2).reshape(-1, links.shape[1])[: self._size].copy(),
            belief_weeks=self._belief_weeks,
            quality=self._beliefs["quality"],
            sincerity=self._beliefs["sincerity"],
            traits={name: get(name) for name in traits},
            values=get("values"),
            figures={key: market.record[key] for key in FIGURES},
            items=dict(market.record.items),
            levers={name: np.array(rows) for name, rows in self._levers.items()},
        )


def _code(column: NDArray[Any]) -> Bytes:
    """Give suppliers or causes as they stand in a channel: −1 wraps round to `NOBODY`."""
    return column.astype(np.uint8)


def _share(column: NDArray[np.float32]) -> Bytes:
    """Give shares in 1/255."""
    return np.rint(np.clip(column, 0, 1) * 255).astype(np.uint8)
