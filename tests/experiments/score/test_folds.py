"""Folds, intervals and shares inside; the order of the models on panels whose maker is known."""

import json
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from experiments.facts.choice_statistics import CHOICE_STATISTICS
from experiments.panel.interval import Interval
from experiments.score.folds import (
    WHOLE,
    FoldData,
    data_of,
    households_of,
    inside,
    put_together,
    score_fold,
    simulated_statistics,
    split,
)
from experiments.score.models import LOGITS
from experiments.score.study import Plan, run_study
from tests.experiments.panel.synthetic import blank, simulated
from tests.experiments.score.conftest import Coin, chosen_by, only


def test_every_household_is_held_out_once():
    panel = simulated(seed=1, households=43)
    parts = households_of(panel, 5, 1)
    assert sorted(np.concatenate(parts).tolist()) == list(range(43))
    assert {len(part) for part in parts} == {8, 9}
    assert not np.array_equal(parts[0], households_of(panel, 5, 2)[0])
    fitted, held_out = split(panel, 5, 0, 1)
    assert {*fitted.households, *held_out.households} == {*panel.households}
    assert not {*fitted.households} & {*held_out.households}


def test_the_folds_put_together_are_the_panel():
    panel = simulated(seed=2, households=31)
    parts = [split(panel, 5, fold, 3)[1].chosen[None] for fold in range(5)]
    assert np.array_equal(put_together(panel, parts, 3)[0], panel.chosen)


def test_inside_includes_the_bounds_and_leaves_out_what_is_not_known():
    data = FoldData(0, 9, {"repeat_rate": Interval(0.5, 0.4, 0.6), "inert": Interval(0.0, 0.0, 0.0)})
    assert inside(data, {"repeat_rate": 0.6, "inert": 0.0, "duplication": 1.0}) == {"repeat_rate": True, "inert": True}
    nan = float("nan")
    assert inside(data, {"repeat_rate": nan, "inert": 1e-9}) == {"repeat_rate": False, "inert": False}


def test_a_statistic_that_the_data_lack_is_left_out_for_all():
    panel = chosen_by(blank(households=20, brands=2, seed=3), appeal=[0.3, -0.3], spread=1.0, seed=3)
    data = data_of(panel, 2, 0, 1, resamples=20)
    assert "double_jeopardy" not in data.statistics
    assert "repeat_rate" in data.statistics
    found = run_study(Plan((panel,), (Coin(),), 2, 1, copies=2, resamples=20))
    assert found.panels[0].row("coin").statistics < 2 * len(CHOICE_STATISTICS)


def test_the_median_over_copies_can_be_nothing_at_all():
    """A share that is 0 in most copies is 0, as it is in the data."""
    panel = simulated(seed=4, households=12)
    chosen = np.stack([np.zeros(panel.occasions, dtype=np.int64)] * 3 + [panel.chosen])
    assert simulated_statistics(panel, chosen, 1)["inert"] == 0.0


def test_data_put_to_their_own_test_are_inside():
    """A chooser that repeats the data: all inside, for folds and whole panel; only ties can be broken by bounds."""

    class Copycat(Coin):
        def simulate(self, panel, seed):
            return panel

    panel = simulated(seed=5, households=60)
    found = run_study(Plan((panel,), (Copycat("copycat"),), 3, 1, copies=2, resamples=60)).panels[0]
    row = found.row("copycat")
    assert row.share > 0.9
    assert row.whole_share > 0.9


def test_log_likelihood_and_hit_rate_leave_the_first_choices_out():
    panel = simulated(seed=6, households=30)
    row = run_study(Plan((panel,), (Coin(),), 3, 1, copies=1, resamples=5)).panels[0].row("coin")
    later = ~panel.first
    assert row.choices == later.sum()
    assert row.log_likelihood == pytest.approx(-np.log(4))
    assert row.hit_rate == pytest.approx((panel.chosen[later] == 0).mean())


@pytest.mark.slow
def test_the_kind_that_made_the_data_scores_high_and_a_wrong_one_low(loyal_panel):
    """150 households, 3 folds, 9 copies: the mixed logit with last brand made them."""
    keys = ("logit", "logit_last", "mixed_last")
    models = tuple(replace(LOGITS[key], draws=32) for key in keys)
    found = run_study(Plan((loyal_panel,), models, 3, 1, copies=9, resamples=100)).panels[0]
    rows = {key: found.row(key) for key in keys}
    assert rows["mixed_last"].share > 0.8
    assert rows["mixed_last"].whole_share > 0.7
    assert rows["logit"].share < rows["mixed_last"].share - 0.3
    assert rows["logit_last"].share < rows["mixed_last"].share - 0.15
    assert rows["logit"].log_likelihood < rows["logit_last"].log_likelihood < rows["mixed_last"].log_likelihood


@pytest.mark.slow
def test_taste_alone_shows_no_more_repeats_than_chance():
    """120 households without taste or inertia: the plain logit is right, and taste for inertia is not invented."""
    panel = chosen_by(blank(households=120, seed=7), appeal=[0.5, 0.0, 0.0, -0.5], seed=8)
    found = run_study(Plan((panel,), (LOGITS["logit"],), 3, 1, copies=9, resamples=100)).panels[0]
    assert found.row("logit").share > 0.75


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing():
    panels = (
        simulated(seed=9, households=30),
        chosen_by(blank(households=30, brands=3, seed=10), appeal=[0.3, 0.0, -0.3], spread=1.0),
    )
    models = (replace(LOGITS["mixed_last"], draws=16), LOGITS["logit"])
    documents = [
        json.dumps(run_study(Plan(panels, models, 3, 1, copies=2, resamples=10), workers=workers).document())
        for workers in (1, 2)
    ]
    assert documents[0] == documents[1]


def test_the_seed_changes_the_folds_and_the_same_seed_nothing():
    panel = simulated(seed=11, households=24)
    plan = Plan((panel,), (LOGITS["logit_last"],), 2, 1, copies=2, resamples=5)
    first, again, other = (run_study(one) for one in (plan, plan, replace(plan, seed=2)))
    assert json.dumps(first.document()) == json.dumps(again.document())
    assert first.panels[0].data != other.panels[0].data


def test_a_model_s_score_does_not_depend_on_the_others():
    panel = simulated(seed=12, households=24)
    alone = score_fold(panel, LOGITS["logit"], 3, 1, 1, copies=2)[0]
    among = run_study(Plan((panel,), (Coin(), LOGITS["logit"]), 3, 1, copies=2, resamples=5)).panels[0]
    assert next(one for one in among.scores if one.model == "logit" and one.fold == 1) == alone


def test_what_fails_spoils_nothing_else():
    panel = simulated(seed=13, households=24)
    panel = replace(panel, households=tuple(f"h{i}" for i in range(24)))
    found = run_study(Plan((panel,), (Coin("bad", fails_at=3), Coin("good")), 3, 1, copies=1, resamples=5)).panels[0]
    assert [(one.model, one.error) for one in found.failures] == [("bad", "ValueError: no idea")]
    assert found.row("bad").folds == 2
    assert found.row("good").folds == 3
    assert "bad" not in found.together
    assert "good" in found.together


def test_a_wish_to_stop_keeps_what_is_finished():

    stop = threading.Event()
    panel = simulated(seed=14, households=24)
    found = run_study(
        Plan((panel,), (Coin(),), 3, 1, copies=1, resamples=5),
        on_progress=lambda done, _: stop.set() if done == 4 else None,
        stop=stop,
    )
    assert found.interrupted
    assert found.panels[0].row("coin").folds == 2


# --- panels of every shape -------------------------------------------------------------------------------------


def of_shape(shape):
    """Make a panel that is hard to estimate in one way."""
    panel = simulated(seed=20, households=24, mean_size=6)
    random = np.random.default_rng(1)
    own = np.arange(panel.occasions) - panel.starts[panel.household]
    if shape == "two brands":
        return chosen_by(blank(households=24, brands=2, seed=21), appeal=[0.3, -0.3], spread=1.0, seed=21)
    if shape == "no promotions":
        return replace(panel, feature=None, display=None)
    if shape == "missing prices":
        missing = random.random(panel.price.shape) < 0.3
        missing[np.arange(panel.occasions), panel.chosen] = False
        return replace(panel, price=np.where(missing, np.nan, panel.price))
    if shape == "one purchase each but for some":
        return only(panel, (own == 0) | (panel.household % 3 == 0))
    if shape == "hardly a second purchase":
        return only(panel, (own == 0) | (panel.household < 2))
    if shape == "a brand bought once":
        chosen = np.where(panel.chosen == 3, 0, panel.chosen)
        chosen[0] = 3
        return replace(panel, chosen=chosen)
    if shape == "a brand with a price only when bought":
        price = panel.price.copy()
        price[panel.chosen != 3, 3] = np.nan
        return replace(panel, price=price)
    if shape == "each its own brand for ever":
        return replace(panel, chosen=panel.household % 4)
    if shape == "always the cheapest":
        return replace(panel, chosen=panel.price.argmin(axis=1))
    assert shape == "sorted choices"
    starts = panel.starts
    return replace(panel, chosen=np.concatenate([np.sort(panel.chosen[a:b]) for a, b in pairwise(starts)]))


SHAPES = (
    "two brands",
    "no promotions",
    "missing prices",
    "one purchase each but for some",
    "hardly a second purchase",
    "a brand bought once",
    "a brand with a price only when bought",
    "each its own brand for ever",
    "always the cheapest",
    "sorted choices",
)


@pytest.mark.parametrize("shape", SHAPES)
def test_panels_of_every_shape_are_scored(shape):
    panel = of_shape(shape)
    models = (LOGITS["logit_last"], replace(LOGITS["mixed_last"], draws=8), replace(LOGITS["module"], draws=8))
    found = run_study(Plan((panel,), models, 2, 1, copies=2, resamples=10)).panels[0]
    assert found.failures == []
    assert found.whole is not None
    assert found.whole.fold == WHOLE
    for model in models:
        row = found.row(model.key)
        assert row.folds == 2
        assert row.statistics > 0 or shape == "hardly a second purchase"
        assert np.isfinite(row.log_likelihood)
        assert row.log_likelihood < 0


@pytest.mark.slow
def test_many_brands_are_scored():
    """Ten brands, most of them small."""
    panel = chosen_by(blank(households=40, brands=10, seed=22), appeal=np.linspace(1.5, -1.5, 10), spread=1.0, seed=23)
    models = (LOGITS["logit"], replace(LOGITS["mixed"], draws=8))
    found = run_study(Plan((panel,), models, 2, 1, copies=2, resamples=10)).panels[0]
    assert found.failures == []
    assert found.row("mixed").statistics == 2 * len(CHOICE_STATISTICS)
