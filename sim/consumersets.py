"""Sets of consumers with the interface of Mesa's agent sets, computed on whole columns.

Mesa's own sets hold objects, and mostly by weak references, so views made on demand would vanish from them. A
:class:`ConsumerSet` holds row numbers instead, or no more than a rule: all consumers, or those of one role.

Questions that Mesa answers agent by agent (``get``, ``agg``, ``groupby``, ``select`` by class, ``sort`` by a
column) are answered here by numpy when they are about columns, with the same results. Only methods and
functions that a user hands in meet single consumers.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt

from sim.columns import Columns, no_such
from sim.consumers import Consumer, check_roles, consumer_at, role_classes
from sim.mesasets import Array, Function, MesaSet, Rows, SetGroups, call, limit_of, permutation, whole

__all__ = ["ConsumerSet"]


class ConsumerSet(MesaSet):
    """An ordered set of consumers.

    A *live* set follows the market: all consumers, or those who have a role now, such as
    ``model.agents_by_type[MilitantClient]``. A *selection*, which every other method returns, keeps its
    consumers and their order whatever becomes of them.

    Nobody enters or leaves a population, so ``add``, ``discard`` and ``remove`` are refused. A live set is
    not changed in place either; a selection may be.

    Parameters
    ----------
    model : sim.market.Market
    role : int, optional
        Live: only consumers whose column ``role`` has this code.
    rows : array of int, optional
        Selection: these consumers, each once, in this order.
    random : random.Random, optional
        What ``shuffle`` and ``shuffle_do`` draw from: ``model.random`` when left out. They take one number
        from it, whatever the size of the set, and never touch the market's own random numbers, each of which
        belongs to a consumer, a week and a purpose.
    """

    def __init__(
        self,
        model: Any,
        *,
        role: int | None = None,
        rows: npt.ArrayLike | None = None,
        random: Random | None = None,
    ) -> None:
        if role is not None and rows is not None:
            raise ValueError("a set is live (role) or a selection (rows), not both")
        self.model = model
        self.random: Random = model.random if random is None else random
        self._role = role
        self._rows: Rows | None = None if rows is None else np.asarray(rows, dtype=np.intp)
        self._held: npt.NDArray[np.bool_] | None = None

    @property
    def live(self) -> bool:
        """Whether the set follows the market, rather than keep its consumers."""
        return self._rows is None

    @property
    def rows(self) -> Rows:
        """The consumers' rows, in order. Do not write to it."""
        if self._rows is not None:
            return self._rows
        if self._role is None:
            return np.arange(self._columns.size, dtype=np.intp)
        return np.flatnonzero(self._columns.get("role") == self._role)

    # ---------------------------------------------------------------- a Python collection

    def __len__(self) -> int:
        """Return the number of consumers."""
        if self._rows is not None:
            return int(self._rows.size)
        if self._role is None:
            return self._columns.size
        return int(np.count_nonzero(self._columns.get("role") == self._role))

    def __iter__(self) -> Iterator[Consumer]:
        """Make a view on each consumer in turn."""
        return (consumer_at(self.model, row) for row in self.rows.tolist())

    def __reversed__(self) -> Iterator[Consumer]:
        """Make a view on each consumer, last to first."""
        return (consumer_at(self.model, row) for row in self.rows[::-1].tolist())

    def __contains__(self, agent: object) -> bool:
        """Whether this consumer is in the set now."""
        if not isinstance(agent, Consumer) or agent.model.population is not self.model.population:
            return False
        if self._rows is not None:
            return bool(self._mask()[agent.row])
        return self._role is None or bool(agent.role == self._role)

    def __getitem__(self, item: int | slice) -> Consumer | list[Consumer]:
        """Return the consumer at a position, or a list of those in a slice."""
        found = self.rows[item]
        if isinstance(item, slice):
            return [consumer_at(self.model, row) for row in found.tolist()]
        return consumer_at(self.model, int(found))

    def __repr__(self) -> str:
        """Kind and size."""
        if not self.live:
            return f"<ConsumerSet: a selection of {len(self)} consumers>"
        made = Consumer if self._role is None else role_classes(self.model)[self._role]
        return f"<ConsumerSet: live, {len(self)}, every {made.__name__}>"

    def __and__(self, other: Any) -> MesaSet:
        """Return the consumers of both sets, in the order of the second."""
        if self._comparable(other):
            return self._selection(other.rows[self._mask()[other.rows]])
        return self._from_iterable(agent for agent in other if agent in self)

    def __or__(self, other: Any) -> MesaSet:
        """Return the agents of either set: the first's, then those that only the second has."""
        if self._comparable(other):
            return self._selection(np.concatenate([self.rows, other.rows[~self._mask()[other.rows]]]))
        return self._from_iterable(itertools.chain(self, other))

    def __sub__(self, other: Any) -> MesaSet:
        """Return the consumers who are not in the other set."""
        if self._comparable(other):
            return self._selection(self.rows[~other._mask()[self.rows]])
        return self._from_iterable(agent for agent in self if agent not in other)

    def to_list(self) -> list[Consumer]:
        """Return views on all consumers of the set."""
        return list(self)

    def copy(self) -> ConsumerSet:
        """Return a selection of the consumers who are in the set now."""
        return self._selection(self.rows)

    __copy__ = copy

    def __getstate__(self) -> dict[str, Any]:
        """Keep the rule or the rows; no views."""
        return {"model": self.model, "random": self.random, "role": self._role, "rows": self._rows}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore from a pickle or a deep copy."""
        self.model, self.random = state["model"], state["random"]
        self._role, self._rows, self._held = state["role"], state["rows"], None

    # ---------------------------------------------------------------- values

    def column(self, name: str) -> Array:
        """Return the set's values of a column, as numpy holds them.

        Parameters
        ----------
        name : str
            A column, ``"unique_id"`` or ``"row"``.

        Returns
        -------
        array
            A copy, shape (consumers,); (width, consumers) for a column per firm, sector or cause.

        Raises
        ------
        KeyError
            No such column; the message names the nearest one.
        """
        if name == "row":
            return self.rows.copy()
        if name == "unique_id":
            return self.rows + int(self.model.first_consumer_id)
        return self._columns.get(name, self._written)

    def get(
        self,
        attr_names: str | Iterable[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return one or several attributes of every consumer, as Python values.

        Parameters
        ----------
        attr_names : str or iterable of str
            Columns, or anything else that a consumer has.
        handle_missing : {"error", "default"}
            What to do where a consumer has no such attribute.
        default_value : object
            Stands for a missing attribute when ``handle_missing`` is ``"default"``.

        Returns
        -------
        list
            One value a consumer for a single name, a list of values a consumer for several. A column per
            firm, sector or cause gives arrays that are copies.

        Raises
        ------
        AttributeError
            A missing attribute, when ``handle_missing`` is ``"error"``.
        ValueError
            Another word for ``handle_missing``.
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing is 'error' or 'default', not {handle_missing!r}")
        missing = () if handle_missing == "error" else (default_value,)
        if isinstance(attr_names, str):
            return self._read(attr_names, missing)
        values = [self._read(name, missing) for name in attr_names]
        return [list(of_one) for of_one in zip(*values, strict=True)] if values else [[] for _ in self.rows]

    def set(self, attr_name: str, value: Any) -> ConsumerSet:
        """Write a column of every consumer in the set.

        Parameters
        ----------
        attr_name : str
            A column, or a property of the consumers' class.
        value : number or array
            One value for all. Beyond Mesa: an array with a value for each consumer. In a column per firm,
            sector or cause, a one-dimensional array is one consumer's values and is given to all.

        Returns
        -------
        ConsumerSet
            The same set.

        Raises
        ------
        AttributeError
            No such column.
        TypeError, ValueError, OverflowError
            As :meth:`sim.columns.Columns.set`.
        """
        columns = self._columns
        if attr_name not in columns:
            if not any(hasattr(role, attr_name) for role in role_classes(self.model)):
                raise AttributeError(f"consumers have {no_such('column', attr_name, columns.row)}")
            for agent in self:
                setattr(agent, attr_name, value)
            return self
        values = np.asarray(value)
        if attr_name == "role":
            check_roles(values)
        if columns.is_wide(attr_name) and values.ndim == 1:
            values = values[:, np.newaxis]
        columns.set(attr_name, values, self._written)
        return self

    def agg(self, attribute: str, func: Function | Iterable[Function]) -> Any:
        """Aggregate an attribute by one function or several.

        Functions of numpy, and Python's ``sum``, ``min``, ``max`` and ``len``, work on the column at once, in
        float64 or int64 as they would on a list; any other function gets the list of values, as in Mesa.

        Parameters
        ----------
        attribute : str
        func : callable or iterable of callables

        Returns
        -------
        object
            What the function returns, or a list of what each of them returns.
        """
        values = self._values(attribute)
        as_list: list[Any] | None = None
        results = []
        for function in [func] if callable(func) else func:
            at_once = None if values is None else whole(function, values)
            if at_once is None and as_list is None:
                as_list = self.get(attribute)
            results.append(function(as_list) if at_once is None else at_once())
        return results[0] if callable(func) else results

    # ---------------------------------------------------------------- other sets

    def select(
        self,
        filter_func: Callable[[Consumer], bool] | None = None,
        at_most: float = math.inf,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> ConsumerSet:
        """Select consumers by a function, a number or share of them, or a class.

        :meth:`where` is much faster than a function when the condition is about columns.

        Parameters
        ----------
        filter_func : callable, optional
            Takes a consumer, returns whether to select it.
        at_most : int or float
            At most this number of consumers, the first that fit; a float up to 1.0 is a share of the set.
        inplace : bool
            Change this selection instead of returning another; refused on a live set.
        agent_type : type, optional
            Only consumers whose present role has this class, or a subclass of it.

        Raises
        ------
        TypeError
            ``inplace`` on a live set.
        """
        limit = limit_of(at_most, len(self))
        rows = self.rows
        if agent_type is not None:
            fits = np.array([issubclass(role, agent_type) for role in role_classes(self.model)])
            rows = rows[fits[self.column("role")]]
        if filter_func is not None:
            chosen = (row for row in rows.tolist() if filter_func(consumer_at(self.model, row)))
            rows = np.fromiter(itertools.islice(chosen, limit), dtype=np.intp)
        return self._kept(rows[:limit], inplace)

    def where(self, mask: npt.ArrayLike) -> ConsumerSet:
        """Select by an array of true and false: ``set.where(set.column("energy") > 0.5)``.

        Parameters
        ----------
        mask : array of bool, shape (consumers,)
            In the order of this set.

        Raises
        ------
        ValueError
            Not a boolean for each consumer.
        """
        chosen, rows = np.asarray(mask), self.rows
        if chosen.dtype != np.bool_ or chosen.shape != rows.shape:
            raise ValueError(
                f"where() takes an array of {rows.size} booleans, not {chosen.dtype} of shape {chosen.shape}"
            )
        return self._selection(rows[chosen])

    def shuffle(self, inplace: bool = False) -> ConsumerSet:
        """Return a selection of the same consumers in random order.

        Raises
        ------
        TypeError
            ``inplace`` on a live set.
        """
        return self._kept(self.rows[permutation(self.random, len(self))], inplace)

    def sort(self, key: str | Callable[[Consumer], Any], ascending: bool = False, inplace: bool = False) -> ConsumerSet:
        """Return a selection of the same consumers, sorted; equal ones keep their order.

        Parameters
        ----------
        key : str or callable
            An attribute, or a function of a consumer.
        ascending : bool
            Smallest first. As in Mesa, the default is largest first.
        inplace : bool
            Sort this selection itself.

        Raises
        ------
        TypeError
            ``inplace`` on a live set.
        """
        values = self._values(key) if isinstance(key, str) else None
        if values is not None and values.ndim == 1:
            order = np.argsort(values if ascending else -values, kind="stable")
        else:
            read = operator.attrgetter(key) if isinstance(key, str) else key
            keys = [read(agent) for agent in self]
            places = sorted(range(len(keys)), key=keys.__getitem__, reverse=not ascending)
            order = np.asarray(places, dtype=np.intp)
        return self._kept(self.rows[order], inplace)

    def groupby(
        self, by: str | Callable[[Consumer], Any], result_type: Literal["agentset", "list"] = "agentset"
    ) -> SetGroups:
        """Group the consumers by an attribute, or by what a function returns.

        Parameters
        ----------
        by : str or callable
        result_type : {"agentset", "list"}
            Groups as selections, or as lists of views.

        Returns
        -------
        SetGroups
            In the order in which the groups first appear.
        """
        values = self._values(by) if isinstance(by, str) else None
        members: dict[Any, npt.ArrayLike]
        if values is not None and values.ndim == 1:
            members = _rows_by_value(self.rows, values)
        else:
            keys = self.get(by) if isinstance(by, str) else [by(agent) for agent in self]
            found: dict[Any, list[int]] = {}
            for key, row in zip(keys, self.rows.tolist(), strict=True):
                found.setdefault(key, []).append(row)
            members = dict(found)
        groups = {key: self._selection(rows) for key, rows in members.items()}
        return SetGroups(groups if result_type == "agentset" else {k: list(g) for k, g in groups.items()})

    # ---------------------------------------------------------------- calls, one consumer at a time

    def do(self, method: str | Function, *args: Any, **kwargs: Any) -> ConsumerSet:
        """Call a method or function on everyone who is in the set at the start; return the same set."""
        for row in self.rows.tolist():
            call(consumer_at(self.model, row), method, args, kwargs)
        return self

    def shuffle_do(self, method: str | Function, *args: Any, **kwargs: Any) -> ConsumerSet:
        """As :meth:`do`, in random order (see ``random`` above)."""
        for row in self.rows[permutation(self.random, len(self))].tolist():
            call(consumer_at(self.model, row), method, args, kwargs)
        return self

    def map(self, method: str | Function, *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method or function on everyone and return the results."""
        return [call(consumer_at(self.model, row), method, args, kwargs) for row in self.rows.tolist()]

    # ---------------------------------------------------------------- refused

    def add(self, agent: Any) -> NoReturn:
        """Refuse.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            f"{agent!r} cannot be added: a set of consumers is fixed or follows their roles. "
            "To change a role, write the consumer's role; to make another set, use select(), where() or |"
        )

    def discard(self, agent: Any) -> NoReturn:
        """Refuse, whether the agent is in the set or not.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            f"{agent!r} cannot be removed: the consumers of a market are fixed. To make a smaller set, use "
            "select(), where() or -"
        )

    remove = discard

    def _update(self, agents: Iterable[Any]) -> ConsumerSet:
        """Become another selection; Mesa's base class requires the method."""
        chosen = self._from_iterable(agents)
        if not isinstance(chosen, ConsumerSet):
            raise TypeError("a set of consumers cannot hold other agents")
        return self._kept(chosen.rows, inplace=True)

    # ---------------------------------------------------------------- inside

    @property
    def _columns(self) -> Columns:
        columns: Columns = self.model.population.columns
        return columns

    @property
    def _written(self) -> Rows | None:
        """The rows as :class:`Columns` takes them, which is faster for everybody than for some."""
        return None if self._rows is None and self._role is None else self.rows

    def _selection(self, rows: npt.ArrayLike) -> ConsumerSet:
        return ConsumerSet(self.model, rows=rows, random=self.random)

    def _kept(self, rows: npt.ArrayLike, inplace: bool) -> ConsumerSet:
        """Return a selection of these rows, or become it."""
        if not inplace:
            return self._selection(rows)
        if self.live:
            raise TypeError("a live set follows the market and is not changed in place; leave out inplace=True")
        self._rows, self._held = np.asarray(rows, dtype=np.intp), None
        return self

    def _mask(self) -> npt.NDArray[np.bool_]:
        """For each consumer of the population, whether the set has it; kept for a selection."""
        if self._held is not None:
            return self._held
        held = np.zeros(self._columns.size, dtype=np.bool_)
        held[self.rows] = True
        if not self.live:
            self._held = held
        return held

    def _comparable(self, other: object) -> bool:
        return isinstance(other, ConsumerSet) and other.model.population is self.model.population

    def _from_iterable(self, agents: Iterable[Any]) -> MesaSet:
        """Make the result of a set operation, which may hold other agents too."""
        return self.model.gather_agents(agents, self.random)

    def _values(self, name: str) -> Array | None:
        """Values as a list of them would become in numpy, or None if no column holds them."""
        if name not in self._columns and name not in ("row", "unique_id"):
            return None
        values = self.column(name).T
        return values.astype(np.float64 if values.dtype.kind == "f" else np.int64)

    def _read(self, name: str, missing: tuple[Any, ...]) -> list[Any]:
        """Read one attribute of all; ``missing`` holds the default, or nothing to let errors through."""
        if name in self._columns or name in ("row", "unique_id"):
            values = self.column(name)
            return list(values.T) if values.ndim > 1 else values.tolist()
        if any(hasattr(role, name) for role in role_classes(self.model)):
            return [getattr(agent, name, *missing) for agent in self]
        if missing or not len(self):
            return list(missing) * len(self)
        raise AttributeError(f"consumers have {no_such('attribute', name, self._columns.row)}")


def _rows_by_value(rows: Rows, values: Array) -> dict[Any, npt.ArrayLike]:
    """Split rows by value, in the order in which each value first appears."""
    keys, first, group = np.unique(values, return_index=True, return_inverse=True)
    cuts = np.cumsum(np.bincount(group, minlength=keys.size))[:-1]
    members = np.split(rows[np.argsort(group, kind="stable")], cuts)
    return {keys[k].item(): members[k] for k in np.argsort(first)}
