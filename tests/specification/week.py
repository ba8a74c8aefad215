"""The week (2): all the rules, one consumer at a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sim.mechanisms.purchase import NEVER
from sim.scenario import Campaign, Exposure, Hardship, Listing, News, Scandal, Scenario

from . import beliefs, commons, crisis, leaks, porosity, rating, salience, sharing
from .accounts import close_books, go_bankrupt, rest
from .activation import activate, count_militant
from .ambassadors import hold_office, speak_for_firm
from .beliefs import quality_belief, rounded, say
from .campaigns import make_public
from .contribution import take_part
from .creation import create_value, launch_ideas
from .distribution import restock
from .entities import Consumer, Firm, Sector, Tally, Voice, Word
from .experience import experience, repair_probability
from .firms import ATTRIBUTE_OF
from .income import hardship
from .luck import Luck, key_of, normal, uniform
from .purchase import buy, choose, sensitivity, units_wanted, utility
from .sincerity import sincerity_belief
from .voices import raise_voice, sway


class SlowMarket:
    """A market of scripted firms that lives by the rules of docs/model.md."""

    def __init__(
        self, scenario: Scenario, firms: list[Firm], consumers: list[Consumer], peers: list[list[int]], replicate: int
    ) -> None:
        self.scenario, self.p = scenario, scenario.mechanisms
        self.firms, self.consumers, self.peers = firms, consumers, peers
        self.luck = Luck(scenario.seed, replicate)
        self.week = 0
        self.H = scenario.population.represents
        self.order = self.p.business.order_size if scenario.population.clients == "businesses" else 1
        self.people = self.H / self.order / len(consumers)
        for firm in firms:
            firm.N, firm.r_half = len(consumers), self.p.experience.rating_half
            firm.repair = repair_probability(0.0, firm, self.p.experience) if firm.kind == "firm" else 0.0
        causes = len(scenario.causes)
        standing = [c.salience for c in scenario.causes]
        self.salience = salience.Salience(standing, [0.0] * causes, [0.0] * causes, [0.0] * causes)
        self.cohorts = ["the rest", *(cohort.name for cohort in scenario.cohorts)]
        self.hardship = [0.0] * len(self.cohorts)
        self.words: list[Word | None] = [None] * len(consumers)
        self.voices: list[Voice | None] = [None] * len(consumers)
        self.sectors = [
            Sector(
                s.name,
                [f for f, firm in enumerate(firms) if firm.sector == s.name],
                s.reference_price,
                s.outside,
                most_units(max(c.λ[place] for c in consumers)),
                self.order,
                s.durable,
                s.life,
                next((f for f, firm in enumerate(firms) if firm.sector == s.name and self.is_market(firm)), None),
            )
            for place, s in enumerate(scenario.sectors)
        ]
        self.count = Tally([])
        self.replaced: dict[int, dict[str, Any]] = {}  # levers, by scheduled change

    @staticmethod
    def is_market(firm: Firm) -> bool:
        return firm.kind in ("second_hand", "rental", "group_buying")

    @property
    def real_firms(self) -> list[Firm]:
        return [firm for firm in self.firms if firm.kind == "firm"]

    def firms_in(self, sector: str) -> list[Firm]:
        return [firm for firm in self.real_firms if firm.sector == sector]

    def owner_of(self, firm: Firm) -> Firm:
        return firm if firm.parent is None else self.firms[firm.parent]

    def step(self) -> None:
        self.week += 1
        self.levers_change()
        self.events_happen()
        self.leaks_spring()
        self.hardship_is_felt()
        self.firms_enter()
        self.firms_answer_crises()
        self.consumers_live()
        self.firms_hear_back()
        self.value_is_created()
        self.books_are_closed()

    def events_happen(self) -> None:
        for firm in self.firms:
            firm.e = firm.shame = firm.offence = firm.ρ_f = 0.0
        for event in self.scenario.events:
            if event.week == self.week and isinstance(event, Scandal | News | Exposure):
                self.come_about(event)
            elif event.week == self.week and isinstance(event, Listing):
                firm = self.firm_named(event.firm)
                firm.full_availability = event.availability
                firm.availability = event.availability if firm.alive else 0.0

    def firm_named(self, name: str) -> Firm:
        return next(firm for firm in self.firms if firm.name == name)

    def come_about(self, event: Scandal | News | Exposure) -> None:
        """Nothing comes to light about a firm that is not there."""
        causes, z = [cause.name for cause in self.scenario.causes], event.severity
        firm = None if event.firm is None else self.firm_named(event.firm)
        here = firm if firm is not None and firm.alive else None
        if isinstance(event, News):
            self.salience.shock(causes.index(event.cause), z, self.p.activation)
            if here is not None:
                here.focus[causes.index(event.cause)] = max(here.focus[causes.index(event.cause)], z)
        elif here is not None and isinstance(event, Exposure):
            here.e = max(here.e, z)
        elif here is not None and isinstance(event, Scandal):
            crisis.scandal(here, causes.index(event.cause), z, event.revealed, self.salience, self.p.activation)

    def levers_change(self) -> None:
        """Scheduled changes: what is over ends before anything new begins."""
        letter_of = {"mode": "mode"} | {attribute: name for name, attribute in ATTRIBUTE_OF.items()}
        for place, change in enumerate(self.scenario.schedule):
            if change.until == self.week:
                for letter, value in self.replaced.pop(place).items():
                    setattr(self.firm_named(change.firm), letter, value)
        for place, change in enumerate(self.scenario.schedule):
            if change.week == self.week:
                firm, values = self.firm_named(change.firm), {letter_of[x]: y for x, y in change.levers.items()}
                self.replaced[place] = {letter: getattr(firm, letter) for letter in values}
                for letter, value in values.items():
                    setattr(firm, letter, value)

    def leaks_spring(self) -> None:
        for firm in self.real_firms:
            u = next(self.luck.of_firm(firm.name, self.week, "leak"))
            if firm.alive and leaks.leaks(firm, u, len(self.consumers), self.p.leaks):
                leaks.spring(firm, self.salience, self.p.leaks, self.p.activation)

    def hardship_is_felt(self) -> None:
        for cohort, name in enumerate(self.cohorts):
            shocks = [
                event.severity
                for event in self.scenario.events
                if isinstance(event, Hardship)
                and event.cohort in (None, name)
                and event.week <= self.week < event.week + event.weeks
            ]
            self.hardship[cohort] = hardship(self.hardship[cohort], shocks, self.p.income)

    def firms_enter(self) -> None:
        # Firms before their lines, by name: the order of the file must not matter.
        for f, firm in sorted(enumerate(self.firms), key=lambda row: (row[1].parent is not None, row[1].name)):
            if firm.kind == "firm":
                parent = None if firm.parent is None else self.firms[firm.parent]
                members = parent.counted["members"] / len(self.consumers) if parent is not None else 0.0
                sector, interest = self.firms_in(firm.sector), self.p.porosity.interest
                if porosity.enters(firm, parent, sector, members, self.week, interest):
                    porosity.enter(f, self.firms, self.consumers, self.week, self.p.porosity)

    def firms_answer_crises(self) -> None:
        for firm in sorted(self.real_firms, key=lambda firm: firm.name):
            if firm.alive:
                crisis.answer(firm, self.salience, self.p.crisis, self.p.activation, self.luck_in_crisis_of(firm))

    def luck_in_crisis_of(self, firm: Firm) -> Callable[[int], Iterator[float]]:
        names = [cause.name for cause in self.scenario.causes]
        return lambda cause: self.luck.of_firm(firm.name, self.week, f"crisis on {names[cause]}")

    def consumers_live(self) -> None:
        for firm in self.real_firms:
            campaigns = [e for e in self.scenario.events if isinstance(e, Campaign) and e.firm == firm.name]
            make_public(firm, campaigns, self.p, self.week, self.people)
        self.count = Tally([Counter() for _ in self.firms])
        for i, c in enumerate(self.consumers):
            self.live(i, c)
            count_militant(c, self.p.activation, self.count)
        self.words = [say(c) for c in self.consumers]
        self.voices = [
            speak_for_firm(c, raise_voice(c, self.p.activation), self.p.ambassadors, self.count) for c in self.consumers
        ]

    def live(self, i: int, c: Consumer) -> None:
        """One consumer's week, by what its peers said last week."""
        p, firms, count = self.p, self.firms, self.count
        word, trip, luck, rest = self.luck.words(i, self.week)
        heard = [self.words[j] for j in self.peers[i]]
        voices = [self.voices[j] for j in self.peers[i]]
        Q = [quality_belief(c, f, firms, heard, p.beliefs) for f in range(len(firms))]
        S = [sincerity_belief(c, f, firms, heard, p.sincerity) for f in range(len(firms))]
        c.Q, c.S = Q, S
        porosity.spill_over(c, firms, p.porosity)
        for f in range(len(firms)):
            sway(c, f, firms, voices, p.activation, p.sincerity.asymmetry)
        activate(c, voices, self.salience.A, firms, p.activation, normal(rest, "mood"), count)
        has_bought, β = False, sensitivity(c, self.hardship, p.income.stinginess)
        # Who buys in two sectors speaks of the last: they go in the order of their keys, not of the scenario.
        for sector in sorted(self.sectors, key=lambda sector: key_of(f"units in {sector.name}")):
            place = self.sectors.index(sector)
            n = units_wanted(c.λ[place], uniform(trip, f"units in {sector.name}"), sector.most_units)
            U = {f: utility(c, f, firms, sector, place, β, p) for f in sector.firms}
            choice, total = choose(U, firms, sector, word, trip)
            buy(c, place, n, choice, total, β, sector, firms, self.week, count)
            if n > 0 and choice is not None:
                has_bought = True
                experience(c, choice, firms[choice], sector, trip, luck, p.experience, count)
            sharing.keep_goods(c, place, n, choice, sector, firms, luck, p.sharing, count)
            if n > 0 and choice is not None:
                sharing.trust_hosts(c, choice, sector, firms, p.sharing)
        count.market["buyers"] += has_bought
        take_part(c, rest, has_bought, firms, p.contribution, p.sincerity, count)
        hold_office(c, rest, firms, p.ambassadors, count)

    def firms_hear_back(self) -> None:
        N, p = len(self.consumers), self.p
        for f, firm in enumerate(self.firms):
            firm.counted = self.count.firms[f]
            mean_S = beliefs.mean([rounded(c.S[f], 1023) for c in self.consumers])
            rating.hear_reviews(firm, p.experience, p.activation)
            if firm.kind != "firm" or not firm.entered_in:
                continue
            rating.earn_reputation(firm, mean_S)
            salience.forget(firm, p.purchase)
            salience.refocus(firm, (firm.counted["voice_for"] + firm.counted["voice_against"]) / N, p.activation)
        for sector in self.sectors:
            sold = sum(self.count.firms[f]["units"] for f in sector.firms)
            for f in sector.firms:
                self.firms[f].share = self.count.firms[f]["units"] / sold if sold else 0.0
        causes = range(len(self.scenario.causes))
        self.salience.week([self.count.market[f"voice of {c}"] / N for c in causes], p.activation)

    def value_is_created(self) -> None:
        p = self.p
        for sector in self.sectors:
            for f in sector.firms:
                if self.firms[f].kind == "commons":
                    commons.exchange(self.firms[f], self.firms_in(sector.name), p.commons, self.people)
                    commons.progress(self.firms[f], p.commons, self.week)
            if sector.market is not None:
                sharing.clear(self.firms[sector.market], sector, self.firms, p.sharing, self.H, self.people)
        for firm in self.firms:
            if firm.alive and not self.is_market(firm):
                create_value(firm, self.owner_of(firm), p, self.H, self.people, self.order)
                launch_ideas(firm, p.creation, self.people, self.luck.of_firm(firm.name, self.week, "ideas"))
            if firm.alive and firm.kind == "firm":
                complaints = max(1.0, firm.counted["complaints"] * self.people)
                firm.repair = repair_probability(firm.service / complaints, firm, p.experience)
        for sector in self.sectors:
            restock([firm for firm in self.firms_in(sector.name) if firm.alive], p.distribution, self.week, self.order)

    def books_are_closed(self) -> None:
        # Lines first, so that a firm's own books see all of its week.
        for firm in sorted(self.real_firms, key=lambda firm: firm.parent is None):
            if firm.alive:
                close_books(firm, self.owner_of(firm), self.p, self.H, self.people, self.week)
            else:
                rest(firm)
        for firm in self.real_firms:
            if firm.alive and not self.owner_of(firm).alive:
                go_bankrupt(firm)


def most_units(λ: float) -> int:
    """Where less than 10⁻⁷ of a Poisson distribution lies beyond."""
    n, probability = 0, math.exp(-λ)
    beyond = 1.0 - probability
    while beyond > 1e-7 or n < 1:
        n += 1
        probability *= λ / n
        beyond -= probability
    return n


def rules_consumers(market: Any) -> list[Consumer]:
    """The consumers of a market, as the rules have them."""
    from .worlds import COLUMN_OF

    columns = {name: market.population.get(column) for name, column in COLUMN_OF.items()}
    consumers = []
    for i in range(market.population.size):
        values = {name: column[..., i].tolist() for name, column in columns.items()}
        for name in ("spoken_of", "community", "cause", "target", "ambassador"):
            values[name] = None if values[name] < 0 else values[name]
        values["supplier"] = [None if f < 0 else f for f in values["supplier"]]
        values["bought"] = [None if week == NEVER else week for week in values["bought"]]
        consumers.append(Consumer(**{**values, "militant": bool(values["militant"])}))
    return consumers
