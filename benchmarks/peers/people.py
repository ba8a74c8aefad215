"""Traits and links of the peers' consumers, drawn with numpy: the same lines for every peer but ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.spec import Spec

__all__ = ["People", "draw_people"]

Numbers = NDArray[np.float64]


@dataclass
class People:
    """All consumers at the start, in arrays: one row a consumer.

    Attributes
    ----------
    taste, belief
        For and about each firm, (size, firms).
    values
        Weight of each cause, (size, causes).
    traits
        price_sensitivity, inertia, peer_trust, threshold, persistence and rate, each (size,).
    peers
        Rows of the consumers whom each listens to, (size, peers).
    """

    taste: Numbers
    belief: Numbers
    values: Numbers
    traits: dict[str, Numbers]
    peers: NDArray[np.int64]


def draw_people(spec: Spec, size: int, rng: np.random.Generator) -> People:
    """Draw all consumers of a market."""
    traits = {name: np.clip(_draw(kind, size, rng), low, high) for name, (kind, low, high) in spec.traits.items()}
    traits["persistence"] = 2.0 ** (-1.0 / traits.pop("half_life"))
    belief = rng.normal(spec.quality, spec.belief_spread, (size, spec.firms))
    return People(
        taste=rng.normal(0.0, spec.taste_spread, (size, spec.firms)),
        belief=np.clip(belief, 0.0, 1.0),
        values=np.stack([_draw(kind, size, rng) for kind in spec.values], axis=1),
        traits=traits,
        peers=_small_world(spec, size, rng),
    )


def _draw(kind: dict[str, Any], size: int, rng: np.random.Generator) -> Numbers:
    match kind:
        case {"distribution": "normal", "mean": mean, "sd": sd}:
            return rng.normal(mean, sd, size)
        case {"distribution": "lognormal", "median": median, "sigma": sigma}:
            return rng.lognormal(np.log(median), sigma, size)
        case {"distribution": "gamma", "mean": mean, "shape": shape}:
            return rng.gamma(shape, mean / shape, size)
        case {"distribution": "beta", "mean": mean, "concentration": concentration}:
            return rng.beta(mean * concentration, (1 - mean) * concentration, size)
    raise ValueError(f"peers cannot draw from {kind}")


def _small_world(spec: Spec, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Link each consumer to its nearest neighbours on a ring, or with a probability to anyone."""
    me = np.arange(size)
    peers = np.empty((size, min(spec.peers, size - 1)), np.int64)
    for k in range(peers.shape[1]):
        step = k // 2 + 1
        who = (me + (step if k % 2 == 0 else -step)) % size
        who = np.where(rng.random(size) < spec.rewiring, rng.integers(0, size, size), who)
        # Nobody listens to itself or twice to the same peer: the next on the ring takes the place.
        while (clash := (who == me) | (peers[:, :k] == who[:, None]).any(axis=1)).any():
            who[clash] = (who[clash] + 1) % size
        peers[:, k] = who
    return peers
