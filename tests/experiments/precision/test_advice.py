"""The advised ensemble is good enough, and no other of its kind is cheaper."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.precision.advice import (
    FEWEST,
    NORMAL,
    Advice,
    Need,
    cheapest,
    error_at,
    futures_needed,
    sizes_between,
)
from experiments.precision.laws import Bounded, CostLaw, ErrorLaw

COST = CostLaw(0.05, 1e-7)
WEEKS = 104


def law(bias=0.0, lasting=0.0, sampling=0.1, *, clear=False):
    half = abs(bias) / 2 if clear else abs(bias) + 1e-12
    return ErrorLaw(
        level=Bounded(1.0, 0.9, 1.1),
        bias=Bounded(bias, bias - half, bias + half),
        lasting=Bounded(lasting, lasting, lasting),
        sampling=Bounded(sampling, sampling, sampling),
        sizes=(500, 1000, 5000),
        replicates=(32,) * 3,
        means=(1.0,) * 3,
        variances=(1.0,) * 3,
        fits=True,
        draws=np.tile([1.0, bias, lasting, sampling], (10, 1)),
    )


def best(*asked) -> Advice:
    found = cheapest(*asked)
    assert found is not None
    return found


def test_the_error_is_bias_and_chance():
    known = law(bias=-9.0, lasting=4e-5, clear=True)
    assert error_at(known, 1000, 16) == pytest.approx(0.009 + NORMAL * np.sqrt(1.4e-4 / 16))
    # A bias whose interval holds 0 is not counted.
    assert error_at(law(bias=-9.0), 1000, 16) == pytest.approx(NORMAL * np.sqrt(1e-4 / 16))


@pytest.mark.parametrize("error", [0.02, 0.01, 0.003])
def test_what_is_advised_is_enough_and_the_best(error):
    need = Need(law(bias=-2.0, lasting=4e-5, clear=True), error)
    found = best([need], COST, WEEKS, 500, 1e6)
    assert error_at(need.law, found.consumers, found.replicates) <= error * (1 + 1e-9)
    for size in sizes_between(500, 1e6):
        wanted = futures_needed(need, size)
        if wanted is not None:
            assert found.seconds <= COST.seconds(size, WEEKS, max(wanted, FEWEST)) * (1 + 1e-12)


def test_luck_that_lasts_is_met_by_futures_and_not_by_consumers():
    lucky = best([Need(law(lasting=1e-2, sampling=0.1), 0.01)], COST, WEEKS, 500, 1e6)
    # The optimum of R (c0 + c1 N W) with R = k (a + b/N) is N = sqrt(b c0 / (a c1 W)); here 219, below the smallest.
    assert lucky.consumers == 500
    assert lucky.replicates == np.ceil(NORMAL**2 * (1e-2 + 0.1 / 500) / 1e-4)


def test_the_optimum_is_that_of_the_formula():
    # N = sqrt(b c0 / (a c1 W)) = sqrt(1.0 * 0.05 / (1e-5 * 1e-7 * 104)) = 21,926; the nearest round sizes are tried.
    found = best([Need(law(lasting=1e-5, sampling=1.0), 0.0005)], COST, WEEKS, 500, 1e6)
    assert found.consumers in (20_000, 30_000)


def test_bias_asks_for_consumers():
    need = Need(law(bias=-9.0, sampling=1e-6, clear=True), 0.001)
    found = best([need], COST, WEEKS, 500, 1e6)
    # At the end of its interval, 13.5 / N, bias may take a third of the error: N >= 40,500.
    assert found.consumers == 50_000
    assert cheapest([need], COST, WEEKS, 500, 30_000) is None


def test_all_needs_are_met_together():
    needs = [Need(law(bias=-9.0, sampling=1e-6, clear=True), 0.001), Need(law(lasting=1e-3), 0.005)]
    found = best(needs, COST, WEEKS, 500, 1e6)
    assert found.consumers >= 50_000
    assert all(error_at(need.law, found.consumers, found.replicates) <= need.error * (1 + 1e-9) for need in needs)


def test_no_ensemble_is_too_small_to_show_its_own_error():
    found = best([Need(law(sampling=0.0), 0.01)], COST, WEEKS, 500, 1e6)
    assert (found.consumers, found.replicates) == (500, FEWEST)
    assert (found.fewest, found.most) == (FEWEST, FEWEST)


def test_what_is_out_of_reach_is_said():
    assert cheapest([Need(law(lasting=1.0), 1e-6)], COST, WEEKS, 500, 1e6) is None


def test_sizes_are_round_numbers_within_bounds():
    assert list(sizes_between(500, 5000)) == [500, 700, 1000, 1500, 2000, 3000, 5000]
    assert list(sizes_between(13, 20)) == [13, 15, 20]
    assert list(sizes_between(500, 100)) == [500]
