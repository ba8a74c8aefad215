"""Activation (4.4)."""

from __future__ import annotations

from sim.mechanisms.activation import ActivationParameters

from .beliefs import rounded
from .entities import Consumer, Firm, Tally, Voice, home, perceived


def drive_and_cause(
    c: Consumer, heard: list[Voice | None], A: list[float], p: ActivationParameters, z: float
) -> tuple[float, int | None]:
    """The strongest drive, plus mood; and its cause."""
    χ, σ_m = p.pressure, p.mood
    K = len(heard)
    D, motive = -1.0, None
    for cause in range(len(A)):
        if A[cause] > 0:
            energy_of_peers = sum(voice.energy for voice in heard if voice is not None and voice.cause == cause) / K
            D_c = c.w[cause] * A[cause] * (1 + χ * energy_of_peers)
            if D_c > D:
                D, motive = D_c, cause
    return D + σ_m * z, motive


def find_target(c: Consumer, cause: int, firms: list[Firm], p: ActivationParameters) -> tuple[int | None, int]:
    """The firm most in focus and most strongly seen, and whether one is for or against it."""
    k_a = p.kinship
    largest, target, stance = 0.0, None, 0
    for f, firm in enumerate(firms):
        view = perceived(firm.known[cause], firm.proclaimed[cause], c.S[f])
        if c.community == home(f, firms):
            view = view + k_a * c.attachment
        if firm.focus[cause] * abs(view) > largest:
            largest, target, stance = firm.focus[cause] * abs(view), f, 1 if view > 0 else -1
    return target, stance


def activate(
    c: Consumer,
    heard: list[Voice | None],
    A: list[float],
    firms: list[Firm],
    p: ActivationParameters,
    z: float,
    tally: Tally,
) -> None:
    """Carry one consumer's militancy through a week; z is its mood."""
    e_0 = p.spark
    D, motive = drive_and_cause(c, heard, A, p, z)
    if c.militant:
        c.energy = c.energy * c.d
    could = motive is not None and c.θ < D
    fuel = min(1.0, e_0 * (D - c.θ)) if could else 0.0
    if motive is not None and fuel > c.energy and fuel >= p.floor:
        target, stance = find_target(c, motive, firms, p)
        if target is not None:
            if c.militant and c.target == target and c.stance == -stance:
                tally.market["flips"] += 1
            if c.militant and c.cause != motive:
                tally.market["switched_causes"] += 1
            c.militant, c.energy = True, fuel
            c.cause, c.target, c.stance = motive, target, stance
    if c.militant and c.energy < p.floor:
        tally.market["ended_episodes"] += 1
        tally.market["ended_weeks"] += c.weeks
        c.militant, c.cause, c.target, c.stance, c.energy, c.weeks = False, None, None, 0, 0.0, 0
    elif c.militant:
        c.weeks += 1


def acts(c: Consumer, p: ActivationParameters) -> bool:
    """Whether a militant lets its purchases follow its stance."""
    ε_a = p.act_cost
    return c.target is not None and c.energy >= ε_a


def count_militant(c: Consumer, p: ActivationParameters, tally: Tally) -> None:
    """Count who speaks and who acts, for and against whom."""
    if not c.militant:
        return
    assert c.target is not None
    tally.market[f"militants of {c.cause}"] += 1
    firm, in_favour = tally.firms[c.target], c.stance > 0
    if acts(c, p):
        firm["buycotters" if in_favour else "boycotters"] += 1
    if c.energy >= p.click_cost:
        firm["defenders" if in_favour else "attackers"] += 1
        firm["voice_for" if in_favour else "voice_against"] += rounded(c.energy, 1023)
        tally.market[f"voice of {c.cause}"] += rounded(c.energy, 1023)
