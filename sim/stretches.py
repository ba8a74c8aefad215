"""Stretches of consumers: what is worked out consumer by consumer is done a stretch at a time, in several threads.

Temporary arrays are then as long as a stretch, whatever the population. Draws are addressed by consumer, so results do
not depend on where stretches begin, nor on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

__all__ = ["LENGTH", "Stretches"]

LENGTH = 65_536
"""Consumers of a stretch: a multiple of any width of tiles."""


class Stretches:
    """The stretches of a population.

    Parameters
    ----------
    size
        Number of consumers.
    threads
        How many stretches are worked on at once.
    """

    def __init__(self, size: int, threads: int = 1) -> None:
        self.size = size
        self._bounds = [(first, min(first + LENGTH, size)) for first in range(0, size, LENGTH)]
        self._threads = min(threads, len(self._bounds))

    def each(self, work: Callable[[int, int], object]) -> None:
        """Call a function with the first and the last consumer + 1 of every stretch, in no certain order."""
        if self._threads == 1:
            for first, last in self._bounds:
                work(first, last)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            for done in [pool.submit(work, first, last) for first, last in self._bounds]:
                done.result()
