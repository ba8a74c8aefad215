"""Measure facts: run every market that they need, work out the statistics of each replicate, and pool them.

Memory: what was seen of a replicate lives until its statistics are worked out; what is kept of it are numbers.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import numpy as np

from experiments.facts.curves import CURVES, mean_curves
from experiments.facts.declared import Fact, Pooling, Statistic
from experiments.facts.findings import FactFound, Facts, StatisticFound
from experiments.facts.markets import MarketPlan, arms_of, plans
from experiments.facts.registry import FACTS
from experiments.facts.sampling import StoppedError, take_sample
from experiments.runs import Progress

if TYPE_CHECKING:
    from experiments.facts.real import RealPanel
    from experiments.panel.data import Floats
    from sim.scenario import Scenario

__all__ = ["FEWEST", "Study", "pooled"]

FEWEST = 5
"""Replicates from which an interval is given."""
RESAMPLES = 1999
_SEED = 20
_TELL_EVERY = 0.1  # seconds


class Study:
    """Measures facts.

    Parameters
    ----------
    facts
        Which; all by default.
    replicates, seed
        Runs of each market, and the seed of all luck.
    user
        A scenario whose traits, network and mechanisms take the place of the defaults.
    panels
        Real panels to measure the same on.
    threads
        Markets that run side by side.
    on_progress
        Told how far all of it has come.
    stop
        Set it to stop after the weeks under way.

    Raises
    ------
    ScenarioError
        The user's settings do not fit one of the markets.
    """

    def __init__(
        self,
        facts: Sequence[Fact] = FACTS,
        *,
        replicates: int = 12,
        seed: int = 1,
        user: Scenario | None = None,
        panels: Sequence[RealPanel] = (),
        threads: int = 1,
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.facts = tuple(facts)
        self.replicates = replicates
        self.seed = seed
        self.user = user
        self.panels = tuple(panels)
        self.threads = threads
        self.on_progress = on_progress
        self.stop = stop or threading.Event()
        self.errors: list[str] = []
        """What replicates that failed have said."""
        wanted = [statistic for fact in self.facts for statistic in fact.statistics]
        self._plans = {name: plan for name, plan in plans().items() if any(one.market == name for one in wanted)}
        self._wanted = {name: [one for one in wanted if one.market == name] for name in self._plans}
        self._values: dict[str, list[float]] = {one.key: [] for one in wanted}
        self._curves: dict[str, dict[int, dict[str, Floats]]] = {name: {} for name in self._plans}
        # Everything that can be refused is refused before the first week.
        self._weeks = {}
        for name, plan in self._plans.items():
            arms = arms_of(plan, number=0, seed=seed, user=user).values()
            self._weeks[name] = sum(arm.horizon for arm in arms)

    def run(self) -> Facts:
        """Measure everything, or what there was time for until `stop` was set."""
        tasks = [(plan, number) for plan in self._plans.values() for number in range(self.replicates)]
        is_whole = self._run_all(tasks)
        real = not self.stop.is_set()
        found = [self._fact(fact, with_real=real) for fact in self.facts]
        return Facts(
            interrupted=not is_whole,
            scenario=None if self.user is None else self.user.name,
            seed=self.seed,
            replicates=self.replicates,
            facts=found,
            panels=[panel.name for panel in self.panels],
            curves={
                name: mean_curves([made[number] for number in sorted(made)])
                for name, made in self._curves.items()
                if made and name in CURVES
            },
        )

    def _run_all(self, tasks: Sequence[tuple[MarketPlan, int]]) -> bool:
        """Run all replicates side by side; False if they were stopped."""
        results: dict[tuple[str, int], dict[str, float]] = {}
        total = sum(self._weeks[plan.name] for plan, _ in tasks)
        done = weeks = 0
        with ThreadPoolExecutor(self.threads, thread_name_prefix="fact") as pool:
            pending: dict[Future[dict[str, float]], tuple[MarketPlan, int]] = {}
            for plan, number in tasks:
                future = pool.submit(contextvars.copy_context().run, self._measure, plan, number)
                pending[future] = (plan, number)
            try:
                while pending:
                    finished, _ = wait(pending, timeout=_TELL_EVERY, return_when=FIRST_COMPLETED)
                    for future in finished:
                        plan, number = pending.pop(future)
                        try:
                            results[plan.name, number] = future.result()
                        except StoppedError:
                            continue
                        except Exception as error:
                            self.errors.append(f"{plan.name}: {type(error).__name__}: {error}")
                        done, weeks = done + 1, weeks + self._weeks[plan.name]
                    if self.on_progress is not None:
                        self.on_progress(Progress(weeks, total, done, len(tasks)))
            except BaseException:
                self.stop.set()
                raise
        # In the order of replicates, so that what is pooled does not depend on who was first.
        for key in sorted(results, key=lambda key: key[1]):
            for name, value in results[key].items():
                self._values[name].append(value)
        return done == len(tasks)

    def _measure(self, plan: MarketPlan, number: int) -> dict[str, float]:
        """Run one replicate of a market and work out its statistics."""
        if self.stop.is_set():
            raise StoppedError
        sample = take_sample(plan, number, seed=self.seed, user=self.user, stop=self.stop)
        found = {}
        for one in self._wanted[plan.name]:
            if not one.most or number < one.most:
                if self.stop.is_set():
                    raise StoppedError
                found[one.key] = one.measure(sample)
        if plan.name in CURVES:
            self._curves[plan.name][number] = CURVES[plan.name](sample)
        return found

    def _fact(self, fact: Fact, *, with_real: bool) -> FactFound:
        statistics = [self._statistic(one, with_real=with_real) for one in fact.statistics]
        outcomes = [one.inside for one in statistics]
        inside = None if None in outcomes else all(outcomes)
        return FactFound(
            key=fact.key,
            number=fact.number,
            use=fact.use,
            source=fact.source,
            inside=False if False in outcomes else inside,
            statistics=statistics,
        )

    def _statistic(self, one: Statistic, *, with_real: bool) -> StatisticFound:
        values = np.array(self._values[one.key], dtype=float)
        values = values[np.isfinite(values)]
        value, low, high = pooled(values, one.pooled)
        real = [panel.value(one) for panel in self.panels] if with_real else []
        return StatisticFound(
            key=one.key,
            market=one.market,
            unit=one.unit,
            digits=one.digits,
            pooled=one.pooled,
            band_low=one.low if np.isfinite(one.low) else None,
            band_high=one.high if np.isfinite(one.high) else None,
            value=value,
            low=low,
            high=high,
            replicates=len(values),
            inside=one.is_inside(value),
            real=[value for value in real if value is not None],
        )


def pooled(values: Floats, how: Pooling) -> tuple[float, float, float]:
    """Give the mean or the median of replicates with its 95 % interval, by the percentile bootstrap with fixed luck.

    Returns
    -------
    Value, low end, high end; NaN without values, and without an interval for fewer than `FEWEST`.
    """
    if not len(values):
        return float("nan"), float("nan"), float("nan")
    middle = np.mean if how == "mean" else np.median
    if len(values) < FEWEST:
        return float(middle(values)), float("nan"), float("nan")
    drawn = np.random.default_rng(_SEED).choice(values, (RESAMPLES, len(values)))
    low, high = np.quantile(middle(drawn, axis=1), [0.025, 0.975])
    return float(middle(values)), float(low), float(high)
