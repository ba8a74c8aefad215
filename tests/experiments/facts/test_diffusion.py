"""The Bass model: its curve, and that a fit finds what made it."""

import numpy as np
import pytest

from experiments.facts.diffusion import Bass, adopters, bass_curve, fit_bass


@pytest.mark.parametrize(("p", "q"), [(0.01, 0.4), (0.03, 0.38), (0.004, 0.66), (0.2, 0.01)])
def test_a_fit_finds_p_and_q(p, q):
    years = np.arange(17, dtype=np.float64)
    found = fit_bass(np.diff(bass_curve(Bass(p, q, 1000.0), years)))
    assert found.innovation == pytest.approx(p, rel=0.02)
    assert found.imitation == pytest.approx(q, rel=0.05, abs=0.005)
    assert found.potential == pytest.approx(1000.0, rel=0.02)


def test_a_fit_of_quarters_gives_rates_a_year():
    quarters = 0.25 * np.arange(61, dtype=np.float64)
    found = fit_bass(np.diff(bass_curve(Bass(0.02, 0.4, 500.0), quarters)), period=0.25)
    assert (found.innovation, found.imitation) == pytest.approx((0.02, 0.4), rel=0.02)


def test_luck_moves_a_fit_little():
    mean = np.diff(bass_curve(Bass(0.02, 0.4, 3000.0), np.arange(16.0)))
    found = fit_bass(np.random.default_rng(6).poisson(mean).astype(float))
    assert found.innovation == pytest.approx(0.02, abs=0.006)
    assert found.imitation == pytest.approx(0.4, abs=0.06)


def test_the_curve_obeys_its_law():
    bass, step = Bass(0.05, 0.3, 1.0), 1e-5
    for year in (0.0, 2.0, 7.0):
        share, later = bass_curve(bass, np.array([year, year + step]))
        assert (later - share) / step == pytest.approx((0.05 + 0.3 * share) * (1 - share), rel=1e-3)


def test_nobody_adopts():
    assert np.isnan(fit_bass(np.zeros(10)).imitation)


def test_weeks_make_years_and_the_last_is_whole():
    assert adopters(np.ones(130)).tolist() == [52.0, 52.0]
