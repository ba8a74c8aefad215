"""The population: draws every consumer's traits, lays them out in columns, and links consumers to their peers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, Columns
from sim.distributions import draw
from sim.entities import FirmSetup
from sim.mechanisms import activation, beliefs, contribution, purchase, sincerity
from sim.network import build_peers, homophilous_order
from sim.scenario import Scenario
from sim.streams import Luck
from sim.traits import BOUNDS, Traits

__all__ = ["DECLARED", "Population", "most_units"]

DECLARED: tuple[Column, ...] = (
    *purchase.COLUMNS,
    *beliefs.COLUMNS,
    *sincerity.COLUMNS,
    *activation.COLUMNS,
    *contribution.COLUMNS,
)
"""Every column of a consumer, by the mechanism that owns it."""

_PLAIN_TRAITS = (
    "price_sensitivity",
    "peer_trust",
    "brand_trust",
    "propensity",
    "skill",
    "playfulness",
    "reciprocity",
    "threshold",
)


class Population:
    """All consumers of a market.

    Parameters
    ----------
    scenario
        The scenario.
    firms
        Its firms in the market's order (sector by sector).
    luck
        The run's luck: every trait is a function of (seed, replicate, consumer, name of the trait).
    lanes
        Consumers in a tile.

    Attributes
    ----------
    columns : Columns
        Traits and state.
    peers : ndarray
        int32 (tiles, peers, lanes): rows of the consumers whom each listens to.
    """

    def __init__(self, scenario: Scenario, firms: list[FirmSetup], luck: Luck, lanes: int) -> None:
        widths = {"firm": len(firms), "sector": len(scenario.sectors), "cause": len(scenario.causes)}
        self.size = scenario.population.size
        self.columns = Columns(DECLARED, self.size, lanes=lanes, widths=widths)
        self._draw_traits(scenario, luck)
        self._draw_tastes(scenario, firms, luck)
        self._draw_values(scenario, luck)
        self.peers = build_peers(scenario.network, self.size, lanes, luck)

    def get(self, name: str) -> NDArray[Any]:
        """Return a copy of a column: (size,), or (firms | sectors | causes, size)."""
        return self.columns.get(name)

    def rows_record(self) -> NDArray[Any]:
        """Return the record by which the compiled rules find the columns: first rows, and numbers of things."""
        columns = self.columns
        names = [(name, "i4") for name in (*columns.row, "firms", "sectors", "causes")]
        widths = (columns.width["taste"], columns.width["rate"], columns.width["values"])
        record = np.zeros(1, np.dtype(names, align=True))
        record[0] = (*columns.row.values(), *widths)
        return record.view(np.recarray)

    def _write(self, name: str, place: int, values: NDArray[np.float32]) -> None:
        """Write one row of a wide column, in place and without a second copy of the others."""
        columns = self.columns
        block = columns.numbers[:, columns.row[name] + place, :]
        full = self.size // columns.lanes
        block[:full] = values[: full * columns.lanes].reshape(full, columns.lanes)
        if full < columns.tiles:
            block[full, : self.size - full * columns.lanes] = values[full * columns.lanes :]

    def _draw_traits(self, scenario: Scenario, luck: Luck) -> None:
        traits: Traits = scenario.population.traits
        zapping = np.float32(scenario.mechanisms.purchase.zapping)
        for name in _PLAIN_TRAITS:
            self.columns.set(name, draw(getattr(traits, name), luck.uniforms(name, self.size), *BOUNDS[name]))
        inertia = draw(traits.inertia, luck.uniforms("inertia", self.size), *BOUNDS["inertia"])
        self.columns.set("inertia", inertia / zapping)
        half_life = draw(traits.half_life, luck.uniforms("half_life", self.size), *BOUNDS["half_life"])
        self.columns.set("persistence", np.float32(2.0) ** (-1 / half_life))
        for i, sector in enumerate(scenario.sectors):
            uniforms = luck.uniforms(f"rate of {sector.name}", self.size)
            self._write("rate", i, draw(sector.purchase_rate, uniforms, *BOUNDS["rate"]))

    def _draw_tastes(self, scenario: Scenario, firms: list[FirmSetup], luck: Luck) -> None:
        from scipy.special import ndtri

        p, s = scenario.mechanisms.purchase, scenario.mechanisms.sincerity
        spread = scenario.mechanisms.beliefs.initial_spread if scenario.mechanisms.beliefs.enabled else 0.0
        scale = np.float32(p.taste_spread / p.zapping)
        for f, firm in enumerate(firms):
            scores = ndtri(luck.uniforms(f"taste for {firm.name}", self.size)).astype(np.float32)
            self._write("taste", f, scale * scores)
            scores = ndtri(luck.uniforms(f"belief about {firm.name}", self.size)).astype(np.float32)
            belief = np.float32(firm.quality) + np.float32(spread) * scores
            self._write("quality", f, np.clip(belief, np.float32(0), np.float32(1)))
            if not s.enabled:
                continue
            scores = ndtri(luck.uniforms(f"trust in {firm.name}", self.size)).astype(np.float32)
            trust = np.float32(s.initial) + np.float32(s.initial_spread) * scores
            self._write("sincerity", f, np.clip(trust, np.float32(0), np.float32(1)))

    def _draw_values(self, scenario: Scenario, luck: Luck) -> None:
        """Draw the weights of causes around a common orientation, and order the ring by it: neighbours are alike.

        A cause's normal scores are √c · orientation + √(1 − c) · own, c being the coherence of values (a Gaussian
        copula), so each cause keeps its distribution and one cause more leaves the others alone.
        """
        from scipy.special import ndtr, ndtri

        if not scenario.causes:
            return
        coherence = scenario.population.value_coherence
        orientation = ndtri(luck.uniforms("orientation", self.size)).astype(np.float32)
        order = homophilous_order(orientation, scenario.network.homophily, luck)
        for c, cause in enumerate(scenario.causes):
            own = ndtri(luck.uniforms(f"value of {cause.name}", self.size)).astype(np.float32)
            scores = np.float32(np.sqrt(coherence)) * orientation + np.float32(np.sqrt(1 - coherence)) * own
            uniforms = np.clip(ndtr(scores), np.float32(1e-7), np.float32(1 - 1e-7))
            self._write("values", c, draw(cause.values, uniforms, *BOUNDS["values"])[order])


def most_units(rates: NDArray[np.float32]) -> int:
    """Return the number of units at which a week's Poisson count is cut: beyond it lies less than 1e-7 for anyone."""
    from scipy.special import pdtrc

    highest, most = float(rates.max()), 1
    while pdtrc(most, highest) > 1e-7:
        most += 1
    return most
