"""The reduced market as ours runs it: the scenario file, with what peers lack switched off."""

from __future__ import annotations

from benchmarks.peers.spec import Peer, Spec, Totals
from sim.market import Market

__all__ = ["Ours", "build", "build_threaded"]


class Ours:
    """A market of ours."""

    def __init__(self, spec: Spec, size: int, seed: int, threads: int = 1) -> None:
        # As peers, it records next to nothing: one figure a firm and week.
        self.market = Market(spec.scenario, consumers=size, weeks=5000, seed=seed, threads=threads, figures=("share",))
        self.causes = spec.causes

    def live(self) -> Totals:
        """Live a week and return what was counted in it."""
        self.market.step()
        firms = [firm.week for firm in self.market.firms]
        return Totals(
            [firm.units for firm in firms],
            sum(firm.trips for firm in firms),
            sum(firm.satisfaction for firm in firms) / 1023.0,
            [int(n) for n in self.market.counts.militants[: self.causes]],
        )

    def beliefs(self) -> list[float]:
        """Return the mean belief about each firm's quality."""
        return self.market.population.get("quality").mean(axis=1, dtype=float).tolist()


def build(spec: Spec, size: int, seed: int) -> Peer:
    """Build a market that lives in one thread."""
    return Ours(spec, size, seed)


def build_threaded(spec: Spec, size: int, seed: int) -> Peer:
    """Build a market that lives in as many threads as there are cores."""
    from experiments.replicate import available_cores

    return Ours(spec, size, seed, available_cores())
