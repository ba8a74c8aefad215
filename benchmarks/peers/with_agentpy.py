"""The reduced market in AgentPy: one agent a consumer in an `AgentList`, called and recorded AgentPy's way."""

from __future__ import annotations

from typing import Any

import agentpy
import numpy as np

from benchmarks.peers.people import draw_people
from benchmarks.peers.person import Person
from benchmarks.peers.spec import Peer, Spec, Totals

__all__ = ["build"]


class Consumer(Person, agentpy.Agent):
    """A consumer."""

    def setup(self, **traits: Any) -> None:
        """Take the traits over as attributes."""
        super().setup(**traits)
        self.begin()


class Market(agentpy.Model):
    """The market."""

    def setup(self) -> None:
        """Make the consumers."""
        self.spec: Spec = self.p.spec
        people = draw_people(self.spec, self.p.size, np.random.default_rng(self.p.seed))
        columns = people.traits | {"taste": people.taste, "belief": people.belief, "values": people.values}
        given = {name: agentpy.AttrIter(values.tolist()) for name, values in columns.items()}
        self.consumers = agentpy.AgentList(self, self.p.size, Consumer, **given)
        for consumer, peers in zip(self.consumers, people.peers.tolist(), strict=True):
            consumer.peers = [self.consumers[peer] for peer in peers]

    def step(self) -> None:
        """Live a week: all hear last week's words, so that nobody's place in the order matters."""
        self.totals = Totals([0] * self.spec.firms, 0, 0.0, [0] * self.spec.causes)
        self.consumers.live()
        self.consumers.speak()
        self.record("totals")

    def live(self) -> Totals:
        """Live a week and return what was counted in it."""
        self.sim_step()
        return self.totals

    def beliefs(self) -> list[float]:
        """Return the mean belief about each firm's quality."""
        return np.mean(list(self.consumers.belief), axis=0).tolist()


def build(spec: Spec, size: int, seed: int) -> Peer:
    """Build a market."""
    market = Market({"spec": spec, "size": size, "seed": seed})
    market.sim_setup()
    return market
