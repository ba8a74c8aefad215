"""Experience: what a purchase teaches, defects, complaints, recovery and reviews.

Satisfaction with a purchase is

    x = quality_f + match · taste_f + noise · z − loss · [defect],

held to [0, 1]. A defect strikes with the firm's defect rate. The buyer complains with a probability; a complaint is
made good with a probability that grows with service spend and with what co-construction lets peers do, and then
satisfaction ends *above* what it would have been without the defect, by `recovery_bonus` (the service-recovery
effect). Belief moves to x at once: Q ← Q + learning · (x − Q).

A review is written with a probability proportional to the propensity to contribute a, U-shaped in satisfaction, so that
ratings are a self-selected mean.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.fastmath import clip01
from sim.lanes import squeeze
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity
from sim.streams import mix32, normal_from, uniform_from

__all__ = ["SIGNALS", "STARS", "ExperienceParameters", "experience", "repair_probability"]

COLUMNS = ()
STARS = 5

SIGNALS = ("true_quality", "defect_rate", "repair")


class ExperienceParameters(MechanismParameters):
    """Parameters of experience, complaints and reviews."""

    match: float = quantity(
        0.03,
        "ratio",
        0,
        1,
        "Satisfaction per unit of taste for the firm",
        "Satisfaction par unité de goût pour la firme",
        symbol="μ",
    )
    noise: float = quantity(
        0.30,
        "score",
        0,
        1,
        "Standard deviation of luck in a purchase",
        "Écart type du hasard d'un achat",
        symbol="σ_x",
    )
    defect_loss: float = quantity(
        0.40, "score", 0, 1, "Satisfaction lost to a defect", "Satisfaction perdue par un défaut", symbol="ℓ"
    )
    complaint_rate: float = quantity(
        0.40,
        "probability",
        0,
        1,
        "Probability of complaining about a defect",
        "Probabilité de réclamer après un défaut",
    )
    recovery_bonus: float = quantity(
        0.05,
        "score",
        0,
        1,
        "Satisfaction gained over a sound purchase when a complaint is made good",
        "Satisfaction gagnée sur un achat sans défaut quand la réclamation est bien traitée",
        symbol="r",
        source="S4; service-recovery literature",
    )
    learning: float = quantity(
        0.10,
        "rate",
        0,
        1,
        "Speed at which own experience moves a belief",
        "Vitesse à laquelle l'expérience déplace une croyance",
        symbol="λ_x",
    )
    base_repair: float = quantity(
        0.30,
        "probability",
        0,
        1,
        "Probability that a complaint is made good without extra service",
        "Probabilité qu'une réclamation soit bien traitée sans effort de service",
    )
    service_half: float = quantity(
        20.0,
        "currency",
        0,
        1e6,
        "Service spend per complaint that makes good half of what is left",
        "Dépense de service par réclamation qui traite la moitié du reste",
        exclusive_low=True,
    )
    co_construction: float = quantity(
        0.5,
        "share",
        0,
        1,
        "Share of what service leaves unrepaired that a fully open firm's community repairs",
        "Part de ce que le service ne répare pas que répare la communauté d'une firme tout ouverte",
        source="S4 (co-construction)",
    )
    review_rate: float = quantity(
        0.03,
        "probability",
        0,
        1,
        "Probability of a review for propensity 1 and extreme satisfaction",
        "Probabilité d'un avis à propension 1 et satisfaction extrême",
    )
    review_floor: float = quantity(
        0.01,
        "share",
        0,
        1,
        "Share of that probability left at middling satisfaction (1: no self-selection)",
        "Part de cette probabilité qui reste à satisfaction moyenne (1 : pas d'autosélection)",
        source="Hu, Pavlou & Zhang 2009; Schoenmueller et al. 2020",
    )
    rating_half: float = quantity(
        0.002,
        "per_week",
        1e-6,
        1,
        "Reviews per consumer behind a rating that give it half of its weight",
        "Avis par consommateur derrière une note qui lui donnent la moitié de son poids",
        symbol="r_½",
    )
    rating_memory: float = quantity(
        0.95,
        "share",
        0,
        0.999,
        "Share of the weight of past reviews kept from week to week",
        "Part du poids des avis passés gardée d'une semaine à l'autre",
    )


_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_TWO = np.float32(2.0)
_STARS = np.float32(5.0)
_LAST_STAR = np.int32(4)
_SCALE = np.float32(1023.0)
_HALF = np.float32(0.5)


@compiled
def experience(buyers, n, choice, draws, words, luck, keys, t, firms, p, firm_counts):
    """Let a tile's n buyers of one sector live through their purchase, complain, learn and review.

    `words` decide the defect and the noise, `luck` the complaint, its repair and the review; `keys` are those of the
    sector for the five decisions. `draws` are at least three scratch rows (uint32).
    """
    _draw_ahead(draws[0], draws[1], draws[2], buyers[:n], words, luck, keys.noise, keys.defect, keys.review)
    for i in range(n):
        lane = buyers[i]
        f = choice[lane]
        firm, count = firms[f], firm_counts[f]
        sound = firm.true_quality + p.match * t.taste[f, lane] + p.noise * normal_from(draws[0, i])
        x = sound
        if uniform_from(draws[1, i]) < firm.defect_rate:
            count.defects += 1
            x = sound - p.defect_loss
            if uniform_from(mix32(luck[lane], keys.complaint)) < p.complaint_rate:
                count.complaints += 1
                if uniform_from(mix32(luck[lane], keys.repair)) < firm.repair:
                    count.repaired += 1
                    x = sound + p.recovery_bonus
        x = clip01(x)
        t.satisfaction[lane] = x
        t.mentioned[lane] = np.int8(f)
        count.satisfaction += np.int64(np.int32(x * _SCALE + _HALF))
        t.quality[f, lane] = t.quality[f, lane] + p.learning * (x - t.quality[f, lane])
        extreme = _TWO * x - _ONE
        eager = t.propensity[lane] * p.review_rate * (p.review_floor + (_ONE - p.review_floor) * extreme * extreme)
        if uniform_from(draws[2, i]) < eager:
            count.reviews += 1
            count.review_score += np.int64(np.int32(x * _SCALE + _HALF))
            count.stars[min(np.int32(x * _STARS), _LAST_STAR)] += 1


@compiled
def _draw_ahead(noises, defects, reviews, buyers, words, luck, noise, defect, review):
    """Draw together what every purchase needs; the last three are the keys."""
    squeeze(defects[: buyers.size], words, buyers)
    squeeze(reviews[: buyers.size], luck, buyers)
    for i in range(buyers.size):
        word = defects[i]
        noises[i], defects[i], reviews[i] = mix32(word, noise), mix32(word, defect), mix32(reviews[i], review)


def repair_probability(
    p: ExperienceParameters, service_per_complaint: float, openness: float, peer_support: float
) -> float:
    """Return the probability that a complaint is made good.

    Parameters
    ----------
    p
        The mechanism's parameters.
    service_per_complaint
        Service spend per complaint (currency, ≥ 0).
    openness, peer_support
        Openness of the firm and share of its cases that its community handles (0 to 1): co-construction.
    """
    served = p.base_repair + (1 - p.base_repair) * service_per_complaint / (service_per_complaint + p.service_half)
    return served + (1 - served) * p.co_construction * openness * peer_support
