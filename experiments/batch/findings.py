"""What is told of an experiment that was run: how far it has come, what failed, which runs there are, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Answer", "FactorInfo", "Failure", "Runs", "Status"]


@dataclass(frozen=True)
class Status:
    """How far an experiment has come.

    Attributes
    ----------
    planned, done, failed, crashed
        Runs.
    seconds
        Of all runs, one core.
    """

    planned: int
    done: int
    failed: int
    crashed: int
    seconds: float

    @property
    def missing(self) -> int:
        """Runs that have not been made."""
        return self.planned - self.done - self.failed - self.crashed

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.missing == 0


@dataclass(frozen=True)
class Failure:
    """A run that raised or crashed: which one, what it set, and what went wrong."""

    point: int
    arm: str
    replicate: int
    status: str
    settings: dict[str, Any]
    error: str
    trace: str


@dataclass(frozen=True)
class FactorInfo:
    """A factor: name, role, keys, and what is known of the values it can have."""

    name: str
    role: str
    keys: tuple[str, ...]
    described: dict[str, Any]


@dataclass(frozen=True)
class Runs:
    """The runs that are done, in order of points and replicates: their numbers, points (from 1) and replicates."""

    numbers: NDArray[np.int64]
    points: NDArray[np.int64]
    replicates: NDArray[np.int64]

    def __len__(self) -> int:
        """Count them."""
        return len(self.numbers)


@dataclass(frozen=True)
class Answer:
    """What a question in SQL gave: names of columns, rows, and whether more rows were left out."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool
