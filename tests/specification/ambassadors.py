"""Ambassadors (4.9)."""

from __future__ import annotations

from sim.mechanisms.ambassadors import AmbassadorsParameters

from .beliefs import rounded
from .entities import Consumer, Firm, Tally, Voice
from .luck import uniform


def recruiting_and_keeping(firm: Firm, p: AmbassadorsParameters, people: float) -> tuple[float, float]:
    """The probabilities that a member is enrolled, and that there is money for an ambassador."""
    κ_a, paid = p.enrolment, firm.ambassadors / p.cost
    A, M = firm.counted["ambassadors"] * people, firm.counted["members"] * people
    recruiting = min(κ_a, max(0.0, paid - A) / (M - A)) if M > A else 0.0
    return recruiting, min(1.0, paid / A) if A > 0 else 1.0


def hold_office(c: Consumer, word: int, firms: list[Firm], p: AmbassadorsParameters, tally: Tally) -> None:
    """Let an ambassador stay or go, and a member be enrolled."""
    S_a, u = p.bar, uniform(word, "federate")
    f = c.ambassador
    if f is not None:
        if c.community != f or c.S[f] < S_a or u >= firms[f].keeping:
            c.ambassador = None
    elif c.community is not None and c.S[c.community] >= S_a and u < firms[c.community].recruiting:
        c.ambassador = c.community
    if c.ambassador is not None:
        tally.firms[c.ambassador]["ambassadors"] += 1


def speak_for_firm(c: Consumer, own: Voice | None, p: AmbassadorsParameters, tally: Tally) -> Voice | None:
    """What a consumer says: what it says as a militant, or else as an ambassador."""
    ε_z = p.zeal
    if own is not None or c.ambassador is None:
        return own
    tally.firms[c.ambassador]["voice_for"] += rounded(ε_z, 1023)
    return Voice(rounded(ε_z, 1023), 1, None, c.ambassador)
