"""The markets of facts: declared, drawn, and with a user's settings."""

import numpy as np
import pytest

from experiments.facts.markets import arms_of, markets_folder, plans
from experiments.facts.registry import FACTS, STATISTICS
from sim.scenario import load

CATEGORIES = plans()["categories"]


def test_every_statistic_has_its_market_and_every_market_a_statistic():
    assert {one.market for one in STATISTICS.values()} == set(plans())
    assert {path.stem for path in markets_folder().glob("*.toml")} == {
        name for name, plan in plans().items() if not plan.drawn
    }


def test_keys_are_unique_and_bands_have_an_inside():
    assert len(STATISTICS) == sum(len(fact.statistics) for fact in FACTS)
    assert [fact.number for fact in FACTS] == list(range(1, 16))
    for one in STATISTICS.values():
        assert one.low < one.high
        assert one.is_inside(one.low) is True
        assert one.is_inside(one.low - 1) is False
        assert one.is_inside(float("nan")) is None


@pytest.mark.parametrize("name", list(plans()))
def test_arms_are_valid_and_differ_from_each_other(name):
    arms = arms_of(plans()[name], number=0, seed=3)
    assert len({arm.canonical for arm in arms.values()}) == len(arms)
    for arm in arms.values():
        assert arm.population.size == plans()[name].consumers
        assert arm.seed == 3
        assert arm.horizon > plans()[name].burn_in


def test_categories_are_drawn_anew_and_the_same_again():
    first, second = (arms_of(CATEGORIES, number=n, seed=1)["market"] for n in (0, 1))
    assert first.canonical != second.canonical
    assert first.canonical == arms_of(CATEGORIES, number=0, seed=1)["market"].canonical
    drawn = [arms_of(CATEGORIES, number=n, seed=1)["market"] for n in range(12)]
    assert all(6 <= len(one.firms) <= 12 for one in drawn)
    assert len({str(one.sectors[0].purchase_rate) for one in drawn}) == 12
    changes = [len(one.schedule) / len(one.firms) for one in drawn]
    # Eight a year and brand over a year and a half, less those that would follow at once: within 20 % of 12 × 0.85.
    assert np.mean(changes) == pytest.approx(10.2, rel=0.2)
    for change in drawn[0].schedule:
        assert change.until == change.week + 1


def test_a_users_mechanisms_replace_the_defaults_and_not_what_a_market_sets():
    user = load(
        "two_sectors",
        [
            "mechanisms.activation.fast_decay=0.5",
            "mechanisms.distribution.cut=0.2",
            "mechanisms.crisis.damping=0.1",
            "mechanisms.crisis.enabled=true",
            "network.peers=7",
            'population.traits.peer_trust={distribution="constant",value=0.9}',
        ],
    )
    for name, plan in plans().items():
        for arm in arms_of(plan, number=0, seed=1, user=user).values():
            assert arm.mechanisms.activation.fast_decay == 0.5, name
            assert arm.mechanisms.distribution.cut == 0.2, name
            assert arm.network.peers == 7
            assert arm.population.traits.peer_trust.model_dump()["value"] == 0.9
            assert arm.population.size == plan.consumers
    attention = arms_of(plans()["attention"], number=0, seed=1, user=user)["event"]
    assert attention.mechanisms.crisis.enabled is False
    assert attention.mechanisms.crisis.damping == 0.1
    assert attention.sectors == arms_of(plans()["attention"], number=0, seed=1)["event"].sectors
