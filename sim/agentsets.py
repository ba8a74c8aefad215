"""Consumers beside Mesa's other agents: ``model.agents``, ``model.agents_by_type`` and the identifiers.

Firms and whatever agents a user adds are ordinary Mesa agents, kept by Mesa in its own set. Consumers are
rows of columns. :func:`install` makes both appear together wherever Mesa looks for agents, by replacing the
two places where a model keeps its sets (the same in all of Mesa 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any, Protocol

import mesa
import numpy as np

from sim.columns import Columns
from sim.consumers import ROLES, Consumer, MilitantClient, ZappingConsumer, role_classes
from sim.consumersets import ConsumerSet
from sim.mesasets import MesaSet
from sim.mixedsets import MixedSet, gathered

__all__ = ["AllAgents", "ConsumerModel", "ConsumerSet", "MixedSet", "install"]


class HasColumns(Protocol):
    """What is needed of a population: its columns, with a column ``role``."""

    columns: Columns


class AllAgents(MixedSet):
    """All agents of a model, as ``model.agents`` returns: Mesa's own set of firms and others, then consumers.

    It is live, that is, it follows the model. Every selection from it keeps its agents.

    Parameters
    ----------
    model : ConsumerModel
    others : mesa's set
        The set in which Mesa keeps ordinary agents.
    consumers : ConsumerSet
        All consumers, live.
    """

    def __init__(self, model: Any, others: MesaSet, consumers: ConsumerSet) -> None:
        super().__init__(model, (others, consumers))

    @property
    def others(self) -> MesaSet:
        """Mesa's own set: every agent that is not a consumer."""
        return self._parts[0]

    @property
    def consumers(self) -> ConsumerSet:
        """All consumers, live."""
        consumers: ConsumerSet = self._parts[1]
        return consumers

    def add(self, agent: Any) -> None:
        """Let Mesa register an ordinary agent; refuse a consumer."""
        (self.consumers if isinstance(agent, Consumer) else self.others).add(agent)

    def discard(self, agent: Any) -> None:
        """Let Mesa deregister an ordinary agent; refuse a consumer."""
        (self.consumers if isinstance(agent, Consumer) else self.others).discard(agent)

    def remove(self, agent: Any) -> None:
        """Let Mesa deregister an ordinary agent; refuse a consumer.

        Raises
        ------
        KeyError
            The agent is not registered.
        TypeError
            The agent is a consumer.
        """
        (self.consumers if isinstance(agent, Consumer) else self.others).remove(agent)

    def _kept(self, chosen: MesaSet, inplace: bool) -> MesaSet:
        if inplace:
            raise TypeError("model.agents follows the model and is not changed in place; leave out inplace=True")
        return chosen


class ConsumerModel(mesa.Model):
    """A Mesa model with room for a population of consumers: the base of the market.

    It numbers agents alike in all of Mesa 3, and knows that consumers do not come and go.

    Parameters
    ----------
    rng : int, optional
        Seed of ``model.random`` and ``model.rng``; numpy's integers, which Mesa 3.5 refuses, will do.

    Attributes
    ----------
    zapping_class, militant_class : type
        Classes of the consumers' views by role. A subclass of the model may name its own subclasses of them.
    population : object
        What :func:`install` was given.
    first_consumer_id : int
        The identifier of consumer 0; those of the others follow it.
    """

    zapping_class: type[Consumer] = ZappingConsumer
    militant_class: type[Consumer] = MilitantClient
    population: Any
    first_consumer_id: int

    def __init__(self, *, rng: int | np.integer | None = None) -> None:
        super().__init__(rng=None if rng is None else int(rng))
        self._mesa_numbers_agents = hasattr(self, "agent_id_counter")
        if not self._mesa_numbers_agents:
            self.agent_id_counter = 1

    def register_agent(self, agent: Any) -> None:
        """Take in an ordinary agent, as Mesa does; refuse a consumer.

        Raises
        ------
        TypeError
            The agent is a consumer.
        """
        if isinstance(agent, Consumer):
            raise TypeError(f"{agent!r} is in the population already")
        if not self._mesa_numbers_agents:
            # Mesa 3.3 counts in a dictionary of its Agent class, which keeps every model alive for ever and
            # begins again at 1 for a model that comes back from a pickle.
            getattr(type(agent), "_ids", {}).pop(self, None)
            agent.unique_id = self.reserve_ids(1)
        super().register_agent(agent)

    def deregister_agent(self, agent: Any) -> None:
        """Let an ordinary agent go, as Mesa does; refuse a consumer.

        Raises
        ------
        TypeError
            The agent is a consumer.
        """
        if isinstance(agent, Consumer):
            agent.remove()
        super().deregister_agent(agent)

    def remove_all_agents(self) -> None:
        """Let all ordinary agents go. Consumers stay: the population is as long as the market."""
        agents = self._all_agents
        for agent in list(agents.others if isinstance(agents, AllAgents) else agents):
            agent.remove()
        if hasattr(self, "data_registry"):
            self.data_registry.close()

    def gather_agents(self, agents: Iterable[Any], random: Random) -> MesaSet:
        """Make a set of consumers and other agents, in this order."""
        return gathered(self, agents, random)

    def reserve_ids(self, count: int) -> int:
        """Keep consecutive identifiers for agents that are not made one by one; return the first."""
        first: int = self.agent_id_counter
        self.agent_id_counter = first + count
        return first


def install(model: ConsumerModel, population: HasColumns) -> None:
    """Make a population's consumers agents of a model.

    Sets ``model.population`` and ``model.first_consumer_id``, reserves an identifier for each consumer, and
    puts the consumers into ``model.agents`` and, by their present role, ``model.agents_by_type``.

    Parameters
    ----------
    model : ConsumerModel
        Initialised; may have other agents already.
    population : object with ``columns``
        With a column ``role`` of codes.

    Raises
    ------
    TypeError
        A model that is not a :class:`ConsumerModel`, or a role's class that is not one of a consumer.
    ValueError
        A population is installed already, there is no column ``role``, or a column has the name of something
        else that every consumer has.
    """
    if not isinstance(model, ConsumerModel):
        raise TypeError(f"{type(model).__name__} needs to derive from ConsumerModel to have consumers")
    if isinstance(model.agents, AllAgents):
        raise ValueError("the model has a population already")
    classes = role_classes(model)
    for made, needed in zip(classes, ROLES, strict=True):
        if not issubclass(made, needed):
            raise TypeError(f"{made.__name__} stands for a role and needs to derive from {needed.__name__}")
    columns = population.columns
    role = columns.declared.get("role")
    if role is None or role.kind == "number" or role.per is not None:
        raise ValueError("the population needs a column 'role', one code a consumer")
    taken = sorted({name for name in columns.row for made in classes if hasattr(made, name)})
    if taken:
        raise ValueError(f"columns cannot have the names of what every consumer has: {', '.join(taken)}")

    model.population = population
    model.first_consumer_id = model.reserve_ids(columns.size)
    model._all_agents = AllAgents(model, model._all_agents, ConsumerSet(model))
    for code, made in enumerate(classes):
        model._agents_by_type[made] = ConsumerSet(model, role=code)
