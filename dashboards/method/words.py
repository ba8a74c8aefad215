"""The model in words; the numbers in them are taken from the declarations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dashboards.method.text import say
from experiments.naming import strategy_name
from experiments.numbers import count, decimal

__all__ = ["SECTIONS", "STEPS", "Section", "Step", "numbers", "sections", "steps"]

SECTIONS = ("purpose", "week", "consumer", "firms", "militants", "commons", "evidence", "uncertainty", "limits")
"""In the order of the page; each is under ``[method.KEY]`` in the catalogue."""
STEPS = 6
"""Of the week."""
_DAYS = 7


@dataclass(frozen=True)
class Section:
    """A part of the page: its key, its title and its text (empty where it has steps instead)."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Step:
    """A step of the week."""

    title: str
    text: str


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    """Take the numbers from where they are declared."""
    from experiments.claims.findings import packaged as claims
    from experiments.facts.findings import packaged as facts
    from sim.entities import Population
    from sim.figures import FIGURES
    from sim.levers import LEVERS
    from sim.mechanisms.sincerity import SincerityParameters
    from sim.network import Network
    from sim.quantities import quantities
    from sim.scenario import Mechanisms, Scenario, library
    from sim.strategies import STRATEGIES
    from sim.traits import Traits

    known, measured = claims(), facts()
    counts = known.counts
    draws = [one.over.draws for one in known.claims if one.over is not None]
    return {
        "size": quantities(Population)["size"].default,
        "represents": quantities(Population)["represents"].default,
        "horizon": quantities(Scenario)["horizon"].default,
        "peers": quantities(Network)["peers"].default,
        "asymmetry": quantities(SincerityParameters)["asymmetry"].default,
        "half_life": quantities(Traits)["half_life"].default.median * _DAYS,
        "mechanisms": len(Mechanisms.model_fields),
        "levers": len(LEVERS),
        "strategies": len(STRATEGIES),
        "strategy_keys": tuple(STRATEGIES),
        "scenarios": len(library()),
        "figures": len(FIGURES),
        "facts": len(measured.facts),
        "facts_met": measured.met,
        "facts_validated": sum(fact.use == "VAL" for fact in measured.facts),
        "claims": len(known.claims),
        "draws": max(draws, default=0),
        **{verdict: counts.get(verdict, 0) for verdict in ("holds", "only_if", "not_here", "undecided")},
    }


def numbers() -> dict[str, str]:
    """Give the numbers of the texts, as the language of the context writes them."""
    found = dict(_declared())
    keys = found.pop("strategy_keys")
    asymmetry, half_life = found.pop("asymmetry"), found.pop("half_life")
    texts = {key: count(value) for key, value in found.items()}
    texts["asymmetry"] = decimal(asymmetry, 1 if asymmetry % 1 else 0)
    texts["half_life"] = say("method.weeks_of_days", days=count(round(half_life)))
    texts["strategy_names"] = ", ".join(strategy_name(key) for key in keys)
    texts["interactive"] = texts["size"]
    return texts


def sections() -> list[Section]:
    """Give all sections in the language of the context."""
    known = numbers()
    return [
        Section(key, say(f"method.{key}.title"), "" if key == "week" else say(f"method.{key}.text", **known).strip())
        for key in SECTIONS
    ]


def steps() -> list[Step]:
    """Give the steps of the week."""
    known = numbers()
    return [
        Step(say(f"method.week.step_{number}"), say(f"method.week.text_{number}", **known))
        for number in range(1, STEPS + 1)
    ]
