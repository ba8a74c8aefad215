from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.activation import ActivationParameters
from sim.salience import Salience as MarketSalience

from .firms import check_firm_agreement, firm_worlds, salience_outcome
from .worlds import parameters

share = st.floats(0, 1)


def market_salience(salience, p):
    found = MarketSalience(salience.standing, p)
    found.fast, found.slow, found.weary = list(salience.fast), list(salience.slow), list(salience.weary)
    return found


@given(firm_worlds(parameters(ActivationParameters)), share, st.tuples(share, share))
def test_shocks_and_weeks(world, z, energy):
    def slow(world):
        world.salience.shock(1, z, world.p)
        world.salience.week(list(energy), world.p)
        return {**salience_outcome(world.salience), "A": world.salience.A}

    def fast(world):
        salience = market_salience(world.salience, world.p)
        salience.shock(1, z)
        salience.decay_and_hear(list(energy))
        return {**salience_outcome(salience), "A": salience.levels}

    check_firm_agreement(slow, fast, world)
