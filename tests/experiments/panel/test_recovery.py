"""Known tastes are found again from the choices they lead to."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.panel.interval import Interval
from experiments.panel.likelihood import design
from experiments.panel.logit import fit
from experiments.panel.market_map import arranged
from experiments.panel.repeats import repeats
from experiments.panel.replay import matched_inertia, replayed
from tests.experiments.panel.synthetic import Truth, mapped, simulated

NAMES = ("price_mean", "price_sd", "inertia_mean", "inertia_sd", "feature", "display")


def compared(model, truth):
    """Give (estimate, standard error, truth) for all parameters."""
    found = np.array([getattr(model, name) for name in NAMES] + [*model.appeal, *model.taste_spreads])
    errors = [*model.errors["appeal"], *model.errors["taste_spreads"]]
    error = np.array([float(model.errors[name]) for name in NAMES] + errors)
    true = np.array([getattr(truth, name) for name in NAMES] + [*truth.appeal, *truth.taste_spreads])
    return found, error, true


@pytest.fixture(scope="module")
def panel():
    return simulated(households=300, mean_size=12, seed=3)


@pytest.fixture(scope="module")
def model(panel):
    return fit(panel, draws=64)


def test_one_panel_gives_its_truth_within_three_standard_errors(model):
    found, error, true = compared(model, Truth())
    assert model.converged
    assert (np.abs(found - true) < 3 * error).all()
    # The errors themselves must be small enough to say something.
    assert (error < [0.15, 0.2, 0.12, 0.25, 0.2, 0.2, *[0.2] * 4, *[0.3] * 4]).all()


@pytest.mark.slow
def test_a_market_map_is_found_again():
    """300 households of 12 purchases of eight brands: places within three standard errors, which are below 0.6."""
    truth = mapped()
    panel = simulated(truth, households=300, mean_size=12, seed=4, brands=8)
    model = fit(panel, draws=64, dimensions=2)
    task = design(panel, spreads="own", price="censored", dimensions=2)
    point = np.zeros(len(task.names))
    point[task.places] = np.delete(truth.places - truth.places[task.base], task.base, axis=0).T.ravel()
    expected = arranged(point, task, np.bincount(panel.chosen) / panel.occasions)
    error = model.errors["places"]
    assert (error < 0.6).all()
    assert (np.abs(model.places - expected) < 3 * error).all()
    found, error, true = compared(model, truth)
    assert (np.abs(found - true) < 3.5 * error).all()


def test_fitting_is_repeatable(panel, model):
    assert fit(panel, draws=64).parameters.tolist() == model.parameters.tolist()


def test_units_of_price_do_not_matter(panel, model):
    in_cents = fit(replace(panel, price=100 * panel.price), draws=64)
    assert in_cents.price_mean == pytest.approx(model.price_mean / 100, rel=1e-3)
    assert in_cents.mean_elasticity == pytest.approx(model.mean_elasticity, rel=1e-3)


def test_the_elasticity_is_the_effect_of_a_price_rise(panel, model):
    from experiments.panel.simulate import simulate

    rise = 1.02
    for brand in range(2):
        price = panel.price.copy()
        price[:, brand] *= rise
        before = np.mean([(simulate(panel, model, seed=(1, s)).chosen == brand).mean() for s in range(40)])
        after = np.mean(
            [(simulate(replace(panel, price=price), model, seed=(1, s)).chosen == brand).mean() for s in range(40)]
        )
        # Same luck on both sides; inertia carries a rise on, so the simulated effect may be a little larger.
        assert np.log(after / before) / np.log(rise) == pytest.approx(model.elasticity[brand], rel=0.2)


def test_a_panel_without_promotions_has_no_effects_of_them():
    model = fit(simulated(Truth(feature=None, display=None), households=60, promoted=False), draws=32)
    assert model.feature is None
    assert model.display is None


def test_matched_inertia_replays_the_excess(panel, model):
    excess, breadth = replayed(panel, model, 1)
    wanted = repeats(panel).excess()
    matched = matched_inertia(panel, model, Interval(wanted, wanted - 0.01, wanted + 0.01), excess.value, 1)
    again, _ = replayed(panel, replace(model, inertia_mean=matched.value), 1)
    assert again.value == pytest.approx(wanted, abs=1e-3)
    assert matched.low < matched.value < matched.high
    assert abs(matched.value - Truth().inertia_mean) < 0.25
    assert breadth.low <= (panel.counts > 0).sum(axis=1).mean() <= breadth.high


@pytest.mark.heavy
@pytest.mark.parametrize("start", ["stationary", "drop"])
def test_over_an_ensemble_estimates_are_unbiased_and_intervals_honest(start):
    """24 panels of 300 households and about ten occasions.

    The mean of the estimates lies within 0.1 of the truth in utility; 95 % intervals hold the truth in
    85 % of all cases at least. Leaving the first occasion out inflates the inertia, by about 0.06.
    """
    rows = [compared(fit(simulated(households=300, seed=s), start=start, draws=64), Truth()) for s in range(24)]
    found, error, true = (np.array([row[part] for row in rows]) for part in range(3))
    bias = (found - true).mean(axis=0)
    assert (np.abs(bias) < 0.1).all()
    assert (np.abs(found - true) < 1.96 * error).mean() > 0.88
    if start == "stationary":
        assert abs(bias[NAMES.index("inertia_mean")]) < 0.04
    else:
        assert bias[NAMES.index("inertia_mean")] > 0.03
