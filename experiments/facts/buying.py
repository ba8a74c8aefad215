"""How often households buy: the negative binomial distribution, and how much of the volume the heaviest buyers take."""

from __future__ import annotations

import numpy as np

from experiments.panel.counts import Nbd, fit_nbd
from experiments.panel.data import Floats, Integers

__all__ = ["fitted_nbd", "heavy_share", "nbd_distance"]


def fitted_nbd(purchases: Integers, *, has_zeros: bool) -> Nbd:
    """Fit the NBD to the purchases of each household.

    Parameters
    ----------
    purchases : (H,) occasions of each household.
    has_zeros : whether households that bought nothing are among them. A panel that holds buyers only, often those of
        some purchases at least, is seen from its smallest count upwards.
    """
    return fit_nbd(purchases, 0 if has_zeros else int(purchases.min()))


def nbd_distance(purchases: Integers, *, has_zeros: bool) -> float:
    """Give the Kolmogorov–Smirnov distance between purchase counts and the NBD fitted to them.

    The largest difference between the two distribution functions, both from the smallest count that can be seen.

    Parameters
    ----------
    purchases, has_zeros : as for `fitted_nbd`.
    """
    from scipy.stats import nbinom

    nbd = fitted_nbd(purchases, has_zeros=has_zeros)
    counts = np.arange(nbd.counted_from, int(purchases.max()) + 1)
    law = nbinom(nbd.shape, nbd.shape / (nbd.shape + nbd.mean))
    unseen = float(law.cdf(nbd.counted_from - 1)) if nbd.counted_from else 0.0
    fitted: Floats = (law.cdf(counts) - unseen) / (1.0 - unseen)
    seen = np.searchsorted(np.sort(purchases), counts, side="right") / len(purchases)
    return float(np.abs(seen - fitted).max())


def heavy_share(purchases: Integers, share: float = 0.2) -> float:
    """Give the share of all purchases that the heaviest `share` of the buyers made; who bought nothing is no buyer."""
    own = np.sort(purchases[purchases > 0])[::-1].astype(float)
    if not len(own):
        return float("nan")
    so_far = np.r_[0.0, np.cumsum(own)] / own.sum()
    return float(np.interp(share * len(own), np.arange(len(so_far)), so_far))
