from hypothesis import given
from hypothesis import strategies as st

from sim.entities import Scandal
from sim.events import take_place
from sim.mechanisms.crisis import answer_crises

from .crisis import answer, scandal
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome, salience_outcome
from .test_salience import market_salience
from .worlds import mechanisms

share = st.floats(0, 1)


def slow_answer(world):
    answer(world.firm, world.salience, world.p.crisis, world.p.activation, lambda cause: world.luck)
    return {**firm_outcome(world.firm), **salience_outcome(world.salience)}


def fast_answer(world):
    firm, salience = market_firm(world.firm), market_salience(world.salience, world.p.activation)
    answer_crises(firm, salience, world.p.crisis, lambda cause: world.luck)
    return {**market_firm_outcome(firm, 2), **salience_outcome(salience)}


@given(firm_worlds(mechanisms()))
def test_answering_crises(world):
    check_firm_agreement(slow_answer, fast_answer, world)


@given(firm_worlds(mechanisms()), share, share)
def test_scandals(world, severity, revealed):
    def slow(world):
        scandal(world.firm, 1, severity, revealed, world.salience, world.p.activation)
        return {**firm_outcome(world.firm), **salience_outcome(world.salience)}

    def fast(world):
        firm, salience = market_firm(world.firm), market_salience(world.salience, world.p.activation)
        event = Scandal(kind="scandal", week=1, firm=firm.name, cause="planet", severity=severity, revealed=revealed)
        take_place([event], {firm.name: firm}, {"planet": 1}, salience, world.p)
        return {**market_firm_outcome(firm, 2), **salience_outcome(salience)}

    check_firm_agreement(slow, fast, world)
