"""Watch a simulated market as a research institute would: a panel of households, and counts of what people do.

The observer reads columns, suppliers and counts after each week and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.panel.data import Floats, Integers, Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.figures import Record
    from sim.market import Market

__all__ = ["HOUSEHOLDS", "SATISFACTION_BINS", "Observation", "Observer", "Participation", "PurchasePanel"]

HOUSEHOLDS = 2000
"""Households in the panel at most."""
SATISFACTION_BINS = 20
"""Bins of buyers' satisfaction from 0 to 1."""


@dataclass(frozen=True)
class PurchasePanel:
    """What a sample of households bought in one sector, week by week; those who bought nothing are known too.

    One row is one occasion: a household's purchase of one week, all of it from one supplier.

    Attributes
    ----------
    sector, brands : names; B brands, the sector's suppliers in their order.
    households, weeks : how many households were watched, and for how many weeks.
    household, week, brand, units : (n,) who bought in which week (from 1) which brand and how much of it; by household,
        then by week.
    price, feature, display : (weeks, B) what they met; the price is NaN where a brand could not be had.
    """

    sector: str
    brands: tuple[str, ...]
    households: int
    weeks: int
    household: Integers
    week: Integers
    brand: Integers
    units: Integers
    price: Floats
    feature: Floats
    display: Floats

    @cached_property
    def occasions(self) -> Integers:
        """(households,) purchase occasions of every household, those with none among them."""
        return np.bincount(self.household, minlength=self.households)

    def panel(self, households: int | None = None) -> Panel:
        """Give the purchases in the form of a real panel: of the buyers alone, or of the first so many of them."""
        buyers = np.unique(self.household)[:households]
        rows = np.isin(self.household, buyers)
        week = self.week[rows]
        return Panel(
            source=self.sector,
            brands=self.brands,
            households=tuple(str(buyer) for buyer in buyers),
            household=np.searchsorted(buyers, self.household[rows]),
            time=week,
            chosen=self.brand[rows],
            price=self.price[week - 1],
            feature=self.feature[week - 1],
            display=self.display[week - 1],
            time_unit="weeks",
        )


@dataclass(frozen=True)
class Participation:
    """Who took part in which community.

    Attributes
    ----------
    member : (suppliers, consumers) whether a consumer was ever a member of a supplier's community.
    contributions : (suppliers, consumers) contributions that a consumer made in it.
    """

    member: NDArray[np.bool_]
    contributions: Floats


@dataclass(frozen=True)
class Observation:
    """All that was seen of one run.

    Attributes
    ----------
    record : the market's key figures.
    scenario : what was run.
    consumers : how many were simulated.
    panels : the purchases of a sample of households, by sector.
    participation : who took part in communities.
    satisfaction : (SATISFACTION_BINS,) purchases of all consumers by the satisfaction with them, from 0 to 1.
    stars : (5,) reviews of all firms by their stars.
    suppliers : names of all suppliers.
    first_buyers : (weeks, suppliers) simulated consumers who bought from a supplier for the first time.
    traits : means of some traits of the consumers, by name.
    """

    record: Record
    scenario: Any
    consumers: int
    panels: dict[str, PurchasePanel]
    participation: Participation
    satisfaction: Integers
    stars: Integers
    suppliers: tuple[str, ...]
    first_buyers: Integers
    traits: dict[str, float]

    def series(self, figure: str, item: str = "") -> Floats:
        """Give a key figure of one item, or of the market, week by week: (weeks,)."""
        from sim.figures import FIGURES

        values = self.record[figure]
        scope = FIGURES[figure].scope
        return values if scope == "market" else values[:, self.record.items[scope].index(item)]


@dataclass
class _Bought:
    """Purchases noted so far in one sector, and what was on offer."""

    rows: list[Integers] = field(default_factory=list)
    offers: list[Floats] = field(default_factory=list)


class Observer:
    """Watches one market.

    Parameters
    ----------
    market
        A market before its first week.
    households
        How many households the panel has at most; 0 for no panel.
    burn_in
        Weeks that are let pass before anything is noted.
    """

    def __init__(self, market: Market, *, households: int = HOUSEHOLDS, burn_in: int = 0) -> None:
        self.market = market
        self.burn_in = burn_in
        size = market.population.size
        # Neighbours on the ring are alike: the sample is spread evenly over it.
        self._sample = np.unique(np.linspace(0, size - 1, min(households, size)).astype(np.int64))
        self._bought = {sector.name: _Bought() for sector in market.setup.sectors}
        self._member = np.zeros((len(market.suppliers), size), dtype=bool)
        self._contributions = np.zeros((len(market.suppliers), size))
        self._satisfaction = np.zeros(SATISFACTION_BINS, np.int64)
        self._stars = np.zeros(5, np.int64)
        self._first_buyers: list[list[int]] = []
        self._before = market.population.get("community").astype(np.int64)
        self._made = market.population.get("contributed").astype(float)

    def run(self) -> Observation:
        """Run the market to its horizon, looking every week, and give what was seen."""
        self.market.run(on_week=self.look)
        return self.observation()

    def look(self, market: Market) -> None:
        """Note the week that has just ended."""
        community = market.population.get("community").astype(np.int64)
        made = market.population.get("contributed").astype(float)
        if market.week > self.burn_in:
            self._note_purchases()
            self._note_participation(made)
            self._note_satisfaction()
            self._first_buyers.append([supplier.week.first_buyers for supplier in market.suppliers])
        self._before, self._made = community, made

    def observation(self) -> Observation:
        """Give what was seen so far."""
        population = self.market.population
        return Observation(
            record=self.market.record,
            scenario=self.market.setup,
            consumers=population.size,
            panels={name: self._panel(name) for name in self._bought},
            participation=Participation(self._member, self._contributions),
            satisfaction=self._satisfaction,
            stars=self._stars,
            suppliers=tuple(supplier.name for supplier in self.market.suppliers),
            first_buyers=np.array(self._first_buyers, np.int64).reshape(-1, len(self.market.suppliers)),
            traits={name: float(population.get(name).mean()) for name in ("inertia", "peer_trust", "brand_trust")},
        )

    def _note_purchases(self) -> None:
        from sim.observation import purchases

        week = self.market.week - self.burn_in
        for sector, bought in self._bought.items() if len(self._sample) else ():
            seen = purchases(self.market, sector)
            mine = np.isin(seen.consumer, self._sample)
            household = np.searchsorted(self._sample, seen.consumer[mine])
            weeks = np.full(len(household), week)
            bought.rows.append(np.stack([household, weeks, seen.supplier[mine], seen.units[mine]]))
            suppliers = [one for one in self.market.suppliers if one.sector == sector]
            offers = [
                (one.price if one.available > 0 and one.alive else np.nan, one.feature, one.display)
                for one in suppliers
            ]
            bought.offers.append(np.array(offers, dtype=float).T)

    def _note_participation(self, made: Floats) -> None:
        """A week's contributions went to the community in which one began the week."""
        members = np.flatnonzero(self._before >= 0)
        self._member[self._before[members], members] = True
        new = (made - self._made)[members]
        self._contributions[self._before[members], members] += new

    def _note_satisfaction(self) -> None:
        population = self.market.population
        mentioned = population.get("mentioned").astype(np.int64)
        spoken = np.flatnonzero(mentioned >= 0)
        bought = population.get("bought")[mentioned[spoken], spoken] == self.market.week
        satisfaction = population.get("satisfaction")[spoken[bought]]
        bins = np.minimum((satisfaction * SATISFACTION_BINS).astype(int), SATISFACTION_BINS - 1)
        self._satisfaction += np.bincount(bins, minlength=SATISFACTION_BINS)
        for firm in self.market.firms:
            self._stars += np.array(firm.week.stars, np.int64)

    def _panel(self, sector: str) -> PurchasePanel:
        bought = self._bought[sector]
        places = [one.place for one in self.market.suppliers if one.sector == sector]
        rows = np.concatenate(bought.rows, axis=1) if bought.rows else np.zeros((4, 0), np.int64)
        rows = rows[:, np.lexsort((rows[1], rows[0]))]
        offers = np.array(bought.offers) if bought.offers else np.zeros((0, 3, len(places)))
        return PurchasePanel(
            sector=sector,
            brands=tuple(self.market.suppliers[place].name for place in places),
            households=len(self._sample),
            weeks=len(bought.offers),
            household=rows[0],
            week=rows[1],
            brand=rows[2] - min(places),
            units=rows[3],
            price=offers[:, 0],
            feature=offers[:, 1],
            display=offers[:, 2],
        )
