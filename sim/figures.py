"""Key figures: what is recorded each week, with name, unit, meaning in both languages, and formula, in one registry.

The command line, the files and the dashboard all read `FIGURES`. Consumers are counted in people whom the simulated
ones stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from sim.entities import REST
from sim.quantities import UNITS
from sim.text import CATALOGUE, LANGUAGES

if TYPE_CHECKING:
    from sim.agents import Firm
    from sim.alternatives import Commons, SharingMarket
    from sim.records import MarketCounts
    from sim.salience import Salience
    from sim.suppliers import Supplier

__all__ = ["FIGURES", "SCOPES", "Figure", "Record", "gini", "top_share"]

NAN = float("nan")
_FIXED = 1023.0


Scope = Literal["firm", "sector", "cause", "cohort", "market"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What figures are of, in the order of reports."""


class Setup(Protocol):
    """What figures read of a scenario: the names of its things."""

    sectors: list[Any]
    causes: list[Any]
    cohorts: list[Any]


class Sized(Protocol):
    """What figures read of a population."""

    size: int


class Market(Protocol):
    """What figures read of a market."""

    setup: Setup
    suppliers: list[Supplier]
    firms: list[Firm]
    firms_of: dict[str, list[Firm]]
    commons: dict[str, Commons]
    sharing: dict[str, SharingMarket]
    population: Sized
    salience: Salience
    counts: MarketCounts
    heads: float
    weight: float
    cohort_sizes: list[int]
    ended_episodes: int
    ended_weeks: int
    hardship: list[float]
    makers: NDArray[np.int64]
    made: NDArray[np.int64]


@dataclass(frozen=True)
class Figure:
    """One key figure.

    Attributes
    ----------
    key
        Its name in files and code.
    scope
        One value a week for each "firm", "sector", "cause" or "cohort", or for the whole "market".
    unit
        A key of `sim.quantities.UNITS`.
    name, meaning
        What it is called and what it means, by language.
    formula
        Computes it from (firm, market), (name of the sector, market), (number of the cause or cohort, market) or
        (market,).
    digits
        Decimals to show.
    """

    key: str
    scope: Scope
    unit: str
    name: dict[str, str]
    meaning: dict[str, str]
    formula: Callable[..., float]
    digits: int = 2


_TEXTS = ("name", "meaning")
_REGISTRY: dict[str, Figure] = {}
FIGURES: Mapping[str, Figure] = MappingProxyType(_REGISTRY)
"""Every key figure by its key, in the order of reports."""


def _declare(scope: Scope, key: str, unit: str, digits: int, formula: Callable[..., float]) -> None:
    if unit not in UNITS or key in _REGISTRY:
        raise ValueError(f"figure {key!r}: declared twice, or unknown unit {unit!r}")
    name, meaning = ({code: CATALOGUE.texts(code)[f"figure.{key}.{text}"] for code in LANGUAGES} for text in _TEXTS)
    _REGISTRY[key] = Figure(key, scope, unit, name, meaning, formula, digits)


def _firm(key: str, unit: str, digits: int, formula: Callable[[Firm, Market], float]) -> None:
    _declare("firm", key, unit, digits, formula)


def _cause(key: str, unit: str, digits: int, formula: Callable[[int, Market], float]) -> None:
    _declare("cause", key, unit, digits, formula)


def _sector(key: str, unit: str, digits: int, formula: Callable[[str, Market], float]) -> None:
    _declare("sector", key, unit, digits, formula)


def _cohort(key: str, unit: str, digits: int, formula: Callable[[int, Market], float]) -> None:
    _declare("cohort", key, unit, digits, formula)


def _market(key: str, unit: str, digits: int, formula: Callable[[Market], float]) -> None:
    _declare("market", key, unit, digits, formula)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else NAN


def _of(supplier: Supplier | None, value: Callable[[Any], float]) -> float:
    return NAN if supplier is None else value(supplier)


def _weighted(firms: list[Firm], value: Callable[[Firm], float]) -> float:
    return _ratio(sum(value(f) * f.week.units for f in firms), sum(f.week.units for f in firms))


# What each is called and means stands in the message catalogues, under [figure.<key>].

# sales
_firm("share", "share", 3, lambda f, m: f.share)
_firm("units", "units", 0, lambda f, m: f.week.units * m.weight)
_firm("penetration", "share", 3, lambda f, m: f.week.reach / m.population.size)
_firm("frequency", "units", 2, lambda f, m: _ratio(sum(f.units_window), f.week.reach))
_firm("repeat_rate", "share", 3, lambda f, m: _ratio(f.week.returned, f.week.returnable))
_firm("first_buyers", "people", 0, lambda f, m: f.week.first_buyers * m.weight)
_firm("lost_buyers", "people", 0, lambda f, m: f.week.lost * m.weight)
_firm("availability", "share", 3, lambda f, m: f.available)

# money
_firm("price", "currency", 2, lambda f, m: f.price)
_firm("margin", "share", 3, lambda f, m: (f.price - f.goods_cost) / f.price)
_firm("revenue", "currency", 0, lambda f, m: f.revenue / 100)
_firm("profit", "currency", 0, lambda f, m: f.profit / 100)
_firm("cash", "currency", 0, lambda f, m: f.cash / 100)
_firm("total_profit", "currency", 0, lambda f, m: f.total_profit / 100)
_firm("dividends", "currency", 0, lambda f, m: f.dividends / 100)
_firm("hosting_income", "currency", 0, lambda f, m: f.fees / 100)
_firm("given_back", "currency", 0, lambda f, m: f.costs.get("shared", 0) / 100)
_firm("alive", "count", 0, lambda f, m: f.alive)
_firm("entered", "count", 0, lambda f, m: float(f.entered_in > 0))

# quality and service
_firm("quality", "score", 3, lambda f, m: f.true_quality)
_firm("belief", "score", 3, lambda f, m: f.week.belief / (_FIXED * m.population.size))
_firm("satisfaction", "score", 3, lambda f, m: _ratio(f.week.satisfaction, _FIXED * f.week.trips))
_firm("defect_rate", "probability", 4, lambda f, m: f.defect_rate)
_firm("complaints", "people", 0, lambda f, m: f.week.complaints * m.weight)
_firm("recovery", "share", 3, lambda f, m: _ratio(f.week.repaired, f.week.complaints))
_firm("rating", "score", 3, lambda f, m: f.rating if f.rating_weight > 0 else NAN)
_firm("reviews", "count", 0, lambda f, m: f.week.reviews * m.weight)
_firm("reputation", "score", 3, lambda f, m: f.reputation)

# openness
_firm("openness", "share", 3, lambda f, m: f.openness)
_firm("sharing", "share", 3, lambda f, m: f.sharing)
_firm("sincerity", "score", 3, lambda f, m: f.week.sincerity / (_FIXED * m.population.size))
_firm("gap", "score", 3, lambda f, m: f.gap)
_firm("community", "people", 0, lambda f, m: f.week.members * m.weight)
_firm("leavers", "people", 0, lambda f, m: f.week.leavers * m.weight)
_firm("ambassadors", "people", 0, lambda f, m: f.week.ambassadors * m.weight)
_firm("contributions", "count", 0, lambda f, m: (f.week.ideas + f.week.codesigns + f.week.supports) * m.weight)
_firm("contributors", "people", 0, lambda f, m: f.week.contributors * m.weight)
_firm("supports", "count", 0, lambda f, m: f.week.supports * m.weight)
_firm("ideas", "count", 0, lambda f, m: f.week.ideas * m.weight)
_firm("codesigns", "count", 0, lambda f, m: f.week.codesigns * m.weight)
_firm("launches", "count", 0, lambda f, m: f.launched)
_firm("employee_ideas", "count", 0, lambda f, m: f.own_ideas)
_firm("total_launches", "count", 0, lambda f, m: f.ideas_launched)
_firm("customer_launches", "count", 0, lambda f, m: f.launched_for_customers)
_firm("approval_rate", "share", 4, lambda f, m: _ratio(f.ideas_launched, f.ideas_submitted))
_firm("external_share", "share", 3, lambda f, m: f.external_share)
_firm("human_contact", "score", 3, lambda f, m: f.human_contact)

# militancy
_firm("boycott_size", "people", 0, lambda f, m: f.week.boycotters * m.weight)
_firm("buycott_size", "people", 0, lambda f, m: f.week.buycotters * m.weight)
_firm("attackers", "people", 0, lambda f, m: f.week.attackers * m.weight)
_firm("defenders", "people", 0, lambda f, m: f.week.defenders * m.weight)
_firm("net_voice", "people", 0, lambda f, m: (f.week.voice_for - f.week.voice_against) / _FIXED * m.weight)
_firm("crisis", "score", 2, lambda f, m: max((c["severity"] for c in f.crises.values()), default=0.0))
_firm("response_delay", "weeks", 0, lambda f, m: f.response_delay)
_firm("gaffes", "count", 0, lambda f, m: f.gaffes)
_firm("leaks", "count", 0, lambda f, m: f.leaks)

# sectors
_sector("sector_units", "units", 0, lambda s, m: sum(x.week.units for x in m.suppliers if x.sector == s) * m.weight)
_sector("leader_share", "share", 3, lambda s, m: max((f.share for f in m.firms_of[s]), default=0.0))
_sector("mean_price", "currency", 2, lambda s, m: _weighted(m.firms_of[s], lambda f: f.price))
_sector("sector_quality", "score", 3, lambda s, m: _weighted(m.firms_of[s], lambda f: f.true_quality))
_sector(
    "sector_profit",
    "share",
    3,
    lambda s, m: _ratio(sum(f.profit for f in m.firms_of[s]), sum(f.revenue for f in m.firms_of[s])),
)
_sector("commons_share", "share", 3, lambda s, m: _of(m.commons.get(s), lambda x: x.share))
_sector("commons_quality", "score", 3, lambda s, m: _of(m.commons.get(s), lambda x: x.true_quality))
_sector("commons_defects", "probability", 4, lambda s, m: _of(m.commons.get(s), lambda x: x.defect_rate))
_sector("commons_members", "people", 0, lambda s, m: _of(m.commons.get(s), lambda x: x.week.members * m.weight))
_sector(
    "commons_contributors", "people", 0, lambda s, m: _of(m.commons.get(s), lambda x: x.week.contributors * m.weight)
)
_sector("tools", "share", 3, lambda s, m: _of(m.commons.get(s), lambda x: x.tools))
_sector("sharing_share", "share", 3, lambda s, m: _of(m.sharing.get(s), lambda x: x.share))
_sector("sharing_price", "currency", 2, lambda s, m: _of(m.sharing.get(s), lambda x: x.price))
_sector("sharing_stock", "units", 0, lambda s, m: _of(m.sharing.get(s), lambda x: x.stock))
_sector("goods_owned", "units", 2, lambda s, m: _of(m.sharing.get(s), lambda x: x.week.owned / m.population.size))

# cohorts
_cohort("cohort_contributors", "share", 4, lambda c, m: _ratio(int(m.counts.cohort_contributors[c]), m.cohort_sizes[c]))
_cohort(
    "cohort_alternatives",
    "share",
    3,
    lambda c, m: _ratio(int(m.counts.cohort_outside[c]), int(m.counts.cohort_units[c])),
)
_cohort("hardship", "share", 3, lambda c, m: m.hardship[c])

# causes
_cause("salience", "index", 3, lambda c, m: m.salience.levels[c])
_cause("cause_militants", "people", 0, lambda c, m: int(m.counts.militants[c]) * m.weight)

# the market
_market("market_units", "units", 0, lambda m: sum(s.week.units for s in m.suppliers) * m.weight)
_market(
    "alternatives",
    "share",
    4,
    lambda m: _ratio(int(m.counts.cohort_outside.sum()), sum(s.week.units for s in m.suppliers)),
)
_market("prosumers", "share", 4, lambda m: _ratio(m.counts.prosumers, m.counts.buyers))
_market("switching_rate", "share", 3, lambda m: _ratio(m.counts.switches, m.counts.repeatable))
_market(
    "not_bought",
    "share",
    3,
    lambda m: _ratio(m.counts.not_bought, m.counts.not_bought + sum(s.week.units for s in m.suppliers)),
)
_market("hhi", "index", 3, lambda m: sum(f.share**2 for f in m.firms) / len(m.setup.sectors))
_market("militants", "people", 0, lambda m: int(m.counts.militants.sum()) * m.weight)
_market("episode_length", "weeks", 2, lambda m: _ratio(m.ended_weeks, m.ended_episodes))
_market("flips", "people", 0, lambda m: m.counts.flips * m.weight)
_market(
    "talk_per_act",
    "ratio",
    2,
    lambda m: _ratio(
        sum(f.week.attackers + f.week.defenders for f in m.firms),
        sum(f.week.boycotters + f.week.buycotters for f in m.firms),
    ),
)
_market("contribution_gini", "index", 3, lambda m: gini(m.makers, m.made))
_market("top_contributors", "share", 3, lambda m: top_share(m.makers, m.made, 0.01))
_market("surplus", "currency", 0, lambda m: m.counts.surplus / 1024.0 * m.weight)
_market(
    "userisation",
    "index",
    4,
    lambda m: _ratio(sum(f.revenue * f.external_share * f.sharing for f in m.firms), sum(f.revenue for f in m.firms)),
)
_market("firms_alive", "count", 0, lambda m: sum(f.alive for f in m.firms))


class Record:
    """The figures of one run, week by week.

    `record["share"]` is a float64 array (weeks, firms); of a sector's figure (weeks, sectors), of a cause's (weeks,
    causes), of a cohort's (weeks, cohorts; the rest of the population first); of a market's (weeks,). `items` names
    them by scope. Undefined values are NaN.

    Parameters
    ----------
    scenario, seed, replicate
        What is recorded.
    firms
        Names of the firms in the market's order.
    weeks
        Weeks to make room for.
    keys
        The figures to keep; None: all. Figures cost as much time as a small market's week.

    Raises
    ------
    KeyError
        For an unknown figure.
    """

    def __init__(
        self,
        scenario: Any,
        seed: int,
        replicate: int,
        firms: tuple[str, ...],
        weeks: int,
        keys: Iterable[str] | None = None,
    ) -> None:
        wanted = [FIGURES[key] for key in (FIGURES if keys is None else dict.fromkeys(keys))]
        self._figures = {scope: {f.key: i for i, f in enumerate(_in(wanted, scope))} for scope in SCOPES}
        self.scenario = scenario
        self.seed = seed
        self.replicate = replicate
        self.firms = firms
        self.causes = tuple(cause.name for cause in scenario.causes)
        self.sectors = tuple(sector.name for sector in scenario.sectors)
        self.cohorts = (REST, *(cohort.name for cohort in scenario.cohorts))
        self.items: dict[str, tuple[str, ...]] = {
            "firm": firms,
            "sector": self.sectors,
            "cause": self.causes,
            "cohort": self.cohorts,
            "market": ("",),
        }
        self.weeks = 0
        self._blocks = {
            scope: np.full((weeks, len(kept), len(self.items[scope])), NAN) for scope, kept in self._figures.items()
        }

    def __getitem__(self, key: str) -> NDArray[np.float64]:
        """Return a figure's values of the weeks recorded so far.

        Raises
        ------
        KeyError
            If there is no such figure, or it was not kept.
        """
        scope = FIGURES[key].scope
        values = self._blocks[scope][: self.weeks, self._figures[scope][key]]
        return values[:, 0] if scope == "market" else values

    def take(self, market: Market) -> None:
        """Record the week that ends; room is made if there are more weeks than foreseen."""
        week = self.weeks
        if week >= len(self._blocks["market"]):
            self._blocks = {s: np.concatenate([b, np.full_like(b, NAN)]) for s, b in self._blocks.items()}
        things: dict[Scope, Iterable[Any]] = {
            "firm": market.firms,
            "sector": self.sectors,
            "cause": range(len(self.causes)),
            "cohort": range(len(self.cohorts)),
        }
        # One assignment a scope: filling the block figure by figure would cost as much as the figures themselves.
        for scope, items in things.items():
            if formulas := [FIGURES[key].formula for key in self._figures[scope]]:
                self._blocks[scope][week] = [[formula(item, market) for item in items] for formula in formulas]
        self._blocks["market"][week, :, 0] = [FIGURES[key].formula(market) for key in self._figures["market"]]
        self.weeks += 1

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures that are kept, in the registry's order."""
        kept = {key for keys in self._figures.values() for key in keys}
        return tuple(key for key in FIGURES if key in kept)

    def state(self) -> dict[str, NDArray[np.float64]]:
        """Return the recorded values by scope, (weeks, figures, items): for checkpoints."""
        return {scope: block[: self.weeks] for scope, block in self._blocks.items()}

    def restore(self, state: Mapping[str, Any], weeks: int) -> None:
        """Take over values that `state` returned."""
        for scope, block in self._blocks.items():
            room = np.full((max(weeks, len(block)), *block.shape[1:]), NAN)
            room[:weeks] = state[scope]
            self._blocks[scope] = room
        self.weeks = weeks


def _in(figures: Iterable[Figure], scope: Scope) -> list[Figure]:
    return [figure for figure in figures if figure.scope == scope]


def gini(people: NDArray[np.int64], amounts: NDArray[np.int64]) -> float:
    """Return the Gini index of a histogram, those with nothing left out.

    Parameters
    ----------
    people, amounts
        Number of people in each bin and what they have together; bins ascend, and the first holds those with nothing.
    """
    n, total = people[1:].sum(), amounts[1:].sum()
    if n == 0 or total == 0:
        return NAN
    heads = np.concatenate([[0.0], np.cumsum(people[1:]) / n])
    owned = np.concatenate([[0.0], np.cumsum(amounts[1:]) / total])
    return float(1.0 - np.sum(np.diff(heads) * (owned[1:] + owned[:-1])))


def top_share(people: NDArray[np.int64], amounts: NDArray[np.int64], share: float) -> float:
    """Return what the top `share` of those with something have of the whole (linear within a bin)."""
    n, total = people[1:].sum(), amounts[1:].sum()
    if n == 0 or total == 0:
        return NAN
    heads = np.concatenate([[0.0], np.cumsum(people[1:]) / n])
    owned = np.concatenate([[0.0], np.cumsum(amounts[1:]) / total])
    return float(1.0 - np.interp(1.0 - share, heads, owned))
