"""Purchase (4.5)."""

from __future__ import annotations

import math

from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.contribution import ContributionParameters
from sim.mechanisms.purchase import PurchaseParameters
from sim.scenario import Mechanisms

from .activation import acts
from .entities import Consumer, Firm, Sector, Tally, home, perceived
from .luck import gumbel, uniform
from .offers import by_use
from .sharing import by_effort, by_visit


def units_wanted(λ: float, u: float, most: int) -> int:
    """n ~ Poisson(λ) by inversion: the first n whose cumulated probability reaches u."""
    n, probability = 0, math.exp(-λ)
    cumulated = probability
    while n < most and u > cumulated and (probability > 1e-8 or n + 1 <= λ):
        n += 1
        probability *= λ / n
        cumulated += probability
    return n


def sensitivity(c: Consumer, hardship: list[float], κ_y: float) -> float:
    """β under the hardship y of the consumer's cohort (5.12)."""
    return c.β * (1 + κ_y * hardship[c.cohort])


def utility(c: Consumer, f: int, firms: list[Firm], sector: Sector, place: int, β: float, p: Mechanisms) -> float:
    """U_f, all of it."""
    last = c.supplier[place]
    U = by_itself(c, f, firms[f], sector, last, β, p.purchase)
    U += by_attachment(c, f, firms, p.contribution) + by_militancy(c, f, firms, p.activation)
    U += by_use(c, f, firms[f], last, p.offers) + by_effort(c, firms[f])
    return U + by_visit(firms[f], sector, last, p.sharing)


def by_itself(
    c: Consumer, f: int, firm: Firm, sector: Sector, last: int | None, β: float, p: PurchaseParameters
) -> float:
    φ_F, φ_D, β_Q, β_v, β_S = p.feature_effect, p.display_effect, p.quality_weight, p.value_weight, p.trust_weight
    U = firm.appeal + φ_F * firm.feature + φ_D * firm.display + c.t[f] + β_Q * c.Q[f]
    U += c.η if last == f else 0.0
    U -= β * firm.price / sector.reference_price
    U += β_S * (c.S[f] - 0.5)
    U += β_v * sum(w * perceived(firm.known[i], firm.proclaimed[i], c.S[f]) for i, w in enumerate(c.w))
    return U


def by_attachment(c: Consumer, f: int, firms: list[Firm], p: ContributionParameters) -> float:
    β_a = p.attachment_effect
    return β_a * c.attachment if c.community == home(f, firms) else 0.0


def by_militancy(c: Consumer, f: int, firms: list[Firm], p: ActivationParameters) -> float:
    """Who acts on a firm acts on its lines too."""
    m = p.purchase_effect
    return m * c.stance * c.energy if acts(c, p) and c.target in (f, home(f, firms)) else 0.0


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
    c: Consumer,
    place: int,
    n: int,
    choice: int | None,
    total: float,
    β: float,
    sector: Sector,
    firms: list[Firm],
    week: int,
    tally: Tally,
) -> None:
    """Count a purchase of n orders, and remember it."""
    market, last = tally.market, c.supplier[place]
    if n == 0:
        return
    n = n * sector.order
    if β >= 0.001 and total > 0:
        market["surplus"] += n * sector.reference_price / β * math.log(total)
    if choice is None:
        market["not_bought"] += n
        return
    firm = tally.firms[choice]
    firm["units"] += n
    firm["trips"] += 1
    market["trips"] += 1
    market[f"units of cohort {c.cohort}"] += n
    if firms[choice].kind != "firm":
        market[f"outside units of cohort {c.cohort}"] += n
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
