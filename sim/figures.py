"""Key figures: what is recorded each week, with name, unit, meaning in both languages, and formula, in one registry.

The command line, the files and the dashboard all read `FIGURES`. Consumers are counted in people whom the simulated
ones stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.entities import REST
from sim.notes import Market, Noted, NotedSector, Notes, Numbers
from sim.quantities import UNITS
from sim.text import CATALOGUE, LANGUAGES

__all__ = ["FIGURES", "SCOPES", "Figure", "Record", "gini", "top_share"]

NAN = float("nan")
_MOST_NOTES = 128  # weeks whose notes are kept before their figures are worked out
_FIXED = 1023.0


Scope = Literal["firm", "sector", "cause", "cohort", "market"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What figures are of, in the order of reports."""


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
        Works it out for many weeks at once from what was noted (`sim.notes.Noted`): an array (weeks, firms), (weeks,
        causes), (weeks, cohorts) or (weeks,); of a sector an array (weeks,) from (what was noted of it, all).
    digits
        Decimals to show.
    """

    key: str
    scope: Scope
    unit: str
    name: dict[str, str]
    meaning: dict[str, str]
    formula: Callable[..., Any]
    digits: int = 2


_TEXTS = ("name", "meaning")
_REGISTRY: dict[str, Figure] = {}
FIGURES: Mapping[str, Figure] = MappingProxyType(_REGISTRY)
"""Every key figure by its key, in the order of reports."""


def _declare(scope: Scope, key: str, unit: str, digits: int, formula: Callable[..., Any]) -> None:
    if unit not in UNITS or key in _REGISTRY:
        raise ValueError(f"figure {key!r}: declared twice, or unknown unit {unit!r}")
    name, meaning = ({code: CATALOGUE.texts(code)[f"figure.{key}.{text}"] for code in LANGUAGES} for text in _TEXTS)
    _REGISTRY[key] = Figure(key, scope, unit, name, meaning, formula, digits)


def _firm(key: str, unit: str, digits: int, formula: Callable[[Any, Noted], Any]) -> None:
    _declare("firm", key, unit, digits, lambda noted: formula(noted.firms, noted))


def _cause(key: str, unit: str, digits: int, formula: Callable[[Noted], Any]) -> None:
    _declare("cause", key, unit, digits, formula)


def _sector(key: str, unit: str, digits: int, formula: Callable[[NotedSector, Noted], Any]) -> None:
    _declare("sector", key, unit, digits, formula)


def _cohort(key: str, unit: str, digits: int, formula: Callable[[Noted], Any]) -> None:
    _declare("cohort", key, unit, digits, formula)


def _market(key: str, unit: str, digits: int, formula: Callable[[Noted], Any]) -> None:
    _declare("market", key, unit, digits, formula)


def _ratio(part: Any, whole: Any) -> Numbers:
    """Return part / whole, NaN where there is no whole."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(part.shape, NAN), where=whole != 0)


def _total(values: Any) -> Any:
    """Add up over firms, one after the other: numpy's own order of adding depends on their number."""
    return sum(values[:, i] for i in range(values.shape[1]))


def _of(supplier: Any, value: Callable[[Any], Any]) -> Any:
    return NAN if supplier is None else value(supplier)


def _weighted(firms: Any, values: Numbers) -> Numbers:
    """Return the mean of firms' values, weighted by their sales."""
    return _ratio(_total(values * firms.week.units), _total(firms.week.units))


def _by_cohort(noted: Noted, what: str) -> Any:
    """Return a count of each cohort: the record has room for the most there can be."""
    return noted.counts[f"cohort_{what}"][:, : len(noted.cohort_sizes)]


# What each is called and means stands in the message catalogues, under [figure.<key>].

# sales
_firm("share", "share", 3, lambda f, m: f.share)
_firm("units", "units", 0, lambda f, m: f.week.units * m.weight)
_firm("penetration", "share", 3, lambda f, m: f.week.reach / m.size)
_firm("frequency", "units", 2, lambda f, m: _ratio(f.units_lately, f.week.reach))
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
_firm("given_back", "currency", 0, lambda f, m: f.shared / 100)
_firm("alive", "count", 0, lambda f, m: f.alive)
_firm("entered", "count", 0, lambda f, m: f.entered_in > 0)

# quality and service
_firm("quality", "score", 3, lambda f, m: f.true_quality)
_firm("belief", "score", 3, lambda f, m: f.week.belief / (_FIXED * m.size))
_firm("satisfaction", "score", 3, lambda f, m: _ratio(f.week.satisfaction, _FIXED * f.week.trips))
_firm("defect_rate", "probability", 4, lambda f, m: f.defect_rate)
_firm("complaints", "people", 0, lambda f, m: f.week.complaints * m.weight)
_firm("recovery", "share", 3, lambda f, m: _ratio(f.week.repaired, f.week.complaints))
_firm("rating", "score", 3, lambda f, m: np.where(f.rating_weight > 0, f.rating, NAN))
_firm("reviews", "count", 0, lambda f, m: f.week.reviews * m.weight)
_firm("reputation", "score", 3, lambda f, m: f.reputation)

# openness
_firm("openness", "share", 3, lambda f, m: f.openness)
_firm("sharing", "share", 3, lambda f, m: f.sharing)
_firm("sincerity", "score", 3, lambda f, m: f.week.sincerity / (_FIXED * m.size))
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
_firm("crisis", "score", 2, lambda f, m: f.crisis)
_firm("response_delay", "weeks", 0, lambda f, m: f.response_delay)
_firm("gaffes", "count", 0, lambda f, m: f.gaffes)
_firm("leaks", "count", 0, lambda f, m: f.leaks)

# sectors
_sector("sector_units", "units", 0, lambda s, m: _total(s.suppliers.week.units) * m.weight)
_sector("leader_share", "share", 3, lambda s, m: s.firms.share.max(axis=1))
_sector("mean_price", "currency", 2, lambda s, m: _weighted(s.firms, s.firms.price))
_sector("sector_quality", "score", 3, lambda s, m: _weighted(s.firms, s.firms.true_quality))
_sector("sector_profit", "share", 3, lambda s, m: _ratio(_total(s.firms.profit), _total(s.firms.revenue)))
_sector("commons_share", "share", 3, lambda s, m: _of(s.commons, lambda x: x.share))
_sector("commons_quality", "score", 3, lambda s, m: _of(s.commons, lambda x: x.true_quality))
_sector("commons_defects", "probability", 4, lambda s, m: _of(s.commons, lambda x: x.defect_rate))
_sector("commons_members", "people", 0, lambda s, m: _of(s.commons, lambda x: x.week.members * m.weight))
_sector("commons_contributors", "people", 0, lambda s, m: _of(s.commons, lambda x: x.week.contributors * m.weight))
_sector("tools", "share", 3, lambda s, m: _of(s.commons, lambda x: x.tools))
_sector("sharing_share", "share", 3, lambda s, m: _of(s.sharing, lambda x: x.share))
_sector("sharing_price", "currency", 2, lambda s, m: _of(s.sharing, lambda x: x.price))
_sector("sharing_stock", "units", 0, lambda s, m: _of(s.sharing, lambda x: x.stock))
_sector("goods_owned", "units", 2, lambda s, m: _of(s.sharing, lambda x: x.week.owned / m.size))

# cohorts
_cohort("cohort_contributors", "share", 4, lambda m: _ratio(_by_cohort(m, "contributors"), m.cohort_sizes))
_cohort("cohort_alternatives", "share", 3, lambda m: _ratio(_by_cohort(m, "outside"), _by_cohort(m, "units")))
_cohort("hardship", "share", 3, lambda m: m.hardship)

# causes
_cause("salience", "index", 3, lambda m: m.salience)
_cause("cause_militants", "people", 0, lambda m: m.counts.militants[:, : m.salience.shape[1]] * m.weight)

# the market
_market("market_units", "units", 0, lambda m: _total(m.suppliers.week.units) * m.weight)
_market(
    "alternatives",
    "share",
    4,
    lambda m: _ratio(m.counts.cohort_outside.sum(axis=1), _total(m.suppliers.week.units)),
)
_market("prosumers", "share", 4, lambda m: _ratio(m.counts.prosumers, m.counts.buyers))
_market("switching_rate", "share", 3, lambda m: _ratio(m.counts.switches, m.counts.repeatable))
_market(
    "not_bought",
    "share",
    3,
    lambda m: _ratio(m.counts.not_bought, m.counts.not_bought + _total(m.suppliers.week.units)),
)
_market("hhi", "index", 3, lambda m: _total(m.firms.share**2) / len(m.sectors))
_market("militants", "people", 0, lambda m: m.counts.militants.sum(axis=1) * m.weight)
_market("episode_length", "weeks", 2, lambda m: _ratio(m.ended_weeks, m.ended_episodes))
_market("flips", "people", 0, lambda m: m.counts.flips * m.weight)
_market(
    "talk_per_act",
    "ratio",
    2,
    lambda m: _ratio(
        _total(m.firms.week.attackers + m.firms.week.defenders),
        _total(m.firms.week.boycotters + m.firms.week.buycotters),
    ),
)
_market("contribution_gini", "index", 3, lambda m: gini(m.makers, m.made))
_market("top_contributors", "share", 3, lambda m: top_share(m.makers, m.made, 0.01))
_market("surplus", "currency", 0, lambda m: m.counts.surplus / 1024.0 * m.weight)
_market(
    "userisation",
    "index",
    4,
    lambda m: _ratio(_total(m.firms.revenue * m.firms.external_share * m.firms.sharing), _total(m.firms.revenue)),
)
_market("firms_alive", "count", 0, lambda m: _total(m.firms.alive))


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
        The figures to keep; None: all.

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
        self._notes: Notes | None = None
        self._lock = Lock()  # figures may be read in another thread than the market's
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
        self.work_out()
        values = self._blocks[scope][: self.weeks, self._figures[scope][key]]
        return values[:, 0] if scope == "market" else values

    def take(self, market: Market) -> None:
        """Record the week that ends: its notes are taken, and its figures worked out when somebody asks for them."""
        with self._lock:
            if self._notes is None:
                self._notes = Notes(market)
            self._notes.take(market)
            self.weeks += 1
            is_full = self._notes.weeks >= _MOST_NOTES
        if is_full:
            self.work_out()

    def work_out(self) -> None:
        """Work out the figures of all weeks noted so far; reading a figure does it too."""
        with self._lock:
            if self._notes is None or not self._notes.weeks:
                return
            noted, first = self._notes.read(), self.weeks - self._notes.weeks
            while self.weeks > len(self._blocks["market"]):
                self._blocks = {s: np.concatenate([b, np.full_like(b, NAN)]) for s, b in self._blocks.items()}
            for scope, places in self._figures.items():
                block = self._blocks[scope][first : self.weeks]
                for key, i in places.items():
                    formula = FIGURES[key].formula
                    if scope == "sector":
                        for s, sector in enumerate(noted.sectors):
                            block[:, i, s] = formula(sector, noted)
                    elif scope == "market":
                        block[:, i, 0] = formula(noted)
                    else:
                        block[:, i] = formula(noted)
            self._notes.clear()

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures that are kept, in the registry's order."""
        kept = {key for keys in self._figures.values() for key in keys}
        return tuple(key for key in FIGURES if key in kept)

    def state(self) -> dict[str, NDArray[np.float64]]:
        """Return the recorded values by scope, (weeks, figures, items): for checkpoints."""
        self.work_out()
        return {scope: block[: self.weeks] for scope, block in self._blocks.items()}

    def restore(self, state: Mapping[str, Any], weeks: int) -> None:
        """Take over values that `state` returned."""
        self._notes = None
        for scope, block in self._blocks.items():
            room = np.full((max(weeks, len(block)), *block.shape[1:]), NAN)
            room[:weeks] = state[scope]
            self._blocks[scope] = room
        self.weeks = weeks

    def __getstate__(self) -> dict[str, Any]:
        """Keep the figures, worked out; notes and lock stay behind."""
        self.work_out()
        return vars(self) | {"_notes": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was kept."""
        vars(self).update(state)
        self._lock = Lock()


def _in(figures: Iterable[Figure], scope: Scope) -> list[Figure]:
    return [figure for figure in figures if figure.scope == scope]


def gini(people: NDArray[np.int64], amounts: NDArray[np.int64]) -> Any:
    """Return the Gini index of a histogram, those with nothing left out; NaN where nobody has anything.

    Parameters
    ----------
    people, amounts
        Number of people in each bin and what they have together, (bins,) or (weeks, bins); bins ascend, and the first
        holds those with nothing.
    """
    heads, owned, nobody = _lorenz(people, amounts)
    index = 1.0 - np.sum(np.diff(heads, axis=-1) * (owned[..., 1:] + owned[..., :-1]), axis=-1)
    return np.where(nobody, NAN, index)[()]


def top_share(people: NDArray[np.int64], amounts: NDArray[np.int64], share: float) -> Any:
    """Return what the top `share` of those with something have of the whole (linear within a bin); as `gini`."""
    heads, owned, nobody = _lorenz(people, amounts)
    at = 1.0 - share
    last = np.count_nonzero(heads <= at, axis=-1, keepdims=True) - 1  # the point of the curve at or before it
    ends = np.minimum(last + 1, heads.shape[-1] - 1)
    x, y, further, more = (
        np.take_along_axis(values, places, -1)[..., 0] for places in (last, ends) for values in (heads, owned)
    )
    slope = np.divide(more - y, further - x, out=np.zeros_like(x), where=further > x)
    return np.where(nobody, NAN, 1.0 - (slope * (at - x) + y))[()]


def _lorenz(people: NDArray[np.int64], amounts: NDArray[np.int64]) -> tuple[Numbers, Numbers, Any]:
    """Return a Lorenz curve, shares of those with something and of what they have; and where there is none."""
    n, total = people[..., 1:].sum(axis=-1), amounts[..., 1:].sum(axis=-1)
    nobody = (n == 0) | (total == 0)
    curves = []
    for values, whole in ((people, n), (amounts, total)):
        shares = np.zeros(values.shape)
        shares[..., 1:] = np.cumsum(values[..., 1:], axis=-1) / np.where(nobody, 1, whole)[..., None]
        curves.append(shares)
    return curves[0], curves[1], nobody
