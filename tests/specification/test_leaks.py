from hypothesis import given

from sim.events import spring_leaks

from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome, salience_outcome
from .leaks import leaks, spring
from .test_salience import market_salience
from .worlds import mechanisms

SIZE = 50


def slow(world):
    firm, m = world.firm, world.p
    if leaks(firm, next(world.luck), SIZE, m.leaks):
        spring(firm, world.salience, m.leaks, m.activation)
    return {**firm_outcome(firm), **salience_outcome(world.salience)}


def fast(world):
    firm, salience = market_firm(world.firm), market_salience(world.salience, world.p.activation)
    spring_leaks([firm], salience, world.p, SIZE, lambda firm: world.luck)
    return {**market_firm_outcome(firm, 2), **salience_outcome(salience)}


@given(firm_worlds(mechanisms()))
def test_what_leaks(world):
    # Without many attackers leaks are rare: half of the worlds are watched closely.
    if world.luck_seed % 2:
        world.p = world.p.model_copy(update={"leaks": world.p.leaks.model_copy(update={"rate": 1.0, "watch": 100.0})})
    check_firm_agreement(slow, fast, world)


def test_causes_do_not_leak_where_conduct_is_as_claimed():
    @given(firm_worlds(mechanisms()))
    def check(world):
        world.p = world.p.model_copy(update={"leaks": world.p.leaks.model_copy(update={"rate": 1.0, "watch": 1e4})})
        world.firm.proclaimed = list(world.firm.conduct)
        before = list(world.firm.known)
        check_firm_agreement(slow, fast, world)
        slow(world)
        assert world.firm.known == before

    check()
