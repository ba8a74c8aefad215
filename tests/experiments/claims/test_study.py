"""Claims put to the test: on markets whose effects are known, and on a small real one."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from experiments.claims import study as module
from experiments.claims.arms import Size, load_case
from experiments.claims.findings import Claims
from experiments.claims.measures import Measure
from experiments.claims.measures import numbers as numbers_of
from experiments.claims.study import Study, plan_of
from experiments.replicate import Run
from experiments.runs import run_replicates
from sim.scenario import load

SCENARIO = """
extends = "baseline"
[claim]
en = "A dearer Nova sells less."
fr = "Plus chère, Nova vend moins."
[claim.without]
"firm.Nova.levers.price" = 10.0
[[claim.figure]]
key = "share"
of = "Nova"
expected = "-"
[claim.region]
"mechanisms.sincerity.asymmetry" = [1.0, 4.0]
"network.peers" = [2, 20]
[claim.carried_by]
"mechanisms.purchase.enabled" = false
[[firm]]
name = "Nova"
levers = { price = 12.0 }
"""
SIZE = Size(consumers=100)


def case_of(path):
    return load_case(str(path))


def run_of(number, status, record):
    return Run(number, status, 0.0, record, "broke" if status == "failed" else "")


class Markets:
    """Markets in which the share is noise plus what `effect` says, and a list of those that were run."""

    def __init__(self, effect):
        self.effect = effect
        self.ran = []
        self.fails: tuple[int, ...] = ()
        self.stops_after = None

    def run(self, scenario, *, replicates, on_run, stop, **_):
        self.ran.append(scenario)
        if self.stops_after is not None and len(self.ran) > self.stops_after:
            stop.set()
        runs = []
        for number in range(replicates):
            status = "stopped" if stop.is_set() else "failed" if number in self.fails else "done"
            runs.append(run_of(number, status, (scenario, number)))
            on_run(runs[-1])
        return runs

    def numbers(self, record, measures):
        scenario, replicate = record
        luck = np.random.default_rng(replicate).normal(0.3, 0.05)
        return [luck + self.effect(scenario, replicate) for _ in measures]


def judgement(study, plan):
    return study.judge(plan)


def price(scenario):
    return next(firm for firm in scenario.firms if firm.name == "Nova").levers.price


@pytest.fixture
def judged(monkeypatch, tmp_path):
    def judge(effect, *, text=SCENARIO, replicates=20, **plan):
        markets = Markets(effect)
        monkeypatch.setattr(module, "run_replicates", markets.run)
        monkeypatch.setattr(module, "numbers", markets.numbers)
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        made = plan_of(case_of(path), SIZE, **plan)
        return Study([made], SIZE, replicates=replicates).judge(made), markets

    return judge


def noise(scenario, replicate, size=0.001):
    """Luck that the two markets do not share."""
    return np.random.default_rng([replicate, int(price(scenario))]).normal(0.0, size)


def test_a_steady_effect_holds_everywhere(judged):
    result, markets = judged(lambda s, r: -0.02 * price(s) + noise(s, r))
    assert result.verdict == "holds"
    assert result.points[0].answers[0].effect.value == pytest.approx(-0.04, abs=0.01)
    assert len(result.points) == 1 + 4 + 4
    assert result.halves == ["holds", "holds"]
    assert result.is_stable
    assert len(markets.ran) == 2 * (9 + 1)


def test_no_effect_does_not_hold_here(judged):
    result, _ = judged(lambda s, r: 0.01 * price(s) + noise(s, r))
    assert result.verdict == "not_here"
    assert result.ablation.verdict == "not_judged"


def test_an_effect_that_needs_a_parameter_holds_only_if(judged):
    result, _ = judged(lambda s, r: -0.02 * price(s) * (s.network.peers > 2) + noise(s, r))
    assert result.verdict == "only_if"
    fails = [point.settings for point in result.points if point.outcome == "fail"]
    assert fails
    assert all(settings["network.peers"] == 2 for settings in fails)


def test_too_much_noise_is_undecided(judged):
    result, _ = judged(lambda s, r: noise(s, r, size=0.5))
    assert result.verdict == "undecided"


def test_without_its_carrier_the_effect_vanishes_or_not(judged):
    carried, _ = judged(lambda s, r: -0.02 * price(s) * s.mechanisms.purchase.enabled + noise(s, r))
    assert carried.ablation.verdict == "carried"
    other, _ = judged(lambda s, r: -0.02 * price(s) + noise(s, r))
    assert other.ablation.verdict == "not_alone"


def test_a_moderated_effect_is_a_difference_of_differences(judged):
    text = SCENARIO.replace("[claim.region]", '[claim.moderator]\n"network.peers" = 3\n[claim.region]')
    result, _ = judged(lambda s, r: -0.02 * price(s) * (2.5 if s.network.peers == 3 else 1.0), text=text)
    assert result.points[0].answers[0].effect.value == pytest.approx(-0.04 * 1.5)
    assert result.moderator == {"network.peers": 3}
    same, _ = judged(lambda s, r: -0.02 * price(s), text=text)
    assert same.points[0].answers[0].effect.value == pytest.approx(0.0)
    assert same.verdict == "not_here"


def test_the_region_can_be_left_out(judged):
    result, markets = judged(lambda s, r: -0.02 * price(s) + noise(s, r), with_region=False)
    assert len(result.points) == 1
    assert not result.region
    assert len(markets.ran) == 4


def test_a_market_that_several_claims_need_is_run_once(monkeypatch, tmp_path):
    markets = Markets(lambda s, r: -0.02 * price(s))
    monkeypatch.setattr(module, "run_replicates", markets.run)
    monkeypatch.setattr(module, "numbers", markets.numbers)
    plans = []
    for name, dear in (("one", 12.0), ("two", 14.0)):
        path = tmp_path / f"{name}.toml"
        path.write_text(SCENARIO.replace("price = 12.0", f"price = {dear}"), encoding="utf-8")
        plans.append(plan_of(case_of(path), SIZE, with_region=False))
    study = Study(plans, SIZE, replicates=10)
    results = [judgement(study, plan) for plan in plans]
    effects = [result.points[0].answers[0].effect.value for result in results]
    assert effects == pytest.approx([-0.04, -0.08])
    # Each has a market of its own and one without the carrier; the counterfactuals of both are the same two.
    assert len(markets.ran) == 2 + 2 + 2


def test_runs_that_fail_are_left_out_and_counted(monkeypatch, tmp_path):
    markets = Markets(lambda s, r: -0.02 * price(s))
    markets.fails = (2, 5)
    monkeypatch.setattr(module, "run_replicates", markets.run)
    monkeypatch.setattr(module, "numbers", markets.numbers)
    path = tmp_path / "own.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    plan = plan_of(case_of(path), SIZE, with_region=False)
    study = Study([plan], SIZE, replicates=10)
    result = judgement(study, plan)
    effect = result.points[0].answers[0].effect
    assert (effect.pairs, effect.replicates) == (8, 10)
    assert result.failures == 8
    assert study.errors[0] == "own: broke"


def test_a_claim_that_is_cut_short_is_not_judged(monkeypatch, tmp_path):
    markets = Markets(lambda s, r: -0.02 * price(s))
    markets.stops_after = 3
    monkeypatch.setattr(module, "run_replicates", markets.run)
    monkeypatch.setattr(module, "numbers", markets.numbers)
    path = tmp_path / "own.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    plan = plan_of(case_of(path), SIZE)
    study = Study([plan], SIZE, replicates=5, stop=threading.Event())
    assert study.judge(plan) is None
    assert len(markets.ran) == 4


def test_results_are_the_same_after_a_trip_through_json(judged):
    result, _ = judged(lambda s, r: np.nan if r % 2 else -0.02 * price(s) + noise(s, r), replicates=9)
    found = Claims(claims=[result])
    again = Claims.model_validate_json(found.text())
    assert again.text() == found.text()
    assert again.claims[0].points[0].answers[0].effect.pairs == 5


def test_common_luck_narrows_the_differences_of_real_markets():
    measures = (Measure("share", "Nova", "mean", (9, 12)),)
    shares: list[list[float]] = []
    for asked in (9.8, 9.6):
        scenario = load("baseline", [f"firm.Nova.levers.price={asked}", "horizon=12", "population.size=400"])
        runs: list[Any] = list(run_replicates(scenario, replicates=12, threads=2))
        shares.append([numbers_of(run.record, measures)[0] for run in runs])
    one, other = np.array(shares)
    assert np.var(one - other) < 0.5 * np.var(one - np.roll(other, 1))
