"""A consumer's week as methods of an object, in plain Python: what Mesa's and AgentPy's agents have in common.

Both tools leave an agent's behaviour to its author; they differ in how agents are made, called and recorded. What an
author would write twice stands here once: attributes, loops over peers, and `random` of the standard library.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from benchmarks.peers.spec import Spec, Totals

__all__ = ["Person"]


class Person:
    """A consumer; `peers`, the traits and `model` (with `spec`, `totals` and `random`) are given by the tool."""

    model: Any
    peers: Sequence[Person]
    taste: list[float]
    belief: list[float]
    values: list[float]
    price_sensitivity: float
    inertia: float
    peer_trust: float
    threshold: float
    persistence: float
    rate: float

    def begin(self) -> None:
        """Start with nothing bought, nothing to say and no cause."""
        self.supplier = -1
        self.satisfaction = 0.0
        self.cause = -1
        self.energy = 0.0
        self.said = -1, 0.0
        self.voice = -1, 0.0

    def live(self) -> None:
        """Live a week: hear peers, turn militant or calm down, buy."""
        spec, random = self.model.spec, self.model.random
        self.hear(spec)
        self.turn(spec, random)
        if units := self.units_wanted(random):
            self.buy(units, spec, random)

    def speak(self) -> None:
        """Say to whoever listens, next week, what one bought last and which cause one fights for."""
        self.said = self.supplier, self.satisfaction
        self.voice = (self.cause, self.energy) if self.energy >= self.model.spec.click_cost else (-1, 0.0)

    def hear(self, spec: Spec) -> None:
        """Move beliefs towards what peers say of each firm."""
        heard: dict[int, list[float]] = {}
        for peer in self.peers:
            firm, satisfaction = peer.said
            if firm >= 0:
                heard.setdefault(firm, []).append(satisfaction)
        pull = spec.speed * self.peer_trust / (spec.memory + self.peer_trust)
        for firm, said in heard.items():
            self.belief[firm] += pull * (sum(said) / len(said) - self.belief[firm])

    def turn(self, spec: Spec, random: Random) -> None:
        """Take up a cause, go on with it, or let it go."""
        around = [0.0] * spec.causes
        for peer in self.peers:
            cause, energy = peer.voice
            if cause >= 0:
                around[cause] += energy
        drives = [
            weight * salience * (1.0 + spec.pressure * energy / len(self.peers))
            for weight, salience, energy in zip(self.values, spec.salience, around, strict=True)
        ]
        drive = max(drives)
        fuel = min(1.0, spec.spark * (drive + spec.mood * random.gauss(0.0, 1.0) - self.threshold))
        self.energy *= self.persistence
        if fuel >= spec.floor and fuel > self.energy:
            self.energy, self.cause = fuel, drives.index(drive)
        if self.energy < spec.floor:
            self.energy, self.cause = 0.0, -1
        if self.cause >= 0:
            self.model.totals.militants[self.cause] += 1

    def units_wanted(self, random: Random) -> int:
        """Draw a Poisson number of units (Knuth's way)."""
        units, left, least = 0, random.random(), math.exp(-self.rate)
        while left > least:
            units += 1
            left *= random.random()
        return units

    def buy(self, units: int, spec: Spec, random: Random) -> None:
        """Choose a firm, or none, and live through the purchase."""
        utilities = [
            appeal + taste + spec.quality_weight * belief - self.price_sensitivity * price
            for appeal, taste, belief, price in zip(spec.appeal, self.taste, self.belief, spec.price, strict=True)
        ]
        if self.supplier >= 0:
            utilities[self.supplier] += self.inertia
        if self.energy >= spec.act_cost:
            pull = spec.purchase_effect * spec.stance[self.cause] * self.energy
            utilities[spec.target[self.cause]] += pull
        utilities.append(spec.outside)
        firm = random.choices(range(spec.firms + 1), [math.exp(u) for u in utilities])[0]
        if firm < spec.firms:
            self.supplier = firm
            self.experience(firm, spec, random)
            totals: Totals = self.model.totals
            totals.units[firm] += units
            totals.trips += 1
            totals.satisfaction += self.satisfaction

    def experience(self, firm: int, spec: Spec, random: Random) -> None:
        """Be satisfied or not, and learn from it."""
        satisfaction = spec.quality[firm] + spec.match * self.taste[firm] + spec.noise * random.gauss(0.0, 1.0)
        if random.random() < spec.defect_rate[firm]:
            is_made_good = random.random() < spec.complaint_rate * spec.repair
            satisfaction += spec.recovery_bonus if is_made_good else -spec.defect_loss
        self.satisfaction = min(1.0, max(0.0, satisfaction))
        self.belief[firm] += spec.learning * (self.satisfaction - self.belief[firm])
