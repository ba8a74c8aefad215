"""The week (2): all the rules, one consumer at a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sim.mechanisms.purchase import NEVER
from sim.scenario import Scenario

from . import beliefs, crisis, rating, salience
from .accounts import close_books, rest
from .activation import activate, count_militant
from .beliefs import quality_belief, rounded, say
from .contribution import take_part
from .creation import create_value, launch_ideas
from .distribution import restock
from .entities import Consumer, Firm, Sector, Tally, Voice, Word
from .experience import experience, repair_probability
from .luck import Luck, key_of, normal, uniform
from .purchase import buy, by_attachment, by_militancy, choose, units_wanted, utility
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
        self.people = self.H / len(consumers)
        for firm in firms:
            firm.N, firm.r_half = len(consumers), self.p.experience.rating_half
            firm.repair = repair_probability(0.0, firm, self.p.experience)
        causes = len(scenario.causes)
        self.salience = salience.Salience([c.salience for c in scenario.causes], [0.0] * causes, [0.0] * causes)
        self.words: list[Word | None] = [None] * len(consumers)
        self.voices: list[Voice | None] = [None] * len(consumers)
        self.sectors = [
            Sector(
                s.name,
                [f for f, firm in enumerate(firms) if firm.sector == s.name],
                s.reference_price,
                s.outside,
                most_units(max(c.λ[place] for c in consumers)),
            )
            for place, s in enumerate(scenario.sectors)
        ]
        self.count = Tally([])

    def step(self) -> None:
        self.week += 1
        self.events_happen()
        self.firms_answer_crises()
        self.consumers_live()
        self.firms_hear_back()
        self.value_is_created()
        self.books_are_closed()

    def events_happen(self) -> None:
        firm_named = {firm.name: firm for firm in self.firms}
        cause_named = {cause.name: c for c, cause in enumerate(self.scenario.causes)}
        for firm in self.firms:
            firm.e = firm.ρ_f = 0.0
        for event in self.scenario.events:
            if event.week != self.week:
                continue
            z, firm = event.severity, firm_named[str(event.firm)]
            if event.kind == "exposure":
                firm.e = max(firm.e, z)
            elif event.kind == "scandal":
                cause = cause_named[event.cause]
                crisis.scandal(firm, cause, z, event.revealed, self.salience, self.p.activation)
            else:
                self.salience.shock(cause_named[event.cause], z, self.p.activation)
                firm.focus[cause_named[event.cause]] = max(firm.focus[cause_named[event.cause]], z)

    def firms_answer_crises(self) -> None:
        for firm in self.firms:
            if firm.alive:
                crisis.answer(firm, self.salience, self.p.crisis, self.p.activation, self.luck_in_crisis_of(firm))

    def luck_in_crisis_of(self, firm: Firm) -> Callable[[int], Iterator[float]]:
        names = [cause.name for cause in self.scenario.causes]
        return lambda cause: self.luck.of_firm(firm.name, self.week, f"crisis on {names[cause]}")

    def consumers_live(self) -> None:
        self.count = Tally([Counter() for _ in self.firms])
        for i, c in enumerate(self.consumers):
            self.live(i, c)
            count_militant(c, self.p.activation, self.count)
        self.words = [say(c) for c in self.consumers]
        self.voices = [raise_voice(c, self.p.activation) for c in self.consumers]

    def live(self, i: int, c: Consumer) -> None:
        """One consumer's week, by what its peers said last week."""
        p, firms, count = self.p, self.firms, self.count
        word, trip, luck, rest = self.luck.words(i, self.week)
        heard = [self.words[j] for j in self.peers[i]]
        voices = [self.voices[j] for j in self.peers[i]]
        Q = [quality_belief(c, f, firm, heard, p.beliefs) for f, firm in enumerate(firms)]
        S = [sincerity_belief(c, f, firm, heard, p.sincerity) for f, firm in enumerate(firms)]
        c.Q, c.S = Q, S
        for f in range(len(firms)):
            sway(c, f, voices, p.activation, p.sincerity.asymmetry)
        activate(c, voices, self.salience.A, firms, p.activation, normal(rest, "mood"), count)
        # Who buys in two sectors speaks of the last: they go in the order of their keys, not of the scenario.
        for sector in sorted(self.sectors, key=lambda sector: key_of(f"units in {sector.name}")):
            place = self.sectors.index(sector)
            n = units_wanted(c.λ[place], uniform(trip, f"units in {sector.name}"), sector.most_units)
            U = {
                f: utility(c, f, firms[f], sector, c.supplier[place], p.purchase)
                + by_attachment(c, f, p.contribution)
                + by_militancy(c, f, p.activation)
                for f in sector.firms
            }
            choice, total = choose(U, firms, sector, word, trip)
            buy(c, place, n, choice, total, sector, self.week, count)
            if n > 0 and choice is not None:
                experience(c, choice, firms[choice], sector, trip, luck, p.experience, count)
        take_part(c, rest, firms, p.contribution, p.sincerity, count)

    def firms_hear_back(self) -> None:
        N, p = len(self.consumers), self.p
        for f, firm in enumerate(self.firms):
            firm.counted = self.count.firms[f]
            mean_S = beliefs.mean([rounded(c.S[f], 1023) for c in self.consumers])
            rating.hear_reviews(firm, mean_S, p.experience, p.activation)
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
        for firm in self.firms:
            if firm.alive:
                create_value(firm, p.creation, self.H, self.people)
                launch_ideas(firm, p.creation, self.people, self.luck.of_firm(firm.name, self.week, "ideas"))
                complaints = max(1.0, firm.counted["complaints"] * self.people)
                firm.repair = repair_probability(firm.service / complaints, firm, p.experience)
                restock(firm, p.distribution, self.week)

    def books_are_closed(self) -> None:
        for firm in self.firms:
            if firm.alive:
                c = self.p.creation
                close_books(firm, self.p.accounts, self.H, self.people, c.case_cost, c.launch_cost, self.week)
            else:
                rest(firm)


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
        for name in ("spoken_of", "community", "cause", "target"):
            values[name] = None if values[name] < 0 else values[name]
        values["supplier"] = [None if f < 0 else f for f in values["supplier"]]
        values["bought"] = [None if week == NEVER else week for week in values["bought"]]
        consumers.append(Consumer(**{**values, "militant": bool(values["militant"])}))
    return consumers
