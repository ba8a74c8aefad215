"""What charts show of simulated markets: a few curves of each, means over replicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from experiments.facts import diffusion, militancy, participation
from experiments.facts.sampling import Sample
from experiments.panel.data import Floats

__all__ = ["CURVES", "mean_curves"]

_WEEKS = 12


def _categories(sample: Sample) -> dict[str, Floats]:
    """Penetration and purchases per buyer of the brands, of the first category only."""
    if sample.number:
        return {}
    counts = sample.figures.panel.counts
    buyers = (counts > 0).sum(axis=0)
    kept = buyers > 0
    return {
        "penetration": buyers[kept] / len(sample.figures.occasions),
        "frequency": counts.sum(axis=0)[kept] / buyers[kept],
    }


def _community(sample: Sample) -> dict[str, Floats]:
    given, _ = participation.contributed(sample["market"])
    shares = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0])
    return {"contributors": shares, "contributions": np.array([participation.top_share(given, one) for one in shares])}


def _boycott(sample: Sample) -> dict[str, Floats]:
    return {"sales": militancy.deviation(sample["event"], sample["quiet"])[:_WEEKS]}


def _attention(sample: Sample) -> dict[str, Floats]:
    return {"salience": militancy.salience_after(sample["event"])[:_WEEKS]}


def _reviews(sample: Sample) -> dict[str, Floats]:
    usual, free, felt = sample["market"].stars, sample["free"].stars, sample["market"].satisfaction
    felt = felt.reshape(5, -1).sum(axis=1)
    return {"reviews": usual / usual.sum(), "free_reviews": free / free.sum(), "satisfaction": felt / felt.sum()}


def _new_offer(sample: Sample) -> dict[str, Floats]:
    seen = sample["market"]
    return {"adopters": np.cumsum(np.r_[0.0, diffusion.adopters_of_commons(seen)]) / seen.consumers}


CURVES: Mapping[str, Callable[[Sample], dict[str, Floats]]] = MappingProxyType(
    {
        "categories": _categories,
        "community": _community,
        "boycott": _boycott,
        "attention": _attention,
        "reviews": _reviews,
        "new_offer": _new_offer,
    }
)
"""The curves of each market that has any."""


def mean_curves(found: list[dict[str, Floats]]) -> dict[str, list[float]]:
    """Average the curves of replicates, each over those that have it."""
    names = dict.fromkeys(name for one in found for name in one)
    return {name: np.mean([one[name] for one in found if name in one], axis=0).tolist() for name in names}
