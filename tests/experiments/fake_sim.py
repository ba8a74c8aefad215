"""A market without consumers, named like the real one: fast, deterministic, and it fails when told to.

Only for tests of what surrounds the model: runs, store, summary, report and command line.
"""

from __future__ import annotations

import sys
import time
import tomllib
import types
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np


@dataclass
class Record:
    """Figures of one run, as the real record gives them."""

    firms: tuple[str, ...]
    causes: tuple[str, ...]
    sectors: tuple[str, ...]
    cohorts: tuple[str, ...]
    replicate: int
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def weeks(self) -> int:
        return len(self.rows)

    @property
    def items(self) -> dict[str, tuple[str, ...]]:
        named = {"firm": self.firms, "cause": self.causes, "sector": self.sectors, "cohort": self.cohorts}
        return named | {"market": ("",)}

    @property
    def keys(self) -> tuple[str, ...]:
        from sim.figures import FIGURES

        return tuple(FIGURES)

    def __getitem__(self, key: str) -> np.ndarray:
        from sim.figures import FIGURES

        values = np.array([np.atleast_1d(row[key]) for row in self.rows], dtype=np.float64)
        return values[:, 0] if FIGURES[key].scope == "market" else values


class Market:
    """Shares drift by a random walk; an event costs the firm it hits a fifth of its attraction.

    Every figure of the registry is recorded; those that nobody looks at are noise.
    """

    fails_at: ClassVar[dict[int, int]] = {}
    """Replicate: weeks after which it fails."""
    seconds_a_week: ClassVar[float] = 0.0

    def __init__(self, scenario, *, replicate=0, engine="compiled", threads=1, **_) -> None:
        self.setup = scenario
        self.steps = 0
        self.engine = engine
        firms = tuple(firm.name for firm in scenario.firms)
        causes = tuple(cause.name for cause in scenario.causes)
        sectors = tuple(sector.name for sector in scenario.sectors)
        cohorts = ("rest", *(cohort.name for cohort in scenario.cohorts))
        self.record = Record(firms, causes, sectors, cohorts, replicate)
        self._luck, self._noise = (
            np.random.Generator(np.random.Philox(key=scenario.seed + 1000 * replicate + part)) for part in (0, 500)
        )
        self._drift = np.linspace(-0.01, 0.012, len(firms))
        self._draw = np.zeros(len(firms))
        self._cash = np.full(len(firms), 50_000.0)

    @property
    def week(self) -> int:
        return self.steps

    @property
    def running(self) -> bool:
        return self.steps < self.setup.horizon

    def step(self) -> None:
        from sim.figures import FIGURES

        if self.fails_at.get(self.record.replicate) == self.steps:
            raise ZeroDivisionError("a market without customers")
        time.sleep(self.seconds_a_week)
        self.steps += 1
        firms, causes = self.record.firms, self.record.causes
        sizes = {scope: len(names) for scope, names in self.record.items.items()}
        week = {key: 0.5 + 0.01 * self._noise.standard_normal(sizes[figure.scope]) for key, figure in FIGURES.items()}
        self.record.rows.append(week | self._plausible(firms, causes) | self._presence() | self._beside_firms())

    def _beside_firms(self) -> dict[str, Any]:
        """Leave out commons and sharing markets where the scenario has none."""
        sectors = self.setup.sectors
        commons, sharing = (
            [getattr(sector, kind) is not None for sector in sectors] for kind in ("commons", "sharing")
        )
        known = {
            **dict.fromkeys(("commons_share", "commons_quality"), np.where(commons, 0.2, np.nan)),
            **dict.fromkeys(("sharing_share", "sharing_price"), np.where(sharing, 0.1, np.nan)),
        }
        shocks = [event for event in self.setup.events if event.kind == "hardship" and event.week <= self.steps]
        hardship = np.full(len(self.record.cohorts), max([event.severity for event in shocks], default=0.0))
        beside = 0.3 if any(commons + sharing) else 0.0
        by_cohort = np.full(len(self.record.cohorts), beside)
        return known | {"alternatives": beside, "cohort_alternatives": by_cohort, "hardship": hardship}

    def _presence(self) -> dict[str, Any]:
        """Let firms enter in their week; those in debt at the start go bankrupt in week 10."""
        entered = np.array([self.steps >= firm.enters for firm in self.setup.firms], dtype=float)
        is_broke = np.array([firm.cash < 0 and self.steps >= 10 for firm in self.setup.firms])
        return {"entered": entered, "alive": np.where(is_broke, 0.0, entered)}

    def _plausible(self, firms, causes) -> dict[str, Any]:
        self._draw += self._drift + 0.03 * self._luck.standard_normal(len(firms))
        salience = np.full(len(causes), 0.2)
        for event in self.setup.events:
            age = self.steps - event.week
            if getattr(event, "firm", None) and age == 0:
                self._draw[firms.index(event.firm)] -= 0.25
            if age >= 0 and hasattr(event, "cause"):
                salience[causes.index(event.cause)] += event.severity * 0.5 ** (age / 8)
        pull = np.exp(self._draw) * self._presence()["alive"]
        share = pull / pull.sum()
        profit = 400_000 * share - 50_000 + 6_000 * self._luck.standard_normal(len(firms))
        self._cash = self._cash + profit
        place = np.arange(len(firms))
        return {
            "share": share,
            "profit": profit,
            "cash": self._cash,
            "price": 10 - 0.4 * place,
            "rating": np.where((place == 0) & (self.steps < 5), np.nan, 0.5 + 0.05 * place),
            "sincerity": 0.4 + 0.1 * place,
            "community": 20_000.0 * (1 + place) * (1 + self.steps / 50),
            "boycott_size": np.abs(3000 * self._luck.standard_normal(len(firms))) * salience.sum(),
            "salience": salience,
            "hhi": float((share**2).sum()),
            "userisation": 0.1 + 0.001 * self.steps,
            "militants": 500 + 40_000 * float(salience.sum()),
        }


SCENARIO = """
schema_version = 1
horizon = 60
seed = 1
source = "S0"
sector = [{ name = "drinks" }]
cause = [{ name = "labour" }]

[title]
en = "Two worlds meet"
fr = "Deux mondes se rencontrent"

[story]
en = "A pyramid meets a network. Then a scandal comes."
fr = "Une pyramide rencontre un réseau. Puis vient un scandale."

[population]
size = 2000

[[firm]]
name = "Pyramide"
sector = "drinks"
strategy = "pyramidal"

[[firm]]
name = "=Nova & <fils>"
sector = "drinks"
strategy = "client_centred"
levers = { openness = 0.6, sharing = 0.3 }

[[firm]]
name = "Élan"
sector = "drinks"
strategy = "opportunist"

[[event]]
week = 20
kind = "scandal"
firm = "Pyramide"
cause = "labour"
severity = 0.8

[[schedule]]
week = 26
firm = "Élan"
price = 9.0
"""
"""Three firms, one with a name that spreadsheets and pages must not trust, a scandal and a price cut."""


def scenario(**changes):
    """Make a real scenario of `SCENARIO`, with some top-level values replaced."""
    from sim.scenario import Scenario

    return Scenario.model_validate({"name": "two-worlds"} | tomllib.loads(SCENARIO) | changes)


def module() -> types.ModuleType:
    """Make a module that stands in for `sim.market`."""
    made = types.ModuleType("sim.market")
    made.__dict__["Market"] = Market
    return made


def install() -> None:
    """Put the fake market in place of the real one, for the whole process."""
    sys.modules["sim.market"] = module()
