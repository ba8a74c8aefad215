"""Sincerity (4.2)."""

from __future__ import annotations

from sim.mechanisms.sincerity import SincerityParameters

from .beliefs import mean, said_of
from .entities import Consumer, Firm, Word, clip, home


def gap(firm: Firm) -> float:
    """The largest excess of claim over conduct; a stance's scale is twice as long."""
    excesses = [firm.o_claimed - firm.o, firm.g_claimed - firm.g, firm.claim - firm.q]
    for proclaimed, conduct in zip(firm.proclaimed, firm.conduct, strict=True):
        excesses.append((proclaimed - conduct) / 2)
    return max(0.0, *excesses)


def moved(S: float, ΔS: float, A: float) -> float:
    """S falls A times faster than it rises."""
    return clip(S + ΔS * (A if ΔS < 0 else 1))


def learned(S: float, evidence: float, weight: float, p: SincerityParameters) -> float:
    """One piece of evidence, by the same rule."""
    return moved(S, p.speed * weight * (evidence - S) / (p.memory + weight), p.asymmetry)


def sincerity_belief(c: Consumer, f: int, firms: list[Firm], heard: list[Word | None], p: SincerityParameters) -> float:
    κ_S, m_S, A, κ_e, w_h, κ_r = p.speed, p.memory, p.asymmetry, p.exposure_effect, p.contact_weight, p.repulsion
    κ_f, S_i = p.forgiveness, p.initial
    firm, S_0 = firms[f], c.S[f]
    if not firm.alive:
        return S_0
    about = said_of(f, heard)
    w_peers = c.τ if len(about) > 0 else 0.0
    member = c.community == home(f, firms)
    w_contact = w_h * firm.φ if member else 0.0
    S_peers = mean([word.sincerity for word in about])
    S = clip(S_0 + κ_S * (w_peers * (S_peers - S_0) + w_contact * (1 - S_0)) / (m_S + w_peers + w_contact))
    shown = 1 - gap(firm) - S_0
    ΔS = κ_e * (firm.e * shown + firm.shame * min(0.0, shown) - firm.offence * S_0)
    ΔS = ΔS + κ_f * max(0.0, S_i - S_0) + firm.ρ_f * (1 - S_0)
    if member:
        ΔS = ΔS - κ_r * firm.b * (1 - firm.o) * S_0
    return moved(S, ΔS, A)
