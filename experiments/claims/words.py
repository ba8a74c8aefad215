"""Claims in words and numbers, in the language of the context: for the terminal and for pages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.claims.where import settings_text
from experiments.numbers import LARGE_UNITS, PERCENT_UNITS, UNKNOWN, compact, decimal, figure_text, percent
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from experiments.claims.findings import Ablation, Answer, ClaimResult, Claims, Effect, Question

__all__ = [
    "ablation_text",
    "advice_text",
    "counts_text",
    "effect_text",
    "expected_text",
    "level_text",
    "question_text",
    "stability_text",
]

_TELLING_UNITS = frozenset({"currency", "currency_per_week", "currency_per_head", "people", "units", "weeks"})
"""Units that are named beside a number; the others go without saying or are percentage points."""

_MOST_DIGITS = 6


def question_text(question: Question) -> str:
    """Name the number that a claim is about."""
    from sim.figures import FIGURES

    name = FIGURES[question.key].name[language()]
    of = say("claims.of", name=name, of=question.of) if question.of else name
    parts = [] if question.over == "mean" and question.weeks else [say(f"claims.over.{question.over}")]
    if question.weeks:
        first, last = question.weeks
        parts.append(say("claims.weeks", first=first, last=last) if first != last else say("claims.week", week=first))
    return ", ".join([of, *parts])


def effect_text(effect: Effect, question: Question) -> str:
    """Give an effect with its interval, in its figure's unit: shares in percentage points."""
    from sim.figures import FIGURES
    from sim.quantities import UNITS

    unit = FIGURES[question.key].unit
    if not math.isfinite(effect.value):
        return UNKNOWN
    scale = 100.0 if unit in PERCENT_UNITS else 1.0
    digits = _digits(scale * (effect.high - effect.low) / 2, scale * effect.value)
    value, low, high = (_signed(scale * x, unit, digits) for x in (effect.value, effect.low, effect.high))
    if unit in PERCENT_UNITS:
        value = say("headline.points", change=value)
    elif unit in _TELLING_UNITS:
        value = f"{value} {UNITS[unit][language()]}"
    if not math.isfinite(effect.low):
        return value
    text = say("claims.interval", value=value, low=low, high=high)
    if effect.pairs < effect.replicates:
        return f"{text} {say('claims.defined', pairs=effect.pairs, replicates=effect.replicates)}"
    return text


def level_text(value: float, question: Question) -> str:
    """Give the number of one market."""
    from sim.figures import FIGURES

    figure = FIGURES[question.key]
    return figure_text(value, figure.unit, figure.digits)


def expected_text(answer: Answer, question: Question) -> str:
    """Say what a claim expects of a figure, and how much of it."""
    from sim.figures import FIGURES

    if question.expected is None:
        return say("claims.expected.nothing")
    unit = FIGURES[question.key].unit
    scale = 100.0 if unit in PERCENT_UNITS else 1.0
    least = _plain(scale * answer.least, unit, _digits(scale * answer.least / 2, 0.0))
    if unit in PERCENT_UNITS:
        least = say("headline.points", change=least)
    key = {"+": "more", "-": "less", "0": "none"}[question.expected]
    return say(f"claims.expected.{key}", least=least)


def ablation_text(result: ClaimResult) -> str:
    """Say whether the effect is carried by what should carry it; empty where that is not judged."""
    ablation = result.ablation
    if ablation is None or ablation.verdict == "not_judged":
        return ""
    values = {"what": _carrier(result), "left": percent(_left(result, ablation), 0)}
    return say(f"claims.ablation.{ablation.verdict}", **values)


def advice_text(result: ClaimResult) -> str:
    """Say what would settle an undecided claim; empty for the others."""
    if result.verdict != "undecided":
        return ""
    if all(answer.effect.pairs < answer.effect.replicates / 2 for answer in result.points[0].answers):
        return say("claims.undefined")
    return say("claims.more_replicates", replicates=4 * result.replicates)


def stability_text(result: ClaimResult) -> str:
    """Say whether both halves of the replicates agree; empty where there are too few."""
    if result.is_stable is None:
        return ""
    return say("claims.stable" if result.is_stable else "claims.unstable")


def counts_text(claims: Claims) -> str:
    """Sum up: how many claims have each verdict, and how many of them are stable."""
    parts = [say(f"claims.count.{key}", count=count) for key, count in claims.counts.items() if count]
    text = say("claims.counts", total=len(claims.claims), parts=", ".join(parts))
    stable, known = claims.stability
    if known:
        share = percent(stable / known, 0)
        text += " " + say("claims.stable_share", share=share, stable=stable, known=known)
    return text


def _carrier(result: ClaimResult) -> str:
    settings = {key: value for key, value in result.carried_by.items() if key != "clear"}
    parts = [settings_text({key: value}) for key, value in settings.items()]
    parts += [say("claims.dropped", table=table) for table in result.carried_by.get("clear", [])]
    return say("claims.where.with").join(parts)


def _left(result: ClaimResult, ablation: Ablation) -> float:
    """Give the largest share of an effect that is left; of effects that vanish, the one that is farthest from 0."""
    shares = [
        without.effect.value / whole.effect.value
        for question, whole, without in zip(result.questions, result.points[0].answers, ablation.answers, strict=True)
        if question.expected in ("+", "-") and whole.effect.value
    ]
    return max(shares, key=abs if ablation.verdict == "carried" else float, default=math.nan)


def _digits(width: float, value: float) -> int:
    """Choose decimals that show the first digit of an interval's half width, or three digits of a value."""
    if width > 0 and math.isfinite(width):
        return min(max(0, -math.floor(math.log10(width))), _MOST_DIGITS)
    return min(max(0, 2 - math.floor(math.log10(abs(value)))), _MOST_DIGITS) if value else 0


def _plain(value: float, unit: str, digits: int) -> str:
    return compact(value, digits) if unit in LARGE_UNITS else decimal(value, digits)


def _signed(value: float, unit: str, digits: int) -> str:
    text = _plain(value, unit, digits)
    is_nothing = not any(digit in "123456789" for digit in text)
    return text if value <= 0 or is_nothing or not math.isfinite(value) else f"+{text}"
