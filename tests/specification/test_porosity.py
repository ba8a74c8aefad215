from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.entry import is_drawn_in, published_margin
from sim.mechanisms.porosity import may_enter, spill_over
from sim.population import Population

from . import porosity
from .agreement import check_agreement
from .entities import Firm
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .worlds import Compiled, consumers_outcome, mechanisms, worlds

WEEK = 30


def slow_spill(world):
    for c in world.consumers:
        porosity.spill_over(c, world.firms, world.p.porosity)
    return consumers_outcome(world.consumers)


def fast_spill(world):
    compiled = Compiled(world)
    t, share = compiled.tile, compiled.s.porosity.spillover
    for f, firm in enumerate(compiled.signals):
        if firm.parent >= 0 and firm.alive:
            spill_over(t.quality[f], t.quality[firm.parent], share)
            spill_over(t.sincerity[f], t.sincerity[firm.parent], share)
    return compiled.outcome()


@given(worlds())
def test_beliefs_spill_over(world):
    check_agreement(slow_spill, fast_spill, world)


@given(
    firm_worlds(mechanisms()),
    st.sampled_from([None, -0.1, 0.0, 0.1]),
    st.sampled_from([0.0, 1e5, 1e8]),
    st.booleans(),
    st.sampled_from([1, WEEK, WEEK + 1]),
    st.floats(0, 1),
    st.lists(firm_worlds(st.none()), max_size=3),
)
def test_who_enters(world, margin, cost, lives, enters, members, sector):
    """A start-up, or a line of a firm, before a sector of some firms in any state."""
    firm, owner = world.firm, world.owner
    firm.alive, firm.entered_in, firm.published = False, 0, [0, 0]
    firm.enters, firm.entry_margin, firm.entry_cost = enters, margin, cost
    is_line = owner is not firm
    if is_line:
        owner.alive = lives
    rivals = [rival.firm for rival in sector]

    def slow(world):
        firm, owner = world.firm, world.owner
        parent = owner if is_line else None
        if porosity.enters(firm, parent, [firm, *rivals], members, WEEK, world.p.porosity.interest):
            firms = [firm, owner]
            porosity.enter(0, firms, [], WEEK, world.p.porosity)
        return {**firm_outcome(firm), "cash of its firm": owner.cash}

    def fast(world):
        # As `Market._let_in`.
        m, found = world.p, market_firm(world.firm, world.owner, world.p)
        parent = found.parent
        asked = published_margin([found, *(market_firm(rival) for rival in rivals)])
        if not found.entered_in and found.setup.enters <= WEEK and is_drawn_in(found.setup.entry_margin, asked):
            if parent is None:
                found.enter(WEEK, 0.0)
            elif may_enter(parent, found.setup.entry_cost, members, m.porosity):
                found.enter(WEEK, m.porosity.carry_over * parent.appeal)
        return {**market_firm_outcome(found, 2), "cash of its firm": found.purse.cash}

    check_firm_agreement(slow, fast, world)


@given(worlds())
def test_a_line_starts_with_what_is_believed_of_its_firm(world):
    """`Population.carry_over` on blocks like the market's."""

    def slow(world):
        for line, firm in enumerate(world.firms):
            if firm.parent is not None:
                porosity.enter(line, world.firms, world.consumers, WEEK, world.p.porosity)
        return consumers_outcome(world.consumers)

    def fast(world):
        compiled = Compiled(world)
        for line, firm in enumerate(world.firms):
            if firm.parent is not None:
                of = SimpleNamespace(columns=compiled.columns)
                Population.carry_over(of, firm.parent, line, world.p.porosity.carry_over)  # type: ignore[arg-type]
        return compiled.outcome()

    check_agreement(slow, fast, world)


def test_a_dead_firms_books_draw_nobody_in():
    dead, alive = (market_firm(Firm(name)) for name in ("dead", "alive"))
    dead.published, alive.published, dead.alive = [100, 100], [10, 100], 0.0
    assert published_margin([dead, alive]) == 0.1
    assert np.isnan(published_margin([dead]))
