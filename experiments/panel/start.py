"""The first choice of a household in a panel, when what it bought before is not known.

If it has long been buying, the unknown brand is a draw from the stationary distribution of its own choice
process at mean prices. With a[f] = exp(utility of f at mean prices) and c = exp(inertia) - 1, going from
brand k to another brand j has probability a[j] / (sum(a) + c a[k]); hence the process is reversible, and
its stationary distribution pi[f] is proportional to a[f] (sum(a) + c a[f]).
"""

from __future__ import annotations

import numpy as np

from experiments.panel.data import Floats, Integers

LARGEST_EXPONENT = 30.0  # exp(-30) still tells 1 - exp(-30) from 1


def stationary_first(
    rest: Floats, now: Floats, chosen: Integers, inertia: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give the probability of the first choice, and its derivatives.

    `rest` and `now` are (H, B, R) exponentiated utilities at mean prices and on the first occasion.
    P(j) = now[j] * (sum_k pi[k] / D[k] + c * pi[j] / D[j]), D[k] = sum(now) + c * now[k].

    Returns
    -------
    (H, R) log P, its (H, B, R) derivatives by the utilities at rest and now, (H, R) by the inertia.
    """
    who = np.arange(len(chosen))
    c = np.expm1(np.clip(inertia, -LARGEST_EXPONENT, LARGEST_EXPONENT))
    factor = c[:, None, :]
    rest_total, squares = rest.sum(axis=1), (rest**2).sum(axis=1)
    reach = rest_total[:, None, :] + factor * rest
    norm = rest_total**2 + c * squares
    denominator = now.sum(axis=1)[:, None, :] + factor * now
    q = rest * reach / norm[:, None, :] / denominator
    own = q[who, chosen]
    inner = q.sum(axis=1) + c * own
    log_p = np.log(np.maximum(now[who, chosen] * inner, 1e-300))

    g = q.copy()
    g[who, chosen] += c * own
    g /= inner[:, None, :]
    at_rest = g + rest * (g / reach).sum(axis=1)[:, None, :] + factor * rest * g / reach
    at_rest -= (2 * rest_total[:, None, :] * rest + 2 * factor * rest**2) / norm[:, None, :]
    at_now = -now * (g / denominator).sum(axis=1)[:, None, :] - factor * now * g / denominator
    at_now[who, chosen] += 1.0
    by_c = (g * (rest / reach - now / denominator)).sum(axis=1) - squares / norm + own / inner
    return log_p, at_rest, at_now, by_c * (c + 1.0)


def stationary_weights(rest: Floats, now: Floats, inertia: Floats) -> Floats:
    """Give (H, B, R) weights of all brands on the first occasion; arguments as of `stationary_first`."""
    factor = np.expm1(np.clip(inertia, -LARGEST_EXPONENT, LARGEST_EXPONENT))[:, None, :]
    q = rest * (rest.sum(axis=1, keepdims=True) + factor * rest)
    q /= q.sum(axis=1, keepdims=True) * (now.sum(axis=1, keepdims=True) + factor * now)
    return now * (q.sum(axis=1, keepdims=True) + factor * q)
