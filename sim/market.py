"""The market: a Mesa model that builds its entities from a scenario and lives week by week."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.agents import Firm
from sim.agentsets import ConsumerModel, ConsumerSet, install
from sim.alternatives import Commons, SharingMarket
from sim.compiling import plain
from sim.consumers import MilitantClient, ZappingConsumer
from sim.entities import Campaign, Event, Hardship, Sector
from sim.events import change_levers, spring_leaks, take_place
from sim.figures import Record
from sim.mechanisms.accounts import Rates, close_books
from sim.mechanisms.base import MAX_CAUSES, at_hand, settings_dtype, settings_values
from sim.mechanisms.beliefs import NOBODY
from sim.mechanisms.contribution import BINS
from sim.mechanisms.creation import create_value, launch_ideas, start_talent
from sim.mechanisms.crisis import answer_crises
from sim.mechanisms.distribution import note_sales, restock, trend_of
from sim.mechanisms.entry import is_drawn_in, published_margin
from sim.mechanisms.experience import repair_probability
from sim.mechanisms.income import faded
from sim.mechanisms.porosity import may_enter
from sim.plainrecords import as_objects, write_back
from sim.population import Population, most_units
from sim.records import (
    FIRM_COUNTS,
    FIRM_SIGNALS,
    KEYS,
    MARKET_COUNTS,
    SECTORS,
    SIGNAL_NAMES,
    STANCE_NAMES,
    MarketCounts,
    market_counts,
    week_counts,
)
from sim.salience import Salience
from sim.scenario import Mechanisms, Scenario, changed, load, with_horizon
from sim.streams import Luck, key_of
from sim.suppliers import Supplier
from sim.week import run_tiles

__all__ = ["Market"]

_SIGNALS_OF = attrgetter(*SIGNAL_NAMES)
_SIGNALS = struct.Struct(f"{len(SIGNAL_NAMES) + len(STANCE_NAMES) * MAX_CAUSES}f")
"""How signals and stances lie at the head of a record of `FIRM_SIGNALS`."""

LANES = 512
"""Consumers in a tile: its rows fit the processor's second-level cache."""

_TILES_WORTH_A_THREAD = 48
"""Tiles that take longer than it takes to hand them to a thread."""


class Market(ConsumerModel):
    """A market of firms and consumers.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    consumers, weeks, seed
        Take the place of the scenario's population size, horizon and seed; what lies past a shorter horizon is left
        out.
    replicate
        The same market under other luck: 0, 1, 2, …
    engine
        "compiled": tiles of consumers in machine code; "objects": one Mesa agent at a time, in plain Python. Both give
        the same bits.
    threads
        Threads for the compiled engine; results do not depend on it.
    lanes
        Consumers in a tile (a power of two); results do not depend on it.
    collect
        Whether to make a Mesa `DataCollector` of the market's figures (`datacollector`); Mesa's own `batch_run`
        needs one. It collects every week.
    figures
        The key figures to record; None: all.
    settings
        Changes to the scenario by dotted keys: `Market("baseline", **{"firm.Nova.levers.price": 9.0})`.

    Raises
    ------
    ScenarioError
        If the scenario or a setting is wrong: every problem, with its place.
    ValueError
        For an unknown engine.
    """

    zapping_class: type[ZappingConsumer] = ZappingConsumer
    militant_class: type[MilitantClient] = MilitantClient

    setup: Scenario
    """The scenario as this market runs it."""
    mechanisms: Mechanisms
    """Switches and parameters of its mechanisms, as plain attributes."""
    suppliers: list[Supplier]
    """All that consumers can turn to, sector by sector: its firms, its commons, its sharing market."""
    firms: list[Firm]
    """Firms, sector by sector."""
    commons: dict[str, Commons]
    sharing: dict[str, SharingMarket]
    """Commons and sharing markets by sector, where there are any."""
    population: Population
    consumers: ConsumerSet
    """All consumers, as Mesa agents."""
    salience: Salience
    counts: MarketCounts
    """What was counted for the market last week."""
    counted: tuple[NDArray[Any], NDArray[Any]]
    """What was counted last week, as records: one a supplier, and one for the market."""
    record: Record
    times: NDArray[np.int64]
    """Time spent on each phase of the consumers' week (`sim.phases`); empty where none is taken."""
    reference_prices: dict[str, float]
    """Typical price of a unit in each sector."""
    heads: float
    """People whom the population stands for."""
    order_size: int
    """Units of an order: 1, or that of business clients."""
    weight: float
    """People (or business clients) whom one simulated consumer stands for."""
    hardship: list[float]
    cohort_sizes: list[int]
    """Hardship of each cohort, the rest of the population first; and its simulated consumers."""
    ended_episodes: int
    ended_weeks: int
    makers: NDArray[np.int64]
    made: NDArray[np.int64]
    """Histogram of contributions made so far: people and contributions in each bin."""
    _words: NDArray[np.uint64]
    _next_words: NDArray[np.uint64]

    def __init__(
        self,
        scenario: Scenario | str = "baseline",
        *,
        consumers: int | None = None,
        weeks: int | None = None,
        seed: int | None = None,
        replicate: int = 0,
        engine: str = "compiled",
        threads: int = 1,
        lanes: int | None = None,
        collect: bool = False,
        figures: Iterable[str] | None = None,
        **settings: Any,
    ) -> None:
        if engine not in ("compiled", "objects"):
            raise ValueError(f"engine must be 'compiled' or 'objects', not {engine!r}")
        given = {"population.size": consumers, "seed": seed} | settings
        changes = {key: value for key, value in given.items() if value is not None}
        self.setup = with_horizon(_changed(scenario, changes), weeks)
        super().__init__(rng=self.setup.seed % 2**32)
        self.times = np.zeros(0, np.int64)
        self._plain: tuple[tuple[Any, ...], tuple[Any, ...]] = ((), ())
        self.engine, self.threads, self.replicate = engine, max(1, threads), int(replicate)
        self.mechanisms = at_hand(self.setup.mechanisms)
        self.heads = self.setup.population.represents
        is_business = self.setup.population.clients == "businesses" and self.mechanisms.business.enabled
        self.order_size = self.mechanisms.business.order_size if is_business else 1
        self.weight = self.heads / self.order_size / self.setup.population.size
        self.luck = Luck(self.setup.seed, self.replicate)
        self._build_firms()
        self._build_consumers(1 if engine == "objects" else lanes or LANES)
        names = tuple(firm.name for firm in self.firms)
        self.record = Record(self.setup, self.setup.seed, self.replicate, names, self.setup.horizon, figures)
        self.datacollector = self._collector() if collect else None

    # ------------------------------------------------------------------------------------------------- the week

    def step(self) -> None:
        """Live one week."""
        self._events_and_levers()
        self._firms_decide()
        self._consumers_live()
        self._value_is_created()
        self._books_are_closed()
        self._figures_are_recorded()
        self.running = self.week < self.setup.horizon

    def run(self, weeks: int | None = None, on_week: Callable[[Market], bool | None] | None = None) -> Record:
        """Live on to the horizon, or for some weeks.

        Parameters
        ----------
        weeks
            Weeks to live; None: up to the scenario's horizon.
        on_week
            Called after each week; returning True stops the run.

        Returns
        -------
        Record
            The figures so far.
        """
        last = self.setup.horizon if weeks is None else self.week + weeks
        while self.week < last:
            self.step()
            if on_week is not None and on_week(self):
                break
        return self.record

    @property
    def week(self) -> int:
        """Weeks begun so far: during a step the number of the present week, from 1."""
        return int(self.steps)

    def _events_and_levers(self) -> None:
        """1. Scenario events and scheduled lever changes take effect."""
        for firm in self.firms:
            firm.exposure = firm.shame = firm.offence = firm.restored = 0.0
        if self.week in self._weeks_of_change:
            change_levers(self.setup.schedule, self.week, self.firm_named)
        if today := self._events_of.get(self.week):
            take_place(today, self.firm_named, self.cause_numbers, self.salience, self.mechanisms)
        if self.mechanisms.leaks.enabled:
            spring_leaks(self.firms, self.salience, self.mechanisms, self.population.size, self._luck_of("leak"))
        self._feel_hardship()

    def _feel_hardship(self) -> None:
        """Let income shocks under way weigh on their cohorts, and what is over fade."""
        if not self._hardships:
            return
        p = self.mechanisms.income
        shocks = [e for e in self._hardships if e.week <= self.week < e.week + e.weeks]
        self.hardship = [faded(p, hardship) for hardship in self.hardship]
        for shock in shocks if p.enabled else ():
            hit = range(len(self.hardship)) if shock.cohort is None else [self.cohort_numbers[shock.cohort]]
            for c in hit:
                self.hardship[c] = max(self.hardship[c], shock.severity)

    def _luck_of(self, purpose: str) -> Callable[[Firm], Iterator[float]]:
        return lambda firm: self.luck.firm(firm.name, self.week, purpose)

    def _firms_decide(self) -> None:
        """2. Firms enter, decide by their strategies, and answer crises."""
        week = self.week
        # Firms before their lines, by name: the order of sectors in the file must not matter.
        for firm in self._parents_first:
            if not firm.entered_in and week >= firm.setup.enters:
                self._let_in(firm)
        # All decide on last week's state: nobody sees what a rival has just decided.
        deciding = [firm for firm in self.firms if firm.alive and firm.strategy.decides]
        watched = {firm.sector for firm in deciding if firm.strategy.looks_at_rivals}
        public = {sector: [f.as_rival(week) for f in self.firms_of[sector] if f.alive] for sector in watched}
        decisions = [(firm, firm.strategy.decide(firm.see(self, public.get(firm.sector, ())))) for firm in deciding]
        for firm, decision in decisions:
            firm.set_levers(decision)
        # Answers damp or feed the same public attention, one after the other: by name, not by place in the file.
        for firm in self._by_name:
            if firm.crises and firm.alive and self.mechanisms.crisis.enabled:
                answer_crises(firm, self.salience, self.mechanisms.crisis, partial(self._luck_in_crisis, firm))

    def _let_in(self, firm: Firm) -> None:
        """Let a firm that waits outside enter, if it can and wants to."""
        m, parent = self.mechanisms, firm.parent
        margin = published_margin(self.firms_of[firm.sector])
        if not is_drawn_in(firm.setup.entry_margin, margin):
            return
        if parent is None and m.entry.enabled:
            firm.enter(self.week, 0.0)
        elif parent is not None and may_enter(
            parent, firm.setup.entry_cost, parent.week.members / self.population.size, m.porosity
        ):
            firm.enter(self.week, m.porosity.carry_over * parent.appeal)
            self.population.carry_over(parent.place, firm.place, m.porosity.carry_over)

    def _luck_in_crisis(self, firm: Firm, cause: int) -> Iterator[float]:
        return self.luck.firm(firm.name, self.week, f"crisis on {self.setup.causes[cause].name}")

    def _consumers_live(self) -> None:
        """3. Each consumer: beliefs, activation, purchase, experience, contribution."""
        self._publish()
        for records in self.counted:
            records.view(np.int64).fill(0)
        if self.engine == "objects":
            self._step_consumers()
        else:
            self._run_tiles_in_threads()
        self._words, self._next_words = self._next_words, self._words
        self._hear_back()

    def _value_is_created(self) -> None:
        """4. Firms turn contributions and talent into quality, lower cost and fewer defects; retailers react."""
        m, week = self.mechanisms, self.week
        if m.commons.enabled:
            for sector, commons in self.commons.items():
                commons.exchange(self.firms_of[sector], m.commons, self.weight)
                commons.progress(m.commons, week)
        if m.sharing.enabled:
            for sector, market in self.sharing.items():
                market.clear(self.firms_of[sector], m.sharing, self.weight)
        for supplier in (*self.firms, *self.commons.values()):
            if supplier.alive and m.creation.enabled:
                create_value(supplier, m.creation, self.heads, self.weight)
                launch_ideas(supplier, m.creation, self.weight, self.luck.firm(supplier.name, week, "ideas"))
        for firm in self.firms:
            if firm.alive and m.experience.enabled:
                complaints = max(firm.week.complaints * self.weight, 1.0)
                firm.repair = repair_probability(
                    m.experience, firm.service / complaints, firm.openness, firm.peer_support
                )
        if m.distribution.enabled:
            self._retailers_react()

    def _retailers_react(self) -> None:
        p, week = self.mechanisms.distribution, self.week
        for firms in self.firms_of.values():
            there = [(firm, firm.weeks_here(week)) for firm in firms if firm.alive]
            for firm, weeks in there:
                note_sales(firm, p, weeks)
            trend = trend_of([firm for firm, _ in there])
            for firm, weeks in there:
                restock(firm, p, weeks, trend)

    def _books_are_closed(self) -> None:
        """5. Accounts: revenue, cost, sharing, cash; bankruptcy."""
        m, week = self.mechanisms, self.week
        if m.accounts.enabled:
            costs = (m.creation.case_cost, m.contribution.fair_wage, m.ambassadors.cost)
            rates = Rates(self.heads, self.weight, *costs)
            # Lines first: their profit or loss is their firm's, which then answers for all and takes them along.
            for firm in reversed(self._parents_first):
                if firm.alive:
                    close_books(firm, m.accounts, rates, week)
                else:
                    firm.rest()
            for line in self._lines:
                if line.alive and not line.purse.alive:
                    line.go_bankrupt()

    def _figures_are_recorded(self) -> None:
        """6. Key figures are recorded."""
        self.record.take(self)
        if self.datacollector is not None:
            self.datacollector.collect(self)

    # ---------------------------------------------------------------------------------------------- the consumers

    def _step_consumers(self) -> None:
        """Let every consumer live its week by its own `step`, in the order of their rows."""
        given = self._arguments()
        size, blocks, rows, firms, sectors, keys, salience, hardship, settings, *rest = given
        self._plain = (
            (
                size,
                blocks,
                as_objects(rows),
                as_objects(firms),
                as_objects(sectors),
                as_objects(keys),
                salience,
                hardship,
            ),
            (as_objects(settings), *rest, *(as_objects(records) for records in self.counted)),
        )
        for consumer in self.consumers:
            consumer.step()
        for objects, records in zip(self._plain[1][-2:], self.counted, strict=True):
            write_back(objects, records)

    def week_of(self, row: int) -> None:
        """Live the present week of one consumer: what `Consumer.step` does (engine "objects", during a step)."""
        plain(run_tiles)(row, row + 1, *self._plain[0], *self._plain[1])

    def _arguments(self) -> tuple[Any, ...]:
        columns = self.population.columns
        luck = (np.uint32(self.week), self.luck.replicate, self.luck.k0, self.luck.k1)
        return (
            self.population.size,
            (columns.numbers, columns.codes, columns.tags, self.population.peers),
            self._rows,
            self._signals,
            self._sectors,
            self._keys,
            np.array(self.salience.levels, np.float32),
            np.array(self.hardship if any(self.hardship) else [], np.float32),
            self._settings,
            luck,
            self.setup.figures.window,
            self._words,
            self._next_words,
            self.times,
        )

    def tile_arguments(self) -> tuple[Any, ...]:
        """Return what `sim.week.run_tiles` is called with: to look at how it compiles."""
        return (0, self.population.columns.tiles, *self._arguments(), *self.counted)

    def _run_tiles_in_threads(self) -> None:
        tiles, arguments = self.population.columns.tiles, self._arguments()
        parts = min(self.threads * 4, tiles // _TILES_WORTH_A_THREAD) if self.threads > 1 else 1
        if parts < 2:
            run_tiles(0, tiles, *arguments, *self.counted)
            return
        cuts = [tiles * i // parts for i in range(parts + 1)]
        counted = [_room_for_counts(len(self.suppliers)) for _ in range(parts)]
        with ThreadPoolExecutor(self.threads) as pool:
            list(
                pool.map(
                    lambda i: run_tiles(cuts[i], cuts[i + 1], *arguments, *counted[i]),
                    range(parts),
                )
            )
        # All counts are integers, so their sum does not depend on how the tiles were dealt out.
        for part in counted:
            for records, more in zip(self.counted, part, strict=True):
                total = records.view(np.int64)
                total += more.view(np.int64)

    def _publish(self) -> None:
        """Write what consumers can see of the suppliers this week."""
        week = self.week
        for firm in self.firms:
            campaigns = self._campaigns.get(firm.name, [])
            if campaigns:
                campaigns = [e for e in campaigns if e.week <= week < e.week + e.weeks]
            firm.make_public(self.mechanisms, campaigns, week, self.weight)
        signals: Any = self._signals.view(np.uint8)
        for place, supplier in enumerate(self.suppliers):
            stances = chain(supplier.proclaimed, supplier.known, supplier.focus)
            _SIGNALS.pack_into(signals, place * FIRM_SIGNALS.itemsize, *_SIGNALS_OF(supplier), *stances)
        for row, sector in enumerate(self._sectors["place"].tolist()) if self.sharing else ():
            name = self.setup.sectors[sector].name
            if name in self.sharing:
                release = self.sharing[name].release(self.firms_of[name], self.mechanisms.sharing)
                self._sectors["release"][row] = release

    def _hear_back(self) -> None:
        """Bring what was counted to the firms and to public attention."""
        of_suppliers, of_market = self.counted
        self.counts = market_counts(of_market)
        sold: dict[str, int] = {}
        for supplier, counts in zip(self.suppliers, week_counts(of_suppliers), strict=True):
            supplier.week = counts
            sold[supplier.sector] = sold.get(supplier.sector, 0) + supplier.week.units
        for supplier in self.suppliers:
            supplier.hear_back(self, sold[supplier.sector])
        loudest = 1023.0 * self.population.size
        voice = [heard / loudest for heard in self.counts.voice[: len(self.setup.causes)].tolist()]
        self.salience.decay_and_hear(voice)
        self.ended_episodes += self.counts.ended_episodes
        self.ended_weeks += self.counts.ended_weeks
        self.makers += self.counts.makers
        self.made += self.counts.made

    def words_heard(self) -> dict[str, NDArray[Any]]:
        """Return what consumers said last week, which peers hear in the next: for checkpoints."""
        return {"words": self._words}

    def hear_words(self, words: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `words_heard` returned."""
        self._words[:] = words["words"]

    # -------------------------------------------------------------------------------------------------- building

    def _build_firms(self) -> None:
        causes = [cause.name for cause in self.setup.causes]
        self.cause_numbers = {name: c for c, name in enumerate(causes)}
        self.suppliers, self.firms = [], []
        self.firms_of: dict[str, list[Firm]] = {}
        self.commons, self.sharing = {}, {}
        self.reference_prices = {sector.name: sector.reference_price for sector in self.setup.sectors}
        for sector in self.setup.sectors:
            self._build_sector(sector, causes)
        self.firm_named = {firm.name: firm for firm in self.firms}
        for firm in self.firms:
            if firm.setup.parent is not None:
                firm.belongs_to(self.firm_named[firm.setup.parent])
        for firm in self.firms:
            start_talent(firm, self.mechanisms.creation, self.heads)
            firm.repair = repair_probability(self.mechanisms.experience, 0.0, firm.openness, 0.0)
        self._by_name = sorted(self.firms, key=lambda firm: firm.name)
        self._parents_first = sorted(self._by_name, key=lambda firm: firm.parent is not None)
        self._lines = [firm for firm in self.firms if firm.parent is not None]
        self._hardships = [event for event in self.setup.events if isinstance(event, Hardship)]
        self._weeks_of_change = {week for change in self.setup.schedule for week in (change.week, change.until)}
        self._events_of: dict[int, list[Event]] = {}
        for event in self.setup.events:
            self._events_of.setdefault(event.week, []).append(event)
        self._campaigns: dict[str, list[Campaign]] = {}
        for event in self.setup.events:
            if isinstance(event, Campaign):
                self._campaigns.setdefault(event.firm, []).append(event)
        self.salience = Salience([c.salience for c in self.setup.causes], self.mechanisms.activation)
        self._signals = np.zeros(len(self.suppliers), FIRM_SIGNALS)
        for signals, supplier in zip(self._signals, self.suppliers, strict=True):
            signals["home"], signals["parent"] = supplier.home, supplier.parent_place
            signals["key"], signals["shelf_key"] = key_of(supplier.name), key_of(f"shelf of {supplier.name}")

    def _build_sector(self, sector: Sector, causes: list[str]) -> None:
        """Build the suppliers of one sector: its firms as the file has them, its commons, its sharing market."""
        rows = self.suppliers
        self.firms_of[sector.name] = []
        for setup in self.setup.firms:
            if setup.sector == sector.name:
                firm = Firm(self, setup, len(rows), causes, self.order_size)
                self.firms_of[sector.name].append(firm)
                self.firms.append(firm)
                rows.append(firm)
        if sector.commons is not None:
            name = sector.alternatives["commons"]
            self.commons[sector.name] = Commons(self, sector.commons, name, sector.name, len(rows))
            rows.append(self.commons[sector.name])
        if sector.sharing is not None:
            name = sector.alternatives["sharing"]
            market = SharingMarket(self, sector.sharing, name, sector.name, len(rows), sector.reference_price)
            self.sharing[sector.name] = market
            rows.append(market)

    def _build_consumers(self, lanes: int) -> None:
        size = self.setup.population.size
        install(self, Population(self.setup, self.suppliers, self.luck, lanes, self.threads))
        self.consumers = ConsumerSet(self)
        self.cohort_numbers = {cohort.name: c + 1 for c, cohort in enumerate(self.setup.cohorts)}
        self.hardship = [0.0] * (1 + len(self.setup.cohorts))
        members = np.bincount(self.population.get("cohort"), minlength=len(self.hardship))
        self.cohort_sizes = [int(n) for n in members]
        self._rows = self.population.rows_record()
        self._sectors = self._sector_records()
        self._keys = np.zeros(1, KEYS)
        self._keys[0] = tuple(key_of(name) for name in KEYS.names or ())
        self._settings = _settings_record(self.setup.mechanisms)
        self.counted = _room_for_counts(len(self.suppliers))
        self.counts = market_counts(self.counted[1])
        nobody = np.uint64(NOBODY << 22)
        self._words, self._next_words = np.full(size, nobody), np.full(size, nobody)
        self.ended_episodes = self.ended_weeks = 0
        self.makers, self.made = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
        self.makers[0] = size

    def _sector_records(self) -> NDArray[Any]:
        records = np.zeros(len(self.setup.sectors), SECTORS).view(np.recarray)
        rates = self.population.get("rate")
        for i, sector in enumerate(self.setup.sectors):
            places = [supplier.place for supplier in self.suppliers if supplier.sector == sector.name]
            record = records[i]
            record.place = i
            record.first, record.last = min(places), max(places) + 1
            record.alternatives = min(places) + len(self.firms_of[sector.name])
            record.sharing = self.sharing[sector.name].place if sector.name in self.sharing else -1
            record.order, record.durable, record.life = self.order_size, sector.durable, sector.life
            record.most_units = most_units(rates[i])
            record.has_outside, record.outside = sector.outside is not None, sector.outside or 0.0
            record.reference_price = sector.reference_price
            for name in ("units", "outside_key", "noise", "defect", "complaint", "repair", "review", "wear", "offer"):
                record[name] = key_of(f"{name} in {sector.name}")
        # Who buys in two sectors in a week speaks of the last: sectors go in the order of their keys, not of the file.
        return records[np.argsort(records["units"], kind="stable")].view(np.ndarray)

    def share_of(self, supplier: Supplier | None) -> float:
        """Return a supplier's share of its sector's units last week; 0 where there is none."""
        return supplier.share if supplier is not None else 0.0

    def _collector(self) -> mesa.DataCollector:
        from sim.figures import FIGURES

        reporters: dict[str, Any] = {
            key: (lambda m, key=key: float(m.record[key][-1]))
            for key in self.record.keys
            if FIGURES[key].scope == "market"
        }
        kept = [key for key in ("share", "profit", "quality", "sincerity") if key in self.record.keys]
        for place, firm in enumerate(self.firms):
            for key in kept:
                reporters[f"{key} of {firm.name}"] = lambda m, key=key, place=place: float(m.record[key][-1, place])
        return mesa.DataCollector(model_reporters=reporters)


def _changed(scenario: Scenario | str, settings: dict[str, Any]) -> Scenario:
    """Load or change a scenario; settings are checked like any scenario."""
    if isinstance(scenario, str | os.PathLike):
        return load(scenario, settings)
    if not settings:
        return scenario
    return changed(scenario, settings)


def _room_for_counts(suppliers: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return records of zeros to count in: one a supplier, and one for the market."""
    return np.zeros(suppliers, FIRM_COUNTS), np.zeros(1, MARKET_COUNTS)


def _settings_record(mechanisms: Mechanisms) -> NDArray[Any]:
    """Return every mechanism's numbers as one nested record: `settings.beliefs.speed`."""
    tables = {name: getattr(mechanisms, name) for name in type(mechanisms).model_fields}
    dtype = np.dtype([(name, settings_dtype(type(table))) for name, table in tables.items()], align=True)
    record = np.zeros(1, dtype)
    record[0] = tuple(settings_values(table) for table in tables.values())
    return record
