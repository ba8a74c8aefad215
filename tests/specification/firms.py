"""Firms in any state, and the same firms as the market has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np
from hypothesis import strategies as st

from sim.agents import Firm as MarketFirm
from sim.alternatives import Commons, SharingMarket
from sim.entities import CommonsSetup, FirmSetup, SharingSetup
from sim.mechanisms.base import MAX_CAUSES
from sim.records import NOTHING_COUNTED
from sim.scenario import Mechanisms
from sim.streams import Luck
from sim.suppliers import Supplier

from .agreement import Outcome, check_agreement
from .entities import Firm, Sector
from .salience import Salience
from .worlds import Maker

ATTRIBUTE_OF = {
    "price": "price", "o": "openness", "g": "sharing", "o_claimed": "proclaimed_openness",
    "g_claimed": "proclaimed_sharing", "Q_claimed": "claimed_quality", "facilitation": "facilitation",
    "research": "research", "service": "service", "b": "brand_push", "layers": "validation_layers",
    "autonomy": "autonomy", "power_sharing": "power_sharing", "play": "play", "recognition": "recognition",
    "launches": "launches", "selectivity": "selectivity", "feature": "feature", "display": "display",
    "appeal": "appeal", "alive": "alive", "q": "true_quality", "base_unit_cost": "base_unit_cost",
    "unit_cost": "unit_cost", "base_defect_rate": "base_defect_rate", "defect_rate": "defect_rate",
    "fixed_cost": "fixed_cost", "E": "talent", "X": "external_talent", "φ": "human_contact", "V": "value_created",
    "external_share": "external_share", "submitted": "ideas_submitted", "submitted_by_customers": "ideas_outside",
    "launched_ever": "ideas_launched",
    "capacity": "capacity", "launched": "launched", "n": "reviewers", "m": "editors", "peer_support": "peer_support",
    "cases": "cases_settled_by_firm", "repair": "repair", "n_r": "rating_weight", "sum_r": "rating_sum",
    "reputation": "reputation", "availability": "available", "full_availability": "full_availability",
    "recent": "recent_sales", "usual": "usual_sales", "low_weeks": "low_weeks", "e": "exposure",
    "shame": "shame", "offence": "offence",
    "ρ_f": "restored",
    "revenue": "revenue", "profit": "profit", "cash": "cash", "usual_revenue": "usual_revenue",
    "weeks_beyond_credit": "weeks_beyond_credit", "ω": "open_files", "ν": "hosting", "ambassadors": "ambassadors",
    "suggestion_box": "suggestion_box", "reward": "reward", "game": "game", "thanks": "thanks", "pull": "pull",
    "campaign_cost": "campaign_spend", "recruiting": "recruiting", "keeping": "keeping", "hassle": "hassle",
    "idealism": "idealism", "T": "tools", "files": "files", "D": "demand", "s": "stock", "F": "inflow",
    "leaks": "leaks", "entered_in": "entered_in", "fees": "fees", "hosting_income": "hosting_income",
    "dividends": "dividends", "quarter_weeks": "quarter_weeks",
}  # fmt: skip
"""The market's name for what the rules call by a letter or a word."""
ON_CAUSES = ("proclaimed", "conduct", "known", "focus")


@dataclass(repr=False)
class FirmWorld:
    """A firm at some point of a week, its week's counts, and what surrounds it."""

    p: Any
    firm: Firm
    owner: Firm  # itself, or the firm whose line it is
    salience: Salience
    H: float
    people: float
    order: int  # units of an order
    week: int
    luck_seed: int

    def __repr__(self) -> str:
        return f"<week {self.week} of {self.firm}; {self.p.model_dump(exclude_defaults=True)}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Keep hypothesis from writing out the whole world."""
        printer.text(repr(self))

    @property
    def luck(self) -> Iterator[float]:
        return Luck(self.luck_seed).firm(self.firm.name, self.week, "any purpose")


@st.composite
def firm_worlds(draw: Callable[..., Any], p: st.SearchStrategy[Any]) -> FirmWorld:
    make = Maker(np.random.default_rng(draw(st.integers(0, 2**32 - 1))))
    number, random = make.number, make.random
    firm = a_firm(make, 0)
    owner = firm
    if make.chance(0.4):
        owner, firm.parent, firm.weeks_beyond_credit, firm.cash = a_firm(make, 1), 1, 0, 0
    salience = Salience(*([number(0, 1), number(0, 1)] for _ in range(4)))
    week = int(random.choice([1, 4, 20, 90]))
    owner.entered_in = 1 if make.chance(0.5) else int(random.integers(1, week + 1))
    firm.entered_in = max(owner.entered_in, firm.entered_in)
    return FirmWorld(
        draw(p), firm, owner, salience, 10.0 ** int(random.integers(3, 7)), float(random.choice([1, 20, 200])),
        int(random.choice([1, 20])), week, int(random.integers(0, 2**62)),
    )  # fmt: skip


def a_firm(make: Maker, f: int) -> Firm:
    """A firm of a market of two causes, at the end of a week."""
    number, random = make.number, make.random
    firm = make.firm(Sector("s", [f], 10.0, None, 9), f, 2)
    firm.alive, firm.layers = True, int(random.integers(0, 6))
    firm.autonomy, firm.power_sharing = number(0, 1), number(0, 1)
    firm.facilitation, firm.research, firm.service = number(0, 5e4), number(0, 2e5), number(0, 2e4)
    firm.launches, firm.selectivity, firm.capacity = number(0, 200), number(0, 1), number(0, 1)
    firm.base_unit_cost, firm.base_defect_rate, firm.fixed_cost = number(0, 12), number(0, 0.9), number(0, 1e5)
    firm.unit_cost, firm.E, firm.X = number(0, 12), number(0, 1), number(0, 1)
    firm.n, firm.m = number(0, 9e3), number(0, 9e3)
    firm.external_share, firm.cases, firm.peer_support = number(0, 1), number(0, 5000), number(0, 1)
    firm.reputation, firm.full_availability = number(0, 1), number(0, 1)
    firm.availability = firm.full_availability * number(0, 1)
    # Recent sales lie about what retailers tolerate, for a time about as long as their patience.
    firm.usual, firm.low_weeks = number(0, 400), int(random.integers(0, 6))
    firm.recent = firm.usual * number(0.2, 1.1)
    firm.usual_revenue = number(0, 5e8)
    firm.cash = int(number(-5, 5) * firm.usual_revenue)
    firm.weeks_beyond_credit, firm.launched = int(random.integers(0, 10)), int(random.integers(0, 4))
    pool = [(round(number(0, 9), 6), int(random.integers(2))) for _ in range(int(random.integers(0, 33)))]
    firm.pool = sorted(pool, reverse=True)
    firm.submitted = len(firm.pool) + int(random.integers(0, 50))
    firm.submitted_by_customers = int(random.integers(0, firm.submitted + 1))
    firm.launched_ever = int(random.integers(0, firm.submitted + 1))
    for cause in range(2):
        if make.chance(0.5):
            age, answered = int(random.integers(0, 5)), make.chance(0.3)
            firm.crises[cause] = {"severity": number(0, 1), "age": age, "answered": answered}
    most = int(random.choice([0, 3, 40]))
    names = (
        "ideas", "codesigns", "supports", "contributors", "reviews", "units", "complaints", "attackers", "ambassadors",
        "members", "offered",
    )  # fmt: skip
    counted: dict[str, Any] = {name: int(random.integers(0, most + 1)) for name in names}
    if make.chance(0.6):
        counted |= {name: int(random.integers(0, 4000)) / 1023 for name in ("voice_for", "voice_against")}
    counted["review_score"] = int(counted["reviews"] * 1023 * number(0, 1)) / 1023
    firm.counted = Counter(counted)
    firm.suggestion_box, firm.reward, firm.F = number(0, 1), number(0, 1), number(0, 500)
    firm.hosting_income, firm.campaign_cost = number(0, 1e4), number(0, 1e4)
    firm.quarter = [int(number(-1e7, 1e7)), int(number(0, 1e8))]
    firm.published = [int(number(-1e7, 1e7)), int(number(0, 1e8)) if make.chance(0.8) else 0]
    firm.quarter_weeks, firm.entered_in = int(random.integers(0, 13)), 1
    return firm


@dataclass(repr=False)
class SectorWorld(FirmWorld):
    """A sector at the end of a week: some firms, a commons and a sharing market; `firm` is the commons."""

    sector: Sector
    firms: list[Firm]  # of all kinds

    @property
    def real_firms(self) -> list[Firm]:
        return [firm for firm in self.firms if firm.kind == "firm"]


@st.composite
def sector_worlds(draw: Callable[..., Any], p: st.SearchStrategy[Any]) -> SectorWorld:
    make = Maker(np.random.default_rng(draw(st.integers(0, 2**32 - 1))))
    random, order = make.random, draw(st.sampled_from([1, 20]))
    n, kind = draw(st.integers(1, 3)), draw(st.sampled_from(["second_hand", "rental", "group_buying"]))
    sector = Sector("s", list(range(n + 2)), 10.0, None, 9, order, True, 50.0, n + 1)
    firms = [a_firm(make, f) for f in range(n)]
    for firm in firms:
        firm.alive, firm.ω, firm.ν = make.chance(0.8), make.number(0, 1), make.number(0, 1)
        if make.chance(0.2):
            firm.counted["units"] = 0
    commons, market = (make.supplier(of, sector, n + i, 2) for i, of in enumerate(("commons", kind)))
    for other in (commons, market):
        other.counted = a_firm(make, 0).counted
    salience = Salience(*([0.0] for _ in range(4)))
    return SectorWorld(
        draw(p), commons, commons, salience, 10.0 ** int(random.integers(3, 7)), float(random.choice([1, 20, 200])),
        order, int(random.choice([1, 4, 20, 90])), int(random.integers(0, 2**62)), sector, [*firms, commons, market],
    )  # fmt: skip


def sector_outcome(firms: list[Firm]) -> dict[str, Any]:
    return {f"{name} of {f}": value for f, firm in enumerate(firms) for name, value in firm_outcome(firm).items()}


def market_sector_outcome(found: list[Any]) -> dict[str, Any]:
    outcomes = [market_firm_outcome(firm, 2) for firm in found]
    return {f"{name} of {f}": value for f, outcome in enumerate(outcomes) for name, value in outcome.items()}


def market_sector(world: SectorWorld) -> list[Any]:
    """The suppliers of the sector, as the market has them."""
    return [
        market_firm(firm, None, world.p, world.order)
        if firm.kind == "firm"
        else market_supplier(firm, world.sector, world.p, world.H)
        for firm in world.firms
    ]


def rules_firm(found: Supplier, causes: int) -> Firm:
    """A supplier of the market, as the rules have it."""
    names = {name: attribute for name, attribute in ATTRIBUTE_OF.items() if hasattr(found, attribute)}
    firm = Firm(found.name, found.sector, **{name: getattr(found, attribute) for name, attribute in names.items()})
    firm.alive, firm.mode = bool(found.alive), found.mode
    firm.parent = None if found.parent_place < 0 else found.parent_place
    for name in ON_CAUSES:
        setattr(firm, name, list(getattr(found, name, [0.0] * causes)[:causes]))
    if isinstance(found, MarketFirm):
        setup = found.setup
        firm.enters, firm.entry_margin, firm.entry_cost = setup.enters, setup.entry_margin, setup.entry_cost
    elif isinstance(found, Commons):
        commons: Any = found.setup
        firm.kind, firm.z, firm.materials = "commons", commons.hassle, commons.materials
        firm.T_0, firm.γ_T = commons.tools, commons.tool_progress
    elif isinstance(found, SharingMarket):
        firm.kind, firm.z = found.kind, found.setup.hassle
    return firm


def market_firm(firm: Firm, owner: Firm | None = None, m: Mechanisms | None = None, order: int = 1) -> MarketFirm:
    """The same firm, as the market has it; `owner` is the firm whose line it is."""
    setup = FirmSetup(
        name=firm.name, sector=firm.sector, enters=firm.enters, entry_margin=firm.entry_margin,
        entry_cost=firm.entry_cost,
    )  # fmt: skip
    causes = [f"cause {c}" for c in range(len(firm.known))]
    found = MarketFirm(_model(m, order, 1.0), setup, 0, causes, order)
    _fill(found, firm)
    if owner is not None and owner is not firm:
        found.belongs_to(market_firm(owner, None, m, order))
    return found


def market_supplier(firm: Firm, sector: Sector, m: Mechanisms, H: float) -> Commons | SharingMarket:
    """The same commons or sharing market, as the market has it."""
    model, found = _model(m, sector.order, H), None
    if firm.kind == "commons":
        of_commons = CommonsSetup(hassle=firm.z, materials=firm.materials, tools=firm.T_0, tool_progress=firm.γ_T)
        found = Commons(model, of_commons, firm.name, sector.name, 0)
    else:
        of_sharing = SharingSetup(kind=firm.kind, hassle=firm.z, idealism=firm.idealism)  # type: ignore[arg-type]
        found = SharingMarket(model, of_sharing, firm.name, sector.name, 0, sector.reference_price)
    _fill(found, firm)
    return found


def _model(m: Mechanisms | None, order: int, H: float) -> Any:
    model: Any = mesa.Model(rng=1)
    model.mechanisms, model.order_size, model.heads = m or Mechanisms(), order, H
    return model


def _fill(found: Any, firm: Firm) -> None:
    for name, attribute in ATTRIBUTE_OF.items():
        setattr(found, attribute, getattr(firm, name))
    found.alive, found.mode = float(firm.alive), firm.mode
    found.quarter, found.published = list(firm.quarter), list(firm.published)
    for name in ON_CAUSES:
        values = getattr(firm, name)
        setattr(found, name, [*values, *[0.0] * (MAX_CAUSES - len(values))])
    found.ideas, found.crises = list(firm.pool), {cause: dict(crisis) for cause, crisis in firm.crises.items()}
    counts = {
        name: round(1023 * n) if name in ("voice_for", "voice_against", "review_score") else n
        for name, n in firm.counted.items()
    }
    found.week = NOTHING_COUNTED._replace(**counts)


def firm_outcome(firm: Firm) -> dict[str, Any]:
    numbers = {name: float(getattr(firm, name)) for name in ATTRIBUTE_OF if name not in COUNTS}
    whole = {name: int(getattr(firm, name)) for name in COUNTS}
    return numbers | whole | {
        **{name: np.array(getattr(firm, name), float) for name in ON_CAUSES},
        **_of_ideas_and_crises(firm.pool, firm.crises),
        "Q_claimed": float(firm.claim),
        "costs": [firm.costs[name] for name in sorted(firm.costs)],
        "quarter": [*firm.quarter, *firm.published],
    }  # fmt: skip


COUNTS = (
    "alive",
    "launched",
    "low_weeks",
    "weeks_beyond_credit",
    "revenue",
    "profit",
    "cash",
    "submitted",
    "launched_ever",
    "leaks",
    "entered_in",
    "fees",
    "dividends",
    "quarter_weeks",
)


def market_firm_outcome(found: Any, causes: int) -> dict[str, Any]:
    """What became of a supplier; what a commons or a sharing market does not have is as it is with a new firm."""
    none = Firm("")
    values = {name: getattr(found, attribute, getattr(none, name)) for name, attribute in ATTRIBUTE_OF.items()}
    numbers = {name: float(value) for name, value in values.items() if name not in COUNTS}
    whole = {name: int(values[name]) for name in COUNTS}
    costs = getattr(found, "costs", {})
    return numbers | whole | {
        **{name: np.array(getattr(found, name, [0.0] * causes)[:causes], float) for name in ON_CAUSES},
        **_of_ideas_and_crises(found.ideas, getattr(found, "crises", {})),
        "costs": [costs[name] for name in sorted(costs)],
        "quarter": [*getattr(found, "quarter", (0, 0)), *getattr(found, "published", (0, 0))],
    }  # fmt: skip


def _of_ideas_and_crises(pool: list[tuple[float, int]], crises: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "values of ideas": np.array([value for value, _ in pool], float),
        "origins of ideas": [origin for _, origin in pool],
        "crises": sorted(crises),
        "severities": np.array([crises[cause]["severity"] for cause in sorted(crises)], float),
        "answered": [bool(crises[cause]["answered"]) for cause in sorted(crises)],
        "ages": [int(crises[cause]["age"]) for cause in sorted(crises)],
    }


def salience_outcome(salience: Any) -> dict[str, Any]:
    return {name: np.array(getattr(salience, name), float) for name in ("fast", "slow", "weary")}


def check_firm_agreement(slow: Callable[[Any], Outcome], fast: Callable[[Any], Outcome], world: Any) -> None:
    """Firms' rules are in double precision on both sides."""
    check_agreement(slow, fast, world, relative=1e-9, absolute=1e-9, nudge=1e-14)
