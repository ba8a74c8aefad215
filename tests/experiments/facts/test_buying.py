"""The NBD of purchase counts, and the volume of the heaviest buyers."""

import numpy as np
import pytest

from experiments.facts.buying import fitted_nbd, heavy_share, nbd_distance


def nbd_counts(mean, shape, households, seed=3):
    random = np.random.default_rng(seed)
    return random.poisson(random.gamma(shape, mean / shape, households))


def test_counts_of_an_nbd_are_close_to_it():
    counts = nbd_counts(6.0, 0.5, 5000)
    found = fitted_nbd(counts, has_zeros=True)
    # Standard errors at 5,000 households: about 0.12 of the mean, 0.013 of the shape.
    assert found.mean == pytest.approx(6.0, abs=0.4)
    assert found.shape == pytest.approx(0.5, abs=0.05)
    assert nbd_distance(counts, has_zeros=True) < 0.02


def test_counts_that_all_are_alike_are_far_from_it():
    counts = np.random.default_rng(4).binomial(12, 0.9, 3000)
    assert nbd_distance(counts, has_zeros=True) > 0.2


def test_who_bought_nothing_may_be_unknown():
    counts = nbd_counts(6.0, 0.5, 8000)
    buyers = counts[counts > 0]
    assert fitted_nbd(buyers, has_zeros=False).shape == pytest.approx(0.5, abs=0.12)
    assert nbd_distance(buyers, has_zeros=False) < 0.02
    # Taken for all households, buyers alone are no NBD.
    assert nbd_distance(buyers, has_zeros=True) > 0.04


def test_the_distance_is_the_largest_gap_of_the_distribution_functions():
    from scipy.stats import nbinom

    counts = np.array([0, 0, 0, 1, 1, 2, 5, 9])
    fitted = fitted_nbd(counts, has_zeros=True)
    law = nbinom(fitted.shape, fitted.shape / (fitted.shape + fitted.mean))
    gaps = [abs((counts <= k).mean() - law.cdf(k)) for k in range(10)]
    assert nbd_distance(counts, has_zeros=True) == pytest.approx(max(gaps))


def test_the_share_of_the_heaviest_buyers():
    assert heavy_share(np.array([6, 1, 1, 1, 1, 0, 0])) == pytest.approx(0.6)
    assert heavy_share(np.array([3] * 10)) == pytest.approx(0.2)
    assert np.isnan(heavy_share(np.array([0, 0])))
