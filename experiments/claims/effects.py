"""An effect and how sure it is: paired differences over replicates, with a bootstrap interval.

Replicate r of every market meets the same luck, so the differences within replicates vary much less than the markets
do, and the interval is that of their mean.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.claims.findings import Effect

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FEWEST", "RESAMPLES", "effect_of", "interval_of"]

FEWEST = 5
"""Replicates from which an interval is given."""
RESAMPLES = 4999
_SEED = 20
_LEVEL = 0.95


def effect_of(signs: Sequence[int], numbers: Sequence[np.ndarray]) -> Effect:
    """Give the effect of a comparison.

    Parameters
    ----------
    signs
        How each market counts: +1 and -1 for scenario and counterfactual; with a moderator +1, -1 for the pair with
        it and -1, +1 for the pair without, which makes the difference of two differences.
    numbers
        The number of each market, one a replicate; NaN where it is not defined.

    Returns
    -------
    Effect
        Replicates in which a number is undefined are left out, all markets together; fewer than half of them, or
        fewer than `FEWEST`, say nothing: the interval is then not defined.
    """
    import numpy as np

    table = np.array(numbers, dtype=float)
    known = np.isfinite(table).all(axis=0)
    differences = (np.array(signs, dtype=float)[:, None] * table)[:, known].sum(axis=0)
    pairs, replicates = int(known.sum()), table.shape[1]
    enough = pairs >= max(FEWEST, replicates / 2)
    low, high = interval_of(differences) if enough else (np.nan, np.nan)
    # The last pair is always the one without a moderator, whichever way it counts.
    first, second = (float(row[known].mean()) if pairs else float("nan") for row in table[-2:])
    return Effect(
        value=float(differences.mean()) if pairs else float("nan"),
        low=low,
        high=high,
        scenario=first,
        counterfactual=second,
        pairs=pairs,
        replicates=replicates,
    )


def interval_of(differences: np.ndarray) -> tuple[float, float]:
    """Give the 95 % interval of a mean by the bias-corrected and accelerated bootstrap, with fixed luck."""
    import numpy as np
    from scipy.stats import bootstrap

    if np.ptp(differences) == 0:
        return float(differences[0]), float(differences[0])
    with warnings.catch_warnings():
        # Few different values can leave the correction undefined; the plain percentiles then stand in.
        warnings.simplefilter("ignore")
        for method in ("BCa", "percentile"):
            found = bootstrap(
                (differences,), np.mean, n_resamples=RESAMPLES, confidence_level=_LEVEL, method=method,
                vectorized=True, rng=np.random.default_rng(_SEED),
            ).confidence_interval  # fmt: skip
            if np.isfinite(found).all():
                break
    return float(found.low), float(found.high)
