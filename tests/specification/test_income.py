from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.entities import Hardship
from sim.market import Market
from sim.mechanisms.income import IncomeParameters

from .income import hardship
from .worlds import parameters

COHORTS = (None, "young", "old")
shocks = st.builds(
    Hardship,
    kind=st.just("hardship"),
    week=st.integers(1, 30),
    weeks=st.integers(1, 10),
    severity=st.floats(0, 1),
    cohort=st.sampled_from(COHORTS),
)


@given(parameters(IncomeParameters), st.lists(shocks, max_size=4))
def test_hardship_week_by_week(p, events):
    market = SimpleNamespace(
        mechanisms=SimpleNamespace(income=p),
        _hardships=events,
        hardship=[0.0, 0.0, 0.0],
        cohort_numbers={"young": 1, "old": 2},
    )
    y = [0.0, 0.0, 0.0]
    for market.week in range(1, 41):
        Market._feel_hardship(market)  # type: ignore[arg-type]
        under_way = [e for e in events if e.week <= market.week < e.week + e.weeks]
        for c, name in enumerate(("the rest", "young", "old")):
            y[c] = hardship(y[c], [e.severity for e in under_way if e.cohort in (None, name)], p)
        assert market.hardship == pytest.approx(y, rel=1e-9)
