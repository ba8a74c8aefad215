"""One claim measured again, quickly: few futures of small markets, at its own values only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.claims.findings import ClaimResult
    from experiments.runs import Progress

__all__ = ["CONSUMERS", "FUTURES", "Interrupted", "measured_again"]

FUTURES, CONSUMERS = 8, 1000
"""Enough for a first look: the packaged verdicts rest on twice as many futures of markets more than twice as large."""


class Interrupted(Exception):
    """It was stopped."""


def measured_again(
    name: str, *, on_progress: Callable[[Progress], None] | None = None, stop: threading.Event | None = None
) -> ClaimResult:
    """Put the claim of a scenario to the test again.

    Raises
    ------
    Interrupted
        It was stopped before its end.
    LookupError
        The scenario makes no claim.
    """
    from experiments.claims.arms import Size, load_case
    from experiments.claims.study import Study, plan_of
    from experiments.replicate import available_cores

    case = load_case(name)
    if case is None:
        raise LookupError(name)
    size = Size(min(CONSUMERS, case.scenario.population.size))
    plan = plan_of(case, size, with_region=False)
    study = Study([plan], size, replicates=FUTURES, threads=available_cores(), on_progress=on_progress, stop=stop)
    found = study.judge(plan)
    if found is None:
        raise Interrupted
    return found
