"""How often households buy, and how they spread over brands: the NBD and the Dirichlet.

Goodhardt, Ehrenberg and Chatfield (1984): a household's purchases are Poisson with a gamma rate over
households (so counts are negative binomial, NBD), and its choices are multinomial with Dirichlet
probabilities over households.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.data import Floats, Integers

SMALLEST_SHAPE, LARGEST_SHAPE = 0.05, 100.0
LARGEST_SUM = 1000.0


@dataclass(frozen=True)
class Nbd:
    """Negative binomial distribution of purchases.

    Attributes
    ----------
    mean : purchases a household in the period of the panel, non-buyers included.
    shape : of the gamma distribution of rates; the smaller, the more unequal.
    counted_from : smallest number of purchases with which a household could be in the panel.
    on_bound : the best shape lies outside `SMALLEST_SHAPE` to `LARGEST_SHAPE`.
    """

    mean: float
    shape: float
    counted_from: int
    on_bound: bool

    @property
    def reach(self) -> float:
        """Share of all households that buy at least once in the period."""
        return float(1.0 - (1.0 + self.mean / self.shape) ** -self.shape)


def fit_nbd(purchases: Integers, counted_from: int = 1) -> Nbd:
    """Fit an NBD that is seen only from `counted_from` purchases upwards, by maximum likelihood.

    A panel holds buyers only, so the zeros at least are missing: counting them as if there were none
    would hide most light buyers.

    Parameters
    ----------
    purchases : (H,) occasions of each household, none below `counted_from`.
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln

    values, weight = np.unique(purchases, return_counts=True)
    unseen = np.arange(counted_from)

    def log_pmf(count: Integers, mean: float, shape: float) -> Floats:
        return (
            gammaln(count + shape)
            - gammaln(shape)
            - gammaln(count + 1.0)
            - shape * np.log1p(mean / shape)
            + count * (np.log(mean) - np.log(mean + shape))
        )

    def downhill(point: Floats) -> float:
        mean, shape = np.exp(point)
        seen = max(1.0 - float(np.exp(log_pmf(unseen, mean, shape)).sum()), 1e-12)
        return float(-(weight @ log_pmf(values, mean, shape)) / weight.sum() + np.log(seen))

    average, variance = float(np.mean(purchases)), float(np.var(purchases))
    begin = average**2 / max(variance - average, 0.05 * average)
    found = minimize(
        downhill,
        np.log([average, np.clip(begin, 2 * SMALLEST_SHAPE, LARGEST_SHAPE / 2)]),
        method="L-BFGS-B",
        bounds=[
            (np.log(average) - 7.0, np.log(average) + 0.1),
            (np.log(SMALLEST_SHAPE), np.log(LARGEST_SHAPE)),
        ],
    )
    mean, shape = np.exp(found.x)
    on_bound = not SMALLEST_SHAPE * 1.01 < shape < LARGEST_SHAPE * 0.99
    return Nbd(float(mean), float(shape), counted_from, on_bound)


def dirichlet_sum(counts: Integers) -> float:
    """Sum S of the Dirichlet parameters, by maximum likelihood of the Dirichlet-multinomial.

    The smaller S, the more loyal households are to their own brands; at `LARGEST_SUM` all are alike.

    Parameters
    ----------
    counts : (H, B) occasions of each household on which it bought each brand.
    """
    from scipy.optimize import minimize
    from scipy.special import digamma, gammaln

    bought = counts[:, counts.sum(axis=0) > 0]
    total = bought.sum(axis=1)
    share = bought.sum(axis=0) / bought.sum()

    def downhill(point: Floats) -> tuple[float, Floats]:
        alpha = np.exp(point)
        size = alpha.sum()
        value = (gammaln(size) - gammaln(total + size)).sum() + (gammaln(bought + alpha) - gammaln(alpha)).sum()
        common = (digamma(size) - digamma(total + size)).sum()
        slope = common + (digamma(bought + alpha) - digamma(alpha)).sum(axis=0)
        return -float(value) / len(total), -slope * alpha / len(total)

    found = minimize(
        downhill,
        np.log(2.0 * share),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(part * 0.01), np.log(part * LARGEST_SUM)) for part in share],
    )
    return float(np.exp(found.x).sum())
