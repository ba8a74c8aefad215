from dataclasses import replace

import numpy as np
import pytest

from experiments.panel.prices import price_process, regular_price
from tests.experiments.panel.synthetic import blank


def test_the_price_history_is_described():
    panel = blank(households=400, seed=1)
    found = price_process(panel, 0)
    assert found.regular == pytest.approx(3.0)
    assert found.promotion_frequency == pytest.approx(0.25, abs=0.03)
    assert found.promotion_depth == pytest.approx(0.25, abs=0.01)
    assert found.feature_in_promotion == pytest.approx(0.4, abs=0.05)
    assert found.feature_otherwise == pytest.approx(0.05, abs=0.02)
    assert found.display_in_promotion == pytest.approx(0.3, abs=0.05)
    assert found.on_sale == 1.0


def test_a_brand_that_is_sometimes_off_sale():
    panel = blank(households=50, seed=1)
    price = panel.price.copy()
    price[::4, 1] = np.nan
    found = price_process(replace(panel, price=price, feature=None), 1)
    assert found.on_sale == pytest.approx(0.75, abs=0.01)
    assert found.mean == pytest.approx(np.nanmean(price[:, 1]))
    assert found.feature is None
    assert found.display is not None


def test_the_regular_price_is_frequent_and_high():
    assert regular_price(np.array([1.0] * 4 + [2.0] * 5 + [3.0])) == 2.0
    # Prices computed from amounts are all different: no one of them is regular.
    assert regular_price(np.linspace(1, 2, 101)) == pytest.approx(1.8)
