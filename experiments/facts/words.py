"""Facts and what was measured of them, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.numbers import UNKNOWN, decimal, percent
from experiments.text import CATALOGUE, say

if TYPE_CHECKING:
    from experiments.facts.findings import FactFound, Facts, RealValue, StatisticFound

__all__ = [
    "band_text",
    "fact_name",
    "heading",
    "met_text",
    "outcome_text",
    "real_text",
    "statistic_name",
    "value_text",
    "why_text",
]


def fact_name(key: str) -> str:
    """Give the name of a fact."""
    return say(f"facts.name.{key}")


def statistic_name(key: str) -> str:
    """Give the name of a statistic."""
    return say(f"facts.statistic.{key}")


def _number(value: float, one: StatisticFound) -> str:
    if one.unit in ("share", "yes"):
        return percent(value, 0 if one.unit == "yes" else one.digits)
    return decimal(value, one.digits)


def band_text(one: StatisticFound) -> str:
    """Give a band: from … to, or at least, or at most; of a question, that the answer is yes."""
    if one.unit == "yes":
        return say("facts.yes")
    low, high = one.band_low, one.band_high
    if low is None or high is None:
        end = low if high is None else high
        return say("facts.at_least" if high is None else "facts.at_most", value=_number(end or 0.0, one))
    return say("facts.band", low=_number(low, one), high=_number(high, one))


def value_text(one: StatisticFound) -> str:
    """Give what simulated markets have, with the interval."""
    if math.isnan(one.value):
        return UNKNOWN
    return _with_interval(one.value, one.low, one.high, one)


def real_text(one: StatisticFound) -> str:
    """Give what real panels have, one after the other."""
    return "; ".join(_one_real(real, one) for real in one.real) or UNKNOWN


def _one_real(real: RealValue, one: StatisticFound) -> str:
    value = _with_interval(real.value, real.low, real.high, one)
    return value if len(one.real) == 1 else say("facts.of_panel", panel=real.panel, value=value)


def _with_interval(value: float, low: float, high: float, one: StatisticFound) -> str:
    if math.isnan(low) or math.isnan(high) or _number(low, one) == _number(high, one):
        return _number(value, one)
    return say("facts.interval", value=_number(value, one), low=_number(low, one), high=_number(high, one))


def outcome_text(inside: bool | None) -> str:
    """Say whether something lies in its band."""
    return say("facts.outcome.unknown" if inside is None else f"facts.outcome.{'inside' if inside else 'outside'}")


def met_text(found: Facts) -> str:
    """Count the facts that are met, and say whose settings were used."""
    missed = [fact_name(fact.key) for fact in found.facts if fact.inside is False]
    count = say("facts.met", met=found.met, total=len(found.facts))
    whose = say("facts.of_defaults") if found.scenario is None else say("facts.of_scenario", scenario=found.scenario)
    parts = [count, whose]
    if missed:
        parts.append(say("facts.missed", names=", ".join(missed)))
    return " ".join(parts)


def heading(fact: FactFound) -> str:
    """Give the heading of a fact."""
    return say("facts.heading", number=fact.number, name=fact_name(fact.key))


def why_text(key: str) -> str:
    """Say why a fact is not met at the defaults."""
    return say(f"facts.why.{key}") if f"facts.why.{key}" in CATALOGUE.texts("en") else say("facts.why.other")
