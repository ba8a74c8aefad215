"""Which number a question is about: a key figure of somebody, over which weeks; and conditions on such numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.claims.measures import Measure
from experiments.precision.questions import natural
from experiments.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from experiments.batch.experiment import Experiment
    from experiments.batch.results import BatchResults

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["OVERS", "Askable", "Clause", "Condition", "FigureError", "parse_condition", "parse_figure"]

OVERS = ("end", "mean", "peak", "trough", "sum")
_CLAUSE = re.compile(
    r"\s*(?P<figure>.+?)\s*(?P<sign><=|>=|≤|≥|<|>)\s*(?P<limit>[-+−]?[\d.]+(?:[eE][-+]?\d+)?)\s*(?P<percent>%?)\s*"
)
_WEEKS = re.compile(r"(?P<before>.*?)(?P<mark>[:@])(?P<first>\d{1,5})(?:[-–](?P<last>\d{1,5}))?")
_JOINTS = re.compile(r"(?<=[\d.%])\s+(and|or|et|ou)\s+", re.IGNORECASE)
_SIGNS: Mapping[str, Callable[[Floats, float], Flags]] = {
    "<": lambda x, limit: x < limit,
    "<=": lambda x, limit: x <= limit,
    ">": lambda x, limit: x > limit,
    ">=": lambda x, limit: x >= limit,
}


class FigureError(ValueError):
    """What was asked for cannot be asked; the message is for the user."""


@dataclass(frozen=True)
class Askable:
    """What can be asked of the runs of an experiment.

    Attributes
    ----------
    figures
        Items by key figure; an empty name for the market.
    formulas
        Figures of the user's own, of which there are ends only.
    series
        Whether every week is kept.
    horizon
        Weeks of a run.
    """

    figures: Mapping[str, tuple[str, ...]]
    formulas: tuple[str, ...]
    series: bool
    horizon: int

    @classmethod
    def of_experiment(cls, made: Experiment) -> Askable:
        """Say what the runs of an experiment will keep."""
        from experiments.batch.recorded import split_figure
        from sim.claims import items_of
        from sim.figures import FIGURES

        items = [items_of(arm.scenario) for arm in made.arms]
        wanted = list(made.recorded.figures or FIGURES)
        figures: dict[str, tuple[str, ...]] = {}
        for text in wanted:
            key, item = split_figure(text)
            every = tuple(dict.fromkeys(name for one in items for name in one[FIGURES[key].scope])) or ("",)
            figures[key] = tuple(dict.fromkeys((*figures.get(key, ()), *(every if item is None else (item,)))))
        names = tuple(name for name, _ in made.recorded.formulas)
        return cls(figures, names, made.recorded.series, max(arm.scenario.horizon for arm in made.arms))

    @classmethod
    def of_results(cls, results: BatchResults) -> Askable:
        """Say what the runs of an experiment have kept."""
        figures = results.figures
        columns = {f"{key}.{item}" if item else key for key, items in figures.items() for item in items}
        horizon = max(results.scenario(arm).horizon for arm in results.arms)
        formulas = tuple(name for name in results.end_columns if name not in columns)
        (blocks,) = results._rows("SELECT count(*) FROM run WHERE series IS NOT NULL")[0]
        return cls(figures, formulas, blocks > 0, horizon)

    def checked(self, measure: Measure) -> Measure:
        """Give the number, its item filled in where there is only one; refuse what no run has.

        Raises
        ------
        FigureError
            With what would be right.
        """
        from sim.problems import advice

        if measure.key in self.formulas and not measure.item:
            if measure.over != "end" or measure.weeks is not None:
                raise FigureError(say("answers.figure.formula_end", name=measure.key))
            return measure
        if measure.key not in self.figures:
            known = [*self.figures, *self.formulas]
            raise FigureError(say("answers.figure.unknown", name=measure.key, advice=advice(measure.key, known)))
        items = self.figures[measure.key]
        item = measure.item
        if not item and "" not in items:
            if len(items) > 1:
                raise FigureError(say("answers.figure.of_whom", name=measure.key, known=", ".join(items)))
            item = items[0]
        if item not in items:
            if items == ("",):
                raise FigureError(say("answers.figure.of_market", name=measure.key, item=item))
            raise FigureError(say("answers.figure.no_item", name=measure.key, item=item, advice=advice(item, items)))
        if measure.over not in OVERS:
            raise FigureError(say("answers.figure.no_over", value=measure.over, known=", ".join(OVERS)))
        is_plain_end = measure.over == "end" and measure.weeks is None
        if not is_plain_end and not self.series:
            raise FigureError(say("answers.figure.no_weeks_kept", name=measure.key))
        if measure.weeks is not None and not 1 <= measure.weeks[0] <= measure.weeks[1] <= self.horizon:
            raise FigureError(say("answers.figure.weeks", horizon=self.horizon))
        return Measure(measure.key, item, measure.over, measure.weeks)


def parse_figure(text: str, askable: Askable) -> Measure:
    """Read ``share.Nova``, ``share:Nova:mean``, ``share.Nova:peak@30-42``, ``share:Nova:30``, or the name of a formula.

    Without a word for it, the usual is made of a figure's weeks (`questions.natural`), or its end where runs kept no
    more.

    Raises
    ------
    FigureError
        There is no such figure.
    """
    text = text.strip()
    if text in askable.formulas:
        return askable.checked(Measure(text, "", "end"))
    weeks: tuple[int, int] | None = None
    mark = ""
    if found := _WEEKS.fullmatch(text):
        text, mark = found["before"], found["mark"]
        weeks = (int(found["first"]), int(found["last"] or found["first"]))
    key, _, rest = text.partition(".") if "." in text.partition(":")[0] else text.partition(":")
    items = askable.figures.get(key, ())
    item, over = rest, ""
    if rest not in items:
        before, _, last = rest.rpartition(":")
        if last in OVERS and (before or last == rest):
            item, over = before, last
        elif before in items and before:
            raise FigureError(say("answers.figure.no_over", value=last, known=", ".join(OVERS)))
    if mark == ":" or (weeks is not None and over in ("", "end")):
        over = "mean"
    return askable.checked(Measure(key, item, over or (natural(key) if askable.series else "end"), weeks))


@dataclass(frozen=True)
class Clause:
    """A number on one side of a limit, which is in the figure's unit."""

    measure: Measure
    sign: str
    limit: float

    def holds(self, numbers: Floats) -> Flags:
        """Tell where it holds; nowhere where there is no number."""
        with np.errstate(invalid="ignore"):
            return np.asarray(_SIGNS[self.sign](numbers, self.limit) & np.isfinite(numbers))


@dataclass(frozen=True)
class Condition:
    """Clauses joined by *and* within a group, groups by *or*."""

    groups: tuple[tuple[Clause, ...], ...]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The numbers that it is about, each once."""
        return tuple(dict.fromkeys(clause.measure for group in self.groups for clause in group))

    def holds(self, numbers: Mapping[Measure, Floats]) -> Flags:
        """Tell where it holds, for numbers of one shape."""
        met = [np.all([one.holds(numbers[one.measure]) for one in group], axis=0) for group in self.groups]
        return np.asarray(np.any(met, axis=0))


def parse_condition(text: str, askable: Askable) -> Condition:
    """Read ``share.Nova < 15% and profit.Nova:mean@20-40 < 0``; *and* binds before *or*.

    Raises
    ------
    FigureError
        It cannot be read, or is about a figure that there is not.
    """
    parts = _JOINTS.split(text.strip())
    groups: list[list[Clause]] = [[]]
    for place, part in enumerate(parts):
        if place % 2:
            if part.lower() in ("or", "ou"):
                groups.append([])
            continue
        groups[-1].append(_clause(part, askable))
    found = Condition(tuple(tuple(group) for group in groups))
    for group in found.groups:
        _refuse_contradiction(group)
    return found


def _clause(text: str, askable: Askable) -> Clause:
    seen = _CLAUSE.fullmatch(text)
    try:
        limit = float(seen["limit"].replace("−", "-")) if seen is not None else None
    except ValueError:
        limit = None
    if seen is None or limit is None:
        raise FigureError(say("answers.condition.unread", text=text.strip()))
    sign = {"≤": "<=", "≥": ">="}.get(seen["sign"], seen["sign"])
    measure = parse_figure(seen["figure"], askable)
    return Clause(measure, sign, limit / 100 if seen["percent"] else limit)


def _refuse_contradiction(group: Sequence[Clause]) -> None:
    """Refuse clauses of one group that can never hold together."""
    for measure in dict.fromkeys(clause.measure for clause in group):
        own = [clause for clause in group if clause.measure == measure]
        above = [clause for clause in own if clause.sign.startswith(">")]
        below = [clause for clause in own if clause.sign.startswith("<")]
        for low in above:
            for high in below:
                is_open = len(low.sign) == 1 or len(high.sign) == 1
                if low.limit > high.limit or (low.limit == high.limit and is_open):
                    name = f"{measure.key}.{measure.item}" if measure.item else measure.key
                    raise FigureError(
                        say("answers.condition.contradiction", name=name, low=f"{low.limit:g}", high=f"{high.limit:g}")
                    )
