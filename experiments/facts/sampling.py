"""One replicate of a market: all its arms, run and watched, and what several statistics need of them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from experiments.facts.markets import MarketPlan, arms_of
from experiments.facts.observer import Observation, Observer

if TYPE_CHECKING:
    from experiments.panel.data import Integers, Panel
    from sim.scenario import Scenario

__all__ = ["PanelFigures", "Sample", "StoppedError", "take_sample"]

LOGIT_HOUSEHOLDS = 300
"""Households to which a mixed logit is fitted: as many as the smallest of the real panels has."""
LOGIT_DRAWS = 64


class StoppedError(Exception):
    """The user asked to stop."""


class PanelFigures:
    """What is worked out once of a purchase panel, real or simulated, and read by several statistics.

    Attributes
    ----------
    panel : the purchases of the buyers.
    has_zeros : whether households that bought nothing are known.
    occasions : (H,) purchase occasions of all households that are known.
    """

    def __init__(self, panel: Panel, occasions: Integers | None = None) -> None:
        self.panel = panel
        self.has_zeros = occasions is not None
        self.occasions = panel.counts.sum(axis=1) if occasions is None else occasions

    @cached_property
    def choice(self) -> dict[str, float]:
        """The twelve statistics of choice, and the effects of features and displays in the same plain logit."""
        from experiments.facts.choice_statistics import choice_statistics
        from experiments.facts.last_brand_logit import LastBrandDesign

        logit = LastBrandDesign(self.panel).fit()
        return choice_statistics(self.panel) | {"feature": logit.feature, "display": logit.display}

    @cached_property
    def mixed_inertia(self) -> tuple[float, float]:
        """Last brand in the usual mixed logit, and its standard error.

        Tastes for brands are independent in it, so there is no market map.
        """
        from experiments.panel.consumer import CONSUMER
        from experiments.panel.logit import inertia_of

        return inertia_of(self.panel, start=CONSUMER.start, draws=LOGIT_DRAWS, seed=1, dimensions=0)


@dataclass(frozen=True)
class Sample:
    """One replicate of a market.

    Attributes
    ----------
    market : name of its plan.
    number : of the replicate.
    arms : what was seen of each arm.
    """

    market: str
    number: int
    arms: Mapping[str, Observation]

    def __getitem__(self, arm: str) -> Observation:
        """What was seen of one arm."""
        return self.arms[arm]

    @cached_property
    def figures(self) -> PanelFigures:
        """Of the purchase panel of the first sector in the first arm."""
        panel = next(iter(next(iter(self.arms.values())).panels.values()))
        return PanelFigures(panel.panel(), panel.occasions)

    @cached_property
    def small(self) -> PanelFigures:
        """The same of as many households as a small real panel has."""
        panel = next(iter(next(iter(self.arms.values())).panels.values()))
        return PanelFigures(panel.panel(LOGIT_HOUSEHOLDS))


def take_sample(
    plan: MarketPlan,
    number: int,
    *,
    seed: int = 1,
    user: Scenario | None = None,
    stop: threading.Event | None = None,
) -> Sample:
    """Run and watch all arms of one replicate.

    Parameters
    ----------
    plan
        Which market.
    number
        Of the replicate, from 0.
    seed
        Of all luck; arms of one replicate share it.
    user
        A scenario whose settings replace the defaults.
    stop
        Set it to stop after the week under way.

    Raises
    ------
    StoppedError
        It was set.
    ScenarioError
        The user's settings do not fit the market.
    """
    from sim.market import Market

    arms = {}
    for name, scenario in arms_of(plan, number=number, seed=seed, user=user).items():
        market = Market(scenario, replicate=number)
        observer = Observer(market, households=plan.households, burn_in=plan.burn_in)
        while market.running:
            if stop is not None and stop.is_set():
                raise StoppedError
            market.step()
            observer.look(market)
        arms[name] = observer.observation()
    return Sample(plan.name, number, arms)
