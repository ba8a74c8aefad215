import time

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from sim.network import Network, build_peers, homophilous_order
from sim.streams import Luck


def peers_of(size, *, lanes=64, seed=1, replicate=0, **settings):
    """Whom each consumer listens to, (size, peers)."""
    links = build_peers(Network(**settings), size, lanes, Luck(seed, replicate))
    return links.transpose(0, 2, 1).reshape(-1, links.shape[1])[:size]


KINDS = ("small_world", "scale_free")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rewiring", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("size", "peers"), [(10, 9), (12, 10), (33, 31), (40, 7), (500, 1), (1000, 10), (1100, 31)])
def test_nobody_listens_to_itself_or_twice_to_the_same(kind, rewiring, size, peers):
    links = peers_of(size, kind=kind, rewiring=rewiring, peers=peers)
    assert links.shape == (size, peers)
    assert links.min() >= 0
    assert links.max() < size
    assert (links != np.arange(size)[:, None]).all()
    ordered = np.sort(links, axis=1)
    assert (ordered[:, 1:] != ordered[:, :-1]).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [2, 3, 10, 11])
def test_in_a_tiny_population_everyone_listens_to_everyone(kind, size):
    links = peers_of(size, kind=kind, peers=10, rewiring=0.5)
    for me, heard in enumerate(links):
        assert sorted(heard.tolist()) == [who for who in range(size) if who != me]


def test_unused_lanes_listen_to_the_first_consumer():
    links = build_peers(Network(peers=4), 70, 64, Luck(1))
    assert links.shape == (2, 4, 64)
    assert links.dtype == np.int32
    assert (links[1, :, 6:] == 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_graph_is_the_same_for_any_lanes(kind):
    graphs = [peers_of(1500, kind=kind, lanes=lanes) for lanes in (1, 16, 512, 2048)]
    for graph in graphs[1:]:
        assert (graph == graphs[0]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_graph_follows_seed_and_replicate_only(kind):
    here = peers_of(500, kind=kind)
    assert (here == peers_of(500, kind=kind)).all()
    assert (here != peers_of(500, kind=kind, seed=2)).any()
    assert (here != peers_of(500, kind=kind, replicate=1)).any()


# --------------------------------------------------------------------------------------------------- small world


def test_without_rewiring_it_is_a_ring():
    links = peers_of(100, rewiring=0.0, peers=6)
    for me, heard in enumerate(links):
        assert sorted(heard.tolist()) == sorted((me + step) % 100 for step in (-3, -2, -1, 1, 2, 3))


@pytest.mark.parametrize("rewiring", [0.05, 0.3, 1.0])
def test_as_many_links_go_anywhere_as_are_rewired(rewiring):
    size, peers = 20_000, 10
    links = peers_of(size, rewiring=rewiring, peers=peers)
    away = (links - np.arange(size)[:, None]) % size
    far = (away > 50) & (away < size - 50)
    expected = rewiring * (1 - 101 / size)
    assert far.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / links.size) + 1e-12)
    # Everyone speaks to as many as it listens to, on average; who is heard by how many varies only by rewiring.
    listeners = np.bincount(links.ravel(), minlength=size)
    assert listeners.std() == pytest.approx(np.sqrt(peers * rewiring * (2 - rewiring)), rel=0.25)


def adjacency(links):
    size, peers = links.shape
    rows = np.repeat(np.arange(size), peers)
    directed = csr_array((np.ones(links.size), (rows, links.ravel())), shape=(size, size))
    return ((directed + directed.T) > 0).astype(float)


def clustering(links):
    """Mean local clustering of the graph without directions."""
    graph = adjacency(links)
    degree = graph.sum(axis=1)
    triangles = (graph @ graph).multiply(graph).sum(axis=1) / 2
    return (triangles / (degree * (degree - 1) / 2)).mean()


def path_length(links):
    distances = shortest_path(adjacency(links), unweighted=True)
    return distances[~np.eye(len(links), dtype=bool)].mean()


def test_clustering_and_paths_fall_with_rewiring_as_watts_and_strogatz_found():
    size, peers = 600, 10
    graphs = [peers_of(size, rewiring=rewiring, peers=peers) for rewiring in (0.0, 0.01, 0.1, 0.5, 1.0)]
    clusterings, paths = [clustering(graph) for graph in graphs], [path_length(graph) for graph in graphs]
    assert clusterings[0] == pytest.approx(3 * (peers - 2) / (4 * (peers - 1)))
    assert paths[0] == pytest.approx((size / peers + 1) / 2, rel=0.02)
    assert clusterings == sorted(clusterings, reverse=True)
    assert paths == sorted(paths, reverse=True)
    # The small world: a tenth of the links rewired, paths nearly as short as at random, most of the clustering kept.
    assert paths[2] < 1.6 * paths[4]
    assert clusterings[2] > 0.5 * clusterings[0]
    assert clusterings[4] < 0.1 * clusterings[0]


# ---------------------------------------------------------------------------------------------------- scale-free


def hill(degrees, top):
    """Hill's estimate of the tail exponent of P(degree > x)."""
    largest = np.sort(degrees)[::-1][: top + 1].astype(float)
    return 1 / np.log(largest[:top] / largest[top]).mean()


@pytest.mark.parametrize("tail", [2.2, 2.5, 3.5])
def test_the_number_of_listeners_has_a_power_law_tail(tail):
    size = 40_000
    links = peers_of(size, kind="scale_free", tail=tail, neighbourhood=size)
    listeners = np.bincount(links.ravel(), minlength=size)
    assert listeners.mean() == 10
    # The exponent of the density is one more than that of the distribution.
    assert hill(listeners, 400) + 1 == pytest.approx(tail, abs=0.2)


def test_the_smaller_the_exponent_the_louder_the_loudest():
    loudest = [
        np.bincount(peers_of(20_000, kind="scale_free", tail=tail).ravel()).max() for tail in (2.2, 2.5, 3.5, 8.0)
    ]
    assert loudest == sorted(loudest, reverse=True)
    assert loudest[0] > 5 * loudest[-1]


def test_neighbourhoods_hold_the_links_that_are_not_rewired():
    size, block, rewiring = 20_000, 500, 0.1
    links = peers_of(size, kind="scale_free", neighbourhood=block, rewiring=rewiring)
    away = links // block != (np.arange(size) // block)[:, None]
    assert away.mean() == pytest.approx(rewiring * (1 - block / size), abs=0.005)


@pytest.mark.parametrize("kind", KINDS)
def test_word_can_travel_from_everyone_to_everyone(kind):
    links = peers_of(5000, kind=kind)
    assert connected_components(adjacency(links), directed=False)[0] == 1


# ------------------------------------------------------------------------------------------------------ homophily


def test_neighbours_resemble_each_other_the_more_the_larger_the_homophily():
    size = 20_000
    scores = np.random.default_rng(1).gamma(2, 1, size).astype(np.float32)
    found = []
    for homophily in (0.0, 0.3, 0.6, 0.9, 1.0):
        order = homophilous_order(scores, homophily, Luck(1))
        assert (np.sort(order) == np.arange(size)).all()
        links, mine = peers_of(size, rewiring=0.0, peers=4), scores[order]
        found.append(np.corrcoef(np.repeat(mine, 4), mine[links].ravel())[0, 1])
    assert found == sorted(found)
    assert found[0] == pytest.approx(0, abs=0.02)
    assert found[-1] > 0.99
    # Between two who share their place on a key that correlates h with the score: about h squared.
    assert found[2] == pytest.approx(0.36, abs=0.06)


def test_equal_scores_give_an_order_by_luck_alone():
    order = homophilous_order(np.full(1000, 0.5, np.float32), 0.8, Luck(1))
    assert (np.sort(order) == np.arange(1000)).all()
    assert (homophilous_order(np.full(1000, 0.5, np.float32), 1.0, Luck(1)) == np.arange(1000)).all()


@pytest.mark.heavy
@pytest.mark.parametrize("kind", KINDS)
def test_a_million_consumers_are_linked_within_seconds(kind):
    peers_of(1000, kind=kind)
    start = time.perf_counter()
    peers_of(1_000_000, kind=kind, lanes=512)
    assert time.perf_counter() - start < 8
