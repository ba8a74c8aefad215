"""Beliefs (4.1)."""

from __future__ import annotations

import math

from sim.mechanisms.beliefs import BeliefsParameters

from .entities import Consumer, Firm, Word, clip, home


def say(c: Consumer) -> Word | None:
    """What a consumer says to its listeners: nothing before its first purchase."""
    if c.spoken_of is None:
        return None
    return Word(c.spoken_of, rounded(c.satisfaction, 1023), rounded(c.S[c.spoken_of], 127))


def rounded(x: float, parts: int) -> float:
    return math.floor(x * parts + 0.5) / parts


def said_of(f: int, heard: list[Word | None]) -> list[Word]:
    return [word for word in heard if word is not None and word.firm == f]


def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def quality_belief(c: Consumer, f: int, firms: list[Firm], heard: list[Word | None], p: BeliefsParameters) -> float:
    κ_Q, m_Q, κ_b = p.speed, p.memory, p.repulsion
    firm, Q = firms[f], c.Q[f]
    if not firm.alive:
        return Q
    about = said_of(f, heard)
    w_peers = c.τ if len(about) > 0 else 0.0
    w_rating = firm.r * c.τ / 2
    w_claim = c.ρ * c.S[f] * (1 + firm.b)
    x = mean([word.satisfaction for word in about])
    pull = w_peers * (x - Q) + w_rating * (firm.R - Q) + w_claim * (firm.claim - Q)
    Q = Q + κ_Q * pull / (m_Q + w_peers + w_rating + w_claim)
    if c.community == home(f, firms):
        Q = Q - κ_b * firm.b * (1 - firm.o) * Q
    return clip(Q)
