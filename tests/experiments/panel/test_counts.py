import numpy as np
import pytest

from experiments.panel.counts import SMALLEST_SHAPE, dirichlet_sum, fit_nbd


def bought(mean, shape, households, seed):
    random = np.random.default_rng(seed)
    return random.poisson(random.gamma(shape, mean / shape, households))


@pytest.mark.parametrize(
    ("mean", "shape", "counted_from", "errors"),
    [
        (10.0, 0.8, 1, (0.010, 0.017)),
        (10.0, 0.8, 2, (0.013, 0.028)),
        (10.0, 0.8, 5, (0.023, 0.045)),
        (5.0, 0.4, 1, (0.022, 0.035)),
        (5.0, 0.4, 2, (0.029, 0.048)),
        (5.0, 0.4, 5, (0.098, 0.127)),
    ],
)
def test_the_nbd_is_found_behind_its_truncation(mean, shape, counted_from, errors):
    # `errors` are the relative standard errors with 20,000 households, measured over 30 samples.
    counts = bought(mean, shape, 20_000, seed=1)
    found = fit_nbd(counts[counts >= counted_from], counted_from)
    assert found.mean == pytest.approx(mean, rel=3 * errors[0])
    assert found.shape == pytest.approx(shape, rel=3 * errors[1])
    assert found.reach == pytest.approx((counts > 0).mean(), abs=0.12 if counted_from == 5 else 0.03)
    assert not found.on_bound


def test_ignoring_the_truncation_would_mislead():
    counts = bought(5.0, 0.4, 20_000, seed=1)
    truncated = fit_nbd(counts[counts >= 5], 5)
    naive = fit_nbd(counts[counts >= 5], 1)
    assert naive.mean > 2 * truncated.mean


def test_counts_too_unequal_for_a_gamma_end_on_the_bound():
    found = fit_nbd(np.repeat([1, 400], [500, 3]))
    assert found.on_bound
    assert found.shape == pytest.approx(SMALLEST_SHAPE, rel=0.02)


@pytest.mark.parametrize("total", [1.0, 3.0, 8.0])
def test_the_dirichlet_sum_is_found(total):
    # 3,000 households of ten purchases: the standard error is about 3 %.
    random = np.random.default_rng(3)
    chances = random.dirichlet(total * np.array([0.5, 0.3, 0.2]), 3000)
    counts = np.stack([random.multinomial(10, chance) for chance in chances])
    assert dirichlet_sum(counts) == pytest.approx(total, rel=0.1)


def test_a_brand_without_buyers_does_not_disturb():
    counts = np.random.default_rng(3).integers(0, 5, (200, 3)) + 1
    assert dirichlet_sum(np.column_stack([counts, np.zeros(200, dtype=int)])) == pytest.approx(dirichlet_sum(counts))
