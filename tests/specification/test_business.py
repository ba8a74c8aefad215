from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.market import Market
from sim.mechanisms.business import BusinessParameters, as_professionals

from .agreement import ABSOLUTE
from .worlds import parameters


@given(parameters(BusinessParameters), st.floats(0, 1, width=32))
def test_the_skill_of_professionals(p, k):
    assert abs(as_professionals(np.array([k], np.float32), p)[0] - (k + p.expertise * (1 - k))) < ABSOLUTE


def test_the_same_volume_from_fewer_clients():
    settings: dict[str, Any] = {"population.clients": "businesses", "mechanisms.business.order_size": 50}
    households, businesses = Market(consumers=20), Market(consumers=20, **settings)
    assert households.weight == households.heads / 20
    assert businesses.weight == businesses.heads / 50 / 20
    assert (businesses.population.get("rate") == households.population.get("rate")).all()
