"""Appeals are found that make the simulated market sell given shares."""

import numpy as np
import pytest

from experiments.panel.match import match_shares, simulated_shares


def market(appeals, prices):
    return {
        "horizon": 12,
        "sector": [{"name": "tea", "reference_price": 3.0}],
        "firm": [
            {"name": f"brand {i}", "sector": "tea", "appeal": appeal, "levers": {"price": price}}
            for i, (appeal, price) in enumerate(zip(appeals, prices, strict=True))
        ],
    }


@pytest.mark.parametrize("wanted", [[0.5, 0.3, 0.2], [0.9, 0.08, 0.02]])
def test_the_market_sells_the_wanted_shares(wanted):
    """20,000 consumers over 12 weeks: within 0.2 points, from appeals and prices that point elsewhere."""
    start = market([0.0, 0.5, 1.0], [3.5, 3.0, 2.5])
    assert np.abs(simulated_shares(start) - wanted).max() > 0.2
    matched = match_shares(start, np.array(wanted))
    np.testing.assert_allclose(simulated_shares(matched), wanted, atol=0.002)


def test_nothing_but_appeals_changes():
    start = market([0.0, 0.5], [3.0, 2.5])
    matched = match_shares(start, np.array([0.6, 0.4]))
    for before, after in zip(start["firm"], matched["firm"], strict=True):
        assert before | {"appeal": 0} == after | {"appeal": 0}
    assert {k: v for k, v in matched.items() if k != "firm"} == {k: v for k, v in start.items() if k != "firm"}
