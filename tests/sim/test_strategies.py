"""Each strategy does what it is called for."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from sim.levers import LEVERS
from sim.strategies import (
    VISIBLE_LEVERS,
    Adaptive,
    ClientCentred,
    Imitator,
    InnovationRacer,
    Opportunist,
    Platform,
    PriceWarrior,
    Pyramidal,
    Responsive,
    Scripted,
)
from tests.contracts.test_strategies import DEFAULTS, rival, sight


def led(strategy, weeks=60, start=None, **seen):
    """The levers after some weeks of the same sight."""
    levers = DEFAULTS | (start or {})
    for _ in range(weeks):
        levers |= strategy.decide(sight(levers=levers, **seen))
    return levers


def test_scripted_changes_nothing():
    assert Scripted().decide(sight()) == {}


def test_a_pyramid_closes_and_shares_nothing():
    levers = led(Pyramidal(), start={"openness": 0.8, "sharing": 0.5})
    assert levers["openness"] == levers["sharing"] == 0.0
    assert levers["brand_push"] == pytest.approx(0.4, abs=0.01)


def test_a_pyramid_spends_on_research_what_its_revenue_allows():
    assert led(Pyramidal(), cash=1e7, usual_revenue=1e6)["research"] == pytest.approx(60_000, rel=0.01)
    assert led(Pyramidal(), cash=1e5, usual_revenue=1e6)["research"] == LEVERS["research"].default


def test_a_losing_pyramid_cuts_its_price_down_to_a_floor_and_no_further():
    losing = {"recent_sales": 50.0}
    assert led(Pyramidal(), weeks=1, **losing)["price"] == pytest.approx(9.9)
    assert led(Pyramidal(), weeks=300, **losing)["price"] == pytest.approx(6.25, rel=0.011)
    assert led(Pyramidal(), weeks=300)["price"] == 10.0
    # Where cost has risen above the price it does not cut, and does not raise either.
    assert led(Pyramidal(), weeks=20, unit_cost=20.0, **losing)["price"] == 10.0


def test_a_pyramid_returns_to_its_list_price_and_no_further_once_it_loses_no_more():
    pyramid = Pyramidal()
    cheap = led(pyramid, weeks=20, recent_sales=50.0)
    assert cheap["price"] == pytest.approx(10 * 0.99**20)
    assert led(pyramid, weeks=1, start=cheap)["price"] == pytest.approx(cheap["price"] * 1.01)
    assert led(pyramid, weeks=60, start=cheap)["price"] == 10.0
    # Another firm's list price is its own; and a price above it, set by somebody else, is left alone.
    assert led(Pyramidal(), weeks=60, start={"price": 7.0})["price"] == 7.0
    assert led(pyramid, weeks=60, start={"price": 12.0})["price"] == 12.0


def test_a_losing_pyramid_gets_louder():
    quiet, loud = led(Pyramidal(), weeks=5), led(Pyramidal(), weeks=5, recent_sales=50.0)
    assert loud["claimed_quality"] > quiet["claimed_quality"]
    assert loud["brand_push"] > quiet["brand_push"]


def test_an_opportunist_claims_what_it_does_not_do():
    levers = led(Opportunist())
    assert levers["proclaimed_sharing"] - levers["sharing"] > 0.5
    assert levers["proclaimed_openness"] - levers["openness"] > 0.3
    assert levers["openness"] == pytest.approx(0.5, abs=0.05)


def test_an_opportunist_gets_louder_when_its_rating_falls():
    assert led(Opportunist(), weeks=5, rating=0.2)["claimed_quality"] > led(Opportunist(), weeks=5)["claimed_quality"]


def test_a_client_centred_firm_says_what_it_does():
    levers = dict(DEFAULTS)
    for _ in range(80):
        levers |= ClientCentred().decide(sight(levers=levers))
        assert levers["proclaimed_openness"] == levers["openness"]
        assert levers["proclaimed_sharing"] == levers["sharing"]
    assert levers["openness"] > 0.7
    assert levers["sharing"] > 0.35
    assert levers["brand_push"] < 0.01


def test_a_client_centred_firm_helps_in_proportion_to_its_community():
    few = led(ClientCentred(), contributors=100.0, usual_revenue=1e6)["facilitation"]
    many = led(ClientCentred(), contributors=1_000.0, usual_revenue=1e6)["facilitation"]
    endless = led(ClientCentred(), contributors=1e6, usual_revenue=1e6)["facilitation"]
    assert few == pytest.approx(600, rel=0.02)
    assert many == pytest.approx(6_000, rel=0.02)
    assert endless == pytest.approx(50_000, rel=0.02)


def test_a_client_centred_firm_that_cannot_pay_draws_back():
    assert led(ClientCentred(), cash=0.0, profit=-1.0)["openness"] < 0.45
    assert led(ClientCentred(), cash=0.0, profit=-1.0)["sharing"] < 0.2
    assert led(ClientCentred(), cash=0.0, profit=1.0)["openness"] > 0.6


def test_losing_is_a_matter_of_more_than_five_per_cent_after_the_first_weeks():
    assert not sight(recent_sales=95.0).is_losing
    assert sight(recent_sales=94.0).is_losing
    assert not sight(week=8, recent_sales=10.0).is_losing


def test_weeks_of_cash():
    assert sight(cash=3e5, usual_revenue=1e5).weeks_of_cash == 3.0
    assert sight(cash=3e5, usual_revenue=0.0).weeks_of_cash == float("inf")
    assert sight(cash=-1.0, usual_revenue=0.0).weeks_of_cash == 0.0


# --- price warrior ----------------------------------------------------------------------------------------


def rivals_at(*prices):
    return tuple(rival(f"at {price}", {"price": price}) for price in prices)


def test_a_price_warrior_undercuts_the_cheapest_rival():
    assert led(PriceWarrior(), rivals=rivals_at(9.0, 8.0, 12.0))["price"] == pytest.approx(0.98 * 8.0)
    assert led(PriceWarrior(), weeks=1, rivals=rivals_at(8.0))["price"] == pytest.approx(9.7), "step by step"


def test_a_price_warrior_does_not_go_below_its_floor():
    assert led(PriceWarrior(), rivals=rivals_at(1.0))["price"] == pytest.approx(1.1 * 5.0)
    assert led(PriceWarrior(), rivals=rivals_at(1.0), unit_cost=8.0)["price"] == pytest.approx(1.1 * 8.0)
    # A floor above its price is gone up to, a little every week.
    assert led(PriceWarrior(), weeks=1, rivals=rivals_at(1.0), unit_cost=20.0)["price"] == pytest.approx(10.1)


def test_a_price_warrior_gets_dearer_again_when_no_rival_presses():
    warrior = PriceWarrior()
    cheap = led(warrior, rivals=rivals_at(7.0))
    assert cheap["price"] == pytest.approx(6.86)
    assert led(warrior, weeks=1, start=cheap, rivals=rivals_at(9.0))["price"] == pytest.approx(6.86 * 1.01)
    assert led(warrior, start=cheap, rivals=rivals_at(9.0))["price"] == pytest.approx(0.98 * 9.0)
    assert led(warrior, start=cheap, rivals=rivals_at(50.0))["price"] == 10.0, "no dearer than at the start"
    assert led(warrior, start=cheap, rivals=())["price"] == 10.0


def test_a_price_warrior_saves_and_never_spends_more():
    levers = led(PriceWarrior())
    assert levers["research"] == pytest.approx(1_000, rel=0.05)
    assert levers["service"] == pytest.approx(200, rel=0.05)
    stingy = led(PriceWarrior(), start={"research": 10.0, "service": 5.0})
    assert (stingy["research"], stingy["service"]) == (10.0, 5.0)
    assert led(PriceWarrior(), week=4)["research"] == DEFAULTS["research"], "before its revenue says anything"


# --- innovation racer -------------------------------------------------------------------------------------


def test_an_innovation_racer_spends_a_high_share_of_its_revenue_on_research_and_is_dear():
    levers = led(InnovationRacer(), weeks=120, usual_revenue=1e6)
    assert levers["research"] == pytest.approx(150_000, rel=0.01)
    assert levers["price"] == pytest.approx(11.5, rel=0.01)
    assert led(InnovationRacer(), weeks=120, unit_cost=20.0)["price"] == pytest.approx(30.0, rel=0.01)


def test_an_innovation_racer_matches_the_rival_who_launches_most():
    slow, fast = rival("slow", {"launches": 2.0}), rival("fast", {"launches": 30.0})
    assert led(InnovationRacer(), rivals=(slow, fast))["launches"] == pytest.approx(30.0, rel=0.01)
    assert led(InnovationRacer(), rivals=(slow,))["launches"] == pytest.approx(12.0, rel=0.01)
    assert led(InnovationRacer(), rivals=())["launches"] == pytest.approx(12.0, rel=0.01)


def test_innovation_racers_do_not_drive_one_another_on_without_end():
    racers, levers = [InnovationRacer(), InnovationRacer()], [dict(DEFAULTS), DEFAULTS | {"launches": 40.0}]
    most = 0.0
    for _ in range(200):
        seen = [rival(levers={name: of[name] for name in VISIBLE_LEVERS}) for of in levers]
        for i, racer in enumerate(racers):
            levers[i] |= racer.decide(sight(levers=levers[i], rivals=(seen[1 - i],)))
        most = max(most, *(of["launches"] for of in levers))
    assert most <= 40.0
    assert [of["price"] for of in levers] == pytest.approx([11.5, 11.5], rel=0.01)


def test_an_innovation_racer_brakes_hard_when_it_cannot_pay():
    racing = led(InnovationRacer(), weeks=120, usual_revenue=1e6, rivals=(rival(levers={"launches": 52.0}),))
    broke = led(InnovationRacer(), weeks=8, start=racing, usual_revenue=1e6, cash=0.0, profit=-1.0)
    assert broke["launches"] == pytest.approx(4.0, rel=0.1)
    assert broke["research"] == pytest.approx(50_000, rel=0.05)
    assert led(InnovationRacer(), weeks=8, start=racing, cash=0.0, profit=1.0)["launches"] > 12.0 - 1e-9


# --- platform ---------------------------------------------------------------------------------------------


def test_a_platform_hosts_exchange_and_opens_to_outside_talents():
    levers = led(Platform(), weeks=100)
    assert levers["hosting"] == pytest.approx(1.0, abs=0.01)
    assert levers["openness"] == pytest.approx(0.7, abs=0.01)
    assert levers["play"] == levers["recognition"] == pytest.approx(0.6, abs=0.01)


def test_a_platform_shares_little_and_says_so():
    levers = led(Platform(), weeks=100, start={"sharing": 0.6, "proclaimed_sharing": 0.9})
    assert levers["sharing"] == levers["proclaimed_sharing"] == pytest.approx(0.05, abs=0.01)
    assert levers["proclaimed_openness"] == levers["openness"]


def test_a_platform_helps_contributors_within_limits_and_leaves_research_to_others():
    few, many = (led(Platform(), weeks=100, contributors=n) for n in (100.0, 1e6))
    assert few["facilitation"] == pytest.approx(400, rel=0.01)
    assert many["facilitation"] == pytest.approx(3_000, rel=0.01)
    assert few["research"] == pytest.approx(2_000, rel=0.01)
    assert led(Platform(), start={"research": 10.0})["research"] == 10.0


# --- imitator ---------------------------------------------------------------------------------------------

STAR = {"price": 8.0, "openness": 0.9, "play": 0.8, "proclaimed_sharing": 0.7, "mode": "subscribe", "launches": 20.0}


def test_an_imitator_copies_the_most_profitable_rival_after_its_delay():
    imitator = Imitator()
    rivals = (rival("poor", {"openness": 0.0}, published_margin=0.2), rival("star", STAR, published_margin=0.5))
    assert led(imitator, weeks=8, rivals=rivals) == DEFAULTS, "it has only watched so far"
    once = led(imitator, weeks=1, rivals=rivals)
    assert once["openness"] == pytest.approx(0.1 + 0.25 * 0.8)
    assert once["mode"] == "subscribe"
    levers = led(imitator, weeks=60, rivals=rivals)
    for name in VISIBLE_LEVERS:
        copied, seen = levers[name], rivals[1].levers[name]
        assert copied == seen if name == "mode" else copied == pytest.approx(seen, rel=1e-3), name


def test_an_imitator_copies_the_facade_alone():
    """What nobody sees from outside stays as it was: it claims to share and does not."""
    levers = led(Imitator(), rivals=(rival("star", STAR, published_margin=0.5),))
    hidden = set(LEVERS) - set(VISIBLE_LEVERS)
    assert {name: levers[name] for name in hidden} == {name: DEFAULTS[name] for name in hidden}
    assert levers["proclaimed_sharing"] - levers["sharing"] == pytest.approx(0.7, abs=0.01)


def test_an_imitator_follows_what_was_seen_the_delay_before():
    imitator, prices = Imitator(), [9.0 - 0.1 * week for week in range(20)]
    for week, price in enumerate(prices):
        changes = imitator.decide(sight(rivals=(rival("star", {"price": price}, published_margin=0.5),)))
        if week >= 8:
            assert changes["price"] == pytest.approx(10 + 0.25 * (prices[week - 8] - 10))


@pytest.mark.parametrize("own", [0.5, 0.6])
def test_an_imitator_copies_nobody_who_does_not_do_better(own):
    rivals = (rival("star", STAR, published_margin=0.5), rival("new", STAR, published_margin=math.nan))
    assert led(Imitator(), published_margin=own, rivals=rivals) == DEFAULTS


def test_an_imitator_knows_no_profit_before_it_is_published():
    assert led(Imitator(), rivals=(rival("new", STAR, published_margin=math.nan),)) == DEFAULTS
    assert led(Imitator(), rivals=()) == DEFAULTS


def test_an_imitator_without_profits_of_its_own_to_show_copies_the_best():
    """Its own margin is unknown in its first quarter: any rival with one may be its model."""
    levers = led(Imitator(), published_margin=math.nan, rivals=(rival("star", STAR, published_margin=-0.5),))
    assert levers["openness"] == pytest.approx(0.9, rel=0.01)


def test_an_imitator_does_not_copy_a_price_below_its_own_costs():
    star = rival("star", {"price": 2.0}, published_margin=0.5)
    assert led(Imitator(), rivals=(star,))["price"] == pytest.approx(5.5, rel=0.01)


# --- adaptive ---------------------------------------------------------------------------------------------


def hill(strategy, profit_of, weeks=400, start=None, trend=1.0):
    """The levers of an adaptive firm week by week, its profit a function of its levers, its sector growing."""
    levers, sector, history = DEFAULTS | (start or {}), 1e5, []
    for week in range(1, weeks + 1):
        profit = profit_of(levers) * sector
        seen = {"share": 0.2, "revenue": 0.2 * sector * levers["price"], "usual_revenue": 2e5, "profit": profit}
        levers = levers | strategy.decide(sight(week=week, levers=levers, **seen))
        history.append(levers)
        sector *= trend
    return history


def price_hill(levers):
    return 1.0 - (levers["price"] - 8.0) ** 2 / 10


@pytest.mark.parametrize("start", [6.0, 8.1, 11.0])
@pytest.mark.parametrize("trend", [0.98, 1.0, 1.02])
def test_adaptive_climbs_to_the_best_price_in_any_trend(start, trend):
    history = hill(Adaptive(), price_hill, start={"price": start}, trend=trend)
    late = [levers["price"] for levers in history[-50:]]
    assert sum(late) / len(late) == pytest.approx(8.0, rel=0.04)
    assert all(abs(price - 8.0) < 0.6 for price in late)


def test_adaptive_goes_back_where_a_change_did_not_pay():
    """Where every change costs, every trial is taken back: the levers are where they were between two trials."""
    history = hill(Adaptive(), lambda levers: -sum(levers[n] != DEFAULTS[n] for n in DEFAULTS) + 5.0, weeks=300)
    tried = [{name for name in DEFAULTS if levers[name] != DEFAULTS[name]} for levers in history]
    assert {name for names in tried for name in names} >= {"price", "openness", "sharing", "research", "service"}
    assert max(len(names) for names in tried) == 2, "one lever at a time, and its claim"
    assert sum(not names for names in tried) > 100
    for before, after in pairwise(tried):
        assert not before or not after or before == after, "it measures anew between two trials"


def test_adaptive_repeats_what_pays_and_moves_the_claim_along():
    history = hill(Adaptive(), lambda levers: levers["openness"], weeks=600, start={"proclaimed_openness": 0.3})
    assert history[-1]["openness"] == 1.0
    assert history[-1]["proclaimed_openness"] == 1.0
    assert all(levers["proclaimed_openness"] >= levers["openness"] for levers in history)
    assert history[-1]["price"] == DEFAULTS["price"]


def test_adaptive_tries_levers_in_a_fixed_order():
    history = hill(Adaptive(), lambda levers: -sum(levers[n] != DEFAULTS[n] for n in DEFAULTS) + 5.0, weeks=300)
    seen: list[str] = []
    for levers in history:
        for name in ("price", "openness", "sharing", "facilitation", "research", "service"):
            if levers[name] != DEFAULTS[name] and seen[-1:] != [name]:
                seen.append(name)
    whole = ["price", "openness", "price", "sharing", "price", "facilitation", "price", "research", "price", "service"]
    assert seen[:10] == whole


def test_adaptive_does_not_get_dearer_while_it_is_losing():
    levers = dict(DEFAULTS)
    strategy, prices = Adaptive(), []
    for week in range(1, 200):
        changes = strategy.decide(sight(week=week, levers=levers, recent_sales=50.0))
        prices.append(changes.get("price", levers["price"]))
        levers |= changes
    assert min(prices) < 10.0
    assert max(prices) == 10.0


def test_adaptive_does_not_take_back_what_somebody_else_has_set():
    strategy, levers = Adaptive(), dict(DEFAULTS)
    for week in range(1, 14):
        levers |= strategy.decide(sight(week=week, levers=levers))
    assert levers["price"] == pytest.approx(10.3), "on trial"
    levers["price"] = 7.0
    for week in range(14, 18):
        levers |= strategy.decide(sight(week=week, levers=levers, profit=-1e6))
    assert levers["price"] == 7.0


# --- responsive -------------------------------------------------------------------------------------------

CLOSED = {"openness": 0.05, "sharing": 0.0, "recognition": 0.1, "facilitation": 0.0}
OPENER = rival("Agora", {"openness": 0.8}, rating=0.9)


def test_a_responsive_firm_stays_closed_without_pressure():
    levers = led(Responsive(), start=CLOSED, rivals=(rival("Agora", {"openness": 0.8}),))
    assert {name: levers[name] for name in CLOSED} == CLOSED


@pytest.mark.parametrize(
    "pressure",
    [
        {"voice_against": 5_000.0},
        {"rating": 0.6, "rivals": (OPENER,)},
        {"rating": 0.9, "recent_sales": 60.0, "rivals": (OPENER,)},
    ],
    ids=["talk", "rating", "sales"],
)
def test_a_responsive_firm_opens_under_pressure(pressure):
    levers = led(Responsive(), start=CLOSED, **pressure)
    assert levers["openness"] == pytest.approx(0.7, abs=0.02)
    assert levers["sharing"] == pytest.approx(0.35, abs=0.01)
    assert levers["recognition"] == pytest.approx(0.6, abs=0.01)
    assert levers["facilitation"] == pytest.approx(3_000, rel=0.01)
    assert levers["proclaimed_openness"] == levers["openness"]
    assert levers["proclaimed_sharing"] == levers["sharing"]


@pytest.mark.parametrize(
    "no_pressure",
    [
        {"voice_against": 5_000.0, "voice_for": 6_000.0},
        {"rating": 0.6, "rivals": (rival("Citadel", CLOSED, rating=0.9),)},
        {"recent_sales": 60.0, "rivals": (rival("Citadel", CLOSED),)},
        {"recent_sales": 60.0, "rivals": ()},
        {"rating": 0.85, "rivals": (OPENER,)},
        {"rating": 0.6, "rivals": (OPENER,), "week": 8},
    ],
    ids=["defended", "no better rival is open", "no rival is open", "no rival", "not far behind", "too early to say"],
)
def test_what_is_no_pressure_does_not_open_it(no_pressure):
    assert led(Responsive(), start=CLOSED, **no_pressure)["openness"] == pytest.approx(0.05)


def test_the_more_pressure_the_more_open():
    opened = [led(Responsive(), start=CLOSED, voice_against=voices)["openness"] for voices in (0, 500, 1_000, 1_900)]
    assert opened == sorted(opened)
    assert opened[1] == pytest.approx(0.05 + 0.25 * 0.65, abs=0.01)


def test_a_responsive_firm_opens_fast_and_closes_slowly():
    firm = Responsive()
    pressed = led(firm, weeks=4, start=CLOSED, voice_against=5_000.0)
    assert pressed["openness"] > 0.3
    relieved = led(firm, weeks=4, start=pressed)
    assert 0.9 * pressed["openness"] < relieved["openness"] < pressed["openness"]
    assert led(firm, weeks=300, start=pressed)["openness"] == pytest.approx(0.05, abs=0.01)


# --- what a firm sees -------------------------------------------------------------------------------------


def test_units_sold_are_units_of_people():
    assert sight(revenue=1e5).units_sold == 1e4


def test_the_cheapest_rival():
    assert sight(rivals=rivals_at(9.0, 7.0, 8.0)).cheapest_rival == 7.0
    assert sight(rivals=()).cheapest_rival == math.inf
