"""Facts as they were measured: each statistic's band, what real panels have and what the model has, on one scale."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dashboards.charts.picture import Picture
from dashboards.evidence.text import say
from experiments.facts.findings import packaged
from experiments.facts.words import band_text, fact_name, outcome_text, real_text, statistic_name, value_text, why_text
from experiments.numbers import count
from experiments.text import say as told

if TYPE_CHECKING:
    from experiments.facts.findings import FactFound, Facts, StatisticFound

__all__ = ["about", "facts", "has_curves", "is_among", "picture_of", "place_of", "size_words", "strips_of", "summary"]

BEYOND = 0.75
"""How far a scale goes beyond its band, in widths of the band."""


@lru_cache(maxsize=1)
def facts() -> Facts:
    """Give what was measured at the defaults, as it comes with the program."""
    return packaged()


def place_of(one: StatisticFound, value: float) -> float:
    """Give where a value lies on the scale of its band, from 0 to 1; what lies beyond the scale lies at its end.

    The band takes the middle; an open one ends at twice the scale of its one end.
    """
    low, high = band_ends(one)
    at = (value - low) / ((high - low) or 1.0)
    return min(1.0, max(0.0, (at + BEYOND) / (1 + 2 * BEYOND)))


def band_ends(one: StatisticFound) -> tuple[float, float]:
    """Give both ends of a band; where it is open, one that makes a scale."""
    low = one.band_low if one.band_low is not None else (one.band_high or 0.0) / 2
    high = one.band_high if one.band_high is not None else (low * 4 or 1.0)
    return low, high


def is_beyond(one: StatisticFound, value: float) -> bool:
    """Tell whether a value lies beyond the ends of the scale."""
    low, high = band_ends(one)
    at = (value - low) / ((high - low) or 1.0)
    return not -BEYOND <= at <= 1 + BEYOND


def strips_of(fact: FactFound) -> list[dict[str, Any]]:
    """Give what is drawn of each statistic of a fact: places in percent of the scale, and texts."""
    return [_strip(one) for one in fact.statistics]


def _strip(one: StatisticFound) -> dict[str, Any]:
    low, high = band_ends(one)
    is_question = one.unit == "yes"
    strip: dict[str, Any] = {
        "key": one.key,
        "name": statistic_name(one.key),
        "inside": one.inside,
        "outcome": outcome_text(one.inside),
        "band": {
            "low": 0.0 if one.band_low is None else _percent(place_of(one, low)),
            "high": 100.0 if one.band_high is None else _percent(place_of(one, high)),
            "text": band_text(one),
        },
        "simulated": _mark(one, one.value, one.low, one.high) | {"text": value_text(one)},
        "real": [_mark(one, real.value, real.low, real.high) | {"name": real.panel} for real in one.real],
        "real_text": real_text(one),
        "question": is_question,
    }
    panels = ", ".join(real.panel for real in one.real)
    strip["label"] = say(
        "evidence.facts.strip",
        name=strip["name"],
        band=strip["band"]["text"],
        simulated=strip["simulated"]["text"],
        real=f"{strip['real_text']} ({panels})" if one.real else strip["real_text"],
        outcome=strip["outcome"],
    )
    return strip


def _mark(one: StatisticFound, value: float, low: float, high: float) -> dict[str, Any]:
    if not math.isfinite(value):
        return {"at": None, "low": None, "high": None, "beyond": False}
    has_interval = math.isfinite(low) and math.isfinite(high)
    return {
        "at": _percent(place_of(one, value)),
        "low": _percent(place_of(one, low)) if has_interval else None,
        "high": _percent(place_of(one, high)) if has_interval else None,
        "beyond": is_beyond(one, value),
    }


def _percent(share: float) -> float:
    return round(100 * share, 2)


def summary() -> str:
    """Say how many facts are met, and which are not."""
    found = facts()
    missed = [say("evidence.quoted", text=fact_name(fact.key)) for fact in found.facts if fact.inside is False]
    key = "evidence.facts.all_met" if not missed else "evidence.facts.summary"
    return say(key, met=count(found.met), total=count(len(found.facts)), missed=", ".join(missed))


def is_among(fact: FactFound, which: str) -> bool:
    """Tell whether a fact is one of those that are asked for: all, those outside their bands, those of one use."""
    if which == "outside":
        return fact.inside is False
    return {"use_calibrated": "CAL", "use_validated": "VAL"}.get(which, fact.use) == fact.use


def about(fact: FactFound) -> list[str]:
    """Say what a fact is, where it comes from, and why it is not met where it is not."""
    texts = [told(f"facts.about.{fact.key}"), say("evidence.facts.source", source=fact.source)]
    if fact.inside is False:
        missed = [statistic_name(one.key) for one in fact.statistics if one.inside is False]
        texts.append(f"{told('facts.page.outside', names='; '.join(missed))} {why_text(fact.key)}")
    return texts


CURVES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "participation": ("community", "contributors", "contributions", ()),
    "double_jeopardy": ("categories", "penetration", "frequency", ()),
    "flash_boycott": ("boycott", "weeks", "sales", ("sales",)),
    "attention": ("attention", "weeks", "salience", ("salience",)),
    "reviews": ("reviews", "stars", "share", ("reviews", "satisfaction", "free_reviews")),
    "diffusion": ("new_offer", "years", "adopters", ("adopters",)),
}
"""Curves by fact: their market, the words of both axes, and the curves, none where one curve is drawn over another."""


def picture_of(fact: FactFound) -> Picture:
    """Say what the curves of a fact are, where they are looked at away from their page."""
    return Picture(fact_name(fact.key), say("evidence.facts.picture"), [*about(fact)[:2], size_words()])


def size_words() -> str:
    """Say how much was simulated, and which panels were measured."""
    found = facts()
    values = {"replicates": count(found.replicates), "seed": found.seed, "panels": ", ".join(found.panels)}
    return say("evidence.facts.size", **values)


def has_curves(fact: FactFound) -> bool:
    """Tell whether there is a curve to show."""
    return fact.key in CURVES and CURVES[fact.key][0] in facts().curves
