"""The reduced market in Mesa: one agent a consumer, activated by `AgentSet.do`, recorded by a `DataCollector`."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from benchmarks.peers.people import draw_people
from benchmarks.peers.person import Person
from benchmarks.peers.spec import Peer, Spec, Totals

__all__ = ["build"]


class Consumer(Person, mesa.Agent):
    """A consumer."""

    def __init__(self, model: mesa.Model, taste: Any, belief: Any, values: Any, **traits: float) -> None:
        super().__init__(model)
        self.taste, self.belief, self.values = taste, belief, values
        for name, value in traits.items():
            setattr(self, name, value)
        self.begin()

    def step(self) -> None:
        """Live a week."""
        self.live()


class Market(mesa.Model):
    """The market."""

    def __init__(self, spec: Spec, size: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.spec = spec
        people = draw_people(spec, size, np.random.default_rng(seed))
        traits = {name: values.tolist() for name, values in people.traits.items()}
        Consumer.create_agents(
            self, size, people.taste.tolist(), people.belief.tolist(), people.values.tolist(), **traits
        )
        consumers = list(self.agents)
        for consumer, peers in zip(consumers, people.peers.tolist(), strict=True):
            consumer.peers = [consumers[peer] for peer in peers]
        self.datacollector = mesa.DataCollector(model_reporters={"totals": "totals"})

    def step(self) -> None:
        """Live a week: all hear last week's words, so that nobody's place in the order matters."""
        self.totals = Totals([0] * self.spec.firms, 0, 0.0, [0] * self.spec.causes)
        self.agents.do("step")
        self.agents.do("speak")
        self.datacollector.collect(self)

    def live(self) -> Totals:
        """Live a week and return what was counted in it."""
        self.step()
        return self.totals

    def beliefs(self) -> list[float]:
        """Return the mean belief about each firm's quality."""
        return np.mean(self.agents.get("belief"), axis=0).tolist()


def build(spec: Spec, size: int, seed: int) -> Peer:
    """Build a market."""
    return Market(spec, size, seed)
