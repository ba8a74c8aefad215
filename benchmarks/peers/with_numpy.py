"""The reduced market in numpy: one array a trait, one line a rule, over all consumers at once."""

from __future__ import annotations

import numpy as np

from benchmarks.peers.people import draw_people
from benchmarks.peers.spec import Peer, Spec, Totals

__all__ = ["build"]


class Market:
    """The market."""

    def __init__(self, spec: Spec, size: int, seed: int) -> None:
        self.spec, self.size = spec, size
        self.rng = np.random.default_rng(seed)
        people = draw_people(spec, size, self.rng)
        self.taste, self.belief, self.values, self.peers = people.taste, people.belief, people.values, people.peers
        self.traits = people.traits
        self.fixed = spec.appeal + self.taste - self.traits["price_sensitivity"][:, None] * spec.price
        self.supplier = np.full(size, -1)
        self.satisfaction = np.zeros(size)
        self.cause = np.full(size, -1)
        self.energy = np.zeros(size)

    def live(self) -> Totals:
        """Live a week and return what was counted in it."""
        # All hear last week's words: nothing below changes them before everyone has heard.
        self.hear()
        self.turn()
        totals = self.buy()
        totals.militants = np.bincount(self.cause[self.cause >= 0], minlength=self.spec.causes).tolist()
        return totals

    def hear(self) -> None:
        """Move beliefs towards what peers say of each firm."""
        spec, trust = self.spec, self.traits["peer_trust"]
        # A place for each consumer and firm, and one for peers who have nothing to say.
        width = spec.firms + 1
        about = self.supplier[self.peers] % width + np.arange(self.size)[:, None] * width
        about = about.ravel()
        said = self.satisfaction[self.peers].ravel()
        shape = (self.size, width)
        speakers = np.bincount(about, minlength=self.size * width).reshape(shape)[:, :-1]
        heard = np.bincount(about, said, minlength=self.size * width).reshape(shape)[:, :-1]
        pull = (spec.speed * trust / (spec.memory + trust))[:, None]
        mean = heard / np.maximum(speakers, 1)
        self.belief += np.where(speakers > 0, pull * (mean - self.belief), 0.0)

    def turn(self) -> None:
        """Take up a cause, go on with it, or let it go."""
        spec = self.spec
        voice = np.where(self.energy >= spec.click_cost, self.energy, 0.0)[self.peers]
        cause = self.cause[self.peers]
        around = np.stack([np.where(cause == c, voice, 0.0).mean(axis=1) for c in range(spec.causes)], axis=1)
        drives = self.values * spec.salience * (1.0 + spec.pressure * around)
        drive = drives.max(axis=1) + spec.mood * self.rng.normal(size=self.size)
        fuel = np.minimum(1.0, spec.spark * (drive - self.traits["threshold"]))
        self.energy *= self.traits["persistence"]
        is_lit = (fuel >= spec.floor) & (fuel > self.energy)
        self.energy = np.where(is_lit, fuel, self.energy)
        self.cause = np.where(is_lit, drives.argmax(axis=1), self.cause)
        is_over = self.energy < spec.floor
        self.energy[is_over], self.cause[is_over] = 0.0, -1

    def buy(self) -> Totals:
        """Let those who want something choose a firm, or none, and live through the purchase."""
        spec = self.spec
        units = self.rng.poisson(self.traits["rate"])
        who = np.flatnonzero(units)
        utility = np.empty((who.size, spec.firms + 1))
        utility[:, :-1] = self.fixed[who] + spec.quality_weight * self.belief[who]
        utility[:, -1] = spec.outside
        place = np.arange(who.size)
        last = self.supplier[who]
        utility[place[last >= 0], last[last >= 0]] += self.traits["inertia"][who][last >= 0]
        acting = self.energy[who] >= spec.act_cost
        cause, energy = self.cause[who][acting], self.energy[who][acting]
        pull = spec.purchase_effect * np.array(spec.stance)[cause] * energy
        utility[place[acting], np.array(spec.target)[cause]] += pull
        choice = (utility + self.rng.gumbel(size=utility.shape)).argmax(axis=1)
        bought = choice < spec.firms
        firm, who = choice[bought], who[bought]
        self.supplier[who] = firm
        self.experience(firm, who)
        sold = np.bincount(firm, units[who], minlength=spec.firms)
        return Totals(sold.astype(int).tolist(), who.size, float(self.satisfaction[who].sum()), [])

    def experience(self, firm: np.ndarray, who: np.ndarray) -> None:
        """Be satisfied or not, and learn from it."""
        spec, rng = self.spec, self.rng
        satisfaction = np.array(spec.quality)[firm] + spec.match * self.taste[who, firm]
        satisfaction += spec.noise * rng.normal(size=who.size)
        is_defect = rng.random(who.size) < np.array(spec.defect_rate)[firm]
        is_made_good = rng.random(who.size) < spec.complaint_rate * spec.repair
        satisfaction += np.where(is_defect, np.where(is_made_good, spec.recovery_bonus, -spec.defect_loss), 0.0)
        self.satisfaction[who] = np.clip(satisfaction, 0.0, 1.0)
        self.belief[who, firm] += spec.learning * (self.satisfaction[who] - self.belief[who, firm])

    def beliefs(self) -> list[float]:
        """Return the mean belief about each firm's quality."""
        return self.belief.mean(axis=0).tolist()


def build(spec: Spec, size: int, seed: int) -> Peer:
    """Build a market."""
    return Market(spec, size, seed)
