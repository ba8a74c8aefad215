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
from sim.compiling import plain
from sim.lanes import list_lanes
from sim.mechanisms.base import settings_dtype, settings_values
from sim.mechanisms.beliefs import gather_words
from sim.mechanisms.purchase import NEVER
from sim.population import DECLARED
from sim.quantities import quantities
from sim.records import FIRM_COUNTS, FIRM_SIGNALS, KEYS, MARKET_COUNTS, SECTORS
from sim.scenario import Mechanisms
from sim.tile import open_tile

from .entities import Consumer, Firm, Sector, Tally, home
from .luck import Luck, key_of
from .sincerity import gap

# ------------------------------------------------------------------------------------------------ drawing worlds


@dataclass(repr=False)
class World:
    p: Mechanisms
    week: int
    luck: Luck
    A: list[float]  # salience of the causes
    hardship: list[float]  # of each cohort
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


def some_parameters(model: type[BaseModel], random: np.random.Generator) -> Any:
    """Parameters of a mechanism: each its default, its lowest value, or anything up to five times the default."""
    values: dict[str, Any] = {}
    for name, q in quantities(model).items():
        if name == "enabled" or isinstance(q.default, bool):
            continue
        assert q.low is not None
        assert q.high is not None
        most = min(q.high, max(5 * q.default, q.low + 0.1))
        if isinstance(q.default, int):
            values[name] = int(random.integers(int(q.low), math.ceil(most) + 1))
        elif random.random() < 0.1:
            values[name] = q.default
        else:
            part = int(random.integers(0, 21)) / 20
            least = max(q.low, q.default / 100)  # some lowest values stand for "nearly zero" in a division
            lowest = q.low if q.low == 0 and q.unit not in _DIVISORS else least
            values[name] = min(q.high, max(q.low, lowest + part * (most - lowest)))
    return model(**values)


_DIVISORS = {"currency", "currency_per_head", "currency_per_week", "people"}
_SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def parameters(draw: Callable[..., Any], model: type[BaseModel]) -> Any:
    return some_parameters(model, np.random.default_rng(draw(_SEEDS)))


@st.composite
def mechanisms(draw: Callable[..., Any]) -> Mechanisms:
    """Parameters of all mechanisms; a third of them have their defaults."""
    random = np.random.default_rng(draw(_SEEDS))
    chosen = {name: f.annotation for name, f in Mechanisms.model_fields.items() if random.random() < 0.67}
    return Mechanisms(**{name: some_parameters(model, random) for name, model in chosen.items()})  # type: ignore[arg-type]


@st.composite
def worlds(draw: Callable[..., Any], *, causes: int = 3, consumers: int = 24, peers: int = 12) -> World:
    """Worlds of a few suppliers, sectors, causes and consumers, in any state; a tenth of all numbers lie on a bound."""
    p = draw(mechanisms())
    make = Maker(np.random.default_rng(draw(st.integers(0, 2**32 - 1))))
    sectors: list[Sector] = []
    kinds: list[str] = []
    order = draw(st.sampled_from([1, 1, 7]))
    for i in range(draw(st.integers(1, 2))):
        here = ["firm"] * draw(st.integers(1, 3)) + ["commons"] * draw(st.booleans())
        market = draw(st.sampled_from([None, "second_hand", "rental", "group_buying"]))
        here += [] if market is None else [market]
        rows = list(range(len(kinds), len(kinds) + len(here)))
        outside, most = draw(st.sampled_from([None, -3.0, 0.5])), draw(st.sampled_from([1, 9, 30]))
        durable, life = draw(st.booleans()), draw(st.sampled_from([1.0, 3.0, 200.0]))
        place = None if market is None else rows[-1]
        sectors.append(Sector(f"sector {i}", rows, 10.0, outside, most, order, durable, life, place))
        kinds += here
    number_of_causes = draw(st.integers(min(causes, 1), causes)) if causes else 0
    cohorts = draw(st.integers(0, 3))
    firms = [make.supplier(kinds[f], sector, f, number_of_causes) for sector in sectors for f in sector.firms]
    make.give_lines(sectors, firms)
    size = draw(st.integers(2, consumers))
    listening = draw(st.integers(1, min(peers, size - 1)))
    return World(
        p=p,
        week=int(make.random.integers(1, 500)),
        luck=Luck(int(make.random.integers(0, 2**62)), int(make.random.integers(0, 2**32))),
        A=[make.number(0, 2) for _ in range(number_of_causes)],
        hardship=[make.number(0, 1) for _ in range(cohorts + 1)],
        sectors=sectors,
        firms=firms,
        consumers=[make.consumer(sectors, firms, number_of_causes, cohorts) for _ in range(size)],
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
            game=number(0, 1), thanks=number(0, 2), pull=number(0, 3) if self.chance(0.3) else 0.0,
            mode=str(self.random.choice(["sell", "rent", "subscribe"])), ν=number(0, 1), ω=number(0, 1),
            ambassadors=number(0, 500), recruiting=number(0, 1), keeping=number(0, 1),
            proclaimed=[number(-1, 1) for _ in range(causes)], conduct=[number(-1, 1) for _ in range(causes)],
            known=[number(-1, 1) for _ in range(causes)],
            focus=[0.0 if self.chance(0.3) else number(0, 1) for _ in range(causes)],
            alive=alive, availability=available if alive else 0.0, q=number(0, 1), defect_rate=number(0, 0.9),
            repair=number(0, 1), φ=number(0, 1), n_r=number(0, 50), sum_r=0.0,
            e=number(0, 1) if self.chance(0.5) else 0.0, shame=number(0, 1) if self.chance(0.5) else 0.0,
            offence=number(0, 1) if self.chance(0.3) else 0.0, ρ_f=number(0, 1) if self.chance(0.5) else 0.0,
        ).with_rating(number(0, 1))  # fmt: skip

    def supplier(self, kind: str, sector: Sector, f: int, causes: int) -> Firm:
        """A firm, or a commons or a sharing market: these have a firm's levers at 0."""
        firm, number = self.firm(sector, f, causes), self.number
        if kind == "firm":
            return firm
        firm.kind, firm.alive, firm.mode = kind, True, "sell"
        firm.availability = 1.0 if kind != "second_hand" else number(0, 1)
        firm.o = firm.o_claimed = firm.g = firm.g_claimed = 1.0 if kind == "commons" else 0.0
        for name in (
            "b",
            "feature",
            "display",
            "pull",
            "ν",
            "ω",
            "ambassadors",
            "recruiting",
            "e",
            "shame",
            "offence",
            "ρ_f",
            "repair",
        ):
            setattr(firm, name, 0.0)
        firm.keeping = 1.0
        firm.proclaimed, firm.conduct, firm.known, firm.focus = ([0.0] * causes for _ in range(4))
        firm.hassle, firm.z, firm.materials = number(0, 4), number(0, 4), number(0, 20)
        firm.T_0, firm.γ_T, firm.T, firm.files = number(0, 1), number(0, 2), number(0, 1), number(0, 1)
        firm.D, firm.s = number(0, 50), number(-20, 90)
        if kind != "commons":
            firm.idealism, firm.game, firm.thanks, firm.φ = number(0, 3), 0.0, 0.0, 0.0
        return firm

    def give_lines(self, sectors: list[Sector], firms: list[Firm]) -> None:
        """Make some firms lines of a firm in another sector."""
        for sector in sectors[1:]:
            for f in sector.firms:
                if firms[f].kind == "firm" and self.chance(0.5):
                    firms[f].parent = int(self.random.choice([g for g in sectors[0].firms if firms[g].kind == "firm"]))

    def consumer(self, sectors: list[Sector], suppliers: list[Firm], causes: int, cohorts: int = 0) -> Consumer:
        number, random, firms = self.number, self.random, len(suppliers)
        homes = [f for f, s in enumerate(suppliers) if s.parent is None and s.kind in ("firm", "commons")]
        targets = [f for f, s in enumerate(suppliers) if s.kind == "firm"]
        c = Consumer(
            t=[number(-3, 3) for _ in range(firms)], β=number(0, 5), η=number(-1, 1), λ=[number(0, 3) for _ in sectors],
            τ=number(0, 1), ρ=number(0, 1), a=number(0, 1000 if self.chance(0.2) else 20), k=number(0, 1),
            π=number(0, 1), ς=number(0, 1), w=[number(0, 1) for _ in range(causes)], θ=number(0.001, 2),
            d=number(0, 0.99), Q=[number(0, 1) for _ in range(firms)], S=[number(0, 1) for _ in range(firms)],
            supplier=[None if self.chance(0.3) else int(random.choice(s.firms)) for s in sectors],
            bought=[None if self.chance(0.5) else int(random.integers(0, 500)) for _ in range(firms)],
            owned=[int(random.choice([0, 1, 2, 9, 29_990])) for _ in sectors], u=number(0, 1),
            cohort=int(random.integers(cohorts + 1)),
            satisfaction=number(0, 1), spoken_of=self.one_of(firms),
            community=None if self.chance(0.4) else int(random.choice(homes)),
            contributions=float(random.integers(0, 60)),
        )  # fmt: skip
        if c.community is not None:
            c.attachment = number(0, 1)
        if causes and self.chance(0.5):
            c.militant, c.cause, c.target = True, int(random.integers(causes)), int(random.choice(targets))
            c.stance, c.energy, c.weeks = (1 if self.chance(0.5) else -1), number(0.001, 1), int(random.integers(1, 9))
        if self.chance(0.4):
            c.ambassador = c.community if c.community in targets and self.chance(0.7) else int(random.choice(targets))
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
    "energy": "energy", "weeks": "episode", "u": "use_preference", "owned": "owned", "cohort": "cohort",
    "ambassador": "ambassador",
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
        self.tile = plain(open_tile)(self.columns.numbers[0], self.columns.codes[0], self.columns.tags[0], rows[0])
        self.peers = np.zeros((len(world.peers[0]), lanes), np.int32)
        self.peers[:, : self.size] = np.array(world.peers).T
        self.said = np.zeros(lanes, np.uint64)
        self.flags, self.chosen = np.zeros(lanes, np.bool_), np.zeros(lanes, np.int32)
        self.voiced, self.spare = np.zeros(lanes, np.uint32), np.zeros(lanes, np.float32)
        self.draws = np.zeros((3, lanes), np.uint32)
        self.signals = signals_of(world.firms)
        self.sectors = sectors_of(world)
        self.s = settings_of(world.p)
        self.salience = np.array(world.A, np.float32)
        self.hardship = np.array(world.hardship, np.float32)
        self.keys = np.zeros(1, KEYS).view(np.recarray)
        self.keys[0] = tuple(key_of(name) for name in KEYS.names or ())
        self.firm_counts = np.zeros(len(world.firms), FIRM_COUNTS).view(np.recarray)
        self.counts = np.zeros(1, MARKET_COUNTS).view(np.recarray)
        luck = streams.Luck(world.luck.seed, world.luck.replicate)
        self.words = np.zeros((4, lanes), np.uint32)
        streams.draw_week(self.words, 0, np.uint32(world.week), luck.replicate, luck.k0, luck.k1)

    def lanes_where(self, chosen: Any) -> tuple[Any, int]:
        """The lanes of which a condition holds, as the rules list them."""
        lanes = np.zeros(self.chosen.size, np.int32)
        return lanes, list_lanes(lanes, np.asarray(chosen, np.bool_))

    def hear(self) -> tuple[Any, Any]:
        """What the peers of everyone said: words of last purchases, and voices."""
        heard, voices = np.zeros((2, *self.peers.shape), np.uint32)
        loud = gather_words(heard, voices, np.zeros(self.said.size, np.uint64), self.peers, self.said)
        assert loud == voices.any()
        return heard, voices

    def outcome(self) -> dict[str, Any]:
        return {name: self.columns.get(column) for name, column in COLUMN_OF.items()}


def signals_of(firms: list[Firm]) -> Any:
    signals = np.zeros(len(firms), FIRM_SIGNALS).view(np.recarray)
    for f, firm in enumerate(firms):
        record = signals[f]
        for name, value in {
            "alive": firm.alive, "price": firm.price, "appeal": firm.appeal, "feature": firm.feature,
            "display": firm.display, "available": firm.availability, "openness": firm.o, "game": firm.game,
            "thanks": firm.thanks, "given_back": firm.g, "proclaimed_sharing": firm.g_claimed, "human_contact": firm.φ,
            "brand_push": firm.b, "hassle": firm.hassle, "idealism": firm.idealism, "is_use": firm.is_used,
            "renews": firm.mode == "subscribe", "kept": not firm.is_used, "hosting": firm.ν, "pull": firm.pull,
            "recruiting": firm.recruiting, "keeping": firm.keeping, "home": home(f, firms),
            "parent": -1 if firm.parent is None else firm.parent, "claimed_quality": firm.claim,
            "true_quality": firm.q, "defect_rate": firm.defect_rate, "repair": firm.repair, "rating": firm.R,
            "rated": firm.r, "exposure": firm.e, "shame": firm.shame, "offence": firm.offence, "truth": 1 - gap(firm),
            "restored": firm.ρ_f, "key": key_of(firm.name), "shelf_key": key_of(f"shelf of {firm.name}"),
        }.items():  # fmt: skip
            record[name] = value
        for name in ("proclaimed", "known", "focus"):
            record[name][: len(firm.known)] = getattr(firm, name)
    return signals


def sectors_of(world: World) -> Any:
    from .firms import market_firm, market_supplier

    records = np.zeros(len(world.sectors), SECTORS).view(np.recarray)
    for i, sector in enumerate(world.sectors):
        record = records[i]
        record.place = i
        record.first, record.last, record.most_units = min(sector.firms), max(sector.firms) + 1, sector.most_units
        record.has_outside, record.outside = sector.outside is not None, sector.outside or 0.0
        record.reference_price = sector.reference_price
        record.alternatives = min([f for f in sector.firms if world.firms[f].kind != "firm"] or [record.last])
        record.order, record.durable, record.life = sector.order, sector.durable, sector.life
        record.sharing = -1 if sector.market is None else sector.market
        if sector.market is not None:
            firms = [market_firm(world.firms[f]) for f in sector.firms if world.firms[f].kind == "firm"]
            market = market_supplier(world.firms[sector.market], sector, world.p, 1000.0)
            record.release = market.release(firms, world.p.sharing)
        for name in ("units", "outside_key", "noise", "defect", "complaint", "repair", "review", "wear", "offer"):
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
