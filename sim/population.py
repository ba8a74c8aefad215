"""The population: draws every consumer's traits, lays them out in columns, and links consumers to their peers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, Columns
from sim.distributions import draw
from sim.drawn import Drawn, Inputs, SupplierTraits, Tables, find_drawn, note_drawn
from sim.mechanisms import (
    activation,
    ambassadors,
    beliefs,
    cohorts,
    contribution,
    offers,
    purchase,
    sharing,
    sincerity,
)
from sim.mechanisms.business import as_professionals
from sim.network import build_peers, homophilous_order
from sim.normal import normal_scores
from sim.scenario import Scenario
from sim.streams import Luck
from sim.stretches import Stretches
from sim.suppliers import Supplier
from sim.traits import BOUNDS

__all__ = ["DECLARED", "Population", "most_units"]

DECLARED: tuple[Column, ...] = (
    *purchase.COLUMNS,
    *beliefs.COLUMNS,
    *sincerity.COLUMNS,
    *activation.COLUMNS,
    *contribution.COLUMNS,
    *offers.COLUMNS,
    *sharing.COLUMNS,
    *cohorts.COLUMNS,
    *ambassadors.COLUMNS,
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
    "use_preference",
)
_TILES_AT_ONCE = 128


class Population:
    """All consumers of a market.

    Parameters
    ----------
    scenario
        The scenario.
    suppliers
        Its suppliers in the market's order (sector by sector).
    luck
        The run's luck: every trait is a function of (seed, replicate, consumer, name of the trait).
    lanes
        Consumers in a tile.
    threads
        Threads to draw consumers with; they are the same for any number.

    Attributes
    ----------
    columns : Columns
        Traits and state.
    peers : ndarray
        int32 (tiles, peers, lanes): rows of the consumers whom each listens to.
    """

    columns: Columns
    peers: NDArray[np.int32]

    def __init__(
        self, scenario: Scenario, suppliers: Sequence[Supplier], luck: Luck, lanes: int, threads: int = 1
    ) -> None:
        inputs = _inputs(scenario, suppliers, luck, lanes)
        self.size = scenario.population.size
        drawn = find_drawn(inputs)
        if drawn is None:
            self._draw(inputs, threads)
            note_drawn(inputs, Drawn(self.columns, self.peers))
        else:
            self.columns, self.peers = drawn

    def _draw(self, inputs: Inputs, threads: int) -> None:
        size, luck, lanes = self.size, Luck(inputs.seed, inputs.replicate), inputs.lanes
        widths = {"firm": len(inputs.suppliers), "sector": len(inputs.sectors), "cause": len(inputs.causes)}
        self.columns = Columns(DECLARED, size, lanes=lanes, widths=widths)
        stretches = Stretches(size, threads)
        orientation = np.empty(size if inputs.causes else 0, np.float32)

        def draw_one_by_one(first: int, last: int) -> None:
            self._draw_cohorts(inputs, luck, first, last)
            self._draw_traits(inputs, luck, first, last)
            self._draw_tastes(inputs, luck, first, last)
            if inputs.causes:
                orientation[first:last] = normal_scores(luck.uniforms("orientation", last - first, first))

        stretches.each(draw_one_by_one)
        if inputs.causes:
            order = homophilous_order(orientation, inputs.network.homophily, luck, stretches)
            stretches.each(lambda first, last: self._draw_values(inputs, luck, orientation, order, first, last))
        self.peers = build_peers(inputs.network, size, lanes, luck, stretches)

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
        return record

    def carry_over(self, source: int, target: int, share: float) -> None:
        """Move what everyone believes of one supplier, in quality and sincerity, a share of the way to another's."""
        numbers, row, part = self.columns.numbers, self.columns.row, np.float32(share)
        for name in ("quality", "sincerity"):
            # A stretch of tiles at a time, so that what is in between takes no memory to speak of.
            for first in range(0, len(numbers), _TILES_AT_ONCE):
                tiles = numbers[first : first + _TILES_AT_ONCE]
                from_row, to_row = tiles[:, row[name] + source], tiles[:, row[name] + target]
                to_row += part * (from_row - to_row)

    def _write(self, name: str, values: NDArray[Any], first: int, place: int = 0) -> None:
        """Write one row of a column for consumers from `first` on, which begins a tile."""
        columns = self.columns
        kind = columns.blocks[columns.declared[name].kind]
        tile, full = first // columns.lanes, values.size // columns.lanes
        block, even = kind[tile:, columns.row[name] + place, :], full * columns.lanes
        block[:full] = values[:even].reshape(full, columns.lanes)
        if even < values.size:
            block[full, : values.size - even] = values[even:]

    def _draw_cohorts(self, inputs: Inputs, luck: Luck, first: int, last: int) -> None:
        """Give each consumer a cohort: shares are laid side by side, what is left is the rest, 0."""
        if not inputs.cohorts:
            return
        bounds = np.cumsum([cohort.share for cohort in inputs.cohorts])
        place = np.searchsorted(bounds, luck.uniforms("cohort", last - first, first), side="right")
        self._write("cohort", np.where(place < len(bounds), place + 1, 0).astype(np.int8), first)

    def _trait(self, inputs: Inputs, name: str, luck: Luck, first: int, last: int) -> NDArray[np.float32]:
        """Draw a trait: from the cohort's own distribution where it has one, with the same luck."""
        uniforms = luck.uniforms(name, last - first, first)
        values = draw(getattr(inputs.population.traits, name), uniforms, *BOUNDS[name])
        if inputs.mechanisms.cohorts.enabled:
            for c, cohort in enumerate(inputs.cohorts):
                own = getattr(cohort.traits, name)
                if own is not None:
                    lanes = self.columns.lanes
                    tiles = self.columns.tags[first // lanes : -(-last // lanes), self.columns.row["cohort"]]
                    members = tiles.ravel()[: last - first] == c + 1
                    values[members] = draw(own, uniforms[members], *BOUNDS[name])
        return values

    def _draw_traits(self, inputs: Inputs, luck: Luck, first: int, last: int) -> None:
        zapping = np.float32(inputs.mechanisms.purchase.zapping)
        for name in _PLAIN_TRAITS:
            values = self._trait(inputs, name, luck, first, last)
            if name == "skill" and inputs.population.clients == "businesses" and inputs.mechanisms.business.enabled:
                values = as_professionals(values, inputs.mechanisms.business)
            self._write(name, values, first)
        self._write("inertia", self._trait(inputs, "inertia", luck, first, last) / zapping, first)
        half_life = self._trait(inputs, "half_life", luck, first, last)
        self._write("persistence", np.float32(2.0) ** (-1 / half_life), first)
        for i, sector in enumerate(inputs.sectors):
            uniforms = luck.uniforms(f"rate of {sector.name}", last - first, first)
            rates = draw(sector.purchase_rate, uniforms, *BOUNDS["rate"])
            self._write("rate", rates, first, i)
            if sector.durable and inputs.mechanisms.sharing.enabled:
                # As many as bought and worn out for ever: rate · life, rounded up or down by luck.
                luck_of_goods = luck.uniforms(f"goods of {sector.name}", last - first, first)
                goods = rates * np.float32(sector.life) + luck_of_goods
                self._write("owned", np.minimum(goods, np.float32(30_000)).astype(np.int16), first, i)

    def _draw_tastes(self, inputs: Inputs, luck: Luck, first: int, last: int) -> None:
        """Draw tastes and beliefs of each supplier; tastes for those on the market map go together.

        t_f = (σ_t σ_f / Z) z_f + (p_f1 y_1 + p_f2 y_2) / Z, all z and y standard normal: the factor-analytic choice map
        of Elrod and Keane (1995), in two dimensions.
        """
        p, s = inputs.mechanisms.purchase, inputs.mechanisms.sincerity
        spread = inputs.mechanisms.beliefs.initial_spread if inputs.mechanisms.beliefs.enabled else 0.0
        on_map = any(any(firm.map_place) for firm in inputs.suppliers)
        sought = [normal_scores(luck.uniforms(f"map {m}", last - first, first)) for m in (1, 2)] if on_map else []
        for f, firm in enumerate(inputs.suppliers):
            scores = normal_scores(luck.uniforms(f"taste for {firm.name}", last - first, first))
            taste = np.float32(p.taste_spread * firm.taste_spread / p.zapping) * scores
            if any(firm.map_place):
                for along, score in zip(firm.map_place, sought, strict=True):
                    taste += np.float32(along / p.zapping) * score
            self._write("taste", taste, first, f)
            scores = normal_scores(luck.uniforms(f"belief about {firm.name}", last - first, first))
            belief = np.float32(firm.true_quality) + np.float32(spread) * scores
            self._write("quality", np.clip(belief, np.float32(0), np.float32(1)), first, f)
            if not s.enabled:
                continue
            scores = normal_scores(luck.uniforms(f"trust in {firm.name}", last - first, first))
            initial = s.initial if firm.trusted is None else firm.trusted
            trust = np.float32(initial) + np.float32(s.initial_spread) * scores
            self._write("sincerity", np.clip(trust, np.float32(0), np.float32(1)), first, f)

    def _draw_values(
        self,
        inputs: Inputs,
        luck: Luck,
        orientation: NDArray[np.float32],
        order: NDArray[np.intp],
        first: int,
        last: int,
    ) -> None:
        """Draw the weights of causes around a common orientation, in the order of the ring: neighbours are alike.

        A cause's normal scores are √c · orientation + √(1 − c) · own, c being the coherence of values (a Gaussian
        copula), so each cause keeps its distribution and one cause more leaves the others alone.
        """
        from scipy.special import ndtr

        coherence, drawn = inputs.population.value_coherence, order[first:last]
        common = np.float32(np.sqrt(coherence)) * orientation[drawn]
        for c, cause in enumerate(inputs.causes):
            own = normal_scores(luck.uniforms_of(f"value of {cause.name}", drawn))
            scores = common + np.float32(np.sqrt(1 - coherence)) * own
            uniforms = np.clip(ndtr(scores), np.float32(1e-7), np.float32(1 - 1e-7))
            self._write("values", draw(cause.values, uniforms, *BOUNDS["values"]), first, c)


def _inputs(scenario: Scenario, suppliers: Sequence[Supplier], luck: Luck, lanes: int) -> Inputs:
    """Return all that a population depends on."""
    traits = [SupplierTraits(s.name, s.taste_spread, s.map_place, s.true_quality, s.trusted) for s in suppliers]
    m = scenario.mechanisms
    return Inputs(
        seed=luck.seed,
        replicate=int(luck.replicate),
        lanes=lanes,
        suppliers=tuple(traits),
        population=scenario.population,
        sectors=scenario.sectors,
        causes=scenario.causes,
        cohorts=scenario.cohorts,
        network=scenario.network,
        mechanisms=Tables(m.purchase, m.beliefs, m.sincerity, m.cohorts, m.sharing, m.business),
    )


def most_units(rates: NDArray[np.float32]) -> int:
    """Return the number of units at which a week's Poisson count is cut: beyond it lies less than 1e-7 for anyone."""
    from scipy.special import pdtrc

    highest, most = float(rates.max()), 1
    while pdtrc(most, highest) > 1e-7:
        most += 1
    return most
