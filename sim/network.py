"""Peer networks: whom each consumer listens to, as arrays of fixed width.

Consumers stand on a ring in the order of their rows, and rows are ordered by a noisy score of values (`homophily`), so
that neighbours on the ring resemble each other. Two graphs are built over the ring, both directed (from listener to
speaker) with the same number of peers for everyone:

- *small world* (Watts and Strogatz 1998): each consumer listens to its nearest neighbours; each link is rewired with a
  probability to someone anywhere;
- *scale-free* (static model of Goh, Kahng and Kim 2001): speakers are drawn with weights (rank)^−α inside the
  listener's neighbourhood or, with the rewiring probability, anywhere, so that the number of listeners has a power-law
  tail with exponent 1 + 1/α: a few are heard by very many.

Draws are addressed by consumer, so the graph is the same for any block size and number of threads.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.compiling import allocating, compiled
from sim.normal import normal_scores
from sim.quantities import Strict, quantity
from sim.streams import NETWORK, Luck, mix32, philox, uniform_from
from sim.stretches import Stretches

__all__ = ["MAX_PEERS", "Network", "build_peers", "homophilous_order"]

MAX_PEERS = 31


class Network(Strict):
    """The peer network of a scenario."""

    kind: Literal["small_world", "scale_free"] = "small_world"
    peers: int = quantity(
        10,
        "count",
        1,
        MAX_PEERS,
        "Peers each consumer listens to",
        "Pairs que chaque consommateur écoute",
        symbol="K",
    )
    rewiring: float = quantity(
        0.10,
        "probability",
        0,
        1,
        "Probability that a link goes anywhere rather than near",
        "Probabilité qu'un lien mène n'importe où plutôt qu'à proximité",
    )
    homophily: float = quantity(
        0.5,
        "share",
        0,
        1,
        "How alike in values neighbours are (0: not at all, 1: sorted)",
        "Ressemblance des voisins par leurs valeurs (0 : aucune, 1 : triés)",
    )
    tail: float = quantity(
        2.5,
        "ratio",
        2.05,
        10,
        "Scale-free only: exponent of the tail of the number of listeners",
        "Sans échelle seulement : exposant de la queue du nombre d'auditeurs",
    )
    neighbourhood: int = quantity(
        500,
        "people",
        32,
        100_000,
        "Scale-free only: simulated consumers in a neighbourhood",
        "Sans échelle seulement : consommateurs simulés d'un voisinage",
    )


def homophilous_order(
    scores: NDArray[np.float32], homophily: float, luck: Luck, stretches: Stretches | None = None
) -> NDArray[np.intp]:
    """Return the order of consumers on the ring: sorted by homophily · score + √(1 − homophily²) · noise.

    Parameters
    ----------
    scores
        One score a consumer, (size,); standardised here.
    homophily
        Correlation of the sorting key with the score, 0 to 1.
    luck
        The run's luck.
    stretches
        The stretches of consumers to draw noise for one after the other, or in threads.

    Returns
    -------
    ndarray
        Row numbers in ring order, (size,).
    """
    spread = float(scores.std())
    standard = (scores - scores.mean()) / np.float32(spread if spread > 0 else 1.0)
    keys = np.float32(homophily) * standard

    def add_noise(first: int, last: int) -> None:
        noise = normal_scores(luck.uniforms("homophily", last - first, first))
        keys[first:last] += np.float32(np.sqrt(1 - homophily**2)) * noise

    (stretches or Stretches(scores.size)).each(add_noise)
    return np.argsort(keys, kind="stable")


def build_peers(
    network: Network, size: int, lanes: int, luck: Luck, stretches: Stretches | None = None
) -> NDArray[np.int32]:
    """Build the peers of every consumer.

    Parameters
    ----------
    network
        Kind and parameters of the graph.
    size
        Number of consumers.
    lanes
        Consumers in a tile.
    luck
        The run's luck.
    stretches
        The stretches of consumers to build one after the other, or in threads.

    Returns
    -------
    ndarray
        int32 (tiles, peers, lanes): row numbers of the peers. No one listens to itself or twice to the same peer;
        with fewer consumers than peers + 1, everyone listens to everyone else. Unused lanes of the last tile listen
        to consumer 0.
    """
    peers = min(network.peers, size - 1)
    links = np.zeros((-(-size // lanes), peers, lanes), np.int32)
    each = (stretches or Stretches(size)).each
    rewiring, purpose = np.float32(network.rewiring), np.uint32(NETWORK)
    if network.kind == "small_world":
        each(lambda first, last: _small_world(links, first, last, size, rewiring, purpose, *_key(luck)))
    else:
        power = np.float32(1.0 / (1.0 - 1.0 / (network.tail - 1.0)))
        block = min(network.neighbourhood, size)
        each(lambda first, last: _scale_free(links, first, last, size, block, rewiring, power, purpose, *_key(luck)))
    return links


def _key(luck: Luck) -> tuple[np.uint32, np.uint32, np.uint32]:
    return luck.replicate, luck.k0, luck.k1


@compiled
def _nearest_free(own, k, who, me, size):
    """Return `who`, or the next on the ring who is neither the listener nor among its first k peers."""
    while True:
        taken = who == me
        for i in range(k):
            taken = taken or own[i] == who
        if not taken:
            return who
        who = (who + 1) % size


@compiled
def _draw_links(luck, me, purpose, replicate, k0, k1):
    """Fill uint32 (3, peers) with the luck of one consumer's links."""
    for k in range(luck.shape[1]):
        luck[0, k], luck[1, k], luck[2, k], _r3 = philox(np.uint32(me), np.uint32(k), replicate, purpose, k0, k1)


@allocating
def _small_world(links, first, last, size, rewiring, purpose, replicate, k0, k1):
    peers, lanes = links.shape[1], links.shape[2]
    luck, own = np.empty((3, peers), np.uint32), np.empty(peers, np.int64)
    for me in range(first, last):
        _draw_links(luck, me, purpose, replicate, k0, k1)
        for k in range(peers):
            step = k // 2 + 1
            who = np.int64(me + step if k % 2 == 0 else me - step)
            if who < 0 or who >= size:
                who %= size
            if uniform_from(luck[0, k]) < rewiring:
                who = np.int64((np.uint64(luck[1, k]) * np.uint64(size)) >> np.uint64(32))
            own[k] = _nearest_free(own, k, who, me, size)
        for k in range(peers):
            links[me // lanes, k, me % lanes] = own[k]


@allocating
def _scale_free(links, first, last, size, block, rewiring, power, purpose, replicate, k0, k1):
    peers, lanes = links.shape[1], links.shape[2]
    luck, own = np.empty((3, peers), np.uint32), np.empty(peers, np.int64)
    for me in range(first, last):
        _draw_links(luck, me, purpose, replicate, k0, k1)
        for k in range(peers):
            home = me // block
            if uniform_from(luck[0, k]) < rewiring:
                home = np.int64((np.uint64(luck[2, k]) * np.uint64((size + block - 1) // block)) >> np.uint64(32))
            start = home * block
            room = min(block, size - start)
            # Rank by inverting the cumulated weights of rank^-alpha; the ranks of a neighbourhood are shuffled by a
            # multiplication modulo its size, so that hubs do not stand side by side.
            rank = min(np.int64(np.float32(room) * uniform_from(luck[1, k]) ** power), room - 1)
            who = start + (rank * _stride(room) + np.int64(mix32(np.uint32(home), np.uint32(1)))) % room
            own[k] = _nearest_free(own, k, who, me, size)
        for k in range(peers):
            links[me // lanes, k, me % lanes] = own[k]


@compiled
def _stride(room):
    """Return a number near 0.618 · room without common divisor with it."""
    stride = max(np.int64(1), np.int64(0.6180339887 * room))
    while True:
        a, b = stride, room
        while b > 0:
            a, b = b, a % b
        if a == 1:
            return stride
        stride += 1
