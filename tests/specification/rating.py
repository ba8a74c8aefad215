"""Rating and reputation (5.2)."""

from __future__ import annotations

from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.experience import ExperienceParameters

from .entities import Firm


def hear_reviews(firm: Firm, p: ExperienceParameters, voices: ActivationParameters) -> None:
    """Take in the week's reviews and voices."""
    counted, memory, weight = firm.counted, p.rating_memory, voices.review_weight
    of_all = counted["voice_for"] + counted["voice_against"]
    firm.n_r = memory * firm.n_r + counted["reviews"] + weight * of_all
    firm.sum_r = memory * firm.sum_r + counted["review_score"] + weight * counted["voice_for"]


def earn_reputation(firm: Firm, mean_S: float) -> None:
    firm.reputation += 0.05 * ((firm.R + mean_S) / 2 - firm.reputation)
