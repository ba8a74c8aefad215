"""The models recover what made a panel, foretell without looking ahead, and choose as they were fitted."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.panel.data import Panel
from experiments.panel.likelihood import design
from experiments.score.models import LOGITS, Logit
from experiments.score.protocol import hits, log_likelihood
from tests.experiments.panel.synthetic import Truth, blank, simulated
from tests.experiments.score.conftest import chosen_by

STANDARD = ("logit", "logit_last", "mixed", "mixed_last")


def named(fitted):
    """Parameters by name, price per unit of currency."""
    found = dict(zip(fitted.task.names, fitted.vector, strict=True))
    for name in ("price_mean", "price_sd"):
        if name in found:
            found[name] /= fitted.task.price_unit
    return found


def test_the_logit_recovers_constants_price_feature_and_last_brand():
    """3,000 households of 10 purchases; tolerance about four standard errors."""
    truth = {"appeal": [0.4, 0.0, -0.2, -0.6], "beta": 1.2, "inertia": 0.8, "feature": 0.7}
    panel = chosen_by(blank(households=3000, seed=1), **truth, seed=2)
    found = named(LOGITS["logit_last"].fit(panel, 1))
    base = panel.brands[design(panel).base]
    assert base == "A"
    assert found["appeal.B"] == pytest.approx(-0.4, abs=0.1)
    assert found["appeal.D"] == pytest.approx(-1.0, abs=0.15)
    assert found["price_mean"] == pytest.approx(1.2, abs=0.12)
    assert found["inertia_mean"] == pytest.approx(0.8, abs=0.08)
    assert found["feature"] == pytest.approx(0.7, abs=0.12)
    assert found["display"] == pytest.approx(0.0, abs=0.12)


@pytest.mark.slow
def test_the_mixed_logit_recovers_each_brand_s_own_spread():
    """600 households of 15 purchases; tolerance about four standard errors."""
    panel = chosen_by(
        blank(households=600, mean_size=15, seed=5),
        appeal=[0.5, 0.2, -0.2, -0.5], spread=[2.0, 0.4, 1.0, 1.0], beta=2.0, beta_sd=0.8, feature=1.0, seed=6,
    )  # fmt: skip
    found = named(LOGITS["mixed"].fit(panel, 1))
    assert found["taste_spread.A"] == pytest.approx(2.0, abs=0.5)
    assert found["taste_spread.B"] == pytest.approx(0.4, abs=0.5)
    assert found["taste_spread.A"] > found["taste_spread.C"] + 0.3 > found["taste_spread.B"] + 0.3
    assert found["price_mean"] == pytest.approx(2.0, abs=0.35)
    assert found["price_sd"] == pytest.approx(0.8, abs=0.35)
    assert found["inertia_mean"] == 0.0


@pytest.mark.slow
def test_the_mixed_logit_tells_inertia_from_taste(loyal_panel):
    """150 households, true inertia 0.5: within 0.35; the logit takes taste for inertia."""
    mixed = named(LOGITS["mixed_last"].fit(loyal_panel, 1))
    plain = named(LOGITS["logit_last"].fit(loyal_panel, 1))
    assert mixed["inertia_mean"] == pytest.approx(0.5, abs=0.35)
    assert mixed["inertia_sd"] == 0.0
    assert plain["inertia_mean"] > 1.2


@pytest.mark.slow
def test_the_mixed_logit_foretells_better_than_the_logit(loyal_panel):
    fitted_to, held_out = loyal_panel.of_households(np.arange(100)), loyal_panel.of_households(np.arange(100, 150))
    per_choice, rate = {}, {}
    for key in STANDARD:
        predictions = LOGITS[key].fit(fitted_to, 1).predict(held_out, 1)
        values, choices = log_likelihood(predictions, held_out)
        per_choice[key] = values.sum() / choices
        rate[key] = hits(predictions, held_out)[0] / choices
    assert per_choice["logit"] < per_choice["logit_last"] - 0.02 < per_choice["mixed"] - 0.04
    assert rate["logit"] < rate["mixed"]


def test_no_prediction_looks_ahead():
    """What a household does last changes nothing that was said of it before."""
    panel = simulated(seed=8, households=30)
    last = panel.starts[1:] - 1
    other = panel.chosen.copy()
    other[last] = (other[last] + 1) % len(panel.brands)
    changed = replace(panel, chosen=other)
    fitted = Logit("m", mixed=False, last="fixed").fit(panel, 1)
    before, after = fitted.predict(panel, 1), fitted.predict(changed, 1)
    earlier = np.setdiff1d(np.arange(panel.occasions), last)
    assert np.array_equal(before.log_probability[earlier], after.log_probability[earlier])
    assert not np.array_equal(before.log_probability[last], after.log_probability[last])


@pytest.mark.parametrize("start", ["none", "stationary", "drop"])
def test_predictions_of_a_mixed_model_add_up_to_its_likelihood_given_the_first_choice(start):
    """With points from the population the sum is exact: log P(all) - log P(first), or log P(later) for "drop"."""
    from experiments.panel.draws import population_draws
    from experiments.panel.foretell import foretell
    from experiments.panel.likelihood import log_likelihoods

    panel = simulated(seed=9, households=12, mean_size=6)
    task = design(panel, spreads="own", price="normal")
    vector = np.random.default_rng(1).normal(0.3, 0.3, len(task.names))
    points = population_draws(12, task, 64, 1)
    found = foretell(panel, task, points, start, vector)
    whole = log_likelihoods(vector, task, points, start, scores=False)[0]
    summed = np.bincount(panel.household, weights=np.where(panel.first, 0.0, found.log_probability))
    first = 0.0 if start == "drop" else found.log_probability[panel.first]
    assert summed + first == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("start", ["none", "stationary", "drop"])
@pytest.mark.parametrize("price", ["normal", "lognormal"])
def test_the_gradient_of_spreads_by_brand_and_of_normal_price_effects_is_right(start, price):
    """Against central differences."""
    from experiments.panel.draws import population_draws
    from experiments.panel.likelihood import log_likelihoods

    panel = simulated(seed=10, households=15, mean_size=6)
    task = design(panel, spreads="own", price=price)
    vector = np.random.default_rng(2).normal(0.4, 0.2, len(task.names))
    points = population_draws(15, task, 16, 1)
    scores = log_likelihoods(vector, task, points, start)[1]
    for index in range(len(vector)):
        shift = np.zeros(len(vector))
        shift[index] = 1e-5
        above, below = (log_likelihoods(vector + d, task, points, start, scores=False)[0] for d in (shift, -shift))
        assert scores[:, index] == pytest.approx((above - below) / 2e-5, abs=1e-6), task.names[index]


def test_a_held_out_panel_is_laid_out_like_the_fitted_one():
    """Units, base and promotions come from the panel that was fitted, whatever the other lacks."""
    panel = simulated(seed=11, households=20)
    dear = replace(panel, price=panel.price * 3, feature=None, chosen=np.full(panel.occasions, 3))
    task = design(dear, like=design(panel))
    assert task.price_unit == design(panel).price_unit
    assert task.base == design(panel).base
    assert task.names == design(panel).names
    assert (task.attributes[:, :, 1] == 0).all()


@pytest.mark.parametrize("key", LOGITS)
def test_simulated_choices_are_those_of_the_seed_and_never_of_what_is_not_on_sale(key):
    panel = simulated(seed=12, households=40)
    price = panel.price.copy()
    price[(np.arange(panel.occasions) % 2 == 0) & (panel.chosen != 3), 3] = np.nan
    panel = replace(panel, price=price)
    fitted = replace(LOGITS[key], draws=16).fit(panel, 1)
    first, again, other = (fitted.simulate(panel, seed) for seed in (1, 1, 2))
    assert isinstance(first, Panel)
    assert np.array_equal(first.chosen, again.chosen)
    assert not np.array_equal(first.chosen, other.chosen)
    assert not np.isnan(price[np.arange(panel.occasions), first.chosen]).any()
    assert np.array_equal(first.price, panel.price, equal_nan=True)


@pytest.mark.slow
def test_the_module_is_the_consumer_that_import_panel_estimates():
    """Same likelihood, same search: the parameters of both agree."""
    from experiments.panel.logit import fit

    panel = simulated(Truth(), seed=13, households=60)
    consumer = fit(panel, seed=1)
    module = LOGITS["module"].fit(panel, 1)
    assert module.vector == pytest.approx(consumer.parameters, abs=1e-9)
