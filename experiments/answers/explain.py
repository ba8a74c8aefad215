"""Why B ends elsewhere than A: the difference shared out among the changes that make A into B."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from experiments.answers.asked import Asked, column_of, reduced
from experiments.answers.changes import Change, Changes, Grouping, InseparableError, changes_between
from experiments.answers.compare import headline
from experiments.answers.findings import Findings, Noted, Number, Plain, Span, noted, numbers_of, span_of, titles_of
from experiments.answers.futures import experiment_of, made_of, make_futures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.analysis.coalitions import Plan
    from experiments.answers.futures import OnBegin
    from experiments.batch.executors import Executor
    from experiments.batch.runner import Done
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = ["Explained", "FigureExplained", "Interaction", "NothingDiffersError", "Share", "explain", "plan_of"]

BUDGET = 256
"""Markets that are run: all coalitions of up to eight changes."""
_STRONG = 0.1


class NothingDiffersError(ValueError):
    """Both scenarios are the same market: there is nothing to explain."""


class Share(Plain):
    """What one change has to do with the difference.

    Attributes
    ----------
    share
        Its Shapley share, in the figure's unit.
    sampling_error
        Standard error from sampled orders; 0 where all coalitions were run.
    alone
        What it does to A by itself; null where that was not run.
    last
        What it does last of all, when all others are made; null where that was not run.
    course
        Its share week by week.
    """

    share: Span
    sampling_error: Number
    alone: Number
    last: Number
    course: list[Number]


class Interaction(Plain):
    """How much more two changes (by number) do together than apart."""

    first: int
    second: int
    effect: Span


class FigureExplained(Plain):
    """One figure's difference shared out.

    Attributes
    ----------
    asked
        The figure.
    before, after
        Its means in A and B.
    total
        B - A.
    shares
        Of each change; they add up to the total.
    interactions
        Those that are clear and no small part of the difference, the largest first.
    total_course
        B - A week by week.
    """

    asked: Asked
    before: Number
    after: Number
    total: Span
    shares: list[Share]
    interactions: list[Interaction]
    total_course: list[Number]


class Explained(Findings):
    """A difference explained.

    Attributes
    ----------
    before, after
        Names of A and B.
    titles
        By name and language, where a scenario goes by its own name.
    changes
        What makes A into B.
    figures
        What was asked for.
    coalitions
        Markets that were run.
    is_exact
        Whether those are all there are.
    grouping
        How changes are put together.
    futures
        Replicates that count.
    """

    kind: Literal["explain"] = "explain"
    before: str
    after: str
    titles: dict[str, dict[str, str]] = Field(default_factory=dict)
    changes: list[Change]
    figures: list[FigureExplained]
    coalitions: int
    is_exact: bool
    grouping: Grouping = "change"
    futures: int
    level: float = Field(0.95)


def plan_of(
    before: Scenario, after: Scenario, grouping: Grouping = "change", budget: int = BUDGET
) -> tuple[Changes, Plan]:
    """Find the changes between two scenarios, and which markets have to be run.

    Raises
    ------
    NothingDiffersError
        There is no change.
    InseparableError
        The changes cannot be made one without the other.
    ValueError
        The budget does not pay for two orders of the changes.
    """
    from experiments.analysis.coalitions import plan_for

    found = changes_between(before, after, grouping)
    if not found.changes:
        raise NothingDiffersError
    return found, plan_for(len(found), budget, interactions=False)


def explain(
    before: tuple[str, Scenario],
    after: tuple[str, Scenario],
    asked: Sequence[Asked] = (),
    *,
    grouping: Grouping = "change",
    budget: int = BUDGET,
    replicates: int = 32,
    folder: Path | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    force: bool = False,
    command: Sequence[str] = (),
    on_begin: OnBegin | None = None,
    on_progress: Callable[[Done], None] | None = None,
    stop: threading.Event | None = None,
) -> Explained:
    """Share out the difference between two scenarios among what changes from one to the other.

    Parameters
    ----------
    before, after
        A and B, with their names, made `futures.alike`.
    asked
        Numbers to explain; none: the share of the firm that changes most.
    grouping
        How changes are put together.
    budget
        Markets to run at most, each in all futures; all coalitions if they are no more, else sampled orders.
    replicates
        Futures.
    folder, workers, executor, force, on_begin, on_progress, stop, command
        As for `compare`. Only the figures that are asked for are kept.

    Raises
    ------
    NothingDiffersError, InseparableError, ValueError
        As `plan_of`.
    NoRunsError
        No future is done in every market.
    """
    import numpy as np

    from experiments.analysis.shapley import shares_of
    from sim.problems import ScenarioError

    found, plan = plan_of(before[1], after[1], grouping, budget)
    rows = [frozenset(np.flatnonzero(row).tolist()) for row in plan.coalitions]
    try:
        markets = {_name(row, len(found)): found.scenario(row) for row in rows}
    except ScenarioError as error:
        raise InseparableError(error) from None
    asked = list(asked) or [headline([before[1], after[1]])]
    wanted = list(dict.fromkeys((one.key, one.of) for one in asked))
    columns = list(dict.fromkeys(column_of(one) for one in asked))
    experiment = experiment_of(markets, replicates, figures=columns, name="explain")
    futures = make_futures(
        experiment, wanted, folder=folder, workers=workers, executor=executor, force=force, on_begin=on_begin,
        on_progress=on_progress, stop=stop,
    )  # fmt: skip
    notes = []
    if futures.failed:
        notes.append(Noted(doubt="failed_runs", value=futures.failed))
    if futures.missing:
        notes.append(Noted(doubt="stopped", value=len(futures.replicates)))
    figures = []
    for one in asked:
        series = futures.series[one.key, one.of]
        outcomes = reduced(one, series)
        parts = shares_of(outcomes, plan)
        courses = shares_of(series, plan)
        mean = _means(outcomes)
        places = {row: place for place, row in enumerate(rows)}
        shares = []
        everything = frozenset(range(len(found)))
        for change in range(len(found)):
            alone, without = places.get(frozenset([change])), places.get(everything - {change})
            shares.append(
                Share(
                    share=span_of(parts.shares, change),
                    sampling_error=float(parts.sampling_error[change]),
                    alone=np.nan if alone is None else float(mean[alone] - mean[0]),
                    last=np.nan if without is None else float(mean[1] - mean[without]),
                    course=numbers_of(courses.shares.value[change]),
                )
            )
        interactions = []
        if parts.interactions is not None:
            size = max(float(abs(parts.total.value)), float(np.abs(parts.shares.value).max()))
            for number, (i, j) in enumerate(parts.pairs.tolist()):
                effect = span_of(parts.interactions, number)
                if effect.is_clear and abs(effect.value) >= _STRONG * size:
                    interactions.append(Interaction(first=i, second=j, effect=effect))
        figures.append(
            FigureExplained(
                asked=one, before=float(mean[0]), after=float(mean[1]), total=span_of(parts.total), shares=shares,
                interactions=sorted(interactions, key=lambda pair: -abs(pair.effect.value)),
                total_course=numbers_of(courses.total.value),
            )
        )  # fmt: skip
        notes += noted(parts.notes)
    return Explained(
        made=made_of(futures, before[1], replicates, command),
        scenarios={before[0]: before[1].as_file(), after[0]: after[1].as_file()},
        notes=list(dict.fromkeys(notes)),
        before=before[0], after=after[0], titles=titles_of(dict([before, after])),
        changes=list(found.changes), figures=figures, coalitions=len(rows),
        is_exact=plan.is_exact, grouping=grouping, futures=len(futures.replicates),
    )  # fmt: skip


def _name(made: frozenset[int], total: int) -> str:
    """Name a market by the changes that are made in it, counted from 1."""
    if not made:
        return "A"
    return "B" if len(made) == total else "+".join(str(1 + place) for place in sorted(made))


def _means(outcomes: Floats) -> Floats:
    """Mean over the replicates that have a number everywhere: those that shares are made of."""
    import numpy as np

    known = np.isfinite(outcomes).all(axis=0)
    return outcomes[:, known].mean(axis=1) if known.any() else np.full(len(outcomes), np.nan)
