"""Who buys and how: businesses, cohorts, hardship, rental and subscription; and leaks of what firms hide."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.market import Market
from sim.mechanisms.business import BusinessParameters, as_professionals
from sim.mechanisms.income import IncomeParameters, faded, tighten
from sim.mechanisms.leaks import LeaksParameters, leak_probability, worst_cause
from sim.mechanisms.offers import OffersParameters, wear_of
from tests.guarantees.markets import made


def data(firms=None, **more):
    return {
        "horizon": 60,
        "population": {"size": 1000, "represents": 100_000.0},
        "sector": [{"name": "tools", "outside": 0.0}],
        "firm": firms
        or [
            {"name": "Cheap", "sector": "tools", "levers": {"price": 5.0}},
            {"name": "Dear", "sector": "tools", "appeal": 3.0, "levers": {"price": 15.0}},
        ],
    } | more


def lived(weeks, firms=None, **more):
    market = Market(made(data(firms, **more)))
    market.run(weeks)
    return market


# --- business clients ---------------------------------------------------------------------------------------


def clients(kind, size=1000, **business):
    population = {"size": size, "represents": 100_000.0, "clients": kind}
    return lived(10, population=population, mechanisms={"business": business})


def test_businesses_buy_the_same_volume_in_fewer_hands():
    """Each simulated client buys as a household would, twenty units at a time, and stands for a twentieth of them."""
    households, businesses = clients("households"), clients("businesses")
    assert (businesses.order_size, businesses.weight) == (20, 5.0)
    np.testing.assert_allclose(businesses.record["market_units"][0], households.record["market_units"][0])
    # Over time their skill makes them live through other things, but volume stays: 1,000 buyers, ten weeks.
    total = [m.record["market_units"].sum() for m in (businesses, households)]
    assert total[0] == pytest.approx(total[1], rel=0.05)
    assert businesses.record["first_buyers"].sum() <= 100_000.0 / 20
    np.testing.assert_allclose(businesses.record["first_buyers"][0] * 20, households.record["first_buyers"][0])
    np.testing.assert_allclose(businesses.record["revenue"][0], households.record["revenue"][0])


def test_professionals_are_skilled():
    skill = np.array([0.0, 0.4, 1.0], np.float32)
    np.testing.assert_allclose(as_professionals(skill, BusinessParameters(expertise=0.6)), [0.6, 0.76, 1.0])
    np.testing.assert_allclose(as_professionals(skill, BusinessParameters(expertise=0.0)), skill)
    households, businesses = (clients(kind, expertise=0.5) for kind in ("households", "businesses"))
    lack = [1 - m.population.get("skill") for m in (households, businesses)]
    np.testing.assert_allclose(lack[1], 0.5 * lack[0], atol=1e-6)


def test_without_the_mechanism_businesses_are_households():
    market = clients("businesses", enabled=False)
    assert (market.order_size, market.weight) == (1, 100.0)
    np.testing.assert_array_equal(market.record["units"], clients("households").record["units"])


# --- cohorts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shares", [(0.3, 0.2), (1.0,), (0.25, 0.25, 0.5), (0.01,)])
def test_cohorts_have_their_shares(shares):
    """Of 1,000 consumers, within four standard deviations of a binomial."""
    groups = [{"name": f"c{i}", "share": share} for i, share in enumerate(shares)]
    market = Market(made(data(cohort=groups)))
    assert sum(market.cohort_sizes) == 1000
    for share, count in zip((1 - sum(shares), *shares), market.cohort_sizes, strict=True):
        assert count == pytest.approx(1000 * share, abs=4 * math.sqrt(1000 * share * (1 - share)) + 1e-9)


def test_a_cohort_that_likes_to_play_contributes_more():
    """Firms that make a game of it: over 20 weeks and some 300 young, more of them contribute in the mean week."""
    eager = {"distribution": "constant", "value": 1.0}
    dull = {"distribution": "constant", "value": 0.0}
    groups = [
        {"name": "young", "share": 0.3, "traits": {"playfulness": eager}},
        {"name": "old", "share": 0.3, "traits": {"playfulness": dull}},
    ]
    firms = [{"name": "Nova", "sector": "tools", "levers": {"openness": 1.0, "play": 1.0}}]
    tables = {"contribution": {"join_rate": 0.5, "effort": 0.5}}
    # All are as ready to contribute: the default's great inequality would drown what play does among so few.
    traits = {"propensity": {"distribution": "constant", "value": 0.5}}
    alike = {"size": 1000, "represents": 100_000.0, "traits": traits}
    for seed in range(3):
        record = lived(20, firms, cohort=groups, mechanisms=tables, seed=seed, population=alike).record
        rest, young, old = record["cohort_contributors"].mean(axis=0)
        assert young > rest > old


# --- hardship -----------------------------------------------------------------------------------------------


def test_hardship_halves_and_ends():
    p = IncomeParameters(recovery=4.0)
    left = 1.0
    for _ in range(4):
        left = faded(p, left)
    assert left == pytest.approx(0.5)
    assert faded(p, 0.00100001) == 0.0
    assert faded(p, 0.0) == 0.0


def test_sensitivity_rises_with_the_hardship_of_the_cohort():
    sensitivity, cohort = np.array([1.0, 2.0, 3.0], np.float32), np.array([0, 1, 0], np.int16)
    tightened = np.empty(3, np.float32)
    tighten(tightened, sensitivity, cohort, np.array([0.5, 1.0], np.float32), np.float32(0.8))
    np.testing.assert_allclose(tightened, [1.4, 3.6, 4.2], rtol=1e-6)


def test_a_hardship_falls_on_its_cohort_and_fades():
    groups = [{"name": "young", "share": 0.5}, {"name": "old", "share": 0.2}]
    events = [
        {"week": 2, "kind": "hardship", "weeks": 3, "severity": 0.8, "cohort": "young"},
        {"week": 4, "kind": "hardship", "weeks": 2, "severity": 0.5},
    ]
    market = lived(18, cohort=groups, event=events, mechanisms={"income": {"recovery": 4.0}})
    rest, young, old = market.record["hardship"].T
    half = 0.5**0.25
    np.testing.assert_allclose(rest[:8], [0, 0, 0, 0.5, 0.5, 0.5 * half, 0.5 * half**2, 0.5 * half**3])
    np.testing.assert_array_equal(rest, old)
    np.testing.assert_allclose(young[:7], [0, 0.8, 0.8, 0.8, 0.8 * half, 0.8 * half**2, 0.8 * half**3])
    assert market.record["hardship"].max() == 0.8


def test_in_hardship_what_is_cheap_gains():
    """Five seeds of 1,000 consumers, four weeks: the cheap firm's share rises, and people buy less."""
    event = [{"week": 5, "kind": "hardship", "weeks": 4, "severity": 1.0}]
    strong = {"income": {"stinginess": 2.0}}
    for seed in range(5):
        hard, easy = (lived(8, event=events, seed=seed, mechanisms=strong).record for events in (event, []))
        assert hard["share"][4:, 0].mean() > easy["share"][4:, 0].mean() + 0.02
        assert hard["not_bought"][4:].mean() > easy["not_bought"][4:].mean() + 0.02
        np.testing.assert_array_equal(hard["units"][:4], easy["units"][:4])
        off = lived(8, event=event, seed=seed, mechanisms={"income": {"enabled": False}}).record
        np.testing.assert_array_equal(off["units"], easy["units"])


# --- rental and subscription --------------------------------------------------------------------------------


def test_a_rental_wears_out_a_part_of_a_good():
    p = OffersParameters(wear=0.3)
    assert [wear_of(p, mode) for mode in ("sell", "rent", "subscribe")] == [1.0, 0.3, 1.0]
    assert wear_of(OffersParameters(enabled=False), "rent") == 1.0


def offering(mode, preference, **offers):
    firms = [
        {"name": "Keep", "sector": "tools", "unit_cost": 4.0},
        {"name": "Lend", "sector": "tools", "unit_cost": 4.0, "levers": {"mode": mode}},
    ]
    population = {
        "size": 1000,
        "represents": 100_000.0,
        "traits": {"use_preference": {"distribution": "constant", "value": preference}},
    }
    return lived(8, firms, population=population, mechanisms={"offers": offers})


@pytest.mark.parametrize(("preference", "sign"), [(0.0, -1), (0.5, 0), (1.0, 1)])
def test_who_prefers_use_rents_and_who_prefers_possession_buys(preference, sign):
    """Compared under the same luck with the same firm selling: 1,000 consumers, eight weeks."""
    rents, sells = (offering(mode, preference, use_weight=2.0).record for mode in ("rent", "sell"))
    change = rents["share"][:, 1].mean() - sells["share"][:, 1].mean()
    if sign == 0:
        np.testing.assert_array_equal(rents["units"], sells["units"])
    else:
        assert change * sign > 0.15


def test_goods_that_are_rented_cost_what_they_wear_out():
    market = offering("rent", 0.5, wear=0.25)
    keep, lend = market.firms
    units = lend.week.units * market.weight
    assert lend.costs["goods"] == round(units * lend.unit_cost * 0.25 * 100)
    assert keep.costs["goods"] == round(keep.week.units * market.weight * keep.unit_cost * 100)
    assert market.record["margin"][-1, 1] == pytest.approx(1 - lend.unit_cost * 0.25 / 10.0)


def test_subscriptions_hold_their_subscribers():
    """Renewal is for subscriptions alone: repeat buying rises with it, and not where goods are rented."""
    rates = {
        (mode, renewal): float(np.nanmean(offering(mode, 0.5, renewal=renewal).record["repeat_rate"][3:, 1]))
        for mode in ("rent", "subscribe")
        for renewal in (0.0, 3.0)
    }
    assert rates["subscribe", 3.0] > rates["subscribe", 0.0] + 0.1
    assert rates["rent", 3.0] == rates["rent", 0.0] == rates["subscribe", 0.0]


# --- leaks --------------------------------------------------------------------------------------------------


def test_the_hazard_of_a_leak():
    p = LeaksParameters(rate=0.1, watch=50.0)
    assert leak_probability(p, 0.0, 0.5) == 0.0
    assert leak_probability(p, 0.5, 0.0) == pytest.approx(1 - math.exp(-0.05))
    assert leak_probability(p, 0.5, 0.02) == pytest.approx(1 - math.exp(-0.1))
    # Over two weeks the hazards add up.
    one, two = leak_probability(p, 0.4, 0.01), leak_probability(LeaksParameters(rate=0.2, watch=50.0), 0.4, 0.01)
    assert 1 - two == pytest.approx((1 - one) ** 2)


def test_the_worst_cause_is_where_claims_exceed_conduct_most():
    assert worst_cause([0.5, 0.9, 0.0], [0.5, 0.1, -0.5]) == 1
    assert worst_cause([0.1, -0.9], [0.1, 0.9]) is None
    assert worst_cause([], []) is None


HIDING = [
    {"name": "Mask", "sector": "tools", "levers": {"causes": {"work": {"proclaimed": 0.8, "conduct": -0.8}}}},
    {"name": "Plain", "sector": "tools"},
]


def test_leaks_come_at_their_rate():
    """300 weeks at a gap of 0.8 (60 of 5 seeds): within three standard deviations; honest firms have none."""
    quiet = {"leaks": {"rate": 0.25, "watch": 0.0}}
    leaks = [
        lived(
            60,
            HIDING,
            cause=[{"name": "work"}],
            mechanisms=quiet,
            seed=seed,
            population={"size": 20, "represents": 20.0},
        )
        for seed in range(5)
    ]
    chance = 1 - math.exp(-0.25 * 0.8)
    found = sum(market.firms[0].leaks for market in leaks)
    assert found == pytest.approx(300 * chance, abs=3 * math.sqrt(300 * chance * (1 - chance)))
    assert sum(market.firms[1].leaks for market in leaks) == 0


def test_a_leak_shows_a_part_of_the_truth_and_opens_a_crisis():
    sure = {"leaks": {"rate": 1.0, "watch": 10_000.0, "reach": 0.5}, "purchase": {"forgetting": 0.0}}
    market = Market(made(data(HIDING, cause=[{"name": "work"}], mechanisms=sure)))
    mask, plain = market.firms
    mask.week = mask.week._replace(attackers=1000)
    market.step()
    assert mask.leaks == 1
    # Severity is reach · gap; half of what is not known of a conduct of −0.8 comes to light.
    assert mask.crises[0]["severity"] == pytest.approx(0.4)
    assert mask.known[0] == pytest.approx(-0.4)
    assert market.record["salience"][0, 0] > 0
    assert (plain.leaks, plain.crises, plain.known[0]) == (0, {}, 0.0)


def test_without_leaks_nothing_comes_to_light_by_itself():
    sure = {"leaks": {"enabled": False, "rate": 1.0, "watch": 10_000.0}}
    market = lived(20, HIDING, cause=[{"name": "work"}], mechanisms=sure)
    assert market.record["leaks"].max() == 0
    assert market.record["crisis"].max() == 0
