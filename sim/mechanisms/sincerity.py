"""Sincerity: consumers can tell whether a firm means what it says.

S is a consumer's belief, 0 to 1, that a firm does what it claims. Day to day it is moved by peers' S (weight τ) and,
for members of the community, by human contact (target 1):

    ΔS = speed · Σ w (x − S) / (memory + Σ w).

Public events move it at once: an exposure, which checks the firm's claims against its conduct and can clear it (target
1 − gap); a scandal or a leak, which can only shame it (target 1 − gap, if that is lower); a bad answer to a crisis,
which offends (target 0); and one in time and sincere (target 1). In `contribution`, so does the sharing that a
contributor receives. Doubt beyond the usual one fades. A fall by events or experience is `asymmetry` times faster than
a rise; what peers say is a mean and pulls both ways alike, or mere talk would wear down everyone's trust in everyone.
"""

from __future__ import annotations

import numpy as np

from sim.columns import Column
from sim.compiling import compiled, inlined
from sim.fastmath import clip01
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

__all__ = [
    "COLUMNS",
    "SIGNALS",
    "SincerityParameters",
    "claim_conduct_gap",
    "learn_sincerity",
    "move_sincerity",
    "update_sincerity",
]

COLUMNS = (Column("sincerity", "number", "firm", "score", "belief in each firm's sincerity", 0.5),)

SIGNALS = ("exposure", "shame", "offence", "truth", "restored", "human_contact", "brand_push", "openness")


class SincerityParameters(MechanismParameters):
    """Parameters of the beliefs about sincerity."""

    speed: float = quantity(
        0.10,
        "rate",
        0,
        1,
        "Speed at which evidence moves S",
        "Vitesse à laquelle les indices déplacent S",
        symbol="κ_S",
    )
    memory: float = quantity(
        1.0,
        "ratio",
        0.01,
        100,
        "Weight of what one already believes",
        "Poids de ce que l'on croit déjà",
        symbol="m_S",
    )
    asymmetry: float = quantity(
        2.5,
        "ratio",
        1,
        20,
        "How much faster S falls than it rises",
        "Rapport entre la vitesse de chute et de hausse de S",
        symbol="A",
        source="S1",
    )
    exposure_effect: float = quantity(
        0.25,
        "share",
        0,
        1,
        "Share of the way to the truth that an exposure of full severity moves S",
        "Part du chemin vers la vérité que S parcourt lors d'une révélation de pleine gravité",
        symbol="κ_e",
    )
    contact_weight: float = quantity(
        0.5,
        "ratio",
        0,
        100,
        "Weight of human contact for a community member",
        "Poids du contact humain pour un membre de la communauté",
        symbol="w_h",
        source="S0 (human to human)",
    )
    repulsion: float = quantity(
        0.05,
        "rate",
        0,
        1,
        "S lost in a week by members under full brand push of a closed firm",
        "S perdu par semaine par les membres sous la pression publicitaire d'une firme fermée",
        symbol="κ_r",
        source="S2",
    )
    forgiveness: float = quantity(
        0.20,
        "rate",
        0,
        1,
        "Share of the doubt beyond the usual one that fades in a week",
        "Part du doute au-delà de l'ordinaire qui s'efface en une semaine",
        symbol="κ_f",
    )
    initial: float = quantity(0.6, "score", 0, 1, "Mean of S at the start", "Moyenne de S au départ", symbol="S_0")
    initial_spread: float = quantity(
        0.15,
        "score",
        0,
        0.5,
        "Spread of S at the start: some trust a firm, some do not",
        "Dispersion de S au départ : certains se fient à une firme, d'autres non",
    )


_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_SINCERE = np.float32(127.0)
_BITS_SINCERE = np.uint32(15)
_BITS_COUNT = np.uint32(27)
_ONE_SPEAKER = np.int32(1)
_SUM_SINCERE = np.uint32(0xFFF)


@inlined
def move_sincerity(s, change, asymmetry):
    """Return S after a change, a fall being `asymmetry` times as large, within [0, 1]."""
    return clip01(s + (change * asymmetry if change < _ZERO else change))


@inlined
def learn_sincerity(s, evidence, weight, p):
    """Return S after one piece of evidence (a value of 0 to 1) of a given weight."""
    return move_sincerity(s, p.speed * weight * (evidence - s) / (p.memory + weight), p.asymmetry)


@compiled
def update_sincerity(sincerity, total, peer_trust, community, firm, home, p):
    """Move what a tile believes of one firm's sincerity by peers, exposures, crisis answers and human contact.

    `home` is the firm whose community is its own.
    """
    exposed, shamed = p.exposure_effect * firm.exposure, p.exposure_effect * firm.shame
    offended = p.exposure_effect * firm.offence
    truth = firm.truth
    restored = firm.restored
    contact = p.contact_weight * firm.human_contact
    repelled = p.repulsion * firm.brand_push * (_ONE - firm.openness)
    speed, memory, asymmetry, usual, forgiveness = p.speed, p.memory, p.asymmetry, p.initial, p.forgiveness
    for lane in range(sincerity.size):
        word = total[lane]
        speakers = np.int32(word >> _BITS_COUNT)
        heard = np.float32(np.int32((word >> _BITS_SINCERE) & _SUM_SINCERE)) / (
            _SINCERE * np.float32(max(speakers, _ONE_SPEAKER))
        )
        by_peers = peer_trust[lane] if speakers > 0 else _ZERO
        member = community[lane] == home
        by_contact = contact if member else _ZERO
        s = sincerity[lane]
        pull = by_peers * (heard - s) + by_contact * (_ONE - s)
        hearsay = speed * pull / (memory + by_peers + by_contact)
        forgiven = forgiveness * max(usual - s, _ZERO)
        shown = exposed * (truth - s) + shamed * min(truth - s, _ZERO) - offended * s
        change = shown + forgiven + restored * (_ONE - s) - (repelled * s if member else _ZERO)
        sincerity[lane] = move_sincerity(clip01(s + hearsay), change, asymmetry)


def claim_conduct_gap(*excesses: float) -> float:
    """Return how far a firm's claims exceed its conduct: the largest positive difference, 0 to 1.

    Parameters
    ----------
    excesses
        Claim less conduct on scales where more is better; stances run from −1 to 1 and count half.
    """
    return max(0.0, *excesses)
