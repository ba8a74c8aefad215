"""A market whose answers are known: its userisation index is a sum and one product of levers, and luck."""

from __future__ import annotations

import numpy as np

from tests.experiments import fake_sim


class KnownMarket(fake_sim.Market):
    """Userisation = 10 + price + 2 openness + 8 openness × sharing of the first firm, its scandals × 0.5, and luck.

    The luck is the same in all markets of a replicate, but for a part of its own where `own_luck` is set.
    """

    own_luck = 0.0

    def _plausible(self, firms, causes):
        from sim.levers import LEVERS

        firm, week = self.setup.firms[0], self.steps
        levers = {name: getattr(firm.levers, name) for name in LEVERS}
        for change in self.setup.schedule:
            if change.firm == firm.name and change.week <= week:
                levers |= change.levers
        scandals = sum(event.severity for event in self.setup.events if event.kind == "scandal" and event.week <= week)
        luck = self._luck.standard_normal()
        seeds = [int(1000 * levers[name]) for name in ("price", "openness", "sharing")]
        own = np.random.default_rng([self.record.replicate, week, *seeds]).standard_normal()
        known = levers["price"] + 2 * levers["openness"] + 8 * levers["openness"] * levers["sharing"] + 0.5 * scandals
        return super()._plausible(firms, causes) | {"userisation": 10 + known + luck + self.own_luck * own}


NEW = {
    "firm.Pyramide.levers.price": 12.0,
    "firm.Pyramide.levers.openness": 0.6,
    "firm.Pyramide.levers.sharing": 0.5,
}
"""What makes B of A: price 10 to 12, openness 0.1 to 0.6, sharing 0 to 0.5."""


def pair():
    """Give A and B: 26 weeks of the fake market's scenario, and the same with `NEW` levers."""
    from sim.scenario import changed, with_horizon

    before = with_horizon(fake_sim.scenario(), 26)
    return before, changed(before, NEW)
