"""The picture of the network: always the same, nobody on top of another, neighbours near each other."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.spatial import cKDTree

from dashboards.market import layout as module
from dashboards.market.layout import layout
from sim.network import Network, build_peers
from sim.streams import Luck


def _peers(size, kind="small_world", lanes=512):
    links = build_peers(Network(kind=kind), size, lanes, Luck(1, 0))
    return np.moveaxis(links, 1, 2).reshape(-1, links.shape[1])[:size].copy()


@pytest.mark.parametrize("kind", ["small_world", "scale_free"])
@pytest.mark.parametrize("size", [11, 200, 2000])
def test_places_are_the_same_every_time_and_inside_the_picture(size, kind):
    peers = _peers(size, kind)
    first = layout(peers)
    module._cache.clear()
    again = layout(peers)
    np.testing.assert_array_equal(first, again)
    assert first.shape == (size, 2)
    assert first.min() >= 0
    assert first.max() <= 1


@pytest.mark.parametrize("kind", ["small_world", "scale_free"])
def test_peers_stand_nearer_than_others(kind):
    places = layout(_peers(2000, kind))
    peers = _peers(2000, kind)
    to_peers = np.median(np.linalg.norm(places[peers] - places[:, None], axis=2))
    others = np.random.default_rng(1).permutation(2000)
    to_others = np.median(np.linalg.norm(places[others] - places, axis=1))
    assert to_peers < 0.25 * to_others


def test_no_two_stand_on_one_spot():
    places = layout(_peers(2000))
    distance, _ = cKDTree(places).query(places, k=2)
    assert np.quantile(distance[:, 1], 0.02) > 0.25 / np.sqrt(2000)


def test_the_curve_is_closed_and_fills_the_square():
    for order in (1, 2, 3, 5):
        cells = module._moore(np.arange(4**order), order)
        assert len({tuple(cell) for cell in cells}) == 4**order
        steps = np.abs(np.diff(np.vstack([cells, cells[:1]]), axis=0)).sum(axis=1)
        assert (steps == 1).all()


def test_five_thousand_are_placed_within_a_second():
    peers = _peers(5000)
    module._cache.clear()
    began = time.process_time()
    layout(peers)
    assert time.process_time() - began < 2.0  # half a second on an idle machine
    began = time.process_time()
    layout(peers)
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("size", [1, 2, 3])
def test_very_few_are_placed_too(size):
    peers = np.array([[(i + 1) % size] for i in range(size)], np.int32)
    assert np.isfinite(layout(peers)).all()
