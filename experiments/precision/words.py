"""What was found about size in words and numbers, in the language of the context."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from experiments.claims.findings import Question
from experiments.claims.words import question_text
from experiments.numbers import LARGE_UNITS, PERCENT_UNITS, UNKNOWN, compact, count, decimal, figure_text, percent
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from experiments.precision.findings import Answer, Ensemble, Kind, Precision

__all__ = [
    "amount_text",
    "answer_text",
    "command_text",
    "cost_text",
    "hardest",
    "level_text",
    "luck_text",
    "name_text",
    "pilots_text",
    "remarks",
    "replicates_text",
    "seconds_text",
    "together_text",
]

_MOST_DIGITS = 6
_FAR = 2
"""Times the largest pilot from which a number of consumers is said to be extrapolated."""


def name_text(answer: Answer, others: int = 0) -> str:
    """Name the number; `others` are firms, causes or sectors that it stands for because it needs the most."""
    name = question_text(Question(key=answer.key, of=answer.of, over=answer.over, weeks=None, expected=None))
    return say("precision.hardest", name=name, count=others + 1) if others else name


def amount_text(value: float, answer: Answer) -> str:
    """Give an amount of a figure, such as an error or a bias, with two digits that count; shares in points."""
    from sim.figures import FIGURES
    from sim.quantities import UNITS

    unit = FIGURES[answer.key].unit
    if not math.isfinite(value):
        return UNKNOWN
    scaled = 100 * value if unit in PERCENT_UNITS else value
    digits = min(max(0, 1 - math.floor(math.log10(abs(scaled)))), _MOST_DIGITS) if scaled else 0
    # "1" and "0.5", not "1.0" and "0.50".
    while digits and round(scaled, digits) == round(scaled, digits - 1):
        digits -= 1
    if unit in PERCENT_UNITS:
        return say("precision.points", value=decimal(scaled, digits))
    text = compact(scaled, digits) if unit in LARGE_UNITS else decimal(scaled, digits)
    return f"{text} {UNITS[unit][language()]}" if unit in ("currency", "people", "units", "weeks") else text


def level_text(answer: Answer) -> str:
    """Give what many consumers and futures would give."""
    from sim.figures import FIGURES

    if answer.laws is None:
        return UNKNOWN
    figure = FIGURES[answer.key]
    if answer.kind == "difference":
        return amount_text(answer.laws.level.value, answer)
    return figure_text(answer.laws.level.value, figure.unit, figure.digits)


def replicates_text(ensemble: Ensemble) -> str:
    """Give the replicates, with the range that the pilots leave open."""
    low, high = ensemble.replicates_low, ensemble.replicates_high
    if low == high:
        return count(ensemble.replicates)
    return say("precision.replicates", value=count(ensemble.replicates), low=count(low), high=count(high))


def seconds_text(seconds: float) -> str:
    """Give a duration in the unit that suits it."""
    size, key = (1, "seconds") if seconds < 90 else (60, "minutes") if seconds < 5400 else (3600, "hours")
    value = seconds / size
    return say(f"precision.{key}", value=decimal(value, 0 if value >= 10 else 1))


def answer_text(answer: Answer) -> str:
    """Say in a sentence what one number needs."""
    words = {"figure": name_text(answer), "error": amount_text(answer.error, answer)}
    if answer.advice is None:
        return say(f"precision.answer.{answer.status}", **words)
    return say(f"precision.answer.{answer.kind}", **words, **_ensemble_words(answer.advice))


def remarks(answers: Sequence[Answer], largest: int) -> list[str]:
    """Say what to bear in mind: laws that do not fit, clear bias, luck that stays, far extrapolation."""
    said = []
    advised = [one for one in answers if one.advice is not None]
    misfits = [name_text(one) for one in answers if one.laws is not None and not one.laws.fits]
    if misfits:
        said.append(say("precision.remark.misfit", figures="; ".join(misfits)))
    biased = [one for one in advised if abs(one.bias) > one.error / 10]
    if biased:
        parts = [
            say("precision.remark.bias_of", figure=name_text(one), bias=amount_text(one.bias, one)) for one in biased
        ]
        said.append(say("precision.remark.bias", figures="; ".join(parts)))
    lucky = [name_text(one) for one in advised if one.luck >= 0.5 and one.laws and one.laws.lasting.low > 0]
    if lucky:
        said.append(say("precision.remark.luck", figures="; ".join(lucky)))
    if any(one.advice and one.advice.consumers > _FAR * largest for one in advised):
        said.append(say("precision.remark.extrapolated", largest=count(largest)))
    return said


def together_text(found: Precision, kind: Kind) -> str:
    """Say which ensemble answers everything; empty where nothing can be answered or there is one question."""
    ensemble = found.together.get(kind)
    answers = [one for one in found.answers if one.kind == kind]
    if ensemble is None or len(answers) < 2:
        return ""
    left_out = sum(one.advice is None for one in answers)
    text = say(f"precision.together.{kind}", count=len(answers) - left_out, **_ensemble_words(ensemble))
    return text + (" " + say("precision.together.left_out", count=left_out) if left_out else "")


def command_text(found: Precision, options: Mapping[str, object]) -> str:
    """Spell the command that runs the ensemble for everything; empty where there is none.

    Parameters
    ----------
    found
        What was found.
    options
        Of `userisation run`, as they were given: scenario, ``--set``, ``--seed``, ``--weeks``.
    """
    ensemble = found.together.get("level")
    if ensemble is None:
        return ""
    words = ["userisation", "run"]
    sized = {**options, "--consumers": ensemble.consumers, "--replicates": ensemble.replicates}
    for option, value in sized.items():
        for one in value if isinstance(value, list | tuple) else [value] if value is not None else []:
            words += [option, str(one)] if option.startswith("-") else [str(one)]
    return say("precision.command", command=shlex.join(words))


def cost_text(found: Precision) -> str:
    """Say what a future costs here."""
    return say(
        "precision.cost",
        start=decimal(1000 * found.cost.start, 0),
        each=decimal(1e9 * found.cost.each, 0),
        threads=found.threads,
    )


def pilots_text(found: Precision) -> str:
    """Say what the answers rest on."""
    sizes = say("precision.and_sizes").join(count(size) for size in found.sizes)
    return say("precision.pilots", sizes=sizes, replicates=count(found.replicates), weeks=count(found.weeks))


def hardest(answers: Sequence[Answer]) -> list[tuple[Answer, int]]:
    """Choose what to show: what was named, and of the rest the hardest of each figure, with how many it stands for.

    Returns
    -------
    list of tuple
        An answer, and how many others it stands for.
    """
    groups: dict[object, list[Answer]] = {}
    for place, one in enumerate(answers):
        groups.setdefault(place if one.named else (one.key, one.over), []).append(one)
    return [(max(group, key=_hardness), len(group) - 1) for group in groups.values()]


def _hardness(answer: Answer) -> float:
    if answer.advice is None:
        return math.inf if answer.status == "out_of_reach" else -1.0
    return answer.advice.seconds


def _ensemble_words(ensemble: Ensemble) -> dict[str, str]:
    return {
        "consumers": count(ensemble.consumers),
        "replicates": count(ensemble.replicates),
        "seconds": seconds_text(ensemble.seconds),
    }


def luck_text(answer: Answer) -> str:
    """Give the share of the variance that only more futures lessen."""
    return percent(answer.luck, 0)
