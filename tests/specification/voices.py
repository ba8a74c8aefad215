"""Voices (4.3)."""

from __future__ import annotations

from sim.mechanisms.activation import ActivationParameters

from .beliefs import rounded
from .entities import Consumer, Firm, Voice, clip
from .sincerity import moved


def raise_voice(c: Consumer, p: ActivationParameters) -> Voice | None:
    """What a militant says; peers hear its energy rounded to 1/1023."""
    ε_s = p.click_cost
    if not c.militant or c.energy < ε_s:
        return None
    assert c.cause is not None
    assert c.target is not None
    return Voice(rounded(c.energy, 1023), c.stance, c.cause, c.target)


def net_voice(f: int, heard: list[Voice | None]) -> float:
    """v: over the K peers."""
    K = len(heard)
    return sum(voice.stance * voice.energy for voice in heard if voice is not None and voice.target == f) / K


def sway(c: Consumer, f: int, firms: list[Firm], heard: list[Voice | None], p: ActivationParameters, A: float) -> None:
    """Move Q and S of firm f by what militant peers say of it."""
    if not firms[f].alive:
        return
    κ_v = p.sway
    u = κ_v * c.τ * net_voice(f, heard)
    goal = 1.0 if u > 0 else 0.0
    c.Q[f] = clip(c.Q[f] + abs(u) * (goal - c.Q[f]))
    c.S[f] = moved(c.S[f], abs(u) * (goal - c.S[f]), A)
