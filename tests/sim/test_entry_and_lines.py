"""Who comes later: start-ups drawn in by margins, and lines of firms with what people believe of them."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.market import Market
from sim.mechanisms.entry import is_drawn_in, published_margin
from sim.mechanisms.porosity import PorosityParameters, may_enter, spill_over
from tests.guarantees.markets import made


def data(*later, **more):
    return {
        "horizon": 40,
        "population": {"size": 300, "represents": 300_000.0},
        "sector": [{"name": "food"}, {"name": "tools", "reference_price": 100.0}],
        "firm": [
            {"name": "Root", "sector": "food", "appeal": 1.5, "levers": {"openness": 0.8}},
            {"name": "Rival", "sector": "food"},
            {"name": "Hammer", "sector": "tools", "levers": {"price": 100.0}},
            *later,
        ],
    } | more


LINE = {"name": "Root Tools", "sector": "tools", "parent": "Root", "enters": 4, "levers": {"price": 100.0}}
STARTUP = {"name": "Fresh", "sector": "food", "enters": 5}


def lived(weeks, *later, **more):
    market = Market(made(data(*later, **more)))
    market.run(weeks)
    return market


# --- margins ------------------------------------------------------------------------------------------------


def published(*pairs, alive=1.0):
    return [SimpleNamespace(published=pair, alive=alive) for pair in pairs]


def test_the_margin_of_a_sector_is_profits_over_revenues_together():
    assert published_margin(published((10, 100), (-40, 200))) == pytest.approx(-0.1)
    # Who has published nothing does not count, nor who is gone.
    assert published_margin(published((10, 100), (0, 0))) == pytest.approx(0.1)
    assert published_margin([*published((10, 100)), *published((-90, 100), alive=0.0)]) == pytest.approx(0.1)
    assert math.isnan(published_margin(published((0, 0))))
    assert math.isnan(published_margin([]))


def test_a_margin_draws_in_who_wants_no_more():
    assert is_drawn_in(None, math.nan)
    assert is_drawn_in(0.2, 0.2)
    assert not is_drawn_in(0.2, 0.19)
    assert not is_drawn_in(0.2, math.nan)


def first_week(market, name):
    came = market.record["entered"][:, market.record.firms.index(name)]
    return int(np.flatnonzero(came)[0]) + 1 if came.any() else None


def test_a_startup_comes_in_its_week():
    market = lived(8, STARTUP)
    fresh = market.firm_named["Fresh"]
    assert first_week(market, "Fresh") == fresh.entered_in == 5
    place = market.record.firms.index("Fresh")
    assert (market.record["units"][:4, place] == 0).all()
    assert (market.record["alive"][:, place] == [0] * 4 + [1] * 4).all()
    assert (market.record["units"][4:, place] > 0).all()


def test_a_startup_that_looks_at_margins_comes_after_the_first_quarter_that_pleases():
    """The quarter's accounts are published at the end of week 13."""
    assert first_week(lived(20, STARTUP | {"entry_margin": -9.0}), "Fresh") == 14
    assert first_week(lived(20, STARTUP | {"enters": 17, "entry_margin": -9.0}), "Fresh") == 17
    assert first_week(lived(30, STARTUP | {"entry_margin": 0.99}), "Fresh") is None


def test_the_margin_is_that_of_the_sector():
    """It comes exactly when what the sector's firms have published together is enough."""
    seen = lived(14, STARTUP | {"enters": 39})
    margin = published_margin(seen.firms_of["food"])
    firms = seen.firms_of["food"]
    assert margin == pytest.approx(sum(firm.published[0] for firm in firms) / sum(firm.published[1] for firm in firms))
    assert first_week(lived(15, STARTUP | {"entry_margin": margin - 1e-9}), "Fresh") == 14
    assert first_week(lived(15, STARTUP | {"entry_margin": margin + 1e-9}), "Fresh") is None


def test_without_entry_nobody_comes_later_but_lines_do():
    market = lived(8, STARTUP, LINE, mechanisms={"entry": {"enabled": False}})
    assert first_week(market, "Fresh") is None
    assert first_week(market, "Root Tools") == 4
    market = lived(8, STARTUP, LINE, mechanisms={"porosity": {"enabled": False}})
    assert first_week(market, "Fresh") == 5
    assert first_week(market, "Root Tools") is None


def test_nothing_is_thought_or_said_of_who_is_not_there():
    market = Market(made(data(STARTUP)))
    fresh = market.firm_named["Fresh"]
    start = {name: market.population.get(name)[fresh.place] for name in ("quality", "sincerity")}
    market.run(4)
    for name, values in start.items():
        assert np.array_equal(values, market.population.get(name)[fresh.place]), name
    assert not (market.population.get("community") == fresh.place).any()
    assert not (market.population.get("mentioned") == fresh.place).any()
    market.run(4)
    assert not np.array_equal(start["quality"], market.population.get("quality")[fresh.place])


# --- lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parent", "members", "parameters", "expected"),
    [
        ({"alive": 1.0, "cash": 500_00}, 0.0, {}, True),
        ({"alive": 1.0, "cash": 499_99}, 0.0, {}, False),
        ({"alive": 0.0, "cash": 500_00}, 0.0, {}, False),
        ({"alive": 1.0, "cash": 500_00}, 0.09, {"interest": 0.1}, False),
        ({"alive": 1.0, "cash": 500_00}, 0.1, {"interest": 0.1}, True),
        ({"alive": 1.0, "cash": 500_00}, 1.0, {"enabled": False}, False),
    ],
)
def test_a_firm_spreads_when_it_lives_can_pay_and_has_a_community(parent, members, parameters, expected):
    firm: Any = SimpleNamespace(**parent)
    assert may_enter(firm, 500.0, members, PorosityParameters(**parameters)) is expected


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_line_takes_over_beliefs_and_appeal_from_its_firm(share):
    """Beliefs do not move otherwise in the week of entry: no hearsay, no experience, no spill-over."""
    quiet = {
        "porosity": {"carry_over": share, "spillover": 0.0},
        "beliefs": {"speed": 0.0},
        "sincerity": {"speed": 0.0, "forgiveness": 0.0},
        "experience": {"enabled": False},
        "contribution": {"enabled": False},
    }
    market = Market(made(data(LINE, mechanisms=quiet)))
    root, line = market.firm_named["Root"], market.firm_named["Root Tools"]
    market.run(3)
    before = {name: market.population.get(name) for name in ("quality", "sincerity")}
    market.step()
    for name, values in before.items():
        one, other = values[line.place], values[root.place]
        np.testing.assert_allclose(
            market.population.get(name)[line.place], one + np.float32(share) * (other - one), atol=1e-6, err_msg=name
        )
        assert np.array_equal(market.population.get(name)[root.place], other), name
    assert line.appeal == pytest.approx(share * 1.5)


def test_beliefs_about_a_firm_and_its_line_draw_together():
    """Their difference shrinks by the share a week, their mean stays."""
    line, parent = np.array([0.2, 0.9, 0.5], np.float32), np.array([0.8, 0.1, 0.5], np.float32)
    gap, mean = line - parent, (line + parent) / 2
    for week in range(1, 6):
        spill_over(line, parent, np.float32(0.3))
        np.testing.assert_allclose(line - parent, gap * 0.7**week, atol=1e-6)
        np.testing.assert_allclose((line + parent) / 2, mean, atol=1e-6)


def test_a_line_lives_on_its_firms_community():
    eager = {"contribution": {"join_rate": 1.0, "effort": 2.0}}
    rich = [{"name": "Root", "sector": "food", "levers": {"openness": 0.9, "facilitation": 1e5}}, *data()["firm"][1:]]
    market = Market(
        made(data(mechanisms=eager) | {"firm": [*rich, LINE | {"levers": {"openness": 0.9, "price": 100.0}}]})
    )
    market.run(10)
    root, line = market.firm_named["Root"], market.firm_named["Root Tools"]
    assert line.week.members == line.week.contributors == 0
    assert root.week.members > 0
    assert line.external_talent > 0
    assert line.human_contact == root.human_contact > 0
    assert line.external_share > 0
    # Its members are at home with the line: their attachment counts for its goods as for those of the firm.
    assert line.home == root.place


def test_a_line_is_attached_to_as_its_firm_is():
    """With an enormous effect of attachment, members of the firm's community buy the line's goods."""
    tied = {"contribution": {"join_rate": 1.0, "effort": 20.0, "bonding": 1.0, "attachment_effect": 20.0}}
    ready = {"propensity": {"distribution": "constant", "value": 1.0}}
    population = {"size": 300, "represents": 300_000.0, "traits": ready}
    market = lived(14, LINE, mechanisms=tied, population=population)
    members = market.population.get("community") == market.firm_named["Root"].place
    attached = members & (market.population.get("attachment") > 0.5)
    line = market.firm_named["Root Tools"].place
    bought = market.population.get("bought")
    in_tools = (bought[market.firm_named["Hammer"].place] == 14) | (bought[line] == 14)
    assert (attached & in_tools).sum() > 10
    assert (bought[line][attached & in_tools] == 14).all()
    assert (bought[line][~attached & in_tools] == 14).mean() < 0.9


def test_a_line_waits_until_its_firm_can_pay():
    market = lived(12, LINE | {"entry_cost": 5_100_000.0})
    cash = market.record["cash"][:, market.record.firms.index("Root")]
    came = first_week(market, "Root Tools")
    enough = np.flatnonzero(cash >= 5_100_000.0)
    assert came == max(4, int(enough[0]) + 2)


def test_listings_of_who_is_not_there_wait_for_it():
    listing = {"week": 2, "kind": "listing", "firm": "Fresh", "availability": 0.25}
    market = lived(6, STARTUP, event=[listing])
    assert market.record["availability"][:, market.record.firms.index("Fresh")].tolist()[:4] == [0.0] * 4
    assert market.record["availability"][4, market.record.firms.index("Fresh")] == pytest.approx(0.25)
