"""Value creation (5.1): ideas, defects and peer support included."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.mechanisms.creation import CreationParameters
from sim.scenario import Mechanisms

from .entities import Firm

POOL, BEST_OF_WEEK = 32, 8


def weighed(ideas: float, co_designs: float, supports: float) -> float:
    """Contributions by what they take."""
    return ideas + 2 * co_designs + 0.5 * supports


def create_value(firm: Firm, owner: Firm, m: Mechanisms, H: float, people: float, order: int) -> None:
    """One supplier's week; H people in all, `people` to each simulated consumer, orders of so many units.

    `owner` is whose community works for it: itself, or the firm whose line it is.
    """
    p, counted = m.creation, firm.counted
    adaptation = p.adaptation
    ideas, co_designs, supports = (owner.counted[kind] * people for kind in ("ideas", "codesigns", "supports"))
    x = (weighed(ideas, co_designs, supports) + firm.F) / (H / order)
    firm.X += adaptation * (x / (x + p.outside_half) - firm.X)
    firm.E += adaptation * (firm.research / (firm.research + p.research_half * H) - firm.E)
    contributors = owner.counted["contributors"] * people
    f = owner.facilitation / contributors if contributors > 0 else 0.0
    firm.φ = f / (f + p.facilitation_half)
    if firm.kind == "commons":
        firm.φ = m.commons.self_help if contributors > 0 else 0.0

    ω, σ = p.outside_weight, p.elasticity
    ρ = (σ - 1) / σ
    outside = firm.o * firm.X * firm.φ
    inner_term, outer_term = (1 - ω) * firm.E**ρ, ω * outside**ρ
    firm.V = (inner_term + outer_term) ** (1 / ρ)
    firm.external_share = outer_term / (inner_term + outer_term) if firm.V > 0 else 0.0
    γ, δ_q = p.quality_rate, p.obsolescence
    firm.q = firm.q + γ * firm.V * (1 - firm.q) - δ_q * firm.q
    firm.unit_cost = firm.base_unit_cost * (1 - p.cost_saving * outside)

    firm.n += adaptation * ((counted["reviews"] * people + supports) - firm.n)
    firm.m += adaptation * (co_designs - firm.m)
    firm.defect_rate = defect_rate(firm, p)

    cases = p.inquiry_rate * counted["units"] * people + counted["complaints"] * people
    by_peers = min(supports * p.support_cases, p.peer_cases * cases)
    firm.peer_support = by_peers / cases if cases > 0 else 0.0
    firm.cases = cases - by_peers


def defect_rate(firm: Firm, p: CreationParameters) -> float:
    """Mutual control, validation layers and crowding; never above 0.9."""
    checked = 1 - p.control * firm.o * firm.n / (firm.n + p.reviewers_half)
    layered = 1 + p.layer_defects * firm.layers
    crowded = 1 + p.crowding * (1 - firm.φ) * firm.m / (firm.m + p.editors_half)
    return min(0.9, firm.base_defect_rate * checked * layered * crowded)


def launch_ideas(firm: Firm, p: CreationParameters, people: float, luck: Iterator[float]) -> None:
    """Pareto ideas of customers, lognormal ones of employees; the best wait, and capacity decides."""
    submitted = round(firm.counted["ideas"] * people)
    employees = math.floor((p.research_ideas + p.box_ideas * firm.suggestion_box) * firm.E + next(luck))
    firm.submitted += submitted + employees
    firm.submitted_by_customers += submitted
    firm.pool += [(p.idea_scale * value, 1) for value in best_of_pareto(submitted, p.idea_tail, luck)]
    firm.pool += [(employee_idea(p, luck), 0) for _ in range(employees)]
    firm.pool = sorted(firm.pool, reverse=True)[:POOL]

    z = firm.selectivity
    firm.capacity += firm.launches / 52 * (1 - p.power_delay * firm.power_sharing)
    firm.launched = 0
    while firm.capacity >= 1 and firm.launched_ever + firm.launched < firm.submitted:
        firm.capacity -= 1
        v = firm.pool.pop(0)[0] if next(luck) < z and firm.pool else any_idea(firm, p, luck)
        firm.q += (1 - firm.q) * (1 - math.exp(-p.launch_gain * v * (1 + p.power_fit * firm.power_sharing)))
        firm.launched += 1
    firm.capacity = min(1.0, firm.capacity)
    firm.launched_ever += firm.launched


def any_idea(firm: Firm, p: CreationParameters, luck: Iterator[float]) -> float:
    """One at random of all ideas ever submitted."""
    if next(luck) < firm.submitted_by_customers / firm.submitted:
        return p.idea_scale * next(luck) ** (-1 / p.idea_tail)
    return employee_idea(p, luck)


def employee_idea(p: CreationParameters, luck: Iterator[float]) -> float:
    z = math.sqrt(-2 * math.log(next(luck))) * math.cos(2 * math.pi * next(luck))
    return p.research_idea * math.exp(p.research_idea_spread * z)


def best_of_pareto(count: int, α: float, luck: Iterator[float]) -> list[float]:
    """The best of `count` Pareto values: the k-th largest of n uniforms is the one before times u^(1/(n−k+1))."""
    best, largest = [], 1.0
    for rank in range(min(count, BEST_OF_WEEK)):
        largest *= next(luck) ** (1 / (count - rank))
        best.append((1 - largest) ** (-1 / α))
    return best
