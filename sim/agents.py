"""Firms: Mesa agents with levers that a strategist or a strategy sets, state that the week changes, and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mesa

from sim.entities import FirmSetup
from sim.levers import LEVERS, Change, StanceChange, Stances
from sim.mechanisms.base import MAX_CAUSES
from sim.mechanisms.sincerity import claim_conduct_gap
from sim.records import NOTHING_COUNTED, WeekCounts
from sim.strategies import STRATEGIES, Sight, Strategy

__all__ = ["STATE", "Firm"]

STATE = (
    "alive",
    "true_quality",
    "unit_cost",
    "defect_rate",
    "talent",
    "external_talent",
    "human_contact",
    "value_created",
    "external_share",
    "co_created",
    "ideas",
    "ideas_submitted",
    "ideas_outside",
    "ideas_launched",
    "capacity",
    "launched",
    "launched_outside",
    "launch_spend",
    "reviewers",
    "editors",
    "peer_support",
    "cases_settled_by_firm",
    "repair",
    "rating_weight",
    "rating_sum",
    "rated",
    "reputation",
    "available",
    "recent_sales",
    "usual_sales",
    "low_weeks",
    "crises",
    "exposure",
    "restored",
    "revenue",
    "costs",
    "profit",
    "cash",
    "usual_revenue",
    "weeks_beyond_credit",
    "proclaimed",
    "conduct",
    "known",
    "focus",
    "share",
    "units_window",
    "sales",
    "full_availability",
    "before_change",
)
"""Attributes that change in a run, beside the levers: what a checkpoint keeps of a firm."""


_RECENT_WEEKS = 4
_USUAL_WEEKS = 26


def _mean(values: list[int]) -> float:
    return sum(values) / len(values) if values else 0.0


class Firm(mesa.Agent):
    """A firm.

    Every lever (`sim.levers.LEVERS`) and every name in `STATE` is an attribute. Money is in whole cents where it is
    booked (`cash`, `revenue`, `costs`, `profit`), in currency where it is a lever.

    Parameters
    ----------
    model
        The market.
    setup
        The firm as the scenario has it.
    place
        Its number in the market's order.
    causes
        Names of the market's causes.
    """

    def __init__(self, model: Any, setup: FirmSetup, place: int, causes: list[str]) -> None:
        super().__init__(model)
        self.name = setup.name
        self.sector = setup.sector
        self.place = place
        self.strategy: Strategy = STRATEGIES[setup.strategy]()
        self.appeal = setup.appeal
        self.base_unit_cost = self.unit_cost = setup.unit_cost
        self.base_defect_rate = self.defect_rate = setup.defect_rate
        self.fixed_cost = setup.fixed_cost
        self.full_availability = self.available = setup.availability
        self.true_quality = setup.quality
        self.cash = round(setup.cash * 100)
        self.alive = 1.0
        for lever in LEVERS:
            setattr(self, lever, getattr(setup.levers, lever))
        self._start_state(setup, causes)

    def _start_state(self, setup: FirmSetup, causes: list[str]) -> None:
        self.talent = self.external_talent = self.human_contact = 0.0
        self.value_created = self.external_share = self.co_created = 0.0
        self.ideas: list[tuple[float, int]] = []
        self.ideas_submitted = self.ideas_outside = self.ideas_launched = self.launched = self.launched_outside = 0
        self.capacity = self.launch_spend = 0.0
        self.reviewers = self.editors = self.peer_support = self.cases_settled_by_firm = 0.0
        self.repair = 0.0
        self.rating_weight = self.rating_sum = 0.0
        # How much there is behind the rating, 0 to 1: r / (r + r_½), r being reviews per consumer.
        self.rated = 0.0
        self.reputation = setup.quality
        self.recent_sales = self.usual_sales = 0.0
        self.low_weeks = self.weeks_beyond_credit = 0
        self.crises: dict[int, dict[str, Any]] = {}
        self.exposure = self.restored = 0.0
        self.revenue = self.profit = 0
        self.costs: dict[str, int] = {}
        self.usual_revenue = 0.0
        self.share = 0.0
        self.units_window: list[int] = []
        # Units of the last half year, which strategies look at.
        self.sales: list[int] = []
        self.week = NOTHING_COUNTED
        # What scheduled changes replaced, by their place in the schedule: levers and stances.
        self.before_change: dict[str, dict[str, Any]] = {}
        self.proclaimed, self.conduct, self.known, self.focus = ([0.0] * MAX_CAUSES for _ in range(4))
        self.cause_numbers = {name: c for c, name in enumerate(causes)}
        self.set_stances(setup.levers.causes)

    def set_levers(self, values: dict[str, Any]) -> None:
        """Set levers by name; values out of a lever's bounds are set to the nearest value within."""
        for name, value in values.items():
            lever = LEVERS[name]
            setattr(self, name, type(lever.default)(min(max(value, lever.least), lever.most)))

    def set_stances(self, stances: Mapping[str, Stances | StanceChange]) -> None:
        """Set what the firm says and does on causes; what is None stays as it is."""
        for cause, stance in stances.items():
            c = self.cause_numbers[cause]
            self.proclaimed[c] = self.proclaimed[c] if stance.proclaimed is None else stance.proclaimed
            self.conduct[c] = self.conduct[c] if stance.conduct is None else stance.conduct

    def change(self, change: Change, key: str) -> None:
        """Let a scheduled change take effect; if it is for a while, remember under `key` what it replaces."""
        stances = change.causes or {}
        if change.until is not None:
            levers = {name: getattr(self, name) for name in change.levers}
            places = [self.cause_numbers[cause] for cause in stances]
            said = [[c, self.proclaimed[c], self.conduct[c]] for c in places]
            self.before_change[key] = {"levers": levers, "stances": said}
        self.set_levers(change.levers)
        self.set_stances(stances)

    def undo(self, key: str) -> None:
        """Bring back what the change remembered under `key` replaced."""
        before = self.before_change.pop(key, {"levers": {}, "stances": []})
        self.set_levers(before["levers"])
        for c, proclaimed, conduct in before["stances"]:
            self.proclaimed[c], self.conduct[c] = proclaimed, conduct

    @property
    def gap(self) -> float:
        """How far claims exceed conduct, 0 to 1: openness, sharing, quality, each cause (on a scale twice as long)."""
        pairs = [
            (self.proclaimed_openness, self.openness),
            (self.proclaimed_sharing, self.sharing),
            (self.claimed_quality, self.true_quality),
        ]
        pairs += [(p / 2, d / 2) for p, d in zip(self.proclaimed, self.conduct, strict=True)]
        return claim_conduct_gap(pairs)

    @property
    def rating(self) -> float:
        """Public rating, 0 to 1: the mean of reviews, old ones fading; one half before the first."""
        return self.rating_sum / self.rating_weight if self.rating_weight > 0 else 0.5

    @property
    def truth(self) -> float:
        """What an exposure shows: 1 − gap."""
        return 1 - self.gap

    @property
    def given_back(self) -> float:
        """Share of co-created value given back."""
        return float(self.sharing)

    def hear_back(self, market: Any, sector_units: int) -> None:
        """Take in a week's sales, reviews and voices: share, rating, reputation, and its place in the public eye."""
        week, m = self.week, market.mechanisms
        self.share = week.units / sector_units if sector_units else 0.0
        self.sales = [*self.sales, week.units][-_USUAL_WEEKS:]
        self.units_window = [*self.units_window, week.units][-market.setup.figures.window :]
        if m.experience.enabled:
            self._take_reviews(m, market.population.size)
        sincere = week.sincerity / (1023 * market.population.size)
        self.reputation += 0.05 * ((self.rating + sincere) / 2 - self.reputation)
        if m.activation.enabled:
            loud = m.activation.voice_feeds * (week.voice_for + week.voice_against) / (1023 * market.population.size)
            kept = 1 - m.activation.focus_decay
            self.focus = [min(1.0, kept * focus + (loud if focus > 0 else 0.0)) for focus in self.focus]
        if m.purchase.enabled:
            self.known = [(1 - m.purchase.forgetting) * known for known in self.known]

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

    def see(self) -> Sight:
        """Return what the firm's strategy may look at: its own accounts and what is public."""
        return Sight(
            week=int(self.model.steps),
            share=self.share,
            rating=self.rating,
            cash=self.cash / 100,
            revenue=self.revenue / 100,
            profit=self.profit / 100,
            usual_revenue=self.usual_revenue / 100,
            recent_sales=_mean(self.sales[-_RECENT_WEEKS:]),
            usual_sales=_mean(self.sales),
            unit_cost=self.unit_cost,
            contributors=self.week.contributors * self.model.weight,
            levers={name: getattr(self, name) for name in LEVERS},
        )

    def go_bankrupt(self) -> None:
        """Leave the market: nothing is sold any more, the community dissolves, spending ends."""
        self.alive = self.available = self.full_availability = 0.0
        self.crises.clear()
        self.focus = [0.0] * MAX_CAUSES

    def rest(self) -> None:
        """Book a week after bankruptcy: nothing comes in, nothing goes out."""
        self.revenue = self.profit = 0
        self.costs = {}
        self.co_created = self.launch_spend = self.value_created = self.external_share = self.human_contact = 0.0
        self.launched = self.launched_outside = 0

    def state(self) -> dict[str, Any]:
        """Return all that changes in a run, as plain values: for checkpoints."""
        plain = {name: getattr(self, name) for name in (*STATE, *LEVERS)}
        plain["crises"] = [[c, crisis] for c, crisis in self.crises.items()]
        plain["week"] = [*self.week[:-1], [int(n) for n in self.week.stars]]
        plain["strategy"] = self.strategy.state()
        return plain

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        for name, value in state.items():
            if name == "crises":
                self.crises = {int(c): crisis for c, crisis in value}
            elif name == "week":
                self.week = WeekCounts(*value)
            elif name == "strategy":
                self.strategy.restore(value)
            elif name == "ideas":
                self.ideas = [(float(v), int(o)) for v, o in value]
            else:
                setattr(self, name, value)
