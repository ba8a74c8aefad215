"""Firms: Mesa agents with levers that a strategist or a strategy sets, state that the week changes, and accounts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import itemgetter, sub
from typing import Any, ClassVar

from sim.entities import Campaign, FirmSetup
from sim.levers import LEVERS, Change, StanceChange, Stances
from sim.mechanisms.ambassadors import recruiting_and_keeping
from sim.mechanisms.base import MAX_CAUSES
from sim.mechanisms.campaigns import novelty
from sim.mechanisms.contribution import game_and_thanks
from sim.mechanisms.offers import wear_of
from sim.mechanisms.sincerity import claim_conduct_gap
from sim.strategies import STRATEGIES, VISIBLE_LEVERS, Rival, Sight, Strategy
from sim.suppliers import Supplier

__all__ = ["Firm"]

_RECENT_WEEKS = 4
_USUAL_WEEKS = 26
_QUARTER = 13

_LEVERS_OF = itemgetter(*LEVERS)
_VISIBLE_OF = itemgetter(*VISIBLE_LEVERS)
_BOUNDS = {name: (type(lever.default), lever.least, lever.most) for name, lever in LEVERS.items() if not lever.options}
"""Kind, least and most of every lever that is a number."""


def _mean(values: list[int]) -> float:
    return sum(values) / len(values) if values else 0.0


class Firm(Supplier):
    """A firm, or its line in another sector.

    Every lever (`sim.levers.LEVERS`) and every name in `STATE` is an attribute. Money is in whole cents where it is
    booked (`cash`, `revenue`, `fees`, `costs`, `profit`, `dividends`), in currency where it is a lever.

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

    STATE: ClassVar[tuple[str, ...]] = (
        *Supplier.STATE,
        "co_created",
        "reputation",
        "recent_sales",
        "usual_sales",
        "low_weeks",
        "crises",
        "response_delay",
        "gaffes",
        "leaks",
        "exposure",
        "shame",
        "offence",
        "restored",
        "revenue",
        "fees",
        "hosting_income",
        "campaign_spend",
        "costs",
        "profit",
        "dividends",
        "cash",
        "total_profit",
        "usual_revenue",
        "weeks_beyond_credit",
        "quarter",
        "quarter_weeks",
        "published",
        "entered_in",
        "appeal",
        "proclaimed",
        "conduct",
        "known",
        "focus",
        "sales",
        "full_availability",
        "before_change",
    )

    parent: Firm | None = None
    """The firm whose line in another sector it is."""

    def __init__(self, model: Any, setup: FirmSetup, place: int, causes: list[str], order_size: int = 1) -> None:
        super().__init__(model, setup.name, setup.sector, place, order_size)
        self.strategy: Strategy = STRATEGIES[setup.strategy]()
        self.setup = setup
        self.appeal = setup.appeal
        self.taste_spread = setup.taste_spread
        self.map_place = (setup.place[0], setup.place[1])
        self.base_unit_cost = self.unit_cost = setup.unit_cost
        self._start_quality(setup.quality, setup.defect_rate)
        self.fixed_cost = setup.fixed_cost
        self.full_availability = self.available = setup.availability
        self.cash = round(setup.cash * 100)
        # Week in which it entered the market; 0: it waits outside.
        self.entered_in = 1
        if setup.enters > 1:
            self.entered_in, self.alive, self.available = 0, 0.0, 0.0
        for lever in LEVERS:
            setattr(self, lever, getattr(setup.levers, lever))
        self._start_state(setup, causes)

    def _start_state(self, setup: FirmSetup, causes: list[str]) -> None:
        self.co_created = 0.0
        self.reputation = setup.quality
        self.recent_sales = self.usual_sales = 0.0
        self.low_weeks = self.weeks_beyond_credit = 0
        self.crises: dict[int, dict[str, Any]] = {}
        # Weeks from its last scandal to its answer; NaN before one. Slips of its representatives, and leaks, so far.
        self.response_delay = math.nan
        self.gaffes = self.leaks = 0
        self.exposure = self.shame = self.offence = self.restored = 0.0
        self.revenue = self.fees = self.profit = self.dividends = self.total_profit = 0
        self.hosting_income = self.campaign_spend = 0.0
        self.costs: dict[str, int] = {}
        self.usual_revenue = 0.0
        # Profit and revenue of the quarter under way, its weeks, and the same of the last one it published.
        self.quarter, self.quarter_weeks, self.published = [0, 0], 0, [0, 0]
        # Units of the last half year, which strategies look at.
        self.sales: list[int] = []
        # What scheduled changes replaced, by their place in the schedule: levers and stances.
        self.before_change: dict[str, dict[str, Any]] = {}
        self.conduct = [0.0] * MAX_CAUSES
        self.cause_numbers = {name: c for c, name in enumerate(causes)}
        self.set_stances(setup.levers.causes)

    def belongs_to(self, parent: Firm) -> None:
        """Make it a line of another firm: one purse, one community."""
        self.cash = 0
        self.parent, self.parent_place, self.home = parent, parent.place, parent.place

    @property
    def purse(self) -> Firm:
        """Whose cash pays for it: its own, or its parent's."""
        return self.parent or self

    @property
    def source(self) -> Firm:
        """Whose community works for it: its own, or its parent's."""
        return self.parent or self

    def set_levers(self, values: dict[str, Any]) -> None:
        """Set levers by name; values out of a lever's bounds are set to the nearest value within."""
        for name, value in values.items():
            if name in _BOUNDS:
                kind, least, most = _BOUNDS[name]
                value = kind(least if value < least else most if value > most else value)
            elif name not in LEVERS:
                raise KeyError(name)
            setattr(self, name, value)

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

    def make_public(self, m: Any, campaigns: list[Campaign], week: int, weight: float) -> None:
        """Work out what the public meets this week: the offer, the campaign under way, what contributing gives."""
        self.is_use = float(m.offers.enabled and self.mode != "sell")
        self.renews = float(m.offers.enabled and self.mode == "subscribe")
        self.kept = 1.0 - self.is_use
        self.pull = self.campaign_spend = 0.0
        play = self.play
        if campaigns and m.campaigns.enabled and self.alive:
            fresh = [(event, novelty(m.campaigns, week - event.week)) for event in campaigns]
            self.pull = sum([event.reach * new for event, new in fresh])
            self.campaign_spend = sum([event.cost for event, _ in fresh])
            play = min(1.0, play + sum([event.play * new for event, new in fresh]))
        self.game, self.thanks = game_and_thanks(
            m.contribution, play, self.recognition, self.power_sharing, self.reward
        )
        if m.ambassadors.enabled:
            self.recruiting, self.keeping = recruiting_and_keeping(
                m.ambassadors, self.ambassadors, self.week.ambassadors * weight, self.week.members * weight
            )

    @property
    def goods_cost(self) -> float:
        """Cost of one unit of its offer: a rental costs what it wears out of a good."""
        if self.mode != "rent":
            return self.unit_cost
        return self.unit_cost * wear_of(self.model.mechanisms.offers, self.mode)

    @property
    def gap(self) -> float:
        """How far claims exceed conduct, 0 to 1: openness, sharing, quality, each cause (on a scale twice as long)."""
        return claim_conduct_gap(
            self.proclaimed_openness - self.openness,
            self.proclaimed_sharing - self.sharing,
            self.claimed_quality - self.true_quality,
            max(map(sub, self.proclaimed, self.conduct)) / 2 if self.proclaimed != self.conduct else 0.0,
        )

    @property
    def crisis(self) -> float:
        """Severity of its worst crisis, 0 to 1."""
        return max((crisis["severity"] for crisis in self.crises.values()), default=0.0) if self.crises else 0.0

    @property
    def shared(self) -> int:
        """What it gave back to contributors last week, in cents."""
        return self.costs.get("shared", 0)

    @property
    def truth(self) -> float:
        """What an exposure shows: 1 − gap."""
        return 1 - self.gap

    def hear_back(self, market: Any, sector_units: int) -> None:
        """Take in a week's sales, reviews and voices: share, rating, reputation, and its place in the public eye."""
        super().hear_back(market, sector_units)
        if not self.entered_in:
            return
        week, m, loudest = self.week, market.mechanisms, 1023 * market.population.size
        self.sales = [*self.sales, week.units][-_USUAL_WEEKS:]
        self.reputation += 0.05 * ((self.rating + week.sincerity / loudest) / 2 - self.reputation)
        if m.activation.enabled and any(self.focus):
            loud = m.activation.voice_feeds * (week.voice_for + week.voice_against) / loudest
            kept = 1 - m.activation.focus_decay
            self.focus = [min(1.0, kept * focus + (loud if focus > 0 else 0.0)) for focus in self.focus]
        if m.purchase.enabled and any(self.known):
            self.known = [(1 - m.purchase.forgetting) * known for known in self.known]

    def see(self, market: Any, public: Sequence[Rival] | None = None) -> Sight:
        """Return what the firm's strategy may look at: its own accounts and what is public.

        Parameters
        ----------
        market
            The market.
        public
            What is public of its sector's firms, if that has been gathered for all of them.
        """
        weight, counts = market.weight, self.week
        if public is None:
            public = [firm.as_rival(market.week) for firm in market.firms_of[self.sector] if firm.alive]
        return Sight(
            week=self.weeks_here(market.week),
            sector=self.sector,
            share=self.share,
            rating=self.rating,
            cash=self.purse.cash / 100,
            revenue=self.revenue / 100,
            profit=self.profit / 100,
            usual_revenue=self.usual_revenue / 100,
            recent_sales=_mean(self.sales[-_RECENT_WEEKS:]),
            usual_sales=_mean(self.sales),
            unit_cost=self.goods_cost,
            contributors=counts.contributors * weight,
            community=counts.members * weight,
            voice_for=counts.voice_for / 1023 * weight,
            voice_against=counts.voice_against / 1023 * weight,
            commons_share=market.share_of(market.commons.get(self.sector)),
            sharing_share=market.share_of(market.sharing.get(self.sector)),
            reference_price=market.reference_prices[self.sector],
            published_margin=self.published_margin,
            rivals=tuple([rival for rival in public if rival.name != self.name]),
            levers=dict(zip(LEVERS, _LEVERS_OF(vars(self)), strict=True)),
        )

    def as_rival(self, week: int) -> Rival:
        """Return what other firms can see of it."""
        return Rival(
            name=self.name,
            share=self.share,
            price=self.price,
            rating=self.rating,
            published_margin=self.published_margin,
            weeks=week - self.entered_in,
            levers=dict(zip(VISIBLE_LEVERS, _VISIBLE_OF(vars(self)), strict=True)),
        )

    @property
    def published_margin(self) -> float:
        """Profit over revenue of the last quarter published; NaN before the first, and without revenue."""
        profit, revenue = self.published
        return profit / revenue if revenue > 0 else math.nan

    def weeks_here(self, week: int) -> int:
        """Return how many weeks it has been in the market, this one included."""
        return week - self.entered_in + 1

    def publish_quarter(self) -> None:
        """Add the week to the quarter's accounts, and publish them at its end."""
        self.total_profit += self.profit
        self.quarter = [self.quarter[0] + self.profit, self.quarter[1] + self.revenue]
        self.quarter_weeks += 1
        if self.quarter_weeks == _QUARTER:
            self.published, self.quarter, self.quarter_weeks = self.quarter, [0, 0], 0

    def enter(self, week: int, appeal: float) -> None:
        """Come into the market, at a cost, with what its parent's name adds to its appeal."""
        self.entered_in, self.alive = week, 1.0
        self.available = self.full_availability
        self.appeal += appeal
        if self.model.mechanisms.accounts.enabled:
            self.purse.cash -= round(100 * self.setup.entry_cost)

    def go_bankrupt(self) -> None:
        """Leave the market: nothing is sold any more, the community dissolves, spending ends."""
        self.alive = self.available = self.full_availability = 0.0
        self.crises.clear()
        self.focus = [0.0] * MAX_CAUSES

    def rest(self) -> None:
        """Book a week outside the market: nothing comes in, nothing goes out."""
        self.revenue = self.fees = self.profit = self.dividends = 0
        self.costs = {}
        self.co_created = self.launch_spend = self.value_created = self.external_share = self.human_contact = 0.0
        self.hosting_income = 0.0
        self.launched = self.launched_outside = self.own_ideas = 0

    def state(self) -> dict[str, Any]:
        """Return all that changes in a run, as plain values: for checkpoints."""
        plain = super().state() | {name: getattr(self, name) for name in LEVERS}
        plain["crises"] = [[c, crisis] for c, crisis in self.crises.items()]
        plain["strategy"] = self.strategy.state()
        return plain

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        others = {name: value for name, value in state.items() if name not in ("crises", "strategy")}
        super().restore(others)
        self.crises = {int(c): crisis for c, crisis in state["crises"]}
        self.strategy.restore(state["strategy"])
