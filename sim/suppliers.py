"""Suppliers: what a consumer can turn to in a sector, a firm, the commons or the sharing market.

To consumers they are all alike: something to believe in, to choose, to live through, to join. What they see of a
supplier are its signals (`sim.records.SIGNAL_NAMES`), attributes of the same names.
"""

from __future__ import annotations

from typing import Any, ClassVar

import mesa

from sim.levers import LEVERS
from sim.mechanisms.base import MAX_CAUSES
from sim.records import NOTHING_COUNTED, WeekCounts

__all__ = ["Supplier"]


class Supplier(mesa.Agent):
    """What firms, commons and sharing markets have in common: quality, a community, a public rating.

    Every lever of a firm (`sim.levers.LEVERS`) is an attribute; a commons or a sharing market has them at values that
    never change.

    Parameters
    ----------
    model
        The market.
    name, sector
        Its own name and that of its sector.
    place
        Its row: the number by which consumers know it.
    order_size
        Units of an order (1, or that of business clients).
    """

    STATE: ClassVar[tuple[str, ...]] = (
        "alive",
        "available",
        "price",
        "true_quality",
        "unit_cost",
        "defect_rate",
        "repair",
        "talent",
        "external_talent",
        "human_contact",
        "value_created",
        "external_share",
        "inflow",
        "ideas",
        "own_ideas",
        "ideas_submitted",
        "ideas_outside",
        "ideas_launched",
        "capacity",
        "launched",
        "launched_outside",
        "launched_for_customers",
        "launch_spend",
        "reviewers",
        "editors",
        "peer_support",
        "cases_settled_by_firm",
        "rating_weight",
        "rating_sum",
        "rated",
        "share",
        "units_window",
    )
    """Attributes that change in a run: what a checkpoint keeps."""

    exposure: float = 0.0
    shame: float = 0.0
    offence: float = 0.0
    restored: float = 0.0
    pull: float = 0.0
    hassle: float = 0.0
    idealism: float = 0.0
    is_use: float = 0.0
    renews: float = 0.0
    kept: float = 1.0
    """Whether what it supplies is kept as a good: 1, or 0 for what is rented or subscribed to."""
    recruiting: float = 0.0
    keeping: float = 0.0
    trusted: float | None = None
    """Mean of the sincerity that consumers grant it at the start; None: what they grant any firm."""
    taste_spread: float = 1.0
    """How much tastes for it differ, in parts of the usual spread."""
    map_place: tuple[float, float] = (0.0, 0.0)
    """Its place on the market map, in utility."""
    parent_place: int = -1
    """Row of the firm whose line it is; -1: of none."""

    def __init__(self, model: Any, name: str, sector: str, place: int, order_size: int = 1) -> None:
        super().__init__(model)
        self.name, self.sector, self.place, self.order_size = name, sector, place, order_size
        self.home = place
        self.alive = self.available = 1.0
        self.appeal = 0.0
        self.week = NOTHING_COUNTED
        for lever, declared in LEVERS.items():
            setattr(self, lever, declared.default)
        self.game = self.thanks = 0.0
        self.proclaimed, self.known, self.focus = ([0.0] * MAX_CAUSES for _ in range(3))
        self.talent = self.external_talent = self.human_contact = self.inflow = 0.0
        self.value_created = self.external_share = 0.0
        self.ideas: list[tuple[float, int]] = []
        self.ideas_submitted = self.ideas_outside = self.ideas_launched = self.own_ideas = 0
        self.launched = self.launched_outside = self.launched_for_customers = 0
        self.capacity = self.launch_spend = 0.0
        self.reviewers = self.editors = self.peer_support = self.cases_settled_by_firm = 0.0
        self.repair = self.base_unit_cost = self.unit_cost = 0.0
        self.rating_weight = self.rating_sum = 0.0
        # How much there is behind the rating, 0 to 1: r / (r + r_½), r being reviews per consumer.
        self.rated = 0.0
        self.share = 0.0
        self.units_window: list[int] = []

    def _start_quality(self, quality: float, defect_rate: float) -> None:
        self.true_quality = quality
        self.base_defect_rate = self.defect_rate = defect_rate

    @property
    def source(self) -> Supplier:
        """Whose community works for it: its own, or that of the firm whose line it is."""
        return self

    @property
    def rating(self) -> float:
        """Public rating, 0 to 1: the mean of reviews, old ones fading; one half before the first."""
        return self.rating_sum / self.rating_weight if self.rating_weight > 0 else 0.5

    @property
    def units_lately(self) -> int:
        """Units over the weeks in which buyers are counted."""
        return sum(self.units_window)

    @property
    def truth(self) -> float:
        """What an exposure shows: 1 − the gap between claim and conduct; who claims nothing has none."""
        return 1.0

    @property
    def given_back(self) -> float:
        """Share of co-created value given back."""
        return float(self.sharing)

    def contact(self, contributors: float, half: float) -> float:
        """Return facilitation, which is human contact too: φ = s / (s + half), s being spend per contributor.

        Parameters
        ----------
        contributors
            People who contributed this week.
        half
            Spend per contributor (currency) at which φ is one half.
        """
        helped = self.source.facilitation / contributors if contributors > 0 else 0.0
        return helped / (helped + half) if helped > 0 else 0.0

    def hear_back(self, market: Any, sector_units: int) -> None:
        """Take in a week's sales and reviews: share and rating."""
        self.share = self.week.units / sector_units if sector_units else 0.0
        self.units_window = [*self.units_window, self.week.units][-market.setup.figures.window :]
        if market.mechanisms.experience.enabled:
            self._take_reviews(market.mechanisms, market.population.size)

    def _take_reviews(self, m: Any, size: int) -> None:
        """Let the week's reviews, and militants' ratings, into the public rating; old ones fade."""
        week, weight = self.week, m.activation.review_weight
        self.rating_weight = m.experience.rating_memory * self.rating_weight + week.reviews
        self.rating_sum = m.experience.rating_memory * self.rating_sum + week.review_score / 1023
        if week.voice_for or week.voice_against:
            self.rating_weight += weight * (week.voice_for + week.voice_against) / 1023
            self.rating_sum += weight * week.voice_for / 1023
        per_head = self.rating_weight / size
        self.rated = per_head / (per_head + m.experience.rating_half)

    def state(self) -> dict[str, Any]:
        """Return all that changes in a run, as plain values: for checkpoints."""
        plain = {name: getattr(self, name) for name in self.STATE}
        plain["week"] = [*self.week[:-1], [int(n) for n in self.week.stars]]
        return plain

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        for name, value in state.items():
            if name == "week":
                self.week = WeekCounts(*value)
            elif name == "ideas":
                self.ideas = [(float(v), int(o)) for v, o in value]
            else:
                setattr(self, name, value)
