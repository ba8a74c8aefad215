"""Scheduled changes that meet each other."""

import pytest

from sim.documents import ScenarioError
from sim.market import Market
from sim.scenario import changed, load


def scheduled(*changes):
    return changed(load("sweatshop_scandal", {"population.size": 50, "event": []}), {"schedule": list(changes)})


def test_a_change_of_conduct_alone_leaves_what_is_proclaimed():
    scenario = scheduled({"week": 2, "until": 4, "firm": "Citadel", "causes": {"work": {"conduct": -0.2}}})
    market = Market(scenario)
    citadel, seen = market.firm_named["Citadel"], []
    for _ in range(4):
        market.step()
        seen.append((citadel.proclaimed[0], citadel.conduct[0]))
    assert seen == [(0.6, -0.7), (0.6, -0.2), (0.6, -0.2), (0.6, -0.7)]


@pytest.mark.parametrize("until", [{}, {"until": 25}])
def test_a_change_inside_a_temporary_one_of_the_same_lever_is_refused(until):
    with pytest.raises(ScenarioError, match="already"):
        scheduled(
            {"week": 5, "until": 20, "firm": "Nova", "price": 8.0},
            {"week": 10, "firm": "Nova", "price": 7.0} | until,
        )


def test_other_levers_firms_causes_and_later_changes_may_overlap():
    scheduled(
        {"week": 5, "until": 20, "firm": "Nova", "price": 8.0, "causes": {"work": {"conduct": 0.5}}},
        {"week": 10, "until": 15, "firm": "Nova", "openness": 0.7},
        {"week": 10, "until": 15, "firm": "Nova", "causes": {"planet": {"conduct": 0.5}}},
        {"week": 10, "firm": "Summit", "price": 9.0},
        {"week": 20, "firm": "Nova", "price": 7.0},
    )
