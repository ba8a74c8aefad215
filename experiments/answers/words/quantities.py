"""Numbers, factors and conditions in words, for answers about experiments."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from experiments.answers.asked import change_text, name_of, value_text
from experiments.numbers import UNKNOWN, percent, plain_number
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from experiments.answers.asked import Asked
    from experiments.answers.discover import ClauseAsked, Factor, Limit

__all__ = [
    "amount", "change", "condition_words", "is_figure", "limit_words", "limits_words", "listed", "money",
    "outcome_name", "share_range", "size", "title_of", "unit_of",
]  # fmt: skip

_MOST_LABELS = 4


def is_figure(asked: Asked) -> bool:
    """Tell whether a number is that of a key figure, and not a formula of the user's own."""
    from sim.figures import FIGURES

    return asked.key in FIGURES


def unit_of(asked: Asked) -> str:
    """Give the unit of a number; empty for a formula."""
    from sim.figures import FIGURES

    return FIGURES[asked.key].unit if is_figure(asked) else ""


def outcome_name(asked: Asked) -> str:
    """Name a number, as in "Market share, Nova, at the end"."""
    return name_of(asked) if is_figure(asked) else asked.key


def amount(value: float, asked: Asked) -> str:
    """Give a value of a number in its own form."""
    return value_text(value, asked) if is_figure(asked) else plain_number(value)


def change(value: float, asked: Asked) -> str:
    """Give a difference of a number, with its sign."""
    if is_figure(asked):
        from experiments.numbers import LARGE_UNITS

        # Currency goes without saying in ranges of large numbers.
        return change_text(value, asked, bare=unit_of(asked) in LARGE_UNITS)
    return f"+{plain_number(value)}" if value > 0 else plain_number(value)


def size(value: float, asked: Asked) -> str:
    """Give the size of a difference, without a sign."""
    return change(abs(value), asked).removeprefix("+")


def money(value: float) -> str:
    """Give an amount of the model's money."""
    from experiments.numbers import compact

    return compact(value)


def scenario_names(
    titles: Mapping[str, Mapping[str, str]], labels: Sequence[str], *, labelled: bool = False
) -> dict[str, str]:
    """Name scenarios in sentences: by their title in the reader's language, or by their label where that is not theirs.

    Parameters
    ----------
    titles
        By label and language.
    labels
        Of all scenarios: a title that two of them have names none.
    labelled
        Whether the label follows the title.
    """
    own = {label: titles.get(label, {}) for label in labels}
    found = {label: title_of(texts) for label, texts in own.items()}
    count = Counter(found.values())
    key = "answers.titled_label" if labelled else "answers.titled"
    return {
        label: say(key, title=title, label=label) if title and count[title] == 1 else label
        for label, title in found.items()
    }


def title_of(title: Mapping[str, str]) -> str:
    """Give a title in the language of the context, else in the other one."""
    return title.get(language()) or next((text for text in title.values() if text), "")


def share_range(low: float, high: float, digits: int = 0) -> str:
    """Give an interval of shares: "37–45%"."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNKNOWN
    return say("answers.range", low=percent(low, digits), high=percent(high, digits))


def listed(parts: Sequence[str], last: str = "answers.list_and") -> str:
    """Put parts into a list: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])}{say(last)}{parts[-1]}"


def limit_words(limit: Limit, factors: Sequence[Factor]) -> str:
    """Say what a box asks of a factor: "price > 10.4", "strategy is opportunist"."""
    factor = factors[limit.factor]
    if limit.allowed:
        shown = limit.allowed[:_MOST_LABELS]
        more = len(limit.allowed) - len(shown)
        labels = listed([*shown, *([say("answers.limit.more", count=more)] if more else [])], "answers.list_or")
        return say("answers.limit.is", name=factor.name, labels=labels)
    low, high = plain_number(limit.low), plain_number(limit.high)
    if math.isnan(limit.high):
        return say("answers.limit.above", name=factor.name, low=low)
    if math.isnan(limit.low):
        return say("answers.limit.below", name=factor.name, high=high)
    return say("answers.limit.between", name=factor.name, low=low, high=high)


def limits_words(limits: Sequence[Limit], factors: Sequence[Factor]) -> str:
    """Say what a box asks."""
    if not limits:
        return say("answers.limit.nothing")
    return listed([limit_words(one, factors) for one in limits])


def condition_words(groups: Sequence[Sequence[ClauseAsked]]) -> str:
    """Say what a failure is, or a target: "Market share, Nova, at the end < 15%"."""
    return listed([listed([_clause_words(one) for one in group]) for group in groups], "answers.list_or")


def _clause_words(clause: ClauseAsked) -> str:
    sign = {"<=": "≤", ">=": "≥"}.get(clause.sign, clause.sign)
    return f"{outcome_name(clause.outcome)} {sign} {_limit(clause)}"


def _limit(clause: ClauseAsked) -> str:
    """Write a limit with as many digits as it was given."""
    from experiments.numbers import LARGE_UNITS, PERCENT_UNITS, compact

    unit = unit_of(clause.outcome)
    if unit in PERCENT_UNITS:
        return percent(clause.limit, 0 if abs(100 * clause.limit - round(100 * clause.limit)) < 1e-9 else 1)
    return compact(clause.limit) if unit in LARGE_UNITS else plain_number(clause.limit)
