"""What targets need of a run beside its figures: a panel of purchases, and facts measured in markets of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.facts.observer import Observer
    from sim.market import Market

__all__ = ["NOTHING", "PANEL_HOUSEHOLDS", "Seen", "Watching"]

PANEL_HOUSEHOLDS = 500
"""Households of a simulated panel where there is no real one to say how many."""


@dataclass(frozen=True)
class Seen:
    """What a watcher gives: statistics of choice by sector and name, and statistics of facts by key."""

    choices: dict[str, dict[str, float]] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Watching:
    """Makes watchers; it crosses to other processes.

    Attributes
    ----------
    households
        Of the simulated panel; 0 for none.
    sectors
        Whose purchases are looked at.
    facts
        Keys of the statistics of facts.
    """

    households: int = 0
    sectors: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def __call__(self, market: Market) -> _Watcher:
        """Make the watcher of a market before its first week."""
        return _Watcher(self, market)


NOTHING = Watching()
"""Asks for nothing beside the figures."""


class _Watcher:
    """Watches one market."""

    def __init__(self, wanted: Watching, market: Market) -> None:
        self._wanted = wanted
        self._observer: Observer | None = None
        if wanted.households:
            from experiments.facts.observer import Observer

            self._observer = Observer(market, households=wanted.households)

    def look(self, market: Market) -> None:
        """Note the week that has just ended."""
        if self._observer is not None:
            self._observer.look(market)

    def end(self, market: Market) -> Seen:
        """Give the statistics."""
        import numpy as np

        with np.errstate(all="ignore"):
            return Seen(self._choices(), self._facts(market))

    def _choices(self) -> dict[str, dict[str, float]]:
        if self._observer is None:
            return {}
        from experiments.facts.choice_statistics import choice_statistics

        panels = self._observer.observation().panels
        found: dict[str, dict[str, float]] = {}
        for sector in self._wanted.sectors:
            try:
                found[sector] = choice_statistics(panels[sector].panel())
            except (ArithmeticError, ValueError):  # too few purchases to tell
                found[sector] = {}
        return found

    def _facts(self, market: Market) -> dict[str, float]:
        """Measure facts in their own markets, with the traits, network and mechanisms of this one."""
        if not self._wanted.facts:
            return {}
        from experiments.facts.markets import plans
        from experiments.facts.registry import STATISTICS
        from experiments.facts.sampling import take_sample

        wanted = [STATISTICS[key] for key in self._wanted.facts]
        number, seed = market.record.replicate, market.setup.seed
        samples = {
            name: take_sample(plans()[name], number, seed=seed, user=market.setup)
            for name in dict.fromkeys(one.market for one in wanted)
        }
        return {one.key: one.measure(samples[one.market]) for one in wanted}
