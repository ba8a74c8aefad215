"""Sets that hold consumers and other agents together, as ``model.agents`` does."""

from __future__ import annotations

import copy
import itertools
import math
import operator
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any, Literal

import numpy as np

from sim.consumers import Consumer, consumer_at
from sim.consumersets import ConsumerSet
from sim.mesasets import AgentSet, Function, MesaSet, SetGroups, call, limit_of, permutation

__all__ = ["MixedSet", "gathered", "joined"]


class MixedSet(MesaSet):
    """An ordered set of consumers and other agents: a sequence of sets of either kind, one after the other.

    As in any Mesa selection, other agents are held weakly: one that has left the model, and that nothing else
    holds, is gone from here as well. For the same reason ``|`` needs the consumers on its left: a set of
    Mesa's own would hold their views weakly, and lose them.

    Parameters
    ----------
    model : mesa.Model
    parts : sequence of sets
        Without an agent in common.
    random : random.Random, optional
        What ``shuffle`` and ``shuffle_do`` draw from: ``model.random`` when left out.
    """

    def __init__(self, model: Any, parts: Sequence[MesaSet], random: Random | None = None) -> None:
        self.model = model
        self.random: Random = model.random if random is None else random
        self._parts = tuple(parts)

    # ---------------------------------------------------------------- a Python collection

    def __len__(self) -> int:
        """Return the number of agents."""
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[Any]:
        """Go through the parts in order."""
        return itertools.chain.from_iterable(self._parts)

    def __reversed__(self) -> Iterator[Any]:
        """Go through the agents, last to first."""
        return reversed(list(self))

    def __contains__(self, agent: object) -> bool:
        """Whether a part has the agent."""
        return any(agent in part for part in self._parts)

    def __getitem__(self, item: int | slice) -> Any:
        """Return the agent at a position, or a list of those in a slice."""
        if isinstance(item, slice):
            return self.to_list()[item]
        place = operator.index(item)
        place += len(self) if place < 0 else 0
        for part in self._parts:
            if 0 <= place < len(part):
                return part[place] if isinstance(part, ConsumerSet) else list(part)[place]
            place -= len(part)
        raise IndexError(f"there is no agent {item} among {len(self)}")

    def __repr__(self) -> str:
        """Kind and size."""
        return f"<{type(self).__name__}: {len(self)} agents>"

    def to_list(self) -> list[Any]:
        """Return all agents."""
        return list(self)

    def copy(self) -> MesaSet:
        """Return a selection of the agents who are in the set now."""
        return joined(self.model, [copy.copy(part) for part in self._parts], self.random)

    def __copy__(self) -> MesaSet:
        """As :meth:`copy`."""
        return self.copy()

    def __getstate__(self) -> dict[str, Any]:
        """Keep the parts."""
        return {"model": self.model, "random": self.random, "parts": self._parts}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore from a pickle or a deep copy."""
        self.model, self.random, self._parts = state["model"], state["random"], state["parts"]

    # ---------------------------------------------------------------- values

    def get(
        self,
        attr_names: str | Iterable[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return one or several attributes of every agent; see :meth:`ConsumerSet.get`.

        Raises
        ------
        AttributeError
            An agent has no such attribute, and ``handle_missing`` is ``"error"``.
        ValueError
            Another word for ``handle_missing``.
        """
        names = attr_names if isinstance(attr_names, str) else list(attr_names)
        return [value for part in self._parts for value in part.get(names, handle_missing, default_value)]

    def set(self, attr_name: str, value: Any) -> MixedSet:
        """Give an attribute one value on every agent; consumers must have such a column.

        Raises
        ------
        AttributeError
            Consumers have no such column. Then nothing is written.
        """
        # Consumers first: they are the ones who may refuse.
        for part in sorted(self._parts, key=lambda part: not isinstance(part, ConsumerSet)):
            part.set(attr_name, value)
        return self

    def agg(self, attribute: str, func: Function | Iterable[Function]) -> Any:
        """Aggregate an attribute by one function or several; see :meth:`ConsumerSet.agg`."""
        filled = [part for part in self._parts if len(part)]
        if len(filled) == 1:
            return filled[0].agg(attribute, func)
        values = self.get(attribute)
        return func(values) if callable(func) else [function(values) for function in func]

    # ---------------------------------------------------------------- other sets

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: float = math.inf,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> MesaSet:
        """Select agents; see :meth:`ConsumerSet.select`.

        The result is a :class:`ConsumerSet` if it holds consumers only, and Mesa's own set if it holds none.
        """
        left = limit_of(at_most, len(self))
        chosen = []
        for part in self._parts:
            chosen.append(part.select(filter_func, left, False, agent_type))
            left -= len(chosen[-1])
        return self._kept(joined(self.model, chosen, self.random), inplace)

    def shuffle(self, inplace: bool = False) -> MesaSet:
        """Return the same agents in random order, consumers and others mixed."""
        return self._kept(self._from_iterable(self._shuffled()), inplace)

    def sort(self, key: str | Callable[[Any], Any], ascending: bool = False, inplace: bool = False) -> MesaSet:
        """Return the same agents sorted by an attribute or function, largest first unless ``ascending``."""
        read = operator.attrgetter(key) if isinstance(key, str) else key
        return self._kept(self._from_iterable(sorted(self, key=read, reverse=not ascending)), inplace)

    def groupby(
        self, by: str | Callable[[Any], Any], result_type: Literal["agentset", "list"] = "agentset"
    ) -> SetGroups:
        """Group the agents by an attribute or function; see :meth:`ConsumerSet.groupby`."""
        found: dict[Any, list[Any]] = {}
        for part in self._parts:
            for key, group in part.groupby(by, result_type):
                found.setdefault(key, []).append(group)
        if result_type == "agentset":
            return SetGroups({k: joined(self.model, groups, self.random) for k, groups in found.items()})
        return SetGroups({key: list(itertools.chain(*groups)) for key, groups in found.items()})

    # ---------------------------------------------------------------- calls, one agent at a time

    def do(self, method: str | Function, *args: Any, **kwargs: Any) -> MixedSet:
        """Call a method or function on every agent, in order; return the same set."""
        for part in self._parts:
            part.do(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Function, *args: Any, **kwargs: Any) -> MixedSet:
        """Call a method or function on every agent, in random order, consumers and others mixed."""
        for agent in self._shuffled():
            if isinstance(agent, Consumer) or agent in self:
                call(agent, method, args, kwargs)
        return self

    def map(self, method: str | Function, *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method or function on every agent, in order, and return the results."""
        return [result for part in self._parts for result in part.map(method, *args, **kwargs)]

    # ---------------------------------------------------------------- refused

    def add(self, agent: Any) -> None:
        """Refuse.

        Raises
        ------
        TypeError
        """
        raise TypeError(f"{agent!r} cannot be added: a selection with consumers is fixed; use |")

    def discard(self, agent: Any) -> None:
        """Refuse.

        Raises
        ------
        TypeError
        """
        raise TypeError(f"{agent!r} cannot be removed: a selection with consumers is fixed; use -")

    def remove(self, agent: Any) -> None:
        """Refuse, as :meth:`discard`."""
        self.discard(agent)

    def _update(self, agents: Iterable[Any]) -> MesaSet:
        """Become another selection; Mesa's base class requires the method."""
        return self._kept(self._from_iterable(agents), inplace=True)

    # ---------------------------------------------------------------- inside

    def _kept(self, chosen: MesaSet, inplace: bool) -> MesaSet:
        """Return a selection, or become it."""
        if not inplace:
            return chosen
        self._parts = chosen._parts if isinstance(chosen, MixedSet) else (chosen,)
        return self

    def _from_iterable(self, agents: Iterable[Any]) -> MesaSet:
        """Make the result of a set operation (``&``, ``|``, ``-``, ``^``)."""
        return gathered(self.model, agents, self.random)

    def _shuffled(self) -> Iterator[Any]:
        """Go through the agents in random order, without holding on to one that leaves meanwhile."""
        held: list[Any] = []
        for part in self._parts:
            held.extend(part.rows.tolist() if isinstance(part, ConsumerSet) else map(weakref.ref, part))
        for place in permutation(self.random, len(held)).tolist():
            found = held[place]
            agent = consumer_at(self.model, found) if isinstance(found, int) else found()
            if agent is not None:
                yield agent


def gathered(model: Any, agents: Iterable[Any], random: Random) -> MesaSet:
    """Make a set of consumers and other agents, in this order.

    Raises
    ------
    TypeError
        A consumer of another market.
    """
    parts: list[MesaSet] = []
    for are_consumers, run in itertools.groupby(dict.fromkeys(agents), lambda a: isinstance(a, Consumer)):
        members = list(run)
        if not are_consumers:
            parts.append(AgentSet(members, random=random))
            continue
        for agent in members:
            if agent.model.population is not model.population:
                raise TypeError(f"{agent!r} is not a consumer of this market")
        parts.append(ConsumerSet(model, rows=[agent.row for agent in members], random=random))
    return joined(model, parts, random)


def joined(model: Any, parts: Iterable[MesaSet], random: Random) -> MesaSet:
    """Make one set of several without an agent in common, of the plainest kind that can hold them."""
    flat = [p for part in parts for p in (part._parts if isinstance(part, MixedSet) else (part,))]
    filled = [part for part in flat if len(part)]
    merged: list[MesaSet] = []
    for are_consumers, run in itertools.groupby(filled, lambda part: isinstance(part, ConsumerSet)):
        members = list(run)
        if len(members) == 1:
            merged.append(members[0])
        elif are_consumers:
            rows = np.concatenate([part.rows for part in members])
            merged.append(ConsumerSet(model, rows=rows, random=random))
        else:
            merged.append(AgentSet(itertools.chain(*members), random=random))
    if len(merged) == 1:
        return merged[0]
    return MixedSet(model, merged, random) if merged else ConsumerSet(model, rows=[], random=random)
