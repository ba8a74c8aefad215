import pytest
from hypothesis import assume, given

from sim.mechanisms import creation as market_creation
from sim.mechanisms.creation import CreationParameters

from .creation import create_value, defect_rate, launch_ideas
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .worlds import mechanisms, parameters

creation_worlds = firm_worlds(parameters(CreationParameters))


def slow_value(world):
    create_value(world.firm, world.owner, world.p, world.H, world.people, world.order)
    return firm_outcome(world.firm)


def fast_value(world):
    firm = market_firm(world.firm, world.owner, world.p, world.order)
    market_creation.create_value(firm, world.p.creation, world.H, world.people)
    return market_firm_outcome(firm, 2)


@given(firm_worlds(mechanisms()))
def test_creating_value(world):
    check_firm_agreement(slow_value, fast_value, world)


def slow_ideas(world):
    launch_ideas(world.firm, world.p, world.people, world.luck)
    return firm_outcome(world.firm)


def fast_ideas(world):
    firm = market_firm(world.firm)
    market_creation.launch_ideas(firm, world.p, world.people, world.luck)
    assert firm.launch_spend == firm.launched * world.p.launch_cost
    return market_firm_outcome(firm, 2)


@given(creation_worlds)
def test_the_idea_funnel(world):
    check_firm_agreement(slow_ideas, fast_ideas, world)


@given(creation_worlds)
def test_mutual_control(world):
    firm = world.firm
    assume(firm.base_defect_rate > 0)
    found = market_creation.defect_rate(world.p, firm.base_defect_rate, firm.o, firm.n, firm.m, firm.φ, firm.layers)
    assert found == pytest.approx(defect_rate(firm, world.p), rel=1e-12)


def test_the_best_of_many_are_as_good_as_if_all_had_been_drawn():
    # The k-th best of n Pareto(1, α) values: expectation of its uniform's k-th order statistic, over 2,000 weeks.
    from sim.streams import Luck

    n, weeks = 50, 2_000
    luck = (Luck(1).firm("Nova", week, "ideas") for week in range(weeks))
    # For a Pareto tail, value^-α is uniform: the k-th smallest of n uniforms has mean k / (n + 1).
    means = [0.0] * 8
    for of_week in luck:
        for k, value in enumerate(market_creation.best_values(n, 2.2, 8, of_week)):
            means[k] += value**-2.2 / weeks
    for k, found in enumerate(means, start=1):
        sd = (k * (n + 1 - k) / ((n + 1) ** 2 * (n + 2))) ** 0.5
        assert found == pytest.approx(k / (n + 1), abs=4 * sd / weeks**0.5)
