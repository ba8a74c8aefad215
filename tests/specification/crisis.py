"""Crisis (5.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.crisis import CrisisParameters

from .entities import Firm
from .salience import Salience
from .sincerity import gap


def scandal(firm: Firm, cause: int, z: float, revealed: float, salience: Salience, p: ActivationParameters) -> None:
    """What comes to light at the start of a week."""
    firm.shame = max(firm.shame, z)
    come_to_light(firm, cause, z, revealed, salience, p)


def come_to_light(
    firm: Firm, cause: int, z: float, revealed: float, salience: Salience, p: ActivationParameters
) -> None:
    """Show conduct on a cause, and open a crisis."""
    firm.known[cause] += revealed * (firm.conduct[cause] - firm.known[cause])
    firm.focus[cause] = max(firm.focus[cause], z)
    salience.shock(cause, z, p)
    if cause in firm.crises:  # as severe as both together
        z = 1 - (1 - firm.crises[cause]["severity"]) * (1 - z)
        firm.crises[cause] |= {"severity": z, "age": 0, "answered": False}
    else:
        firm.crises[cause] = {"severity": z, "age": 0, "answered": False}


def answer(
    firm: Firm,
    salience: Salience,
    p: CrisisParameters,
    voices: ActivationParameters,
    luck_on: Callable[[int], Iterator[float]],
) -> None:
    """Answer the crises whose delay ends with this week (a scandal's own week is its first)."""
    delay = p.base_delay + p.layer_delay * firm.layers * (1 - firm.autonomy)
    for cause, crisis in list(firm.crises.items()):
        z = crisis["severity"]
        crisis["age"] += 1
        if crisis["age"] >= delay and not crisis["answered"]:
            crisis["answered"] = True
            errs = next(luck_on(cause)) < p.gaffe * firm.autonomy
            if not errs and gap(firm) <= p.tolerance and delay <= p.in_time:
                salience.fast[cause] *= 1 - p.damping
                salience.slow[cause] *= 1 - p.damping
                firm.focus[cause] *= 1 - p.damping
                firm.ρ_f = max(firm.ρ_f, p.restoring * z)
            else:
                salience.shock(cause, p.feeding * z, voices)
                firm.focus[cause] = min(1.0, firm.focus[cause] + p.feeding * z)
                firm.offence = max(firm.offence, p.feeding * z)
        if crisis["answered"] and firm.focus[cause] < 0.05:  # the public has forgotten
            del firm.crises[cause]
