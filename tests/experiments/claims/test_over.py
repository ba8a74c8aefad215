"""Claims over the draws of an ensemble: on markets whose effects are known, draw by draw."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from experiments.claims import study as module
from experiments.claims.arms import Size, load_case
from experiments.claims.findings import Claims, Used
from experiments.claims.keys import states
from experiments.claims.over_words import keys_texts, over_texts, share_text
from experiments.claims.page import page
from experiments.claims.posterior import Posterior
from experiments.claims.shares import by_draw, held_by, share_of, vanished
from experiments.claims.study import Study, plan_of
from experiments.ensembles import Column, Ensemble
from experiments.replicate import Run
from sim.text import use_language

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
least = 0.01
[claim.region]
"mechanisms.sincerity.asymmetry" = [1.0, 5.0]
[claim.carried_by]
"mechanisms.purchase.enabled" = false
[[firm]]
name = "Nova"
levers = { price = 12.0 }
"""
ASYMMETRY, SPREAD = "mechanisms.sincerity.asymmetry", "mechanisms.purchase.taste_spread"
SIZE = Size(consumers=100)
VALUES = (1.5, 3.0, 2.5, 1.2, 4.0, 1.1, 3.5, 1.9, 2.2, 2.8, 1.4, 4.5)
"""Seven of them are above 2."""


def ensemble(values=VALUES, key=ASYMMETRY, weights=()):
    return Ensemble("baseline", (Column("it", (key,)),), tuple((value,) for value in values), weights)


def case_of(name):
    return load_case(str(name))


def run_of(number, status, record):
    return Run(number, status, 0.0, record)


def judgement(study, plan):
    """Give what was found, and the arms with draws at the scenario's own values."""
    return study.judge(plan), plan.laid.own


class Markets:
    """Markets whose share is luck plus what `effect` says; every run is noted by scenario and replicate."""

    def __init__(self, effect):
        self.effect = effect
        self.ran: list[list] = []
        self.stops_after = None

    def run(self, scenario, *, replicates, on_run, stop, each=None, **_):
        if self.stops_after is not None and len(self.ran) >= self.stops_after:
            stop.set()
        made = [(scenario if each is None else each(number), number) for number in range(replicates)]
        self.ran.append(made)
        runs = []
        for number, record in enumerate(made):
            runs.append(run_of(number, "stopped" if stop.is_set() else "done", record))
            on_run(runs[-1])
        return runs

    def numbers(self, record, measures):
        scenario, replicate = record
        luck = np.random.default_rng(replicate).normal(0.3, 0.05)
        return [luck + self.effect(scenario, replicate) for _ in measures]


def price(scenario):
    return next(firm for firm in scenario.firms if firm.name == "Nova").levers.price


def asymmetry(scenario):
    return scenario.mechanisms.sincerity.asymmetry


def above_two(scenario, replicate):
    """Give a dearer Nova less only where the asymmetry is above 2."""
    return -0.02 * price(scenario) * (asymmetry(scenario) > 2) * scenario.mechanisms.purchase.enabled


@pytest.fixture
def tried(monkeypatch, tmp_path):
    def judge(effect, ensemble, *, text=SCENARIO, draws=12, futures=1, with_region=False):
        markets = Markets(effect)
        monkeypatch.setattr(module, "run_replicates", markets.run)
        monkeypatch.setattr(module, "numbers", markets.numbers)
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        posterior = Posterior("ensemble.toml", ensemble, draws, futures)
        plan = plan_of(case_of(path), SIZE, with_region=with_region, posterior=posterior)
        result = Study([plan], SIZE, replicates=5).judge(plan)
        assert result is not None
        assert result.over is not None
        return result, markets

    return judge


def test_a_claim_holds_in_the_draws_that_make_it_true(tried):
    result, _ = tried(above_two, ensemble())
    (held,) = result.over.points
    assert (held.held, held.draws, held.undefined) == (7, 12, 0)
    # Wilson: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n) with p = 7/12, n = 12, z = 1.96.
    assert (held.low, held.high) == pytest.approx((0.3195, 0.8067), abs=1e-3)
    # The default is above 2: at the point the verdict is what it is without an ensemble.
    assert result.verdict == "holds"
    assert over_texts(result)[0] == "holds in 7 of 12 draws (32–81%)"
    with use_language("fr"):
        assert over_texts(result)[0] == "tient dans 7 des 12 tirages (32–81\u202f%)"


def test_an_effect_must_reach_the_least_that_matters():
    effects = np.array([-0.02, -0.01, -0.009, 0.0, 0.02, np.nan])
    there = np.full(6, 0.5)
    assert held_by(effects, there, "-", 0.01) == pytest.approx([1, 1, 0, 0, 0, np.nan], nan_ok=True)
    assert held_by(effects, there, "+", 0.01) == pytest.approx([0, 0, 0, 0, 1, np.nan], nan_ok=True)
    assert held_by(effects, there, "0", 0.01) == pytest.approx([0, 0, 1, 1, 0, np.nan], nan_ok=True)
    # Without one, a hundredth of the counterfactual; and no effect is none, however little matters.
    assert held_by(effects, there, "-", None) == pytest.approx([1, 1, 1, 0, 0, np.nan], nan_ok=True)
    assert held_by(effects, np.zeros(6), "+", None) == pytest.approx([0, 0, 0, 0, 1, np.nan], nan_ok=True)


def test_both_markets_of_a_pair_have_the_same_draw_and_the_same_luck(tried):
    _, markets = tried(above_two, ensemble(), draws=6, futures=2)
    here, there = (made for made in markets.ran if len(made) == 12 and made[0][0].mechanisms.purchase.enabled)
    assert {price(scenario) for scenario, _ in here} == {12.0}
    assert {price(scenario) for scenario, _ in there} == {10.0}
    for made in (here, there):
        assert [replicate for _, replicate in made] == list(range(12))
        assert [asymmetry(scenario) for scenario, _ in made] == [value for value in VALUES[:6] for _ in range(2)]
        assert all(scenario.population.size == 100 for scenario, _ in made)
    # As written comes first, without a draw.
    assert {asymmetry(scenario) for scenario, _ in markets.ran[0]} == {asymmetry(case_of("baseline").scenario)}


def test_futures_of_a_draw_are_averaged(tried):
    def half(scenario, replicate):
        return -0.02 * price(scenario) * (replicate % 2)

    alone, _ = tried(half, ensemble(), draws=12)
    assert alone.over.points[0].held == 6
    averaged, _ = tried(half, ensemble(), draws=12, futures=2)
    assert (averaged.over.points[0].held, averaged.over.points[0].draws) == (12, 12)
    assert averaged.over.futures == 2


def test_rows_that_come_again_are_more_futures_of_the_same_draw(tried):
    result, markets = tried(above_two, ensemble(VALUES[:4]), draws=10)
    assert (result.over.draws, result.over.points[0].held, result.over.points[0].draws) == (4, 2, 4)
    assert len(markets.ran[-1]) == 10


def test_weights_make_draws_count_as_often_as_they_say(tried):
    result, _ = tried(above_two, ensemble((1.5, 3.0), weights=(0.25, 0.75)), draws=40)
    # Replicates take rows by steps of the golden ratio: shares are missed by about log(n) / n.
    assert result.over.points[0].draws == 40
    assert result.over.points[0].held == pytest.approx(30, abs=2)


def test_draws_without_a_number_are_left_out_and_told(tried):
    result, _ = tried(lambda s, r: np.nan if r in (0, 1) else above_two(s, r), ensemble())
    held = result.over.points[0]
    assert (held.held, held.draws, held.undefined) == (6, 10, 2)
    assert share_text(held).endswith("(undefined in 2 more)")


def test_a_point_of_the_region_keeps_its_own_value(tried):
    result, markets = tried(above_two, ensemble(), with_region=True)
    assert [point.settings for point in result.points] == [{}, {ASYMMETRY: 1.0}, {ASYMMETRY: 5.0}]
    assert [held.held for held in result.over.points] == [7, 0, 12]
    assert result.over.everywhere.held == 0
    assert any({asymmetry(scenario) for scenario, _ in made} == {5.0} for made in markets.ran if len(made) == 12)
    text = page(Claims(claims=[result], ensemble=result.over.ensemble))
    assert "| own values | −" in text
    assert "7 of 12 draws (32–81%) |" in text
    assert "at all 3 points tried, in 0 of 12 draws" in text.lower()


def test_what_carries_an_effect_is_counted_where_the_claim_holds(tried):
    result, _ = tried(above_two, ensemble())
    assert (result.over.carried.held, result.over.carried.draws) == (7, 7)

    def mostly(scenario, replicate):
        return -0.02 * price(scenario) * (asymmetry(scenario) > 2)

    result, _ = tried(mostly, ensemble())
    assert (result.over.carried.held, result.over.carried.draws) == (0, 7)


def test_an_effect_has_vanished_if_little_of_it_is_left_or_it_has_turned():
    whole, left = np.array([1.0, 1.0, -1.0, -1.0, 1.0, np.nan]), np.array([0.2, 0.3, 0.5, -0.5, -2.0, 0.0])
    assert vanished(whole, left, np.zeros(6)) == pytest.approx([1, 0, 1, 0, 1, np.nan], nan_ok=True)
    assert vanished(whole, left, np.full(6, 0.4))[1] == 1


def test_the_parameter_that_an_effect_goes_with_is_named(tried):
    both = Ensemble(
        "baseline",
        (Column("spread", (SPREAD,)), Column("asymmetry", (ASYMMETRY,))),
        tuple((1.0 + 0.3 * ((5 * place) % 12), value) for place, value in enumerate(VALUES)),
    )
    result, _ = tried(lambda s, r: -0.02 * price(s) / asymmetry(s), both)
    assert result.over.goes.parameter == ASYMMETRY
    # Effects are negative, as claimed, and the nearer to 0 the higher the asymmetry.
    assert result.over.goes.correlation == pytest.approx(1.0)
    assert f"weaker the higher {ASYMMETRY}" in over_texts(result)
    result, _ = tried(lambda s, r: -0.02 * price(s) * asymmetry(s), both)
    assert f"stronger the higher {ASYMMETRY}" in over_texts(result)


def test_a_parameter_is_not_named_for_chance(tried):
    rng = np.random.default_rng(4)
    result, _ = tried(lambda s, r: -0.02 * price(s) + 0.01 * rng.normal(), ensemble())
    assert result.over.goes is None
    few, _ = tried(lambda s, r: -0.02 * price(s) / asymmetry(s), ensemble(VALUES[:9]), draws=9)
    assert few.over.goes is None


def test_what_a_scenario_states_is_kept_and_told(tried):
    keys = (ASYMMETRY, "population.traits.price_sensitivity.median", SPREAD, "firm.Nobody.appeal", "firm.Nova.appeal")
    values = (2.5, 3.0, 1.0, 0.1, 0.2)
    drawn = Ensemble("baseline", tuple(Column(key, (key,)) for key in keys), (values,) * 2)
    stated = """
[population.traits]
price_sensitivity = { distribution = "constant", value = 4.0 }
[mechanisms.sincerity]
asymmetry = 1.5
"""
    text = SCENARIO.replace("[claim.without]", f'[claim.without]\n"{SPREAD}" = 1.7') + stated
    result, markets = tried(above_two, drawn, text=text, draws=2)
    over = result.over
    assert over.kept == [ASYMMETRY, "population.traits.price_sensitivity.median"]
    assert over.partly == [SPREAD]
    assert over.missing == ["firm.Nobody.appeal"]
    assert over.drawn == [SPREAD, "firm.Nova.appeal"]
    laid = [made for made in markets.ran if len(made) == 2]
    spreads = {(price(s), s.mechanisms.purchase.taste_spread) for made in laid for s, _ in made}
    assert spreads == {(12.0, 1.0), (10.0, 1.7)}
    assert {asymmetry(scenario) for made in laid for scenario, _ in made} == {1.5}
    assert {next(f for f in s.firms if f.name == "Nova").appeal for made in laid for s, _ in made} == {0.2}
    assert keys_texts(result) == [
        f"kept as the scenario states it: {ASYMMETRY}, population.traits.price_sensitivity.median",
        f"kept in one of the markets, which states it: {SPREAD}",
        "not in these markets: firm.Nobody.appeal",
    ]


def test_what_a_counterfactual_drops_it_leaves_open(tried):
    text = SCENARIO.replace("[claim.without]", '[claim.without]\nclear = ["mechanisms.sincerity"]')
    result, markets = tried(above_two, ensemble(), text=text + "\n[mechanisms.sincerity]\nasymmetry = 1.5\n")
    assert result.over.partly == [ASYMMETRY]
    laid = {(price(s), asymmetry(s)) for made in markets.ran if len(made) == 12 for s, _ in made}
    assert laid == {(12.0, 1.5), *((10.0, value) for value in VALUES)}


def test_a_mechanism_that_is_called_distribution_is_no_distribution():
    stated = {"mechanisms": {"distribution": {"enabled": False}}}
    assert states(stated, "mechanisms.distribution.enabled")
    assert not states(stated, "mechanisms.distribution.tolerance")
    assert not states(stated, SPREAD)
    assert states({"traits": {"skill": {"distribution": "constant", "value": 1.0}}}, "traits.skill.mean")


def test_where_nothing_is_drawn_nothing_is_run_again(tried):
    text = SCENARIO + "\n[mechanisms.sincerity]\nasymmetry = 2.5\n"
    result, markets = tried(above_two, ensemble(), text=text)
    assert result.over.points == []
    assert len(markets.ran) == 4
    assert over_texts(result) == ["the ensemble draws nothing that this scenario leaves open"]
    assert "draws nothing" in page(Claims(claims=[result], ensemble=result.over.ensemble))


def test_a_claim_cut_short_in_its_draws_is_not_judged(monkeypatch, tmp_path):
    markets = Markets(above_two)
    markets.stops_after = 5
    monkeypatch.setattr(module, "run_replicates", markets.run)
    monkeypatch.setattr(module, "numbers", markets.numbers)
    path = tmp_path / "own.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    plan = plan_of(case_of(path), SIZE, with_region=False, posterior=Posterior("ensemble.toml", ensemble(), 12))
    assert Study([plan], SIZE, replicates=5, stop=threading.Event()).judge(plan) is None
    assert len(markets.ran) == 6


def test_shares_come_through_json_and_stale_ones_are_noticed(tried):
    result, _ = tried(above_two, ensemble())
    used = result.over.ensemble
    found = Claims(claims=[result], ensemble=used)
    again = Claims.model_validate_json(found.text())
    assert again == found
    assert not again.is_stale(again.claims[0])
    newer = Used(name="ensemble.toml", fingerprint=ensemble(VALUES[:5]).fingerprint)
    stale = found.model_copy(update={"ensemble": newer})
    assert stale.is_stale(result)
    assert "**Out of date: these are draws of an older ensemble**" in page(stale)
    assert "7 of 12 draws (32–81%) |\n\n## own" not in page(stale)
    with use_language("fr"):
        assert "Périmé" in page(stale)


def test_a_claim_tried_anew_without_an_ensemble_keeps_its_shares_while_it_is_the_same(tried):
    result, _ = tried(above_two, ensemble())
    older = Claims(claims=[result], ensemble=result.over.ensemble)
    bare = result.model_copy(update={"over": None})
    kept = Claims(claims=[bare]).with_older(older, ["own"])
    assert kept.claims[0].over == result.over
    assert kept.ensemble == older.ensemble
    other = bare.model_copy(update={"fingerprint": "another"})
    assert Claims(claims=[other]).with_older(older, ["own"]).claims[0].over is None


def test_documents_without_an_ensemble_are_what_they_were(tried):
    result, _ = tried(above_two, ensemble())
    text = Claims(claims=[result.model_copy(update={"over": None})]).text()
    assert '"over":' not in text.replace('"over": "', "")
    assert '"ensemble"' not in text
    assert "In draws" not in page(Claims(claims=[result.model_copy(update={"over": None})]))


def test_the_fingerprint_of_an_ensemble_is_that_of_its_draws():
    one = ensemble()
    assert Ensemble("elsewhere.toml", one.columns, one.values).fingerprint == one.fingerprint
    assert ensemble(VALUES[:3]).fingerprint != one.fingerprint
    assert ensemble(key=SPREAD).fingerprint != one.fingerprint


def test_futures_without_a_number_do_not_count():
    assert by_draw(np.array([1.0, 3.0, np.nan, 5.0, np.nan, np.nan]), [0, 0, 1, 1, 2, 2]) == pytest.approx(
        [2.0, 5.0, np.nan], nan_ok=True
    )
    assert share_of(np.array([np.nan, np.nan])).draws == 0


def test_a_draw_of_the_defaults_is_the_market_as_written(tmp_path):
    """On real markets: the same draw and the same luck as at the point give the same effects to the last bit."""
    text = SCENARIO.replace('extends = "baseline"', 'extends = "baseline"\nhorizon = 6')
    text = text.replace("least = 0.01", "least = 0.02")
    path = Path(tmp_path) / "own.toml"
    path.write_text(text, encoding="utf-8")
    case = case_of(path)
    posterior = Posterior("ensemble.toml", ensemble((asymmetry(case.scenario),) * 12), 12)
    plan = plan_of(case, SIZE, with_region=False, posterior=posterior)
    study = Study([plan], SIZE, replicates=12, threads=2)
    result, laid = judgement(study, plan)
    here, there = (study._numbers[arm.key][0] for arm in plan.points[0].arms)
    for arm, written in zip(laid, (here, there), strict=True):
        assert np.array_equal(study._numbers[arm.key][0], written)
    assert result.over.points[0].held == int((here - there <= -0.02).sum())
    assert result.over.points[0].held > 0
