"""What advice is to look for, and how runs are spent on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.claims.measures import Measure

__all__ = ["Aim", "Plan"]


@dataclass(frozen=True)
class Aim:
    """A number that should be large, or small."""

    measure: Measure
    higher: bool = True


@dataclass(frozen=True)
class Plan:
    """How runs are spent.

    Attributes
    ----------
    decisions
        Of the search.
    futures
        Worlds in which each is tried, and futures at the best guess.
    strategies, worlds, guesses
        Strategies that are put to the test at most, worlds each meets, and futures of each at the best guess.
    """

    decisions: int
    futures: int
    strategies: int
    worlds: int
    guesses: int
    uncertain: bool

    @property
    def runs(self) -> int:
        """Runs at most."""
        each = self.futures * (2 if self.uncertain else 1)
        return self.decisions * each + self.strategies * (self.worlds + (self.guesses if self.uncertain else 0))
