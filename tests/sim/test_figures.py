"""Key figures against plain counting of consumers, and the record that holds them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import Firm
from sim.figures import FIGURES, gini, top_share
from sim.market import Market
from sim.mechanisms.contribution import BINS, bin_of
from tests.guarantees.markets import lived, stress


@pytest.fixture(scope="module")
def market():
    return lived(stress())


def firm_figure(market, key, week=-1):
    return dict(zip(market.record.firms, market.record[key][week], strict=True))


def of_firms(market, column):
    """The rows of a column that are of firms, in the record's order."""
    return market.population.get(column)[[firm.place for firm in market.firms]]


def test_shares_are_units_over_the_sectors_units(market):
    """Of all that is bought in the sector, also from the commons and the sharing market."""
    units, share = market.record["units"], market.record["share"]
    for s, sector in enumerate(market.setup.sectors):
        places = [i for i, firm in enumerate(market.firms) if firm.sector == sector.name]
        total = market.record["sector_units"][:, s]
        sold = total > 0
        np.testing.assert_allclose(share[sold][:, places], units[sold][:, places] / total[sold, None])
        assert (share[~sold][:, places] == 0).all(), "nobody has a share of nothing"
        rows = [one for one in market.suppliers if one.sector == sector.name and not isinstance(one, Firm)]
        others = sum(one.week.units for one in rows)
        assert total[-1] == pytest.approx(units[-1, places].sum() + others * market.weight)
        assert market.record["leader_share"][-1, s] == share[-1, places].max()


def test_sector_figures_are_weighted_by_sales(market):
    record = market.record
    for s, sector in enumerate(market.setup.sectors):
        places = [i for i, firm in enumerate(market.firms) if firm.sector == sector.name]
        units = record["units"][:, places]
        for key, of_firm in (("mean_price", "price"), ("sector_quality", "quality")):
            with np.errstate(invalid="ignore"):  # undefined in a week without a sale
                expected = (units * record[of_firm][:, places]).sum(axis=1) / units.sum(axis=1)
            np.testing.assert_allclose(record[key][:, s], expected, err_msg=key)
        # Profit and revenue are in whole cents.
        profit, revenue = record["profit"][:, places].sum(axis=1), record["revenue"][:, places].sum(axis=1)
        sold = revenue > 0
        np.testing.assert_allclose(record["sector_profit"][sold, s], profit[sold] / revenue[sold])
        assert np.isnan(record["sector_profit"][~sold, s]).all()


def test_alternatives_are_counted_by_cohort_from_single_consumers():
    market = Market(stress(horizon=8))
    alternatives = [one.place for one in market.suppliers if one not in market.firms]
    cohort = market.population.get("cohort")
    for _ in range(8):
        made_before = market.population.get("contributed")
        market.step()
        gave = market.population.get("contributed") > made_before
        record, bought = market.record, (market.population.get("bought") == market.week).any(axis=0)
        assert record["prosumers"][-1] == pytest.approx((gave & bought).sum() / bought.sum())
        outside = sum(market.suppliers[place].week.units for place in alternatives)
        assert record["alternatives"][-1] == pytest.approx(outside / sum(one.week.units for one in market.suppliers))
        for c in range(3):
            member = cohort == c
            assert record["cohort_contributors"][-1, c] == pytest.approx(gave[member].mean())
        units, others = market.counts.cohort_units, market.counts.cohort_outside
        assert (units[:3].sum(), others[:3].sum()) == (sum(one.week.units for one in market.suppliers), outside)
        np.testing.assert_allclose(record["cohort_alternatives"][-1], others[:3] / units[:3])


def test_goods_owned_and_ambassadors_are_counted_from_single_consumers(market):
    owned = market.population.get("owned").mean(axis=1)
    np.testing.assert_allclose(market.record["goods_owned"][-1], owned)
    assert owned[1] > 0
    office = market.population.get("ambassador")
    counted = [(office == firm.place).sum() * market.weight for firm in market.firms]
    np.testing.assert_allclose(market.record["ambassadors"][-1], counted)
    assert sum(counted) > 0


def test_penetration_counts_who_bought_in_the_window(market):
    bought = of_firms(market, "bought")
    recent = (bought > market.week - 5).mean(axis=1)
    np.testing.assert_allclose(market.record["penetration"][-1], recent)


def test_frequency_is_units_per_buyer_over_the_window(market):
    units = market.record["units"][-5:].sum(axis=0)
    buyers = market.record["penetration"][-1] * market.setup.population.represents
    expected = np.divide(units, buyers, out=np.full_like(units, np.nan), where=buyers > 0)
    np.testing.assert_allclose(market.record["frequency"][-1], expected)


def test_first_buyers_and_lost_buyers_follow_single_consumers():
    market = Market(stress(horizon=9))
    before = of_firms(market, "bought")
    for week in range(1, 10):
        market.step()
        now = of_firms(market, "bought")
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
        returned = np.zeros((2, len(market.suppliers)))
        for sector in range(len(now)):
            row = now[sector]
            buys = (row >= 0) & (bought[row, np.arange(row.size)] == week)
            again = buys & (before[sector] >= 0)
            switches += (again & (row != before[sector])).sum()
            repeats += again.sum()
            for place in range(len(market.suppliers)):
                returned[0, place] += (again & (before[sector] == place)).sum()
                returned[1, place] += (again & (before[sector] == place) & (row == place)).sum()
        assert market.record["switching_rate"][-1] == pytest.approx(
            switches / repeats if repeats else np.nan, nan_ok=True
        )
        with np.errstate(invalid="ignore"):
            rate = (returned[1] / returned[0])[[firm.place for firm in market.firms]]
        np.testing.assert_allclose(market.record["repeat_rate"][-1], rate)
        before = now


def test_beliefs_are_means_over_all_consumers(market):
    """Counted in 1/1023, so to half of that."""
    for key, column in (("belief", "quality"), ("sincerity", "sincerity")):
        means = of_firms(market, column).mean(axis=1, dtype=float)
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
    office = get("ambassador")
    for i, firm in enumerate(market.firms):
        at = target == firm.place
        for key, who in (
            ("attackers", at & (stance < 0) & speaks),
            ("defenders", at & (stance > 0) & speaks),
            ("boycott_size", at & (stance < 0) & acts),
            ("buycott_size", at & (stance > 0) & acts),
        ):
            assert market.record[key][-1, i] == pytest.approx(who.sum() * weight), key
        # An ambassador speaks for its firm unless it raises a voice of its own.
        speaks_for = (office == firm.place) & ~(speaks & (target >= 0))
        net = (energy * stance)[at & speaks].sum(dtype=float) * weight
        net += speaks_for.sum() * market.setup.mechanisms.ambassadors.zeal * weight
        assert market.record["net_voice"][-1, i] == pytest.approx(net, abs=0.001 * market.setup.population.represents)
    talkers, actors = (speaks & (target >= 0)).sum(), (acts & (target >= 0)).sum()
    assert market.record["talk_per_act"][-1] == pytest.approx(talkers / actors)


def test_communities_are_counted(market):
    home = market.population.get("community")
    counted = [(home == firm.place).sum() * market.weight for firm in market.firms]
    np.testing.assert_allclose(market.record["community"][-1], counted)


def test_concentration_and_userisation(market):
    record = market.record
    np.testing.assert_allclose(record["hhi"], (record["share"] ** 2).sum(axis=1) / 3)
    assert record["alive"][-1].sum() == 8
    # Revenue-weighted external share times sharing; a firm's books are closed before it goes.
    weights = record["revenue"]
    gone = record.firms.index("Icarus")
    week = int(np.flatnonzero(record["alive"][:, gone] == 0)[0])
    value = (weights * record["external_share"] * record["sharing"]).sum(axis=1) / weights.sum(axis=1)
    assert record["userisation"][:week].max() > 0
    np.testing.assert_allclose(record["userisation"][:week], value[:week])


def test_margin_and_approval(market):
    record = market.record
    costs = [firm.unit_cost * (0.25 if firm.mode == "rent" else 1.0) for firm in market.firms]
    np.testing.assert_allclose(record["margin"][-1], (record["price"][-1] - costs) / record["price"][-1])
    for i, firm in enumerate(market.firms):
        if firm.ideas_submitted:
            assert record["approval_rate"][-1, i] == firm.ideas_launched / firm.ideas_submitted


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
    drinks, phones = ("Comet", "Citadel", "Nova"), ("Late", "Icarus", "Agora", "Mirage")
    assert record.firms == (*drinks, *phones, "Mirage Tours", "Roam", "Wander")


def test_a_record_grows_week_by_week_and_past_the_horizon():
    market = Market(stress(horizon=3))
    assert market.record["share"].shape == (0, 10)
    assert market.record["hhi"].shape == (0,)
    for week in range(1, 9):
        market.step()
        assert market.record.weeks == week
        assert market.record["share"].shape == (week, 10)
        assert market.record["tools"].shape == (week, 3)
        assert market.record["hardship"].shape == (week, 3)
        assert market.record["salience"].shape == (week, 3)
        assert market.record["hhi"].shape == (week,)
    # No crisis of these first weeks is answered.
    for key in FIGURES.keys() - {"response_delay"}:
        assert not np.isnan(market.record[key]).all(), key
    longer = lived(stress(horizon=8, event=market_events(3), schedule=market_schedule(3)))
    for key in FIGURES:
        np.testing.assert_array_equal(market.record[key], longer.record[key], err_msg=key)


def market_events(horizon):
    events = stress(horizon=horizon).model_dump(mode="json", by_alias=True, exclude_none=True)["event"]
    return [event for event in events if event["week"] <= horizon]


def market_schedule(horizon):
    return stress(horizon=horizon).model_dump(mode="json", by_alias=True, exclude_none=True)["schedule"]
