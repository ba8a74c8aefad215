"""By how much other markets differ from the first, in the same futures."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from experiments.answers.asked import Asked, reduced
from experiments.answers.changes import Change, InseparableError, changes_between
from experiments.answers.findings import (
    Findings,
    Noted,
    Number,
    Plain,
    Span,
    Spans,
    noted,
    numbers_of,
    span_of,
    spans_of,
    titles_of,
)
from experiments.answers.futures import Futures, experiment_of, futures_in, made_of, make_futures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.answers.futures import OnBegin
    from experiments.batch.executors import Executor
    from experiments.batch.results import BatchResults
    from experiments.batch.runner import Done
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = [
    "ArmCompared",
    "Compared",
    "FigureCompared",
    "Pairs",
    "changes_from_first",
    "compare",
    "compare_batch",
    "compared",
    "headline",
]

MOST_DRAWN = 400
"""Paired differences that are kept for the chart of their distribution; of more, evenly spaced quantiles."""

_MOSTLY = 0.8
"""Share of a future's runs from which those that lack are taken for failed, not for still to come."""

Pairs = Literal["futures", "means", "settings"]
"""What is paired: futures; futures, each the mean over the settings of a design; or settings of a design."""


class ArmCompared(Plain):
    """One market against the first, on one figure.

    Attributes
    ----------
    arm
        Its name.
    mean
        Of its number.
    difference, joint
        Mean paired difference with its interval, and with one that holds for all arms at once.
    above, equal
        Share of pairs in which it ends above the first, and share of ties.
    pairs
        With a number in both.
    variance_ratio
        How many times as many independent runs would know the difference as well; infinite is null.
    independent_runs
        That many, of each market.
    never_varies
        Whether the difference is the same in all pairs.
    differences
        Of single pairs, sorted; not all where there are very many.
    course
        Differences week by week with a band that holds all weeks at once.
    weeks_mean
        Its own mean, week by week.
    """

    arm: str
    mean: Number
    difference: Span
    joint: Span
    above: Span
    equal: Number
    pairs: int
    variance_ratio: Span
    independent_runs: Number
    never_varies: bool
    differences: list[Number]
    course: Spans
    weeks_mean: list[Number]


class FigureCompared(Plain):
    """One figure of all markets: the first one's mean, its weeks, and the others."""

    asked: Asked
    base: Number
    base_weeks: list[Number]
    arms: list[ArmCompared]


class Compared(Findings):
    """Markets compared.

    Attributes
    ----------
    arms
        Names; the first is what the others are compared with.
    titles
        By name and language, where a scenario goes by its own name.
    figures
        What was asked for.
    level
        Of the intervals.
    pairs
        What is paired.
    settings
        Settings of a design, over which differences are averaged; 1 without one.
    changes
        What differs from the first market, by arm; where a design varies the markets as well, between the scenarios.
    """

    kind: Literal["compare"] = "compare"
    arms: list[str]
    titles: dict[str, dict[str, str]] = Field(default_factory=dict)
    figures: list[FigureCompared]
    level: float = 0.95
    pairs: Pairs = "futures"
    settings: int = 1
    changes: dict[str, list[Change]] = Field({})


def compare(
    scenarios: Mapping[str, Scenario],
    asked: Sequence[Asked] = (),
    *,
    replicates: int = 32,
    folder: Path | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    force: bool = False,
    command: Sequence[str] = (),
    on_begin: OnBegin | None = None,
    on_progress: Callable[[Done], None] | None = None,
    stop: threading.Event | None = None,
) -> Compared:
    """Run scenarios in the same futures, and compare each with the first.

    Parameters
    ----------
    scenarios
        By name, two or more, made `futures.alike`.
    asked
        Numbers to compare; none: the `headline`.
    replicates
        Futures.
    folder, workers, executor, force, on_begin, on_progress, stop
        As for `futures.make_futures`. All figures are kept, so that others can be asked for later without new runs.
    command
        Words that make it again.

    Raises
    ------
    NoRunsError
        No future is done in every market.
    """
    asked = list(asked) or [headline(list(scenarios.values()))]
    wanted = list(dict.fromkeys((one.key, one.of) for one in asked))
    experiment = experiment_of(scenarios, replicates, name="compare")
    futures = make_futures(
        experiment, wanted, folder=folder, workers=workers, executor=executor, force=force, on_begin=on_begin,
        on_progress=on_progress, stop=stop,
    )  # fmt: skip
    return compared(scenarios, futures, asked, replicates=replicates, command=command)


def compared(
    scenarios: Mapping[str, Scenario],
    futures: Futures,
    asked: Sequence[Asked],
    *,
    replicates: int,
    command: Sequence[str] = (),
    changes: Mapping[str, list[Change]] | None = None,
) -> Compared:
    """Compare each scenario with the first, in futures that are made; see `compare`.

    Parameters
    ----------
    scenarios
        By name, in the order of the futures' markets.
    futures
        With the figures that are asked for.
    asked, replicates, command
        As for `compare`.
    changes
        What differs from the first, if that is known already; see `changes_from_first`.
    """
    values = {pair: series[:, :, None] for pair, series in futures.series.items()}
    return Compared(
        made=made_of(futures, next(iter(scenarios.values())), replicates, command),
        scenarios={name: model.as_file() for name, model in scenarios.items()},
        arms=list(scenarios),
        titles=titles_of(scenarios),
        changes=dict(changes_from_first(scenarios) if changes is None else changes),
        **_compared(list(scenarios), values, asked, _failures(futures)),
    )


def compare_batch(results: BatchResults, asked: Sequence[Asked] = (), *, command: Sequence[str] = ()) -> Compared:
    """Compare the scenarios of an experiment, setting by setting of its design; see `compare`.

    Raises
    ------
    NoRunsError
        No future is done in every market.
    ValueError
        There is one scenario only.
    """
    import numpy as np

    names = list(results.arms)
    if len(names) < 2:
        raise ValueError("one scenario only")
    arms, rows = len(names), _rows_done(results)
    points = [1 + arm * (results.point_count // arms) + row for arm in range(arms) for row in rows]
    scenarios = {name: results.scenario(name) for name in names}
    asked = list(asked) or [headline(list(scenarios.values()))]
    wanted = list(dict.fromkeys((one.key, one.of) for one in asked))
    futures = futures_in(results, wanted, points=points)
    values = {
        pair: np.moveaxis(series.reshape(arms, -1, *series.shape[1:]), 1, 2) for pair, series in futures.series.items()
    }
    first = scenarios[names[0]]
    left_out = results.point_count // arms - len(rows)
    notes = [Noted(doubt="settings_left_out", value=left_out)] if left_out else _failures(futures)
    if results.meta.get("common_random_numbers") == "false":
        notes.append(Noted(doubt="own_luck"))
    return Compared(
        made=made_of(futures, first, results.replicates, command),
        scenarios={name: model.as_file() for name, model in scenarios.items()},
        arms=names,
        settings=len(rows),
        changes=changes_from_first(scenarios),
        **_compared(names, values, asked, notes),
    )


def _rows_done(results: BatchResults) -> list[int]:
    """Give the rows of a design that are compared: those done in all scenarios and futures.

    A failed run takes its row out, not its future: with one run of thousands the whole future would be lost. Futures
    that have only begun do not count.
    """
    import numpy as np

    rows = results.point_count // len(results.arms)
    done = np.zeros((len(results.arms) * rows, results.replicates), dtype=bool)
    done[results.runs.points - 1, results.runs.replicates] = True
    everywhere = np.asarray(done.reshape(len(results.arms), rows, -1).all(axis=0))
    begun = everywhere[:, everywhere.mean(axis=0) >= _MOSTLY]
    found = np.flatnonzero(begun.all(axis=1)) if begun.size else np.empty(0, dtype=int)
    return [int(row) for row in found] if len(found) else list(range(rows))


def headline(scenarios: Sequence[Scenario]) -> Asked:
    """Choose the number to compare where none is asked for: the share, at the end, of the firm that changes most.

    The first firm where no change is about a firm that all scenarios have.
    """
    common = [firm.name for firm in scenarios[0].firms if all(_has(other, firm.name) for other in scenarios)]
    if not common:
        return Asked(key="userisation", of="", over="end")
    counted: Counter[str] = Counter()
    for other in scenarios[1:]:
        try:
            found = changes_between(scenarios[0], other)
        except InseparableError:
            continue
        counted.update(firm for change in found.changes for firm in change.firms if firm in common)
    best = max(common, key=lambda name: counted[name])
    return Asked(key="share", of=best, over="end")


def _has(scenario: Scenario, firm: str) -> bool:
    return any(one.name == firm for one in scenario.firms)


def changes_from_first(scenarios: Mapping[str, Scenario]) -> dict[str, list[Change]]:
    """Find what differs from the first scenario, by name; nothing where the changes only go together."""
    models = list(scenarios.values())
    found = {}
    for name, model in list(scenarios.items())[1:]:
        try:
            found[name] = list(changes_between(models[0], model).changes)
        except InseparableError:
            found[name] = []
    return found


def _failures(futures: Futures) -> list[Noted]:
    found = []
    if futures.failed:
        found.append(Noted(doubt="failed_runs", value=futures.failed))
    if futures.missing:
        found.append(Noted(doubt="stopped", value=len(futures.replicates)))
    return found


def _compared(
    names: Sequence[str], values: Mapping[tuple[str, str], Floats], asked: Iterable[Asked], notes: list[Noted]
) -> dict[str, Any]:
    """Compare; values are (arms, replicates, settings, weeks)."""
    from experiments.analysis.intervals import FEWEST

    first = next(iter(values.values()))
    pairs: Pairs = "futures" if first.shape[2] == 1 else "means" if first.shape[1] >= FEWEST else "settings"
    figures = []
    for one in asked:
        figure, doubts = _figure(names, values[one.key, one.of], one, pairs)
        figures.append(figure)
        notes = notes + doubts
    return {"figures": figures, "pairs": pairs, "notes": notes}


def _figure(names: Sequence[str], series: Floats, asked: Asked, pairs: Pairs) -> tuple[FigureCompared, list[Noted]]:
    import numpy as np

    from experiments.analysis.paired import compare_all

    single = reduced(asked, series)  # (arms, replicates, settings)
    numbers, weeks = _paired(single, pairs), _paired(series, pairs)
    found, courses = compare_all(numbers), compare_all(weeks)
    arms = []
    for one, course in zip(found, courses, strict=True):
        every = single[one.arm] - single[0]
        every = np.sort(every[np.isfinite(every)].ravel())
        if len(every) > MOST_DRAWN:
            every = np.quantile(every, (np.arange(MOST_DRAWN) + 0.5) / MOST_DRAWN)
        band = course.band or course.difference
        ratio, varies = one.pairing.ratio, _varies(every)
        arms.append(
            ArmCompared(
                arm=names[one.arm], mean=float(one.mean), difference=span_of(one.difference), joint=span_of(one.joint),
                above=span_of(one.above), equal=float(one.equal), pairs=int(one.pairs), variance_ratio=span_of(ratio),
                independent_runs=float(one.pairing.runs), never_varies=not varies, differences=numbers_of(every),
                course=spans_of(band), weeks_mean=numbers_of(course.mean),
            )
        )  # fmt: skip
    base = FigureCompared(asked=asked, base=float(found[0].base), base_weeks=numbers_of(courses[0].base), arms=arms)
    return base, noted([note for one in found for note in one.notes], dict(enumerate(names)))


def _varies(numbers: Floats) -> bool:
    """Tell whether sorted numbers differ by more than rounding."""
    return len(numbers) > 0 and bool(numbers[-1] - numbers[0] > 1e-9 * max(abs(numbers[0]), abs(numbers[-1])))


def _paired(values: Floats, pairs: Pairs) -> Floats:
    """Give (arms, pairs, ...) of (arms, replicates, settings, ...)."""
    import warnings

    import numpy as np

    if pairs == "futures":
        return values[:, :, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a mean of nothing is NaN, as it should be
        return np.asarray(np.nanmean(values, axis=2 if pairs == "means" else 1))
