"""Stretches of consumers, and what is drawn over them."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from sim.market import Market
from sim.stretches import LENGTH, Stretches


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("size", [1, LENGTH - 1, LENGTH, LENGTH + 1, 5 * LENGTH + 7])
def test_every_consumer_is_in_one_stretch(size, threads):
    times, lock = np.zeros(size, int), threading.Lock()

    def note(first, last):
        with lock:
            times[first:last] += 1

    Stretches(size, threads).each(note)
    assert (times == 1).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_what_fails_in_a_stretch_is_raised(threads):
    def fail(first, last):
        raise OverflowError(f"{first} to {last}")

    with pytest.raises(OverflowError):
        Stretches(LENGTH + 1, threads).each(fail)


@pytest.mark.parametrize("kind", ["small_world", "scale_free"])
def test_consumers_are_the_same_for_any_number_of_threads(kind):
    """Also in what is drawn by place on the ring, and where the last stretch is short."""
    settings = {"population.size": LENGTH + 999, "population.represents": 1e6, "network.kind": kind}
    one, two = (Market("tsunami", threads=threads, weeks=1, **settings).population for threads in (1, 2))
    assert (one.columns.numbers == two.columns.numbers).all()
    assert (one.columns.codes == two.columns.codes).all()
    assert (one.columns.tags == two.columns.tags).all()
    assert (one.peers == two.peers).all()
    assert len(one.get("values")) > 0
