"""Consumers as Mesa agents: each a view on one row of the population's columns.

A view is made on demand, holds nothing but its market and its row, and may be thrown away. Reading or writing
one of its attributes reads or writes the columns, so every view of a consumer always agrees with every other.
"""

from __future__ import annotations

from typing import Any, NoReturn

import mesa
import numpy as np
import numpy.typing as npt

from sim.columns import no_such

ZAPPING = 0
MILITANT = 1

_SLOTS = ("model", "row", "unique_id")


class Consumer(mesa.Agent):
    """One consumer of a market.

    Every column is an attribute: ``consumer.energy``, ``consumer.role``. A column per firm, sector or cause
    is a one-dimensional array that writes through: ``consumer.taste[2] = 0.5``. A view keeps no state of its
    own, so an unknown attribute cannot be set.

    A view's class is the consumer's role when the view was made. If the role changes, a view in hand stays
    the same object, equal to newer ones, and :attr:`role_class` tells the present role.

    Attributes
    ----------
    model : sim.market.Market
    row : int
        The consumer's place in the columns, from 0.
    unique_id : int
        Mesa's identifier, unique among all agents of the market.
    """

    __slots__ = _SLOTS

    model: Any
    row: int
    unique_id: int
    pos = None

    def __init__(self, model: Any, *args: Any, **kwargs: Any) -> None:
        raise TypeError(
            "consumers are not made one by one: a market makes its whole population at once "
            "(set population.size in the scenario)"
        )

    @property
    def role_class(self) -> type[Consumer]:
        """The class of the role that the consumer has now."""
        return role_classes(self.model)[self.role]

    def step(self) -> None:
        """Live one week, as the engine that goes one consumer at a time does."""
        self.model.week_of(self.row)

    def remove(self) -> NoReturn:
        """Refuse: the population is fixed.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(f"{self!r} cannot leave: the consumers of a market are fixed; they only change role")

    def __getattr__(self, name: str) -> Any:
        """Read a column; Python asks here only for what the class does not define."""
        if name.startswith("_") or name in _SLOTS:
            # A view that is just being restored has no market yet; columns never begin with an underscore.
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        columns = self.model.population.columns
        if name in columns:
            return columns.at(name, self.row)
        raise AttributeError(f"{self!r} has {no_such('attribute', name, columns.row)}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a column, or a property of a subclass; refuse anything else."""
        columns = self.model.population.columns
        if name in columns:
            if name == "role":
                check_roles(value)
            columns.put(name, self.row, value)
        elif name not in _SLOTS and hasattr(getattr(type(self), name, None), "__set__"):
            object.__setattr__(self, name, value)
        elif hasattr(type(self), name):
            raise AttributeError(f"{self!r}: {name!r} cannot be set")
        else:
            raise AttributeError(
                f"{self!r} has {no_such('column', name, columns.row)} A consumer keeps no other state."
            )

    def __dir__(self) -> list[str]:
        """Offer the columns beside the methods, for completion."""
        return sorted({*super().__dir__(), *self.model.population.columns.row})

    def __eq__(self, other: object) -> bool:
        """Whether both are the same consumer of the same population, whatever role each was made in."""
        if not isinstance(other, Consumer):
            return NotImplemented
        return self.row == other.row and self.model.population is other.model.population

    def __hash__(self) -> int:
        """Hash the identifier alone, because a view may be restored before its market is."""
        return hash(self.unique_id)

    def __repr__(self) -> str:
        """Role and identifier."""
        return f"<{type(self).__name__} {self.unique_id}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as market and row; a deep copy belongs to a deep copy of the market."""
        return _view, (type(self), self.model, self.row, self.unique_id)


class ZappingConsumer(Consumer):
    """A consumer who moves from brand to brand as it suits."""

    __slots__ = ()


class MilitantClient(Consumer):
    """A client who gives time and energy to a cause, for or against a firm."""

    __slots__ = ()


ROLES: tuple[type[Consumer], ...] = (ZappingConsumer, MilitantClient)
"""The class of each code of the column ``role``."""


def role_classes(model: Any) -> tuple[type[Consumer], ...]:
    """Return the class of each role in this market, which may have its own subclasses of :data:`ROLES`."""
    return model.zapping_class, model.militant_class


def consumer_at(model: Any, row: int) -> Consumer:
    """Make a view on a consumer, of the class of its present role.

    Parameters
    ----------
    model : sim.market.Market
    row : int
        From 0 to the number of consumers.

    Raises
    ------
    IndexError
        There is no such consumer.
    """
    role = model.population.columns.at("role", row)
    return _view(role_classes(model)[role], model, row, model.first_consumer_id + row)


def check_roles(roles: npt.ArrayLike) -> None:
    """Refuse codes that stand for no role.

    Raises
    ------
    ValueError
    """
    if not np.isin(roles, (ZAPPING, MILITANT)).all():
        raise ValueError(f"role is {ZAPPING} (zapping) or {MILITANT} (militant)")


def _view(made_as: type[Consumer], model: Any, row: int, unique_id: int) -> Consumer:
    """Make a view without the constructor, which would register it with Mesa as a new agent."""
    view = object.__new__(made_as)
    object.__setattr__(view, "model", model)
    object.__setattr__(view, "row", row)
    object.__setattr__(view, "unique_id", unique_id)
    return view
