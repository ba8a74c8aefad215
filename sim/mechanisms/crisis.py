"""Crisis: scandals, and how fast and how sincerely a firm answers.

A scandal links a firm to a cause in the public eye, reveals part of its conduct and opens a crisis. The firm answers
after base_delay + layer_delay · layers · (1 − autonomy) weeks: validation layers slow it down, a free representative
answers fast. A free representative may also err (`gaffe`), and the public takes the person for the firm: the crisis
grows. An answer in time by a firm that does what it claims damps salience and restores sincerity; a late or
hypocritical one feeds the crisis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

if TYPE_CHECKING:
    from sim.agents import Firm
    from sim.salience import Salience

__all__ = ["COLUMNS", "CrisisParameters", "answer_crises", "open_crisis", "response_delay"]

COLUMNS = ()


class CrisisParameters(MechanismParameters):
    """Parameters of crises and answers."""

    base_delay: float = quantity(
        0.5,
        "weeks",
        0,
        52,
        "Weeks a firm without hierarchy takes to answer",
        "Semaines de réponse d'une firme sans hiérarchie",
    )
    layer_delay: float = quantity(
        0.75,
        "weeks",
        0,
        52,
        "Weeks that each validation layer adds",
        "Semaines ajoutées par niveau de validation",
        source="S3",
    )
    in_time: float = quantity(
        2.0,
        "weeks",
        0,
        52,
        "Weeks within which an answer counts as timely",
        "Semaines où une réponse vient à temps",
    )
    tolerance: float = quantity(
        0.25,
        "score",
        0,
        1,
        "Claim–conduct gap up to which an answer is believed",
        "Écart entre discours et actes jusqu'où une réponse est crue",
    )
    damping: float = quantity(
        0.60,
        "share",
        0,
        1,
        "Share of attention that a good answer takes away",
        "Part de l'attention qu'une bonne réponse ôte",
    )
    restoring: float = quantity(
        0.10,
        "share",
        0,
        1,
        "Share of the doubt that a good answer to a crisis of full severity takes away",
        "Part du doute qu'une bonne réponse à une crise de pleine gravité dissipe",
    )
    feeding: float = quantity(
        0.50,
        "ratio",
        0,
        10,
        "Share of the severity that a bad answer adds",
        "Part de la gravité qu'une mauvaise réponse ajoute",
    )
    gaffe: float = quantity(
        0.15,
        "probability",
        0,
        1,
        "Probability that a wholly free representative errs",
        "Probabilité d'erreur d'un représentant tout à fait libre",
        source="S3",
    )


def response_delay(p: CrisisParameters, layers: float, autonomy: float) -> float:
    """Return the weeks a firm takes to answer: base_delay + layer_delay · layers · (1 − autonomy)."""
    return p.base_delay + p.layer_delay * layers * (1 - autonomy)


def open_crisis(firm: Firm, cause: int, severity: float) -> None:
    """Open a crisis of a firm on a cause; an open one on the same cause becomes as severe as both together."""
    crisis = firm.crises.get(cause)
    if crisis is None:
        firm.crises[cause] = {"severity": severity, "age": 0, "answered": False}
    else:
        crisis["severity"] = 1 - (1 - crisis["severity"]) * (1 - severity)
        crisis.update(answered=False, age=0)


def answer_crises(
    firm: Firm, salience: Salience, p: CrisisParameters, luck_on: Callable[[int], Iterator[float]]
) -> None:
    """Let a firm answer the crises whose delay has passed.

    Parameters
    ----------
    firm
        Its crises, offence and restored sincerity are changed.
    salience
        Public attention, damped or fed by the answer.
    p
        The mechanism's parameters.
    luck_on
        Gives uniforms in (0, 1) for this firm, week and a cause.
    """
    delay = response_delay(p, firm.validation_layers, firm.autonomy)
    for cause, crisis in list(firm.crises.items()):
        crisis["age"] += 1
        if not crisis["answered"] and crisis["age"] >= delay:
            crisis["answered"] = True
            firm.response_delay = float(crisis["age"])
            errs = next(luck_on(cause)) < p.gaffe * firm.autonomy
            firm.gaffes += errs
            if errs or firm.gap > p.tolerance or delay > p.in_time:
                salience.shock(cause, p.feeding * crisis["severity"])
                if salience.is_heard:
                    firm.focus[cause] = min(1.0, firm.focus[cause] + p.feeding * crisis["severity"])
                firm.offence = max(firm.offence, p.feeding * crisis["severity"])
            else:
                salience.damp(cause, p.damping)
                firm.focus[cause] *= 1 - p.damping
                firm.restored = max(firm.restored, p.restoring * crisis["severity"])
        if crisis["answered"] and firm.focus[cause] < 0.05:
            del firm.crises[cause]
