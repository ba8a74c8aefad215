"""Scandals, news, exposures and scheduled lever changes: what they change, and when."""

from __future__ import annotations

import pytest

from sim.market import Market
from sim.mechanisms.activation import ActivationParameters
from sim.salience import Salience
from tests.guarantees.markets import made

CONDUCT = {"work": {"proclaimed": 0.5, "conduct": -0.8}}


def market(**tables):
    data = {
        "horizon": 30,
        "population": {"size": 30, "represents": 3000.0},
        "sector": [{"name": "drinks"}],
        "cause": [{"name": "work"}, {"name": "planet", "salience": 0.25}],
        "firm": [
            {"name": "Nova", "sector": "drinks", "levers": {"price": 9.0, "causes": CONDUCT}},
            {"name": "Orba", "sector": "drinks", "levers": {"price": 11.0}},
        ],
        # No firm answers a crisis, and the public forgets nothing of what it knows.
        "mechanisms": {"crisis": {"base_delay": 50.0}, "purchase": {"forgetting": 0.0}},
    }
    return Market(made(data | tables))


def scandal(**more):
    return {"week": 3, "kind": "scandal", "firm": "Nova", "cause": "work", "severity": 0.6} | more


def test_a_scandal_makes_conduct_known_and_opens_a_crisis():
    after = market(event=[scandal(revealed=0.5)])
    nova, orba = after.firms
    after.run(2)
    assert (nova.known[0], nova.focus[0], nova.exposure, nova.crises) == (0.0, 0.0, 0.0, {})
    after.step()
    assert nova.known[0] == pytest.approx(-0.4)
    assert (nova.shame, nova.exposure) == (0.6, 0.0)
    assert nova.crises[0]["severity"] == 0.6
    assert after.record["crisis"][-1].tolist() == [0.6, 0.0]
    # In the week it fades already.
    assert 0 < nova.focus[0] <= 0.6
    assert after.record["salience"][-1, 0] > after.record["salience"][-2, 0] == 0
    assert (orba.known, orba.exposure, orba.crises) == ([0.0] * 6, 0.0, {})
    after.step()
    assert nova.shame == 0.0


def test_a_second_scandal_reveals_the_rest_and_makes_the_crisis_worse():
    after = market(event=[scandal(revealed=0.5), scandal(week=4, revealed=1.0, severity=0.5)])
    after.run(4)
    assert after.firms[0].known[0] == pytest.approx(-0.8)
    assert after.firms[0].crises[0]["severity"] == pytest.approx(1 - 0.4 * 0.5)
    assert len(after.firms[0].crises) == 1


def test_without_crises_a_scandal_is_news_and_nothing_to_answer():
    after = market(event=[scandal()], mechanisms={"crisis": {"enabled": False}, "purchase": {"forgetting": 0.0}})
    after.run(3)
    assert after.firms[0].crises == {}
    assert after.firms[0].known[0] == pytest.approx(-0.8)


def test_what_the_public_knows_fades():
    after = market(event=[scandal()], mechanisms={"purchase": {"forgetting": 0.5}, "crisis": {"base_delay": 50.0}})
    known = []
    for _ in range(5):
        after.step()
        known.append(after.firms[0].known[0])
    assert known == pytest.approx([0.0, 0.0, -0.4, -0.2, -0.1])


def test_news_raise_attention_and_may_name_a_firm():
    news = {"week": 3, "kind": "news", "cause": "planet", "severity": 0.8}
    after, named = market(event=[news]), market(event=[news | {"firm": "Orba"}])
    after.run(3)
    named.run(3)
    assert after.record["salience"][1, 1] == 0.25
    assert after.record["salience"][2, 1] > 0.25
    assert [firm.focus[1] for firm in after.firms] == [0.0, 0.0]
    assert named.firms[0].focus[1] == 0.0
    assert named.firms[1].focus[1] > 0.5
    assert named.firms[1].crises == {}


def test_an_exposure_is_seen_in_its_week_alone():
    after = market(event=[{"week": 3, "kind": "exposure", "firm": "Nova", "severity": 0.7}])
    seen = []
    for _ in range(5):
        after.step()
        seen.append(after.firms[0].exposure)
    assert seen == [0.0, 0.0, 0.7, 0.0, 0.0]
    assert after.firms[0].known[0] == 0.0


def test_two_exposures_in_a_week_are_as_strong_as_the_stronger():
    exposure = {"week": 2, "kind": "exposure", "firm": "Nova"}
    after = market(event=[exposure | {"severity": 0.7}, exposure | {"severity": 0.4}])
    after.run(2)
    assert after.firms[0].exposure == 0.7


def test_a_listing_holds_from_its_week_on():
    after = market(
        event=[
            {"week": 3, "kind": "listing", "firm": "Nova", "availability": 0.25},
            {"week": 6, "kind": "listing", "firm": "Nova", "availability": 1.0},
        ],
        mechanisms={"distribution": {"enabled": False}},
    )
    shelf = after.run(8)["availability"]
    assert shelf[:, 0].tolist() == [1.0, 1.0, 0.25, 0.25, 0.25, 1.0, 1.0, 1.0]
    assert shelf[:, 1].tolist() == [1.0] * 8


def test_retailers_bring_back_no_more_than_is_listed():
    """Availability returns to what the last listing says, not to what it was at the start."""
    after = market(
        event=[{"week": 3, "kind": "listing", "firm": "Nova", "availability": 0.5}],
        mechanisms={"distribution": {"restore": 0.5, "tolerance": 0.0}},
    )
    after.run(3)
    after.firms[0].available = 0.1
    assert after.run(6)["availability"][3:, 0].tolist() == pytest.approx([0.3, 0.4, 0.45, 0.475, 0.4875, 0.49375])


def test_who_is_not_listed_sells_nothing():
    after = market(event=[{"week": 3, "kind": "listing", "firm": "Nova", "availability": 0.0}])
    sold = after.run(6)["units"]
    assert sold[:2, 0].min() > 0
    assert (sold[2:, 0] == 0).all()
    assert sold[2:, 1].min() > 0


def test_nothing_happens_to_who_waits_outside():
    firms = [
        {"name": "Nova", "sector": "drinks"},
        {"name": "Orba", "sector": "drinks", "enters": 6, "levers": {"causes": CONDUCT}},
    ]
    events = [
        scandal(firm="Orba"),
        {"week": 3, "kind": "exposure", "firm": "Orba", "severity": 0.9},
        {"week": 3, "kind": "news", "firm": "Orba", "cause": "planet", "severity": 0.9},
    ]
    after = market(firm=firms, event=events)
    after.run(3)
    orba = after.firms[1]
    assert (orba.known, orba.focus, orba.crises, orba.exposure, orba.shame) == ([0.0] * 6, [0.0] * 6, {}, 0.0, 0.0)
    assert after.record["salience"][2, 0] == 0.0
    # News are about the cause as well.
    assert after.record["salience"][2, 1] > 0.25


def test_the_public_tires_of_what_it_hears_much_of():
    """Weariness rises under full attention to where what is added is what is lost, and fades when it is over."""
    p = ActivationParameters(weariness=0.15, refresh=0.03)
    salience = Salience([0.0], p)
    for _ in range(60):
        salience.fast[0], salience.slow[0] = 1.0, 0.5
        salience.decay_and_hear([0.0])
    assert salience.weary[0] == pytest.approx(0.15 / 0.18, abs=1e-3)
    rested = salience.weary[0]
    salience.fast[0] = salience.slow[0] = 0.0
    salience.decay_and_hear([0.0])
    assert salience.weary[0] == pytest.approx(0.97 * rested)
    # What militants' voices add is dulled by as much.
    salience.fast[0] = salience.slow[0] = 0.0
    weary = 0.97 * salience.weary[0]
    salience.decay_and_hear([0.5])
    assert salience.levels[0] == pytest.approx(p.voice_feeds * 0.5 * (1 - weary))


def test_without_weariness_voices_add_what_they_add():
    salience = Salience([0.0], ActivationParameters(weariness=0.0))
    for _ in range(10):
        salience.decay_and_hear([1.0])
    assert salience.weary == [0.0]


def test_a_change_of_mode_and_of_the_other_new_levers():
    new = {
        "mode": "rent",
        "open_files": 0.5,
        "hosting": 0.25,
        "ambassadors": 10.0,
        "suggestion_box": 1.0,
        "reward": 0.5,
    }
    after = market(schedule=[{"week": 2, "until": 4, "firm": "Nova"} | new])
    for week in range(1, 6):
        after.step()
        now = {name: getattr(after.firms[0], name) for name in new}
        assert (now == new) == (week in (2, 3)), week
        assert after.firms[0].is_use == float(week in (2, 3))


def test_a_suggestion_box_brings_employees_ideas():
    """At talent E some research_ideas · E come by themselves and box_ideas · E more: 60 weeks, within 20 %."""
    firms = [
        {"name": name, "sector": "drinks", "levers": {"research": 9_000.0, "suggestion_box": box}}
        for name, box in (("Nova", 1.0), ("Orba", 0.0))
    ]
    after = market(firm=firms, horizon=60)
    ideas = after.run(60)["employee_ideas"].sum(axis=0)
    p, talent = after.mechanisms.creation, after.firms[0].talent
    assert talent == after.firms[1].talent > 0.5
    assert ideas[0] == pytest.approx(60 * (p.research_ideas + p.box_ideas) * talent, rel=0.2)
    assert ideas[1] == pytest.approx(60 * p.research_ideas * talent, rel=0.2)


def test_a_change_lasts():
    after = market(schedule=[{"week": 3, "firm": "Nova", "price": 8.0, "validation_layers": 0}])
    after.run(5)
    assert after.record["price"][:, 0].tolist() == [9.0, 9.0, 8.0, 8.0, 8.0]
    assert after.record["price"][:, 1].tolist() == [11.0] * 5
    assert after.firms[0].validation_layers == 0


def test_a_change_for_a_while_goes_back():
    after = market(schedule=[{"week": 2, "until": 4, "firm": "Nova", "price": 8.0}])
    after.run(5)
    assert after.record["price"][:, 0].tolist() == [9.0, 8.0, 8.0, 9.0, 9.0]


def test_a_change_goes_back_to_what_was_there_before_it():
    """Not to the price of the scenario, but to the one that held when it began."""
    after = market(
        schedule=[{"week": 2, "firm": "Nova", "price": 7.0}, {"week": 3, "until": 5, "firm": "Nova", "price": 8.0}]
    )
    after.run(6)
    assert after.record["price"][:, 0].tolist() == [9.0, 7.0, 8.0, 8.0, 7.0, 7.0]


def test_two_firms_change_for_the_same_while():
    after = market(
        schedule=[
            {"week": 2, "until": 4, "firm": "Nova", "price": 8.0},
            {"week": 2, "until": 4, "firm": "Orba", "price": 12.0},
        ]
    )
    after.run(4)
    assert after.record["price"].tolist() == [[9.0, 11.0], [8.0, 12.0], [8.0, 12.0], [9.0, 11.0]]


def test_two_levers_change_for_the_same_while():
    after = market(
        schedule=[
            {"week": 2, "until": 4, "firm": "Nova", "price": 8.0},
            {"week": 2, "until": 4, "firm": "Nova", "openness": 0.9},
        ]
    )
    after.run(5)
    assert after.record["price"][:, 0].tolist() == [9.0, 8.0, 8.0, 9.0, 9.0]
    assert after.record["openness"][:, 0].tolist() == [0.1, 0.9, 0.9, 0.1, 0.1]


def test_stances_change_for_a_while():
    stances = {"work": {"proclaimed": 1.0, "conduct": 1.0}}
    after = market(schedule=[{"week": 2, "until": 4, "firm": "Nova", "causes": stances}])
    seen = []
    for _ in range(5):
        after.step()
        seen.append((after.firms[0].proclaimed[0], after.firms[0].conduct[0]))
    assert seen == [(0.5, -0.8), (1.0, 1.0), (1.0, 1.0), (0.5, -0.8), (0.5, -0.8)]


@pytest.mark.parametrize(
    "order",
    [
        1,
        -1,
    ],
)
def test_a_change_begins_in_the_week_another_ends(order):
    """Whichever stands first in the file, the new price holds."""
    changes = [{"week": 2, "until": 4, "firm": "Nova", "price": 8.0}, {"week": 4, "firm": "Nova", "price": 7.0}]
    after = market(schedule=changes[::order])
    after.run(5)
    assert after.record["price"][:, 0].tolist() == [9.0, 8.0, 8.0, 7.0, 7.0]


def test_stances_change_in_the_week_said():
    stances = {"work": {"proclaimed": 0.9, "conduct": 0.9}}
    after = market(schedule=[{"week": 3, "firm": "Nova", "causes": stances}])
    gaps = after.run(4)["gap"][:, 0]
    assert gaps[:2] == pytest.approx([0.65, 0.65])
    assert gaps[2:] == pytest.approx([0.0, 0.0])


def test_a_change_holds_against_nothing_but_the_firms_own_strategy():
    """A scripted firm keeps a scheduled lever; one with a strategy goes on from it."""
    firms = [
        {"name": "Nova", "sector": "drinks"},
        {"name": "Orba", "sector": "drinks", "strategy": "client_centred"},
    ]
    changes = [{"week": 3, "firm": name, "openness": 0.0} for name in ("Nova", "Orba")]
    after = market(firm=firms, schedule=changes)
    openness = after.run(6)["openness"]
    assert openness[2:, 0].tolist() == [0.0] * 4
    assert 0 < openness[2, 1] < openness[5, 1]
