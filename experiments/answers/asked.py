"""Which number a question is about, as it is asked on the command line: ``share:Nova``, ``profit:Nova:sum@1-52``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from experiments.answers.findings import Plain
from experiments.claims.findings import Question
from experiments.claims.measures import Measure
from experiments.claims.words import question_text
from experiments.numbers import LARGE_UNITS, PERCENT_UNITS, UNKNOWN, compact, decimal, figure_text
from experiments.precision.questions import QuestionError, parse_figure
from experiments.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.scenario import Scenario

__all__ = [
    "Asked", "QuestionError", "asked_of", "change_text", "column_of", "digits_for", "name_of",
    "plain_name", "reduced", "value_text",
]  # fmt: skip

_WEEKS = re.compile(r"(?P<before>.*?)(?P<mark>[:@])(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?")
_MOST_DIGITS = 6


class Asked(Plain):
    """A number of a run that is asked for; see `Measure`."""

    key: str
    of: str
    over: Literal["end", "mean", "peak", "trough", "sum"]
    weeks: tuple[int, int] | None = None

    @property
    def measure(self) -> Measure:
        """What takes it from a series of weeks."""
        return Measure(self.key, self.of, self.over, self.weeks)


def asked_of(texts: Sequence[str], scenario: Scenario) -> list[Asked]:
    """Read what is asked for: ``KEY``, ``KEY:ITEM``, ``KEY:ITEM:OVER``, and weeks behind it.

    Weeks are ``@30-42`` after what is made of them (``share:Nova:peak@30-42``), or ``:30-42`` or ``:30`` for the mean
    of some weeks or one week. Without ITEM all items are meant.

    Raises
    ------
    QuestionError
        There is no such figure, it is not about such a thing, or there are no such weeks; the message is for the user.
    """
    found: dict[Asked, None] = {}
    for text in texts:
        plain, weeks, over = text, None, None
        if match := _WEEKS.fullmatch(text):
            first, last = int(match["first"]), int(match["last"] or match["first"])
            if not 1 <= first <= last <= scenario.horizon:
                raise QuestionError(say("answers.asked.bad_weeks", value=text, weeks=scenario.horizon))
            plain, weeks = match["before"], (first, last)
            over = "mean" if match["mark"] == ":" else None
        for request in parse_figure(plain, scenario):
            measure = request.measure if over is None else replace(request.measure, over=over)
            if weeks is not None and measure.over == "end":
                measure = replace(measure, over="mean")
            found[
                Asked.model_validate({"key": measure.key, "of": measure.item, "over": measure.over, "weeks": weeks})
            ] = None
    return list(found)


def reduced(asked: Asked, series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the number from weeks on the last axis, for any shape before it."""
    import numpy as np

    return np.apply_along_axis(asked.measure.of, -1, series) if series.size else series.sum(axis=-1)


def name_of(asked: Asked) -> str:
    """Name the number, as in "Market share, Nova, at the end"."""
    return question_text(_question(asked))


def column_of(asked: Asked) -> str:
    """Name its weeks as experiments do: ``share.Nova``."""
    return f"{asked.key}.{asked.of}" if asked.of else asked.key


def plain_name(asked: Asked) -> str:
    """Name its figure and what it is about, without the weeks: "Market share, Nova"."""
    from sim.figures import FIGURES
    from sim.text import language

    name = FIGURES[asked.key].name[language()]
    return say("claims.of", name=name, of=asked.of) if asked.of else name


def value_text(value: float, asked: Asked) -> str:
    """Give a value of the number in its figure's form."""
    from sim.figures import FIGURES

    figure = FIGURES[asked.key]
    return figure_text(value, figure.unit, figure.digits)


def change_text(value: float, asked: Asked, digits: int | None = None, *, bare: bool = False) -> str:
    """Give a change of the number with its sign: shares in points.

    Parameters
    ----------
    value, asked
        The change, in the figure's unit.
    digits
        Decimals (of points, for shares); None: enough for three digits.
    bare
        Whether the unit goes without saying.
    """
    from sim.figures import FIGURES
    from sim.quantities import UNITS
    from sim.text import language

    unit = FIGURES[asked.key].unit
    if value - value != 0:
        return UNKNOWN
    scaled = 100 * value if unit in PERCENT_UNITS else value
    if digits is None:
        digits = digits_for(0.0, scaled)
    text = compact(scaled, digits) if unit in LARGE_UNITS else decimal(scaled, digits)
    if scaled > 0 and any(digit in "123456789" for digit in text):
        text = f"+{text}"
    if bare:
        return text
    if unit in PERCENT_UNITS:
        return say("headline.points", change=text)
    named = unit in ("currency", "currency_per_week", "currency_per_head", "people", "units", "weeks")
    return f"{text} {UNITS[unit][language()]}" if named else text


def digits_for(half_width: float, value: float, asked: Asked | None = None) -> int:
    """Choose decimals that show the first digit of an interval's half width (two if it is 1 or 2), or three of a value.

    Both are in the figure's unit if `asked` is given, otherwise as they are shown.
    """
    import math

    from sim.figures import FIGURES

    scale = 100.0 if asked is not None and FIGURES[asked.key].unit in PERCENT_UNITS else 1.0
    half_width, value = scale * half_width, scale * value
    if half_width > 0 and math.isfinite(half_width):
        return min(max(0, -math.floor(math.log10(half_width / 3))), _MOST_DIGITS)
    if not value or not math.isfinite(value):
        return 0
    return min(max(0, 2 - math.floor(math.log10(abs(value)))), _MOST_DIGITS)


def _question(asked: Asked) -> Any:
    return Question(key=asked.key, of=asked.of or None, over=asked.over, weeks=asked.weeks, expected=None)
