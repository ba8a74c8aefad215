"""The market: a Mesa model that builds its entities from a scenario and lives week by week."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import attrgetter
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.agents import Firm
from sim.agentsets import ConsumerModel, ConsumerSet, install
from sim.compiling import plain
from sim.consumers import MilitantClient, ZappingConsumer
from sim.events import change_levers, take_place
from sim.figures import Record
from sim.mechanisms.accounts import close_books
from sim.mechanisms.base import settings_dtype, settings_values
from sim.mechanisms.beliefs import NOBODY
from sim.mechanisms.contribution import BINS
from sim.mechanisms.creation import create_value, launch_ideas, start_talent
from sim.mechanisms.crisis import answer_crises
from sim.mechanisms.distribution import restock
from sim.mechanisms.experience import repair_probability
from sim.plainrecords import Objects, as_object, as_objects, write_back
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
    WeekCounts,
)
from sim.salience import Salience
from sim.scenario import Mechanisms, Scenario, changed, load, with_horizon
from sim.streams import Luck, key_of
from sim.week import run_tiles

__all__ = ["Market"]

_SIGNALS_OF = attrgetter(*SIGNAL_NAMES, *STANCE_NAMES)

LANES = 512
"""Consumers in a tile: its rows fit the processor's second-level cache."""


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
    firms: list[Firm]
    """Firms, sector by sector."""
    population: Population
    consumers: ConsumerSet
    """All consumers, as Mesa agents."""
    salience: Salience
    counts: MarketCounts
    """What was counted for the market last week."""
    record: Record
    weight: float
    """People whom one simulated consumer stands for."""
    ended_episodes: int
    ended_weeks: int
    makers: NDArray[np.int64]
    made: NDArray[np.int64]
    """Histogram of contributions made so far: people and contributions in each bin."""
    _said: NDArray[np.uint32]
    _next_said: NDArray[np.uint32]
    _voiced: NDArray[np.uint32]
    _next_voiced: NDArray[np.uint32]

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
        **settings: Any,
    ) -> None:
        if engine not in ("compiled", "objects"):
            raise ValueError(f"engine must be 'compiled' or 'objects', not {engine!r}")
        given = {"population.size": consumers, "seed": seed} | settings
        changes = {key: value for key, value in given.items() if value is not None}
        self.setup = with_horizon(_changed(scenario, changes), weeks)
        super().__init__(rng=self.setup.seed % 2**32)
        self._plain: tuple[tuple[Any, ...], tuple[Any, ...]] = ((), ())
        self.engine, self.threads, self.replicate = engine, max(1, threads), int(replicate)
        self.weight = self.setup.population.represents / self.setup.population.size
        self.luck = Luck(self.setup.seed, self.replicate)
        self._build_firms()
        self._build_consumers(1 if engine == "objects" else lanes or LANES)
        self.record = Record(
            self.setup, self.setup.seed, self.replicate, tuple(f.name for f in self.firms), self.setup.horizon
        )
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

    @property
    def mechanisms(self) -> Mechanisms:
        """Switches and parameters of the mechanisms."""
        return self.setup.mechanisms

    def _events_and_levers(self) -> None:
        """1. Scenario events and scheduled lever changes take effect."""
        for firm in self.firms:
            firm.exposure = firm.restored = 0.0
        change_levers(self.setup.schedule, self.week, self.firm_named)
        today = [event for event in self.setup.events if event.week == self.week]
        take_place(today, self.firm_named, self.cause_numbers, self.salience, self.mechanisms)

    def _firms_decide(self) -> None:
        """2. Firms decide by their strategies and answer crises."""
        for firm in self.firms:
            if firm.alive:
                firm.set_levers(firm.strategy.decide(firm.see()))
                if self.mechanisms.crisis.enabled and firm.crises:
                    answer_crises(firm, self.salience, self.mechanisms.crisis, partial(self._luck_in_crisis, firm))

    def _luck_in_crisis(self, firm: Firm, cause: int) -> Iterator[float]:
        return self.luck.firm(firm.name, self.week, f"crisis on {self.setup.causes[cause].name}")

    def _consumers_live(self) -> None:
        """3. Each consumer: beliefs, activation, purchase, experience, contribution."""
        self._publish()
        self._firm_counts[:] = np.zeros((), FIRM_COUNTS)
        self._counts[:] = np.zeros((), MARKET_COUNTS)
        if self.engine == "objects":
            self._step_consumers()
        else:
            self._run_tiles_in_threads()
        self._said, self._next_said = self._next_said, self._said
        self._voiced, self._next_voiced = self._next_voiced, self._voiced
        self._hear_back()

    def _value_is_created(self) -> None:
        """4. Firms turn contributions and talent into quality, lower cost and fewer defects; retailers react."""
        m, heads = self.mechanisms, self.setup.population.represents
        for firm in self.firms:
            if firm.alive and m.creation.enabled:
                create_value(firm, m.creation, heads, self.weight)
                launch_ideas(firm, m.creation, self.weight, self.luck.firm(firm.name, self.week, "ideas"))
            if firm.alive and m.experience.enabled:
                complaints = max(firm.week.complaints * self.weight, 1.0)
                firm.repair = repair_probability(
                    m.experience, firm.service / complaints, firm.openness, firm.peer_support
                )
            if firm.alive and m.distribution.enabled:
                restock(firm, m.distribution, self.week)

    def _books_are_closed(self) -> None:
        """5. Accounts: revenue, cost, sharing, cash; bankruptcy."""
        m, heads = self.mechanisms, self.setup.population.represents
        if m.accounts.enabled:
            for firm in self.firms:
                if firm.alive:
                    close_books(firm, m.accounts, heads, self.weight, m.creation.case_cost, self.week)
                else:
                    firm.rest()

    def _figures_are_recorded(self) -> None:
        """6. Key figures are recorded."""
        self.record.take(self)
        if self.datacollector is not None:
            self.datacollector.collect(self)

    # ---------------------------------------------------------------------------------------------- the consumers

    def _step_consumers(self) -> None:
        """Let every consumer live its week by its own `step`, in the order of their rows."""
        given = self._arguments()
        size, blocks, rows, firms, sectors, keys, salience, settings, *rest = given
        self._plain = (
            (
                size,
                blocks,
                as_object(rows),
                as_objects(firms),
                as_objects(sectors),
                as_object(keys),
                salience,
            ),
            (as_object(settings), *rest, as_objects(self._firm_counts), as_object(self._counts[0])),
        )
        for consumer in self.consumers:
            consumer.step()
        firm_counts, counts = self._plain[1][-2:]
        write_back(firm_counts, self._firm_counts)
        write_back(Objects([counts]), self._counts)

    def week_of(self, row: int) -> None:
        """Live the present week of one consumer: what `Consumer.step` does (engine "objects", during a step)."""
        plain(run_tiles)(row, row + 1, *self._plain[0], *self._plain[1])

    def _arguments(self) -> tuple[Any, ...]:
        columns = self.population.columns
        luck = (np.uint64(self.week), self.luck.replicate, self.luck.k0, self.luck.k1)
        talk = (self._said, self._voiced, self._next_said, self._next_voiced, self._is_voice)
        return (
            self.population.size,
            (columns.numbers, columns.codes, self.population.peers),
            self._rows[0],
            self._signals,
            self._sectors,
            self._keys[0],
            np.array(self.salience.levels, np.float32),
            self._settings[0],
            luck,
            self.setup.figures.window,
            talk,
        )

    def _run_tiles_in_threads(self) -> None:
        tiles, arguments = self.population.columns.tiles, self._arguments()
        parts = min(self.threads * 4, tiles) if self.threads > 1 else 1
        if parts == 1:
            run_tiles(0, tiles, *arguments, self._firm_counts, self._counts[0])
            return
        cuts = [tiles * i // parts for i in range(parts + 1)]
        firm_counts = [np.zeros_like(self._firm_counts) for _ in range(parts)]
        counts = [np.zeros_like(self._counts) for _ in range(parts)]
        with ThreadPoolExecutor(self.threads) as pool:
            list(
                pool.map(
                    lambda i: run_tiles(cuts[i], cuts[i + 1], *arguments, firm_counts[i], counts[i][0]),
                    range(parts),
                )
            )
        # All counts are integers, so their sum does not depend on how the tiles were dealt out.
        for part in firm_counts:
            self._firm_counts.view(np.int64)[:] += part.view(np.int64)
        for part in counts:
            self._counts.view(np.int64)[:] += part.view(np.int64)

    def _publish(self) -> None:
        """Write what consumers can see of the firms this week."""
        for place, firm in enumerate(self.firms):
            self._signals[place] = _SIGNALS_OF(firm) + self._firm_keys[place]

    def _hear_back(self) -> None:
        """Bring what was counted to the firms and to public attention."""
        self.counts = MarketCounts(*self._counts.tolist()[0])
        sold: dict[str, int] = {}
        for firm, record in zip(self.firms, self._firm_counts.tolist(), strict=True):
            firm.week = WeekCounts(*record)
            sold[firm.sector] = sold.get(firm.sector, 0) + firm.week.units
        for firm in self.firms:
            firm.hear_back(self, sold[firm.sector])
        loudest = 1023.0 * self.population.size
        voice = [heard / loudest for heard in self.counts.voice[: len(self.setup.causes)].tolist()]
        self.salience.decay_and_hear(voice)
        self._is_voice = any(firm.week.attackers or firm.week.defenders for firm in self.firms)
        self.ended_episodes += self.counts.ended_episodes
        self.ended_weeks += self.counts.ended_weeks
        self.makers += self.counts.makers
        self.made += self.counts.made

    def words_heard(self) -> dict[str, NDArray[Any]]:
        """Return what consumers said last week, which peers hear in the next: for checkpoints."""
        return {"said": self._said, "voiced": self._voiced}

    def hear_words(self, words: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `words_heard` returned."""
        self._said[:], self._voiced[:] = words["said"], words["voiced"]
        self._is_voice = bool(self._voiced.any())

    # -------------------------------------------------------------------------------------------------- building

    def _build_firms(self) -> None:
        order = [sector.name for sector in self.setup.sectors]
        setups = sorted(self.setup.firms, key=lambda firm: order.index(firm.sector))
        causes = [cause.name for cause in self.setup.causes]
        self.cause_numbers = {name: c for c, name in enumerate(causes)}
        self.firms = [Firm(self, setup, place, causes) for place, setup in enumerate(setups)]
        for firm in self.firms:
            start_talent(firm, self.mechanisms.creation, self.setup.population.represents)
            firm.repair = repair_probability(self.mechanisms.experience, 0.0, firm.openness, 0.0)
        self.firm_named = {firm.name: firm for firm in self.firms}
        self._firm_setups = setups
        self.salience = Salience([c.salience for c in self.setup.causes], self.mechanisms.activation)
        self._signals = np.zeros(len(setups), FIRM_SIGNALS).view(np.recarray)
        self._firm_keys = [(key_of(firm.name), key_of(f"shelf of {firm.name}")) for firm in setups]

    def _build_consumers(self, lanes: int) -> None:
        size = self.setup.population.size
        install(self, Population(self.setup, self._firm_setups, self.luck, lanes))
        self.consumers = ConsumerSet(self)
        self._rows = self.population.rows_record()
        self._sectors = self._sector_records()
        self._keys = np.zeros(1, KEYS).view(np.recarray)
        self._keys[0] = tuple(key_of(name) for name in KEYS.names or ())
        self._settings = _settings_record(self.mechanisms)
        self._firm_counts = np.zeros(len(self.firms), FIRM_COUNTS).view(np.recarray)
        self._counts = np.zeros(1, MARKET_COUNTS).view(np.recarray)
        self.counts = MarketCounts(*self._counts.tolist()[0])
        nobody = np.uint32(NOBODY << 22)
        self._said, self._next_said = np.full(size, nobody), np.full(size, nobody)
        self._voiced, self._next_voiced = np.zeros(size, np.uint32), np.zeros(size, np.uint32)
        self._is_voice = False
        self.ended_episodes = self.ended_weeks = 0
        self.makers, self.made = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
        self.makers[0] = size

    def _sector_records(self) -> NDArray[Any]:
        records = np.zeros(len(self.setup.sectors), SECTORS).view(np.recarray)
        rates = self.population.get("rate")
        for i, sector in enumerate(self.setup.sectors):
            places = [firm.place for firm in self.firms if firm.sector == sector.name]
            record = records[i]
            record.place = i
            record.first, record.last = min(places), max(places) + 1
            record.most_units = most_units(rates[i])
            record.has_outside, record.outside = sector.outside is not None, sector.outside or 0.0
            record.reference_price = sector.reference_price
            for name in ("units", "outside_key", "noise", "defect", "complaint", "repair", "review"):
                record[name] = key_of(f"{name} in {sector.name}")
        # Who buys in two sectors in a week speaks of the last: sectors go in the order of their keys, not of the file.
        return records[np.argsort(records["units"], kind="stable")]

    def _collector(self) -> mesa.DataCollector:
        from sim.figures import FIGURES

        reporters: dict[str, Any] = {
            key: (lambda m, key=key: float(m.record[key][-1])) for key, f in FIGURES.items() if f.scope == "market"
        }
        for place, firm in enumerate(self.firms):
            for key in ("share", "profit", "quality", "sincerity"):
                reporters[f"{key} of {firm.name}"] = lambda m, key=key, place=place: float(m.record[key][-1, place])
        return mesa.DataCollector(model_reporters=reporters)


def _changed(scenario: Scenario | str, settings: dict[str, Any]) -> Scenario:
    """Load or change a scenario; settings are checked like any scenario."""
    if isinstance(scenario, str | os.PathLike):
        return load(scenario, settings)
    if not settings:
        return scenario
    return changed(scenario, settings)


def _settings_record(mechanisms: Mechanisms) -> NDArray[Any]:
    """Return every mechanism's numbers as one nested record: `settings.beliefs.speed`."""
    tables = {name: getattr(mechanisms, name) for name in type(mechanisms).model_fields}
    dtype = np.dtype([(name, settings_dtype(type(table))) for name, table in tables.items()], align=True)
    record = np.zeros(1, dtype).view(np.recarray)
    record[0] = tuple(settings_values(table) for table in tables.values())
    return record
