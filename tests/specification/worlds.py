"""Small worlds drawn by hypothesis, and the same worlds in the columns and records of the compiled rules."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from pydantic import BaseModel

from sim import streams
from sim.columns import Columns
from sim.mechanisms.base import settings_dtype, settings_values
from sim.mechanisms.purchase import NEVER
from sim.population import DECLARED
from sim.quantities import quantities
from sim.records import FIRM_COUNTS, FIRM_SIGNALS, KEYS, MARKET_COUNTS, SECTORS
from sim.scenario import Mechanisms
from sim.tile import open_tile

from .entities import Consumer, Firm, Sector, Tally
from .luck import Luck, key_of
from .sincerity import gap

# ------------------------------------------------------------------------------------------------ drawing worlds


@dataclass(repr=False)
class World:
    p: Mechanisms
    week: int
    luck: Luck
    A: list[float]  # salience of the causes
    sectors: list[Sector]
    firms: list[Firm]
    consumers: list[Consumer]
    peers: list[list[int]]

    def __repr__(self) -> str:
        size = (
            f"{len(self.sectors)} sectors, {len(self.firms)} firms, {len(self.A)} causes, {len(self.consumers)} people"
        )
        return f"<World of {size}; {self.p.model_dump(exclude_defaults=True)}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Keep hypothesis from writing out the whole world."""
        printer.text(repr(self))


@st.composite
def parameters(draw: Callable[..., Any], model: type[BaseModel]) -> Any:
    """Parameters of a mechanism: each its default, its lowest value, or anything up to five times the default."""
    values: dict[str, Any] = {}
    for name, q in quantities(model).items():
        if name == "enabled" or isinstance(q.default, bool):
            continue
        assert q.low is not None
        assert q.high is not None
        most = min(q.high, max(5 * q.default, q.low + 0.1))
        if isinstance(q.default, int):
            values[name] = draw(st.integers(int(q.low), math.ceil(most)))
        else:
            part = draw(st.sampled_from([None, None, *range(0, 101, 5)]))
            least = max(q.low, q.default / 100)  # some lowest values stand for "nearly zero" in a division
            lowest = q.low if q.low == 0 and q.unit not in _DIVISORS else least
            values[name] = q.default if part is None else min(q.high, max(q.low, lowest + part / 100 * (most - lowest)))
    return model(**values)


_DIVISORS = {"currency", "currency_per_head", "people"}


@st.composite
def mechanisms(draw: Callable[..., Any]) -> Mechanisms:
    return Mechanisms(**{name: draw(parameters(f.annotation)) for name, f in Mechanisms.model_fields.items()})  # type: ignore[arg-type]


@st.composite
def worlds(draw: Callable[..., Any], *, causes: int = 3, consumers: int = 24, peers: int = 12) -> World:
    """Worlds of a few firms, sectors, causes and consumers, in any state; a tenth of all numbers lie on a bound."""
    p = draw(mechanisms())
    make = Maker(np.random.default_rng(draw(st.integers(0, 2**32 - 1))))
    sectors, f = [], 0
    for i in range(draw(st.integers(1, 2))):
        n = draw(st.integers(1, 3))
        outside = draw(st.sampled_from([None, -3.0, 0.5]))
        sectors.append(Sector(f"sector {i}", list(range(f, f + n)), 10.0, outside, draw(st.sampled_from([1, 9, 30]))))
        f += n
    number_of_causes = draw(st.integers(min(causes, 1), causes)) if causes else 0
    size = draw(st.integers(2, consumers))
    listening = draw(st.integers(1, min(peers, size - 1)))
    return World(
        p=p,
        week=int(make.random.integers(1, 500)),
        luck=Luck(int(make.random.integers(0, 2**62)), int(make.random.integers(0, 2**32))),
        A=[make.number(0, 2) for _ in range(number_of_causes)],
        sectors=sectors,
        firms=[make.firm(sector, g, number_of_causes) for sector in sectors for g in sector.firms],
        consumers=[make.consumer(sectors, f, number_of_causes) for _ in range(size)],
        peers=[make.peers(i, size, listening) for i in range(size)],
    )


@dataclass
class Maker:
    """Makes entities in any state, with numbers that float32 can hold."""

    random: np.random.Generator

    def number(self, low: float, high: float) -> float:
        where = self.random.choice([0.0, 1.0, -1.0], p=[0.05, 0.05, 0.9])
        return float(np.float32(low + (high - low) * (self.random.random() if where < 0 else where)))

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def one_of(self, n: int, nobody: float = 0.3) -> int | None:
        return None if n == 0 or self.chance(nobody) else int(self.random.integers(n))

    def firm(self, sector: Sector, f: int, causes: int) -> Firm:
        number, alive = self.number, not self.chance(0.1)
        available = 1.0 if self.chance(0.4) else number(0, 1)
        return Firm(
            name=f"firm {f}", sector=sector.name, appeal=number(-2, 2), price=number(1, 20), o=number(0, 1),
            g=number(0, 1), o_claimed=number(0, 1), g_claimed=number(0, 1), Q_claimed=number(0, 1),
            b=number(0, 1), play=number(0, 1), recognition=number(0, 1), feature=number(0, 1), display=number(0, 1),
            proclaimed=[number(-1, 1) for _ in range(causes)], conduct=[number(-1, 1) for _ in range(causes)],
            known=[number(-1, 1) for _ in range(causes)],
            focus=[0.0 if self.chance(0.3) else number(0, 1) for _ in range(causes)],
            alive=alive, availability=available if alive else 0.0, q=number(0, 1), defect_rate=number(0, 0.9),
            repair=number(0, 1), φ=number(0, 1), n_r=number(0, 50), sum_r=0.0,
            e=number(0, 1) if self.chance(0.5) else 0.0, ρ_f=number(0, 1) if self.chance(0.5) else 0.0,
        ).with_rating(number(0, 1))  # fmt: skip

    def consumer(self, sectors: list[Sector], firms: int, causes: int) -> Consumer:
        number, random = self.number, self.random
        c = Consumer(
            t=[number(-3, 3) for _ in range(firms)], β=number(0, 5), η=number(-1, 1), λ=[number(0, 3) for _ in sectors],
            τ=number(0, 1), ρ=number(0, 1), a=number(0, 1000 if self.chance(0.2) else 20), k=number(0, 1),
            π=number(0, 1), ς=number(0, 1), w=[number(0, 1) for _ in range(causes)], θ=number(0.001, 2),
            d=number(0, 0.99), Q=[number(0, 1) for _ in range(firms)], S=[number(0, 1) for _ in range(firms)],
            supplier=[None if self.chance(0.3) else int(random.choice(s.firms)) for s in sectors],
            bought=[None if self.chance(0.5) else int(random.integers(0, 500)) for _ in range(firms)],
            satisfaction=number(0, 1), spoken_of=self.one_of(firms), community=self.one_of(firms, 0.4),
            contributions=float(random.integers(0, 60)),
        )  # fmt: skip
        if c.community is not None:
            c.attachment = number(0, 1)
        if causes and self.chance(0.5):
            c.militant, c.cause, c.target = True, int(random.integers(causes)), int(random.integers(firms))
            c.stance, c.energy, c.weeks = (1 if self.chance(0.5) else -1), number(0.001, 1), int(random.integers(1, 9))
        return c

    def peers(self, i: int, size: int, listening: int) -> list[int]:
        others = [j for j in range(size) if j != i]
        return [int(j) for j in self.random.choice(others, listening, replace=False)]


# ------------------------------------------------------------------------------- the same in columns and records

COLUMN_OF = {
    "t": "taste", "β": "price_sensitivity", "η": "inertia", "λ": "rate", "τ": "peer_trust", "ρ": "brand_trust",
    "a": "propensity", "k": "skill", "π": "playfulness", "ς": "reciprocity", "w": "values", "θ": "threshold",
    "d": "persistence", "Q": "quality", "S": "sincerity", "supplier": "supplier", "bought": "bought",
    "satisfaction": "satisfaction", "spoken_of": "mentioned", "community": "community", "attachment": "attachment",
    "contributions": "contributed", "militant": "role", "cause": "cause", "target": "target", "stance": "stance",
    "energy": "energy", "weeks": "episode",
}  # fmt: skip
"""The column that holds what the rules call by a letter or a word."""


def as_numbers(name: str, consumers: list[Consumer]) -> np.ndarray:
    """What the column of that name holds: (consumers,), or (firms | sectors | causes, consumers)."""
    nobody = NEVER if name == "bought" else -1
    values = [getattr(c, name) for c in consumers]
    if values and isinstance(values[0], list):
        values = [[nobody if item is None else item for item in value] for value in values]
        return np.array(values).reshape(len(values), -1).T
    return np.array([nobody if value is None else int(value) if isinstance(value, bool) else value for value in values])


def consumers_outcome(consumers: list[Consumer]) -> dict[str, Any]:
    return {name: as_numbers(name, consumers) for name in COLUMN_OF}


class Compiled:
    """A world as the compiled rules see it: one tile of consumers, and records."""

    def __init__(self, world: World, lanes: int = 32) -> None:
        self.size = len(world.consumers)
        widths = {"firm": len(world.firms), "sector": len(world.sectors), "cause": len(world.A)}
        self.columns = Columns(DECLARED, self.size, lanes=lanes, widths=widths)
        for name, column in COLUMN_OF.items():
            self.columns.set(column, as_numbers(name, world.consumers))
        names = [(name, "i4") for name in (*self.columns.row, "firms", "sectors", "causes")]
        rows = np.zeros(1, np.dtype(names, align=True)).view(np.recarray)
        rows[0] = (*self.columns.row.values(), *widths.values())
        self.tile = open_tile(self.columns.numbers[0], self.columns.codes[0], rows[0])
        self.peers = np.zeros((len(world.peers[0]), lanes), np.int32)
        self.peers[:, : self.size] = np.array(world.peers).T
        self.said = np.zeros(lanes, np.uint32)
        self.voiced = np.zeros(lanes, np.uint32)
        self.signals = signals_of(world.firms)
        self.sectors = sectors_of(world.sectors)
        self.s = settings_of(world.p)
        self.salience = np.array(world.A, np.float32)
        self.keys = np.zeros(1, KEYS).view(np.recarray)
        self.keys[0] = tuple(key_of(name) for name in KEYS.names or ())
        self.firm_counts = np.zeros(len(world.firms), FIRM_COUNTS).view(np.recarray)
        self.counts = np.zeros(1, MARKET_COUNTS).view(np.recarray)
        luck = streams.Luck(world.luck.seed, world.luck.replicate)
        self.words = np.zeros((4, lanes), np.uint32)
        streams.draw_week(self.words, 0, np.uint64(world.week), luck.replicate, luck.k0, luck.k1)

    def outcome(self) -> dict[str, Any]:
        return {name: self.columns.get(column) for name, column in COLUMN_OF.items()}


def signals_of(firms: list[Firm]) -> Any:
    signals = np.zeros(len(firms), FIRM_SIGNALS).view(np.recarray)
    for f, firm in enumerate(firms):
        record = signals[f]
        for name, value in {
            "alive": firm.alive, "price": firm.price, "appeal": firm.appeal, "feature": firm.feature,
            "display": firm.display, "available": firm.availability, "openness": firm.o, "play": firm.play,
            "recognition": firm.recognition, "given_back": firm.g, "proclaimed_sharing": firm.g_claimed,
            "human_contact": firm.φ, "brand_push": firm.b,
            "claimed_quality": firm.Q_claimed, "true_quality": firm.q, "defect_rate": firm.defect_rate,
            "repair": firm.repair, "rating": firm.R, "rated": firm.r, "exposure": firm.e, "truth": 1 - gap(firm),
            "restored": firm.ρ_f, "key": key_of(firm.name), "shelf_key": key_of(f"shelf of {firm.name}"),
        }.items():  # fmt: skip
            record[name] = value
        for name in ("proclaimed", "known", "focus"):
            record[name][: len(firm.known)] = getattr(firm, name)
    return signals


def sectors_of(sectors: list[Sector]) -> Any:
    records = np.zeros(len(sectors), SECTORS).view(np.recarray)
    for i, sector in enumerate(sectors):
        record = records[i]
        record.place = i
        record.first, record.last, record.most_units = min(sector.firms), max(sector.firms) + 1, sector.most_units
        record.has_outside, record.outside = sector.outside is not None, sector.outside or 0.0
        record.reference_price = sector.reference_price
        for name in ("units", "outside_key", "noise", "defect", "complaint", "repair", "review"):
            record[name] = key_of(f"{name} in {sector.name}")
    return records


def settings_of(p: Mechanisms) -> Any:
    tables = {name: getattr(p, name) for name in type(p).model_fields}
    dtype = np.dtype([(name, settings_dtype(type(table))) for name, table in tables.items()], align=True)
    record = np.zeros(1, dtype).view(np.recarray)
    record[0] = tuple(settings_values(table) for table in tables.values())
    return record[0]


def tally(world: World) -> Tally:
    return Tally([Counter() for _ in world.firms])


def counted(tally: Tally, names: tuple[str, ...]) -> dict[str, list[float]]:
    """What a slow rule counted of each firm."""
    return {f"counted {name}": [firm[name] for firm in tally.firms] for name in names}


def counted_compiled(compiled: Compiled, names: tuple[str, ...]) -> dict[str, Any]:
    """What a compiled rule counted of each firm."""
    return {f"counted {name}": compiled.firm_counts[name].tolist() for name in names}
