"""Purchase (4.5)."""

from __future__ import annotations

import math

from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.contribution import ContributionParameters
from sim.mechanisms.purchase import PurchaseParameters

from .activation import acts
from .entities import Consumer, Firm, Sector, Tally, perceived
from .luck import gumbel, uniform


def units_wanted(λ: float, u: float, most: int) -> int:
    """n ~ Poisson(λ) by inversion: the first n whose cumulated probability reaches u."""
    n, probability = 0, math.exp(-λ)
    cumulated = probability
    while n < most and u > cumulated and (probability > 1e-8 or n + 1 <= λ):
        n += 1
        probability *= λ / n
        cumulated += probability
    return n


def utility(c: Consumer, f: int, firm: Firm, sector: Sector, last: int | None, p: PurchaseParameters) -> float:
    """U_f without attachment and militancy."""
    φ_F, φ_D, β_Q, β_v = p.feature_effect, p.display_effect, p.quality_weight, p.value_weight
    U = firm.appeal + φ_F * firm.feature + φ_D * firm.display + c.t[f] + β_Q * c.Q[f]
    U += c.η if last == f else 0.0
    U -= c.β * firm.price / sector.reference_price
    U += β_v * sum(w * perceived(firm.known[i], firm.proclaimed[i], c.S[f]) for i, w in enumerate(c.w))
    return U


def by_attachment(c: Consumer, f: int, p: ContributionParameters) -> float:
    β_a = p.attachment_effect
    return β_a * c.attachment if c.community == f else 0.0


def by_militancy(c: Consumer, f: int, p: ActivationParameters) -> float:
    m = p.purchase_effect
    return m * c.stance * c.energy if acts(c, f, p) else 0.0


def on_shelf(firm: Firm, trip: int) -> bool:
    return firm.availability > 0 and uniform(trip, f"shelf of {firm.name}") < firm.availability


def choose(U: dict[int, float], firms: list[Firm], sector: Sector, word: int, trip: int) -> tuple[int | None, float]:
    """The option whose utility and noise are largest (None: not buying), and Σ exp(U) over all that could be had."""
    noisy: dict[int | None, float] = {}
    total = 0.0
    if sector.outside is not None:
        noisy[None] = sector.outside + gumbel(word, f"outside_key in {sector.name}")
        total += math.exp(sector.outside)
    for f in sector.firms:
        if on_shelf(firms[f], trip):
            noisy[f] = U[f] + gumbel(word, firms[f].name)
            total += math.exp(U[f])
    return max(noisy, key=lambda option: noisy[option]) if noisy else None, total


def buy(
    c: Consumer, place: int, n: int, choice: int | None, total: float, sector: Sector, week: int, tally: Tally
) -> None:
    """Count a purchase of n units, and remember it."""
    market, last = tally.market, c.supplier[place]
    if n == 0:
        return
    if c.β > 0 and total > 0:
        market["surplus"] += n * sector.reference_price / c.β * math.log(total)
    if choice is None:
        market["not_bought"] += n
        return
    firm = tally.firms[choice]
    firm["units"] += n
    firm["trips"] += 1
    market["trips"] += 1
    if c.bought[choice] is None:
        firm["first_buyers"] += 1
    if last is not None:
        market["repeatable"] += 1
        tally.firms[last]["returnable"] += 1
        if last == choice:
            tally.firms[last]["returned"] += 1
        else:
            market["switches"] += 1
    c.supplier[place] = choice
    c.bought[choice] = week
