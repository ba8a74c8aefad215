"""Experience (4.6)."""

from __future__ import annotations

from sim.mechanisms.experience import ExperienceParameters

from .beliefs import rounded
from .entities import Consumer, Firm, Sector, Tally, clip
from .luck import normal, uniform


def experience(
    c: Consumer, f: int, firm: Firm, sector: Sector, trip: int, luck: int, p: ExperienceParameters, tally: Tally
) -> None:
    """Live through a purchase from firm f; `trip` and `luck` are two of the consumer's words of the week."""
    μ, σ_x, loss, r, λ_x = p.match, p.noise, p.defect_loss, p.recovery_bonus, p.learning
    count = tally.firms[f]
    sound = firm.q + μ * c.t[f] + σ_x * normal(trip, f"noise in {sector.name}")
    x = clip(sound)
    if uniform(trip, f"defect in {sector.name}") < firm.defect_rate:
        count["defects"] += 1
        x = clip(sound - loss)
        if uniform(luck, f"complaint in {sector.name}") < p.complaint_rate:
            count["complaints"] += 1
            if uniform(luck, f"repair in {sector.name}") < firm.repair:
                count["repaired"] += 1
                x = clip(sound + r)
    c.Q[f] = c.Q[f] + λ_x * (x - c.Q[f])
    c.satisfaction, c.spoken_of = x, f
    count["satisfaction"] += rounded(x, 1023)
    if uniform(luck, f"review in {sector.name}") < review_probability(c, x, p):
        count["reviews"] += 1
        count["review_score"] += rounded(x, 1023)


def review_probability(c: Consumer, x: float, p: ExperienceParameters) -> float:
    return c.a * p.review_rate * (p.review_floor + (1 - p.review_floor) * (2 * x - 1) ** 2)


def repair_probability(V: float, firm: Firm, p: ExperienceParameters) -> float:
    """V: service spend per complaint."""
    s = p.base_repair + (1 - p.base_repair) * V / (V + p.service_half)
    return s + (1 - s) * p.co_construction * firm.o * firm.peer_support
