"""What is used of Mesa's agent sets, the same for every Mesa 3, and small common parts of our own sets."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

try:  # Mesa 3.5 and later
    from mesa.agentset import AbstractAgentSet as MesaSet
    from mesa.agentset import AgentSet, GroupBy
except ImportError:  # Mesa 3.3 and 3.4, where one class is both
    from mesa.agent import AgentSet, GroupBy

    MesaSet = AgentSet

__all__ = [
    "AgentSet",
    "Array",
    "Function",
    "MesaSet",
    "Rows",
    "SetGroups",
    "call",
    "limit_of",
    "permutation",
    "whole",
]

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.intp]
Function = Callable[..., Any]

_BY_ARRAY: dict[Function, Function] = {sum: np.sum, min: np.min, max: np.max}


class SetGroups(GroupBy):
    """Groups of agents, as Mesa's, that aggregate by column where the groups are sets."""

    def agg(self, attr_name: str, func: Function | Iterable[Function]) -> dict[Any, Any]:
        """Aggregate an attribute within each group.

        Parameters
        ----------
        attr_name : str
        func : callable or iterable of callables

        Returns
        -------
        dict
            For each group what the function returns, or the list of what the functions return.
        """
        results = {}
        for key, group in self.groups.items():
            if isinstance(group, MesaSet):
                results[key] = group.agg(attr_name, func)
            else:
                values = [getattr(agent, attr_name) for agent in group]
                results[key] = func(values) if callable(func) else [function(values) for function in func]
        return results


def limit_of(at_most: int | float, size: int) -> int:
    """Read Mesa's ``at_most``: a number of agents; a float up to 1.0 is a share of ``size``, rounded down."""
    if isinstance(at_most, float) and at_most <= 1.0:
        at_most = int(size * at_most)
    return max(0, math.ceil(min(at_most, size)))


def permutation(random: Random, size: int) -> Rows:
    """Return the numbers from 0 to ``size`` in random order.

    Numpy shuffles a million numbers thirty times as fast as ``random.shuffle``, so the model's generator only
    gives the seed.
    """
    return np.random.default_rng(random.getrandbits(128)).permutation(size)


def call(agent: Any, method: str | Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call an agent's method by name, or a function with the agent as its first argument."""
    if isinstance(method, str):
        return getattr(agent, method)(*args, **kwargs)
    return method(agent, *args, **kwargs)


def whole(function: Function, values: Array) -> Callable[[], Any] | None:
    """Return what applies a function to an array at once, or None if only a list of the values will do."""
    if function is len:
        return lambda: len(values)
    by_array = _BY_ARRAY.get(function)
    if by_array is not None and values.ndim == 1:
        return lambda: by_array(values).item()
    inner = function.func if isinstance(function, functools.partial) else function
    if isinstance(inner, np.ufunc) or (getattr(inner, "__module__", None) or "").split(".")[0] == "numpy":
        return lambda: function(values)
    return None
