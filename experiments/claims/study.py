"""Put claims to the test: run every market once, keep its numbers, judge.

Memory: a market's records live only until its replicates are done; what is kept of a run is a handful of numbers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from experiments.claims.arms import Case, Point, Size, points_of
from experiments.claims.effects import FEWEST, effect_of
from experiments.claims.findings import Ablation, Answer, ClaimResult, PointResult, Question
from experiments.claims.measures import Measure, measure_of, numbers
from experiments.claims.over import over_of
from experiments.claims.posterior import Laid, LaidArm, Posterior
from experiments.claims.verdicts import carried, found, least_of, outcome, together, verdict
from experiments.pool import pool_that_pays
from experiments.runs import Progress, run_replicates

if TYPE_CHECKING:
    import numpy as np

    from experiments.claims.findings import Over, Verdict
    from experiments.replicate import Run
    from sim.scenario import Scenario

__all__ = ["Plan", "Study", "plan_of"]


@dataclass(frozen=True)
class Plan:
    """What is to be compared for one claim.

    Attributes
    ----------
    case
        The claim and its scenarios.
    points
        The scenario's own values first, then the region.
    ablated
        The own values without what should carry the effect; None if the claim names nothing.
    posterior
        Draws over which it is tried besides; None without.
    """

    case: Case
    points: tuple[Point, ...]
    ablated: Point | None
    posterior: Posterior | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The numbers that the claim is about."""
        return tuple(measure_of(figure) for figure in self.case.claim.figures)

    @property
    def markets(self) -> dict[str, Scenario]:
        """All its markets by key, in the order in which they are run."""
        return {arm.key: arm.scenario for point in self._in_order for arm in point.arms}

    @cached_property
    def laid(self) -> Laid | None:
        """The same with draws; None if there are none."""
        if self.posterior is None:
            return None
        ablated = None if self.ablated is None else self.posterior.lay(self.ablated)
        return Laid(self.posterior, tuple(self.posterior.lay(point) for point in self.points), ablated)

    @property
    def _in_order(self) -> list[Point]:
        return [self.points[0], *([self.ablated] if self.ablated else []), *self.points[1:]]


def plan_of(case: Case, size: Size, *, with_region: bool = True, posterior: Posterior | None = None) -> Plan:
    """Build all the markets of a claim.

    Raises
    ------
    ScenarioError
        A value of the claim cannot be laid over one of its scenarios.
    """
    own = case.point(size)
    region = points_of(case, size) if with_region else []
    ablated = case.point(size, ablated=True) if case.claim.carried_by else None
    return Plan(case, (own, *region), ablated, posterior)


@dataclass(frozen=True)
class _Market:
    """What is run of one market: so many replicates, each of them with a scenario of its own where `each` gives it."""

    scenario: Scenario
    replicates: int
    each: Callable[[int], Scenario] | None = None


class Study:
    """Runs the markets of several claims; a market that several of them need is run once.

    Parameters
    ----------
    plans
        What is compared.
    size
        How large the markets are.
    replicates, threads
        As for `run_replicates`.
    on_progress
        Told how far all of it has come.
    stop
        Set it to stop after the weeks under way.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        size: Size,
        *,
        replicates: int,
        threads: int = 1,
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.plans = tuple(plans)
        self.size = size
        self.replicates = replicates
        self.threads = threads
        self.on_progress = on_progress
        self.stop = stop or threading.Event()
        self.errors: list[str] = []
        """What runs that failed have said."""
        self._measures: dict[str, dict[Measure, int]] = {}
        self._markets: dict[str, _Market] = {}
        for plan in plans:
            needed = self._needed(plan)
            self._markets |= needed
            for key in needed:
                wanted = self._measures.setdefault(key, {})
                for measure in plan.measures:
                    wanted.setdefault(measure, len(wanted))
        self._numbers: dict[str, np.ndarray] = {}
        self._failed: dict[str, int] = {}
        self._weeks_done = self._runs_done = 0
        markets = self._markets.values()
        self._weeks_total = sum(market.replicates * market.scenario.horizon for market in markets)
        self._runs_total = sum(market.replicates for market in markets)
        # Asked for all markets together: for one of them alone it would hardly ever pay to start processes.
        self._pool = pool_that_pays([(market.scenario, market.replicates) for market in markets], threads)

    def judge(self, plan: Plan) -> ClaimResult | None:
        """Run what a claim still needs and judge it; None if it was stopped before the last market was done."""
        for key in self._needed(plan):
            if key not in self._numbers and not self._run(key):
                return None
        return self._result(plan)

    def _needed(self, plan: Plan) -> dict[str, _Market]:
        """Give all markets of a claim by key: as they are written, then with draws."""
        needed = {key: _Market(scenario, self.replicates) for key, scenario in plan.markets.items()}
        if plan.laid is not None:
            runs, scenario_of = plan.laid.posterior.runs, plan.laid.scenario_of
            for key, arm in plan.laid.markets.items():
                needed[key] = _Market(arm.arm.scenario, runs, partial(scenario_of, arm))
        return needed

    def _run(self, key: str) -> bool:
        """Run one market and keep its numbers; False if it was stopped."""
        import numpy as np

        market, wanted = self._markets[key], tuple(self._measures[key])
        scenario, replicates = market.scenario, market.replicates
        table = np.full((len(wanted), replicates), np.nan)

        def keep(run: Run) -> None:
            if run.status == "done" and run.record is not None:
                table[:, run.replicate] = numbers(run.record, wanted)

        runs = run_replicates(
            scenario,
            replicates=replicates,
            threads=self.threads,
            each=market.each,
            figures={measure.key for measure in wanted},
            on_progress=self._tell,
            on_run=keep,
            stop=self.stop,
            pool=self._pool,
        )
        if any(run.status == "stopped" for run in runs):
            return False
        errors = [run.error for run in runs if run.status == "failed"]
        self.errors += [f"{scenario.name}: {error}" for error in errors]
        self._numbers[key] = table
        self._failed[key] = len(errors)
        self._weeks_done += scenario.horizon * replicates
        self._runs_done += replicates
        return True

    def _tell(self, progress: Progress) -> None:
        if self.on_progress is not None:
            done = self._runs_done + progress.replicates_done
            weeks = self._weeks_done + progress.weeks_done
            self.on_progress(Progress(weeks, self._weeks_total, done, self._runs_total))

    def _result(self, plan: Plan) -> ClaimResult:
        case, claim = plan.case, plan.case.claim
        points = self._points(plan, slice(None))
        half = self.replicates // 2
        halves = (slice(0, half), slice(half, 2 * half)) if half >= FEWEST else ()
        return ClaimResult(
            scenario=case.name,
            **case.words,
            against=claim.against,
            without=claim.without.model_dump(exclude_defaults=True),
            moderator=claim.moderator.model_dump(exclude_defaults=True),
            carried_by=claim.carried_by.model_dump(exclude_defaults=True),
            fingerprint=case.fingerprint,
            seed=case.scenario.seed,
            replicates=self.replicates,
            consumers=case.consumers(self.size),
            weeks=case.weeks(self.size),
            verdict=_verdict(points),
            halves=[_verdict(self._points(plan, part)) for part in halves],
            questions=[
                Question(key=one.key, of=one.item or None, over=one.over, weeks=one.weeks, expected=figure.expected)
                for one, figure in zip(plan.measures, claim.figures, strict=True)
            ],
            points=points,
            region=len(plan.points) > 1,
            ablation=self._ablation(plan, points[0]),
            failures=sum(self._failed[key] for key in self._needed(plan)),
            over=self._over(plan),
        )

    def _over(self, plan: Plan) -> Over | None:
        if plan.laid is None:
            return None
        measures = plan.measures

        def numbers_of(arm: LaidArm, figure: int) -> np.ndarray:
            return self._numbers[arm.key][self._measures[arm.key][measures[figure]]]

        return over_of(plan.laid, plan.case.claim.figures, numbers_of)

    def _points(self, plan: Plan, part: slice) -> list[PointResult]:
        """Judge every point by a part of the replicates."""
        made = []
        for point in plan.points:
            answers = self._answers(plan, point, part)
            judged = together(one.outcome for one in answers)
            made.append(PointResult(settings=dict(point.settings), outcome=judged, answers=answers))
        return made

    def _answers(self, plan: Plan, point: Point, part: slice) -> list[Answer]:
        answers = []
        for measure, figure in zip(plan.measures, plan.case.claim.figures, strict=True):
            rows = [self._numbers[arm.key][self._measures[arm.key][measure], part] for arm in point.arms]
            effect = effect_of([arm.sign for arm in point.arms], rows)
            least = least_of(effect, figure.least)
            judged = None if figure.expected is None else outcome(effect, figure.expected, least)
            answers.append(Answer(effect=effect, least=least, found=found(effect, least), outcome=judged))
        return answers

    def _ablation(self, plan: Plan, own: PointResult) -> Ablation | None:
        if plan.ablated is None:
            return None
        answers = self._answers(plan, plan.ablated, slice(None))
        expected = [figure.expected for figure in plan.case.claim.figures]
        return Ablation(verdict=carried(own.answers, answers, expected), answers=answers)


def _verdict(points: Sequence[PointResult]) -> Verdict:
    return verdict([point.outcome for point in points])
