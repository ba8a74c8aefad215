"""Each mechanism where it has nothing to work on, or everything: what must come out is known without the rule."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.market import Market
from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.crisis import CrisisParameters, open_crisis, response_delay
from sim.mechanisms.distribution import DistributionParameters, restock
from sim.mechanisms.leaks import LeaksParameters, leak_probability
from sim.salience import Salience
from tests.guarantees.markets import is_same, made


def lived(weeks=8, nova=None, levers=None, population=None, sector=None, **more):
    """Two scripted firms in one sector; of Nova and its levers only what differs is said."""
    data = {
        "horizon": 60,
        "population": {"size": 500, "represents": 50_000.0} | (population or {}),
        "sector": [{"name": "food"} | (sector or {})],
        "firm": [
            {"name": "Nova", "sector": "food", "levers": levers or {}} | (nova or {}),
            {"name": "Orba", "sector": "food"},
        ],
    } | more
    market = Market(made(data))
    market.run(weeks)
    return market


def constant(value):
    return {"distribution": "constant", "value": value}


def test_who_minds_no_price_buys_the_same_at_any_price():
    """With a price sensitivity of 0 a tenfold price changes no purchase, to the bit."""
    careless = {"traits": {"price_sensitivity": constant(0.0)}}
    usual, dear = (lived(levers={"price": price}, population=careless) for price in (10.0, 100.0))
    assert is_same(usual.record["units"], dear.record["units"])
    assert usual.record["units"].min() > 0


def test_goods_without_defects_bring_no_complaints_and_a_sure_repair_leaves_none_open():
    sound = lived(nova={"defect_rate": 0.0}).record
    assert sound["defect_rate"][:, 0].max() == sound["complaints"][:, 0].max() == 0
    assert sound["units"][:, 0].min() > 0
    loud = {"experience": {"complaint_rate": 1.0, "base_repair": 1.0}}
    mended = lived(nova={"defect_rate": 0.5}, mechanisms=loud).record
    assert mended["complaints"][1:, 0].min() > 0
    assert (mended["recovery"][:, 0] == 1).all()
    silent = lived(nova={"defect_rate": 0.5}, mechanisms={"experience": {"complaint_rate": 0.0}}).record
    assert silent["complaints"].max() == 0


def test_a_closed_firm_has_no_community_and_gets_nothing_from_outside():
    levers = {"openness": 0.0, "play": 1.0, "recognition": 1.0}
    closed = lived(20, levers=levers, mechanisms={"contribution": {"join_rate": 1.0}}).record
    for figure in ("community", "contributors", "ideas", "external_share"):
        assert closed[figure][:, 0].max() == 0, figure
    assert closed["community"][:, 1].max() > 0


def test_without_any_talent_quality_only_goes_out_of_date():
    """Neither research nor openness: quality decays by the obsolescence alone, in closed form."""
    market = lived(20, nova={"quality": 0.8}, levers={"openness": 0.0, "research": 0.0, "launches": 0.0})
    decay = 1 - market.mechanisms.creation.obsolescence
    assert market.record["quality"][:, 0] == pytest.approx([0.8 * decay**week for week in range(1, 21)])
    assert market.firms[0].value_created == 0.0


def test_who_sells_nothing_goes_down_to_the_lowest_availability_and_no_further():
    p = DistributionParameters(lowest=0.1, cut=0.2, patience=2, certainty=0.0)
    firm: Any = SimpleNamespace(
        usual_sales=100.0, recent_sales=0.0, order_size=1, low_weeks=0, available=1.0, full_availability=1.0
    )
    seen = []
    for week in range(5, 35):
        restock(firm, p, week, 1.0)
        seen.append(firm.available)
    assert seen[:3] == pytest.approx([1.0, 0.8, 0.64])
    assert seen[-1] == 0.1
    # Whoever is listed nowhere is not brought back by those who sell it.
    firm.full_availability, firm.recent_sales = 0.0, 100.0
    for week in range(40, 600):
        restock(firm, p, week, 1.0)
    assert firm.available == pytest.approx(0.0, abs=1e-3)


def test_whoever_decides_alone_answers_at_once_and_a_full_crisis_gets_no_worse():
    p = CrisisParameters(base_delay=0.5, layer_delay=0.75)
    assert [response_delay(p, layers, 1.0) for layers in (0, 6, 20)] == [0.5, 0.5, 0.5]
    assert response_delay(p, 0, 0.0) == 0.5
    assert response_delay(p, 6, 0.0) == 5.0
    firm: Any = SimpleNamespace(crises={})
    open_crisis(firm, 0, 1.0)
    open_crisis(firm, 0, 0.7)
    assert firm.crises[0]["severity"] == 1.0


def test_salience_without_shocks_is_the_standing_one_and_can_be_all_fast_or_all_slow():
    quiet = Salience([0.3, 0.0], ActivationParameters())
    for _ in range(20):
        quiet.decay_and_hear([0.0, 0.0])
    assert quiet.levels == [0.3, 0.0]
    for share, decay in ((0.0, "fast_decay"), (1.0, "slow_decay")):
        p = ActivationParameters(slow_share=share)
        salience = Salience([0.0], p)
        salience.shock(0, 0.8)
        salience.decay_and_hear([0.0])
        assert salience.levels[0] == pytest.approx(0.8 * (1 - getattr(p, decay)))


def test_where_nobody_buys_figures_are_nothing_or_undefined_and_never_wrong():
    record = lived(population={"size": 50}, sector={"purchase_rate": constant(1e-6)}).record
    for figure in ("units", "share", "revenue", "penetration", "market_units", "surplus", "complaints"):
        assert (record[figure] == 0).all(), figure
    for figure in ("satisfaction", "repeat_rate", "switching_rate", "mean_price"):
        assert np.isnan(record[figure]).all(), figure
    assert (record["price"] > 0).all()


def test_who_spends_nothing_and_earns_nothing_keeps_its_cash():
    levers = {"research": 0.0, "facilitation": 0.0, "service": 0.0, "brand_push": 0.0, "openness": 0.0}
    nobody = {"purchase_rate": constant(1e-6)}
    free = lived(20, nova={"fixed_cost": 0.0, "cash": 1234.0}, levers=levers, sector=nobody).record
    assert (free["cash"][:, 0] == 1234.0).all()
    assert (free["profit"][:, 0] == 0).all()
    assert (free["alive"][:, 0] == 1).all()


def test_a_leak_is_never_certain_and_never_comes_without_a_gap():
    p = LeaksParameters(rate=1.0, watch=100.0)
    assert leak_probability(p, 0.0, 1.0) == 0.0
    assert leak_probability(LeaksParameters(rate=0.0), 1.0, 1.0) == 0.0
    assert leak_probability(p, 1.0, 0.01) == pytest.approx(1 - math.exp(-2))
