"""Tastes at the start: how far they spread, and which go together."""

from __future__ import annotations

import numpy as np
import pytest

from sim.documents import Document
from sim.market import Market
from sim.scenario import from_document

SIZE = 20_000
SPREAD, ZAPPING = 1.4, 2.0
PLACES = {"North": [0.0, 2.0], "Northeast": [1.0, 1.0], "South": [0.0, -1.0], "East": [3.0, 0.0], "Centre": [0.0, 0.0]}
SPREADS = {"North": 1.0, "Northeast": 0.5, "South": 1.0, "East": 0.0, "Centre": 2.5}


def tastes(threads=1, size=SIZE, **mechanisms):
    data = {
        "population": {"size": size},
        "sector": [{"name": "drinks"}, {"name": "food"}],
        "firm": [
            {
                "name": name, "sector": "food" if name == "South" else "drinks", "place": place,
                "taste_spread": SPREADS[name],
            }
            for name, place in PLACES.items()
        ],
        "mechanisms": {"purchase": {"taste_spread": SPREAD, "zapping": ZAPPING, **mechanisms}},
    }  # fmt: skip
    market = Market(from_document(Document(data, {}), "map"), threads=threads)
    taste = market.population.get("taste")
    row = {firm.name: firm.place for firm in market.firms}
    return np.array([taste[row[name]] for name in PLACES])


def test_tastes_go_together_as_places_on_the_map_do():
    """20,000 consumers: each covariance within five standard errors of (σ_t² σ_f² [f = g] + p_f · p_g) / Z²."""
    place, own = np.array(list(PLACES.values())), SPREAD * np.array(list(SPREADS.values()))
    expected = (place @ place.T + np.diag(own**2)) / ZAPPING**2
    found = np.cov(tastes())
    error = np.sqrt((expected**2 + np.outer(np.diag(expected), np.diag(expected))) / SIZE)
    assert (np.abs(found - expected) < 5 * error).all()
    assert expected[0, 2] < 0 < expected[0, 1]


def test_tastes_are_the_same_for_any_number_of_threads():
    """More than a stretch of 65,536 consumers, so that several threads draw."""
    assert np.array_equal(tastes(size=70_001), tastes(size=70_001, threads=3))


@pytest.mark.parametrize("key", ["taste_spread", "place"])
def test_values_written_out_at_their_defaults_change_no_bit(key):
    values = {"taste_spread": 1.0, "place": [0.0, 0.0]}
    firms = [{"name": "One", "sector": "food"}, {"name": "Two", "sector": "food"}]
    plain, written = (
        Market(from_document(Document({"sector": [{"name": "food"}], "firm": table}, {}), "plain"))
        for table in (firms, [firm | {key: values[key]} for firm in firms])
    )
    assert np.array_equal(plain.population.get("taste"), written.population.get("taste"))
