"""What a market starts with (3, 5.8, 5.9)."""

import math

import pytest
from scipy.special import ndtri

from sim.documents import Document
from sim.market import Market
from sim.scenario import from_document

from .agreement import ABSOLUTE
from .entities import clip
from .luck import key_of, philox, uniform_of
from .test_week import SCENARIO

TRAIT = 0x02000000


def luck(market, i, name):
    """The uniform of a consumer's trait."""
    word, *_ = philox((i, 0, market.replicate, TRAIT | key_of(name)), (market.setup.seed, 0))
    return uniform_of(word)


def uniform(low, high):
    return {"distribution": "uniform", "low": low, "high": high}


ON_MAP = {
    "Nova": {"place": [1.5, -0.5], "taste_spread": 0.3},
    "Mirage": {"place": [0.0, 2.0]},
    "Citadel": {"taste_spread": 3.0},
    "Nova Cars": {"place": [-1.0, 0.25], "taste_spread": 0.0},
}


@pytest.fixture(scope="module")
def market():
    cohorts = [
        {"name": "young", "share": 0.4, "traits": {"skill": uniform(0.0, 0.5)}},
        {"name": "old", "share": 0.3, "traits": {"playfulness": uniform(0.0, 0.1)}},
    ]
    traits = {"skill": uniform(0.5, 1.0), "playfulness": uniform(0.2, 1.0)}
    population = {"size": 200, "represents": 1e6, "traits": traits}
    tables = {"population": population, "cohort": cohorts}
    tables["firm"] = [firm | ON_MAP.get(firm["name"], {}) for firm in SCENARIO["firm"]]
    tables["mechanisms"] = {"purchase": {"taste_spread": 1.3, "zapping": 1.6}}
    return Market(from_document(Document({**SCENARIO, **tables}, {}), "start"))


def test_cohorts_lie_side_by_side_on_one_uniform_and_share_their_luck(market):
    columns = {name: market.population.get(name) for name in ("cohort", "skill", "playfulness")}
    for i in range(market.population.size):
        u = luck(market, i, "cohort")
        cohort = 1 if u < 0.4 else 2 if u < 0.7 else 0
        k, π = luck(market, i, "skill"), luck(market, i, "playfulness")
        assert columns["cohort"][i] == cohort
        assert abs(columns["skill"][i] - (0.5 * k if cohort == 1 else 0.5 + 0.5 * k)) < ABSOLUTE
        assert abs(columns["playfulness"][i] - (0.1 * π if cohort == 2 else 0.2 + 0.8 * π)) < ABSOLUTE


def test_tastes_are_those_of_each_supplier_and_of_what_is_sought_on_the_market_map(market):
    """Lines are like any firm; commons and sharing markets have the usual spread and no place."""
    t, purchase = market.population.get("taste"), market.mechanisms.purchase
    σ_t, Z = purchase.taste_spread, purchase.zapping
    for f, supplier in enumerate(market.suppliers):
        setup = supplier.setup
        σ_f, (p_1, p_2) = (setup.taste_spread, setup.place) if supplier in market.firms else (1.0, (0.0, 0.0))
        for i in range(market.population.size):
            z, y_1, y_2 = (ndtri(luck(market, i, name)) for name in (f"taste for {supplier.name}", "map 1", "map 2"))
            assert abs(t[f, i] - (σ_t / Z * σ_f * z + (p_1 * y_1 + p_2 * y_2) / Z)) < 2e-6


def test_beliefs_lie_around_the_truth_and_the_trust_in_a_supplier(market):
    m, Q, S = market.mechanisms, market.population.get("quality"), market.population.get("sincerity")
    for f, supplier in enumerate(market.suppliers):
        mean = m.sincerity.initial if supplier in market.firms else supplier.setup.trust
        for i in range(market.population.size):
            about, trust = (
                luck(market, i, f"belief about {supplier.name}"),
                luck(market, i, f"trust in {supplier.name}"),
            )
            expected = supplier.true_quality + m.beliefs.initial_spread * ndtri(about)
            assert abs(Q[f, i] - clip(expected)) < ABSOLUTE
            assert abs(S[f, i] - clip(mean + m.sincerity.initial_spread * ndtri(trust))) < ABSOLUTE


def test_goods_are_as_many_as_are_bought_and_worn_out(market):
    rate, owned = market.population.get("rate"), market.population.get("owned")
    for place, sector in enumerate(market.setup.sectors):
        for i in range(market.population.size):
            u = luck(market, i, f"goods of {sector.name}")
            expected = math.floor(rate[place, i] * sector.life + u) if sector.durable else 0
            assert owned[place, i] == expected


def test_commons_and_sharing_markets(market):
    heads, p = market.heads, market.mechanisms.sharing
    commons = market.commons["phones"]
    assert (commons.openness, commons.given_back, commons.talent) == (1, 1, 0)
    assert commons.price == pytest.approx(60.0 * 0.8)
    assert commons.hassle == pytest.approx(2.0 * 0.8)
    second_hand, rental, together = (market.sharing[sector] for sector in ("phones", "cars", "drinks"))
    assert (second_hand.price, second_hand.stock) == (pytest.approx(200.0 * p.usual_price), 0.1 * heads)
    assert (rental.price, rental.stock) == (pytest.approx(100.0 * p.usual_price), 0.2 * heads)
    assert (together.price, together.available, together.name) == (10.0, 1.0, "Together")
    for shop in (second_hand, rental, together):
        assert (shop.openness, shop.hassle, shop.demand, shop.available) == (0.0, 0.5, 0.0, 1.0)
