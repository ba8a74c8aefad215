"""Key figures against plain counting of consumers, and the record that holds them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.figures import FIGURES, gini, top_share
from sim.market import Market
from sim.mechanisms.contribution import BINS, bin_of
from tests.guarantees.markets import lived, stress


@pytest.fixture(scope="module")
def market():
    return lived(stress())


def firm_figure(market, key, week=-1):
    return dict(zip(market.record.firms, market.record[key][week], strict=True))


def test_shares_are_units_over_the_sectors_units(market):
    units, share = market.record["units"], market.record["share"]
    for sector in market.setup.sectors:
        places = [firm.place for firm in market.firms if firm.sector == sector.name]
        np.testing.assert_allclose(share[:, places], units[:, places] / units[:, places].sum(axis=1, keepdims=True))


def test_penetration_counts_who_bought_in_the_window(market):
    bought = market.population.get("bought")
    recent = (bought > market.week - 5).mean(axis=1)
    np.testing.assert_allclose(market.record["penetration"][-1], recent)


def test_frequency_is_units_per_buyer_over_the_window(market):
    units = market.record["units"][-5:].sum(axis=0)
    buyers = market.record["penetration"][-1] * market.setup.population.represents
    expected = np.divide(units, buyers, out=np.full_like(units, np.nan), where=buyers > 0)
    np.testing.assert_allclose(market.record["frequency"][-1], expected)


def test_first_buyers_and_lost_buyers_follow_single_consumers():
    market = Market(stress(horizon=9))
    before = market.population.get("bought")
    for week in range(1, 10):
        market.step()
        now = market.population.get("bought")
        first = ((before == -32768) & (now == week)).sum(axis=1)
        lost = (now == week - 5).sum(axis=1)
        np.testing.assert_allclose(market.record["first_buyers"][-1], first * market.weight)
        np.testing.assert_allclose(market.record["lost_buyers"][-1], lost * market.weight)
        before = now


def test_switching_and_repeat_rates_follow_single_consumers():
    market = Market(stress(horizon=8))
    before = market.population.get("supplier")
    for week in range(1, 9):
        market.step()
        now, bought = market.population.get("supplier"), market.population.get("bought")
        switches = repeats = 0
        returned = np.zeros((2, len(market.firms)))
        for sector in range(len(now)):
            row = now[sector]
            buys = (row >= 0) & (bought[row, np.arange(row.size)] == week)
            again = buys & (before[sector] >= 0)
            switches += (again & (row != before[sector])).sum()
            repeats += again.sum()
            for place in range(len(market.firms)):
                returned[0, place] += (again & (before[sector] == place)).sum()
                returned[1, place] += (again & (before[sector] == place) & (row == place)).sum()
        assert market.record["switching_rate"][-1] == pytest.approx(
            switches / repeats if repeats else np.nan, nan_ok=True
        )
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(market.record["repeat_rate"][-1], returned[1] / returned[0])
        before = now


def test_beliefs_are_means_over_all_consumers(market):
    """Counted in 1/1023, so to half of that."""
    for key, column in (("belief", "quality"), ("sincerity", "sincerity")):
        means = market.population.get(column).mean(axis=1, dtype=float)
        np.testing.assert_allclose(market.record[key][-1], means, atol=0.5 / 1023)


def test_satisfaction_is_the_mean_of_the_weeks_buyers():
    market = Market(stress(sector=[stress().model_dump(mode="json", by_alias=True, exclude_none=True)["sector"][0]],
                           firm=[f for f in stress().model_dump(mode="json", by_alias=True, exclude_none=True)["firm"]
                                 if f["sector"] == "drinks"],
                           event=[], schedule=[]))  # fmt: skip
    for week in range(1, 7):
        market.step()
        bought, said = market.population.get("bought"), market.population.get("satisfaction")
        for firm in market.firms:
            buyers = bought[firm.place] == week
            expected = said[buyers].mean(dtype=float) if buyers.any() else np.nan
            assert market.record["satisfaction"][-1, firm.place] == pytest.approx(expected, abs=0.6 / 1023, nan_ok=True)


def test_militants_are_counted_by_cause_target_and_energy(market):
    get, weight = market.population.get, market.weight
    p = market.setup.mechanisms.activation
    energy, target, stance, cause = get("energy"), get("target"), get("stance"), get("cause")
    assert market.record["militants"][-1] == pytest.approx((get("role") == 1).sum() * weight)
    for c in range(3):
        assert market.record["cause_militants"][-1, c] == pytest.approx((cause == c).sum() * weight)
    speaks, acts = energy >= np.float32(p.click_cost), energy >= np.float32(p.act_cost)
    for firm in market.firms:
        at = target == firm.place
        for key, who in (
            ("attackers", at & (stance < 0) & speaks),
            ("defenders", at & (stance > 0) & speaks),
            ("boycott_size", at & (stance < 0) & acts),
            ("buycott_size", at & (stance > 0) & acts),
        ):
            assert market.record[key][-1, firm.place] == pytest.approx(who.sum() * weight), key
        net = (energy * stance)[at & speaks].sum(dtype=float) * weight
        assert market.record["net_voice"][-1, firm.place] == pytest.approx(
            net, abs=0.001 * market.setup.population.represents
        )
    talkers, actors = (speaks & (target >= 0)).sum(), (acts & (target >= 0)).sum()
    assert market.record["talk_per_act"][-1] == pytest.approx(talkers / actors)


def test_communities_are_counted(market):
    home = market.population.get("community")
    counted = [(home == firm.place).sum() * market.weight for firm in market.firms]
    np.testing.assert_allclose(market.record["community"][-1], counted)


def test_concentration_and_userisation(market):
    record = market.record
    np.testing.assert_allclose(record["hhi"], (record["share"] ** 2).sum(axis=1) / 3)
    alive = record["alive"].all(axis=0)
    assert alive.sum() == 6
    # Until the first bankruptcy: revenue-weighted external share times sharing.
    week = int(np.flatnonzero(record["firms_alive"] < 7)[0])
    weights = record["revenue"][:week]
    value = (weights * record["external_share"][:week] * record["sharing"][:week]).sum(axis=1) / weights.sum(axis=1)
    np.testing.assert_allclose(record["userisation"][:week], value)


def test_margin_and_approval(market):
    record = market.record
    costs = [firm.unit_cost for firm in market.firms]
    np.testing.assert_allclose(record["margin"][-1], (record["price"][-1] - costs) / record["price"][-1])
    for firm in market.firms:
        if firm.ideas_submitted:
            assert record["approval_rate"][-1, firm.place] == firm.ideas_launched / firm.ideas_submitted


def test_contribution_inequality_against_the_contributors_themselves(market):
    made = np.sort(market.population.get("contributed").astype(float))
    made = made[made > 0]
    n = made.size
    exact = (2 * np.arange(1, n + 1) - n - 1) @ made / (n * made.sum())
    assert n > 20
    assert market.record["contribution_gini"][-1] == pytest.approx(exact, abs=0.01)
    top = made[-max(1, round(n / 100)) :].sum() / made.sum()
    assert market.record["top_contributors"][-1] == pytest.approx(top, abs=0.03)


def test_gini_of_known_distributions():
    people, amounts = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    assert np.isnan(gini(people, amounts))
    people[0] = 5
    assert np.isnan(gini(people, amounts))
    people[3], amounts[3] = 10, 30
    assert gini(people, amounts) == pytest.approx(0)
    # Half have 1, half have 3: the mean difference is 1, the mean 2.
    people[:], amounts[:] = 0, 0
    people[1], amounts[1], people[3], amounts[3] = 10, 10, 10, 30
    assert gini(people, amounts) == pytest.approx(0.25)
    assert top_share(people, amounts, 0.5) == pytest.approx(0.75)
    assert top_share(people, amounts, 1.0) == pytest.approx(1.0)


def test_bins_ascend_and_hold_every_number():
    bins = [int(bin_of(np.float32(n))) for n in (*range(64), 64, 70, 100, 1000, 10_000, 1e6, 1e9, 3e38)]
    assert bins[:64] == list(range(64))
    assert bins == sorted(bins)
    assert bins[-1] < BINS


# --- the record ---------------------------------------------------------------------------------------------


def test_the_record_says_what_it_is_of(market):
    record = market.record
    assert record.scenario == market.setup
    assert (record.seed, record.replicate, record.weeks) == (20, 0, 16)
    assert record.firms == tuple(firm.name for firm in market.firms)
    assert record.causes == ("work", "planet", "privacy")


def test_firms_are_in_the_order_of_sectors():
    scenario = stress()
    record = Market(
        stress(firm=[firm.model_dump(mode="json", exclude_none=True) for firm in scenario.firms[::-1]])
    ).record
    assert record.firms == ("Citadel", "Nova", "Icarus", "Agora", "Mirage", "Roam", "Wander")


def test_a_record_grows_week_by_week_and_past_the_horizon():
    market = Market(stress(horizon=3))
    assert market.record["share"].shape == (0, 7)
    assert market.record["hhi"].shape == (0,)
    for week in range(1, 9):
        market.step()
        assert market.record.weeks == week
        assert market.record["share"].shape == (week, 7)
        assert market.record["salience"].shape == (week, 3)
        assert market.record["hhi"].shape == (week,)
    for key in FIGURES:
        assert not np.isnan(market.record[key]).all(), key
    longer = lived(stress(horizon=8, event=market_events(3), schedule=market_schedule(3)))
    for key in FIGURES:
        np.testing.assert_array_equal(market.record[key], longer.record[key], err_msg=key)


def market_events(horizon):
    events = stress(horizon=horizon).model_dump(mode="json", by_alias=True, exclude_none=True)["event"]
    return [event for event in events if event["week"] <= horizon]


def market_schedule(horizon):
    return stress(horizon=horizon).model_dump(mode="json", by_alias=True, exclude_none=True)["schedule"]
