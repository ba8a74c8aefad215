"""Experiments put together from choices are files that run."""

from __future__ import annotations

import pytest

from dashboards.batches.compose import Varied, composed, groups_of, knobs_of
from sim.problems import ScenarioError
from sim.scenario import changed, load
from sim.text import use_language


def test_every_number_can_take_the_ends_of_its_range():
    market = load("baseline")
    knobs = knobs_of("baseline")
    assert len(knobs) > 150
    refused = []
    for knob in knobs:
        assert knob.low < knob.high
        for end in (knob.low, knob.high):
            try:
                changed(market, {knob.key: int(end) if knob.is_whole else end})
            except ScenarioError as error:
                refused.append(str(error))
    # Some numbers must rise in order: where a range breaks that, the experiment is refused with these words.
    assert [one for one in refused if "must rise" not in one] == []
    assert len(refused) < 5


@pytest.mark.parametrize("scenario", ["baseline", "sincere_opening", "sweatshop_scandal"])
def test_what_is_put_together_is_an_experiment(scenario):
    knobs = knobs_of(scenario)
    chosen = [next(knob for knob in knobs if knob.group == group) for group, _ in groups_of(knobs)[:8]]
    bundle = composed(
        scenario, "A market", [Varied(one, one.low, one.high) for one in chosen], points=64, replicates=2, consumers=200
    )
    made = bundle.read()
    assert (made.run_count, made.arms[0].name, made.arms[0].scenario.population.size) == (128, scenario, 200)
    assert [factor.keys for factor in made.factors] == [(one.key,) for one in chosen]
    assert {factor.role for factor in made.factors} == {"lever", "uncertainty"}
    assert made.title.fr == "A market, en variant"


def test_groups_and_names_are_in_the_language_of_the_context():
    knobs = knobs_of("baseline")
    price = next(knob for knob in knobs if knob.key == "firm.Nova.levers.price")
    assert price.label() == "price"
    with use_language("fr"):
        assert price.label() == "prix"
        assert dict(groups_of(knobs))["population"] == "Consommateurs"
    assert price.role == "lever"
    assert price.low < price.now < price.high


def test_ends_in_the_wrong_order_are_refused():
    knob = knobs_of("baseline")[0]
    bundle = composed("baseline", "A", [Varied(knob, 12.0, 8.0)], points=64, replicates=1, consumers=200)
    with pytest.raises(ScenarioError):
        bundle.read()
