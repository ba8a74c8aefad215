"""How often a claim holds over the draws of an ensemble, and which parameter its effect goes with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.claims.findings import Goes, Held
from experiments.claims.verdicts import LEAST_SHARE, VANISHED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.claims.posterior import Posterior
    from sim.claims import Sign

    Floats = NDArray[np.float64]

__all__ = ["FEWEST_RANKS", "by_draw", "goes_with", "held_by", "share_of", "vanished"]

FEWEST_RANKS = 10
"""Different rows from which a rank correlation is looked at: with fewer, its test by Student's t is too sure."""
SURE = 0.01
"""Level at which a rank correlation is told from none, all parameters and figures of a claim together."""


def by_draw(numbers: Floats, units: Sequence[int]) -> Floats:
    """Average over the futures of each draw.

    Parameters
    ----------
    numbers
        One a run, shape (runs,); NaN where a number is not defined.
    units
        The draw of each run, counted from 0 without gaps.

    Returns
    -------
    ndarray
        Shape (draws,); NaN for a draw without a defined number.
    """
    import numpy as np

    known = np.isfinite(numbers)
    places = np.asarray(units)[known]
    sums, counts = (np.bincount(places, weights, max(units) + 1) for weights in (numbers[known], None))
    return np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)


def held_by(effects: Floats, counterfactuals: Floats, expected: Sign, least: float | None) -> Floats:
    """Judge each draw: 1 where the effect is on the expected side by at least the smallest effect of interest.

    Parameters
    ----------
    effects, counterfactuals
        One a draw, shape (draws,).
    expected
        Sign of the effect; "0": nearer to 0 than `least`.
    least
        Smallest effect of interest; None: a hundredth of the counterfactual of the same draw.

    Returns
    -------
    ndarray
        Shape (draws,): 1, 0, or NaN where the effect is not defined.
    """
    import numpy as np

    bound = smallest(counterfactuals, least)
    if expected == "0":
        held = np.abs(effects) < bound
    else:
        towards = effects if expected == "+" else -effects
        held = (towards > 0) & (towards >= bound)
    return np.where(np.isfinite(effects), held.astype(float), np.nan)


def smallest(counterfactuals: Floats, least: float | None) -> Floats:
    """Give the smallest effect of interest in each draw."""
    import numpy as np

    return LEAST_SHARE * np.abs(counterfactuals) if least is None else np.full(len(counterfactuals), least)


def vanished(whole: Floats, left: Floats, bound: Floats) -> Floats:
    """Tell for each draw whether an effect vanishes without its carrier: it is a quarter, or too small, or turned.

    Returns
    -------
    ndarray
        Shape (draws,): 1, 0, or NaN where one of the two is not defined.
    """
    import numpy as np

    towards = left * np.sign(whole)
    gone = towards < np.maximum(VANISHED * np.abs(whole), bound)
    return np.where(np.isfinite(whole) & np.isfinite(left), gone.astype(float), np.nan)


def share_of(held: Floats) -> Held:
    """Count draws, with the 95 % interval of their share (Wilson 1927)."""
    import numpy as np
    from scipy.stats import binomtest

    known = held[np.isfinite(held)]
    if not len(known):
        return Held(held=0, draws=0, low=float("nan"), high=float("nan"), undefined=len(held))
    count = int(known.sum())
    ends = binomtest(count, len(known)).proportion_ci(0.95, "wilson")
    return Held(
        held=count, draws=len(known), low=float(ends.low), high=float(ends.high), undefined=len(held) - len(known)
    )


def goes_with(effects: Sequence[Floats], drawn: Sequence[int], posterior: Posterior) -> Goes | None:
    """Find the parameter whose rank goes most with that of an effect (Spearman); None if none is told from chance.

    Parameters
    ----------
    effects
        Of each figure, one a run.
    drawn
        Places of the ensemble's columns that are drawn in some market of the comparison.
    posterior
        The draws.
    """
    import numpy as np
    from scipy.stats import spearmanr

    used, places = np.unique(posterior.rows, return_inverse=True)
    values = np.array([posterior.ensemble.values[row] for row in used.tolist()], dtype=float)
    best: Goes | None = None
    for figure, numbers in enumerate(effects):
        means = by_draw(numbers, places.tolist())
        known = np.isfinite(means)
        if known.sum() < FEWEST_RANKS or np.ptp(means[known]) == 0:
            continue
        for column in drawn:
            own = values[known, column]
            if np.ptp(own) == 0:
                continue
            found = spearmanr(own, means[known])
            is_sure = found.pvalue * len(drawn) * len(effects) < SURE
            if is_sure and (best is None or abs(found.statistic) > abs(best.correlation)):
                name = _name(posterior, column)
                best = Goes(figure=figure, parameter=name, correlation=float(found.statistic))
    return best


def _name(posterior: Posterior, place: int) -> str:
    """Name a column by its key, or, if it has several, as the ensemble does."""
    column = posterior.ensemble.columns[place]
    return column.keys[0] if len(column.keys) == 1 else column.name
