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
from sim.entities import FirmSetup
from sim.mechanisms.base import MAX_CAUSES
from sim.records import NOTHING_COUNTED
from sim.streams import Luck

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
    "recent": "recent_sales", "usual": "usual_sales", "low_weeks": "low_weeks", "e": "exposure", "ρ_f": "restored",
    "revenue": "revenue", "profit": "profit", "cash": "cash", "usual_revenue": "usual_revenue",
    "weeks_beyond_credit": "weeks_beyond_credit",
}  # fmt: skip
"""The market's name for what the rules call by a letter or a word."""
ON_CAUSES = ("proclaimed", "conduct", "known", "focus")


@dataclass(repr=False)
class FirmWorld:
    """A firm at some point of a week, its week's counts, and what surrounds it."""

    p: Any
    firm: Firm
    salience: Salience
    H: float
    people: float
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
    firm = make.firm(Sector("s", [0], 10.0, None, 9), 0, 2)
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
    names = ("ideas", "codesigns", "supports", "contributors", "reviews", "units", "complaints")
    counted: dict[str, Any] = {name: int(random.integers(0, most + 1)) for name in names}
    if make.chance(0.6):
        counted |= {name: int(random.integers(0, 4000)) / 1023 for name in ("voice_for", "voice_against")}
    counted["review_score"] = int(counted["reviews"] * 1023 * number(0, 1)) / 1023
    firm.counted = Counter(counted)
    salience = Salience(*([number(0, 1), number(0, 1)] for _ in range(3)))
    return FirmWorld(
        draw(p), firm, salience, 10.0 ** int(random.integers(3, 7)), float(random.choice([1, 20, 200])),
        int(random.choice([1, 4, 20, 90])), int(random.integers(0, 2**62)),
    )  # fmt: skip


def rules_firm(found: MarketFirm, causes: int) -> Firm:
    """A firm of the market, as the rules have it."""
    firm = Firm(
        found.name, found.sector, **{name: getattr(found, attribute) for name, attribute in ATTRIBUTE_OF.items()}
    )
    firm.alive = bool(found.alive)
    for name in ON_CAUSES:
        setattr(firm, name, list(getattr(found, name)[:causes]))
    return firm


def market_firm(firm: Firm) -> MarketFirm:
    """The same firm, as the market has it."""
    found = MarketFirm(mesa.Model(rng=1), FirmSetup(name=firm.name, sector=firm.sector), 0, [])
    for name, attribute in ATTRIBUTE_OF.items():
        setattr(found, attribute, getattr(firm, name))
    found.alive = float(firm.alive)
    for name in ON_CAUSES:
        values = getattr(firm, name)
        setattr(found, name, [*values, *[0.0] * (MAX_CAUSES - len(values))])
    found.ideas, found.crises = list(firm.pool), {cause: dict(crisis) for cause, crisis in firm.crises.items()}
    counts = {
        name: round(1023 * n) if name in ("voice_for", "voice_against", "review_score") else n
        for name, n in firm.counted.items()
    }
    found.week = NOTHING_COUNTED._replace(**counts)
    return found


def firm_outcome(firm: Firm) -> dict[str, Any]:
    numbers = {name: float(getattr(firm, name)) for name in ATTRIBUTE_OF if name not in COUNTS}
    whole = {name: int(getattr(firm, name)) for name in COUNTS}
    return numbers | whole | {
        **{name: np.array(getattr(firm, name), float) for name in ON_CAUSES},
        **_of_ideas_and_crises(firm.pool, firm.crises),
        "costs": [firm.costs[name] for name in sorted(firm.costs)],
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
)


def market_firm_outcome(found: MarketFirm, causes: int) -> dict[str, Any]:
    numbers = {name: float(getattr(found, attribute)) for name, attribute in ATTRIBUTE_OF.items() if name not in COUNTS}
    whole = {name: int(getattr(found, ATTRIBUTE_OF[name])) for name in COUNTS}
    return numbers | whole | {
        **{name: np.array(getattr(found, name)[:causes], float) for name in ON_CAUSES},
        **_of_ideas_and_crises(found.ideas, found.crises),
        "costs": [found.costs[name] for name in sorted(found.costs)],
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
    return {"fast": np.array(salience.fast, float), "slow": np.array(salience.slow, float)}


def check_firm_agreement(slow: Callable[[Any], Outcome], fast: Callable[[Any], Outcome], world: Any) -> None:
    """Firms' rules are in double precision on both sides."""
    check_agreement(slow, fast, world, relative=1e-9, absolute=1e-9, nudge=1e-14)
