"""A comparison in words and tables: the answers' own sentences, with the markets' letters and titles in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboards.charts.picture import Picture
from dashboards.compare.sides import titles_of
from dashboards.compare.text import say
from dashboards.spreadsheet import as_csv
from experiments.answers.asked import change_text, digits_for, name_of, plain_name, value_text
from experiments.numbers import UNKNOWN, count

if TYPE_CHECKING:
    from dashboards.compare.sides import Setup
    from experiments.answers.asked import Asked
    from experiments.answers.changes import Change
    from experiments.answers.compare import ArmCompared, Compared, FigureCompared
    from experiments.answers.explain import Explained
    from experiments.answers.findings import Span
    from experiments.answers.told import Told

__all__ = [
    "COLUMNS", "Lever", "cautions", "csv_of", "explained_in_words", "headline", "levers_of", "named", "named_explained",
    "picture_of", "report_of", "told_of", "verdict_rows",
]  # fmt: skip

COLUMNS = ("market", "mean", "difference", "interval", "above", "sure")
"""Of the table of all markets."""


def named(found: Compared, names: Mapping[str, str]) -> Compared:
    """Give a comparison whose markets are called by other names than their letters."""
    return found.model_copy(
        update={
            "arms": [names.get(arm, arm) for arm in found.arms],
            "scenarios": {names.get(name, name): one for name, one in found.scenarios.items()},
            "changes": {names.get(name, name): one for name, one in found.changes.items()},
            "figures": [
                figure.model_copy(
                    update={
                        "arms": [arm.model_copy(update={"arm": names.get(arm.arm, arm.arm)}) for arm in figure.arms]
                    }
                )
                for figure in found.figures
            ],
            "notes": [note.model_copy(update={"about": names.get(note.about, note.about)}) for note in found.notes],
        }
    )


def named_explained(found: Explained, names: Mapping[str, str]) -> Explained:
    """Give an explanation whose markets are called by other names than their letters."""
    return found.model_copy(
        update={
            "before": names.get(found.before, found.before),
            "after": names.get(found.after, found.after),
            "scenarios": {names.get(name, name): one for name, one in found.scenarios.items()},
        }
    )


def interval_text(span: Span, figure: FigureCompared) -> str:
    """Give an interval of a change, without its unit."""
    if not math.isfinite(span.low):
        return UNKNOWN
    digits = digits_for((span.high - span.low) / 2, span.value, figure.asked)
    low, high = (change_text(value, figure.asked, digits, bare=True) for value in (span.low, span.high))
    return say("compare.range", low=low, high=high)


def verdict_rows(figure: FigureCompared, letters: Sequence[str], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give a row for each market: its mean, its difference from the first, how sure that is."""
    asked = figure.asked
    rows: list[dict[str, Any]] = [
        {
            "market": names[letters[0]], "mean": value_text(figure.base, asked), "difference": say("compare.first"),
            "difference__tone": "muted", "interval": "", "above": "", "sure": "",
        }
    ]  # fmt: skip
    many = len(figure.arms) > 1
    for letter, arm in zip(letters[1:], figure.arms, strict=True):
        span = arm.joint if many else arm.difference
        digits = digits_for((arm.difference.high - arm.difference.low) / 2, arm.difference.value, asked)
        rows.append(
            {
                "market": names[letter],
                "mean": value_text(arm.mean, asked),
                "difference": change_text(arm.difference.value, asked, digits),
                "difference__tone": "strong" if span.is_clear else "muted",
                "interval": interval_text(span, figure),
                "above": _above(arm),
                "sure": say(f"compare.sure.{_sure(arm, span)}"),
                "sure__tone": "strong" if span.is_clear else "muted",
            }
        )
    return rows


def _sure(arm: ArmCompared, span: Span) -> str:
    if arm.never_varies and not arm.difference.value:
        return "same"
    if not math.isfinite(span.low):
        return "few"
    if not span.is_clear:
        return "unclear"
    return "more" if arm.difference.value > 0 else "less"


def _above(arm: ArmCompared) -> str:
    if not arm.pairs:
        return UNKNOWN
    return say("compare.above", count=count(round(arm.above.value * arm.pairs)), total=count(arm.pairs))


def headline(figure: FigureCompared, letters: Sequence[str]) -> str:
    """Say in a short sentence what comes out: of the market that differs most."""
    asked = figure.asked
    sizes = [abs(arm.difference.value) if math.isfinite(arm.difference.value) else -1.0 for arm in figure.arms]
    place = sizes.index(max(sizes))
    arm, letter = figure.arms[place], letters[1 + place]
    span = arm.joint if len(figure.arms) > 1 else arm.difference
    words = {"figure": name_of(asked), "other": letter, "first": letters[0]}
    kind = _sure(arm, span)
    if kind in ("same", "few"):
        return say(f"compare.headline.{kind}", **words)
    digits = digits_for((span.high - span.low) / 2, arm.difference.value, asked)
    up = round(arm.above.value * arm.pairs)
    more = arm.difference.value > 0
    counted = up if more else arm.pairs - up - round(arm.equal * arm.pairs)
    words |= {
        "change": change_text(arm.difference.value, asked, digits),
        "count": count(counted),
        "total": count(arm.pairs),
    }
    return say(f"compare.headline.{'unclear' if kind == 'unclear' else 'more' if more else 'less'}", **words)


def cautions(setup: Setup) -> list[str]:
    """Say what the comparison takes for granted."""
    said = [_size(setup), _numbers(setup)]
    if setup.is_cut:
        said.append(say("compare.cut", weeks=count(setup.weeks)))
    if setup.has_other_people:
        said.append(say("compare.people"))
    return said


def picture_of(
    setup: Setup, asked: Asked, title: str, note: str, *, by_week: bool = True, made: Explained | None = None
) -> Picture:
    """Say what a chart is of, where it is looked at away from its page.

    Parameters
    ----------
    setup, asked
        What is compared, and the number that is asked for: its figure is named where the title does not.
    title, note
        As they stand above the chart.
    by_week
        Whether every week is drawn, and not the number alone.
    made
        What an explanation was made of, where that was less.
    """
    figure = plain_name(asked) if by_week else name_of(asked)
    size = _size(setup) if made is None else _size(setup, made.futures, made.made.consumers)
    of = "\n".join(titles_of(setup.sides).values())
    return Picture(title if figure in title else f"{title} – {figure}", of, [size, note])


def _size(setup: Setup, futures: int = 0, consumers: int = 0) -> str:
    """Say of how much the numbers were made."""
    first = next(iter(setup.scenarios.values()))
    return say(
        "compare.size", futures=count(futures or setup.futures), consumers=count(consumers or first.population.size),
        weeks=count(first.horizon),
    )  # fmt: skip


def _numbers(setup: Setup) -> str:
    """Say what the numbers are, for a reader who comes from the Lab, where they are others."""
    from dashboards.charts.shares import SMOOTHED
    from dashboards.futures import CONSUMERS
    from experiments.claims.measures import END

    weeks, lab_weeks = count(min(END, setup.weeks)), count(SMOOTHED)
    return say("compare.numbers", weeks=weeks, lab_weeks=lab_weeks, lab_consumers=count(CONSUMERS))


def explained_in_words(found: Explained) -> Told:
    """Put an explanation into words."""
    from experiments.answers.words.explain import tell

    return tell(found)


@dataclass(frozen=True)
class Lever:
    """What differs: its name, and what it is in each market, in the order of the markets."""

    name: str
    values: tuple[str, ...]


def levers_of(changes: Mapping[str, Sequence[Change]], letters: Sequence[str]) -> list[Lever]:
    """Lay the changes of all markets beside each other; a value that is that of the first stands as a dot."""
    from experiments.answers.words.changes import change_name, change_values

    found: dict[tuple[tuple[str, ...], ...], tuple[str, dict[str, str]]] = {}
    for letter in letters[1:]:
        for change in changes.get(letter, ()):
            key = tuple(sorted(tuple(edit.key) for edit in change.edits))
            before, after = change_values(change)
            _, values = found.setdefault(key, (change_name(change), {letters[0]: before}))
            values[letter] = after
            values.setdefault(letters[0], before)
    return [Lever(name, tuple(values.get(letter, "·") or "–" for letter in letters)) for name, values in found.values()]


def csv_of(found: Compared, letters: Sequence[str], names: Mapping[str, str]) -> bytes:
    """Give the numbers of a comparison for spreadsheets: week by week, then the number itself.

    No text in it is taken for a formula.
    """
    heading = [
        say(f"compare.heading.{one}")
        for one in ("figure", "of", "week", "market", "title", "mean", "difference", "low", "high")
    ]
    rows: list[list[object]] = []
    for figure in found.figures:
        asked = figure.asked
        about = [asked.key, asked.of]
        first = [letters[0], names[letters[0]]]
        for week, value in enumerate(figure.base_weeks, start=1):
            rows.append([*about, week, *first, float(value), "", "", ""])
        for letter, arm in zip(letters[1:], figure.arms, strict=True):
            course = zip(arm.weeks_mean, arm.course.value, arm.course.low, arm.course.high, strict=True)
            for week, numbers in enumerate(course, start=1):
                rows.append([*about, week, letter, names[letter], *map(float, numbers)])
        over = asked.over if asked.weeks is None else f"{asked.over} {asked.weeks[0]}-{asked.weeks[1]}"
        rows.append([*about, over, *first, figure.base, "", "", ""])
        for letter, arm in zip(letters[1:], figure.arms, strict=True):
            span = arm.difference
            rows.append([*about, over, letter, names[letter], arm.mean, span.value, span.low, span.high])
    return as_csv(heading, rows)


def report_of(found: Compared, names: Mapping[str, str]) -> str:
    """Give the page of a comparison: one file that opens anywhere."""
    from experiments.answers.page import render

    return render(named(found, names))


def told_of(found: Compared, names: Mapping[str, str]) -> Told:
    """Put a comparison into words."""
    from experiments.answers.words.compare import tell

    return tell(named(found, names))
