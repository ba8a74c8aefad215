"""The protocol of the score: fit on four fifths of a panel's households, simulate and foretell the last fifth.

A statistic is *inside* if the value a model gives it lies in the 95 % interval of the data, found by drawing whole
households anew. The model's value is the median over simulated copies, so that a statistic that is mostly 0 can be 0.
This is asked twice: fold by fold, of the held-out households against their own interval; and once of the whole panel,
whose copies are put together from those of the held-out households of all folds. The second is the harder question:
the intervals of five times as many households are less than half as wide.

The first choice of a household, whose last brand is unknown, counts in no log-likelihood and no hit rate: it is given,
for all models. In simulations every household has bought `simulate.WARM_UP` times at mean prices before the panel
begins, for all models.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from experiments.facts.choice_statistics import CHOICE_STATISTICS, bootstrap, choice_statistics
from experiments.panel.data import Integers, Panel
from experiments.panel.interval import Interval
from experiments.score.protocol import ChoiceModel, hits, log_likelihood

__all__ = [
    "COPIES",
    "FOLDS",
    "RESAMPLES",
    "WHOLE",
    "FoldData",
    "FoldScore",
    "data_of",
    "households_of",
    "inside",
    "put_together",
    "score_fold",
    "simulated_statistics",
    "split",
]

FOLDS = 5
COPIES = 25
"""Simulated copies of the held-out households."""
RESAMPLES = 400
WHOLE = -1
"""Stands for the whole panel where a fold is named."""
LEAST_KNOWN = 0.5
"""Share of the resamples, or copies, in which a statistic must exist."""

Middle = Literal["median", "single"]


@dataclass(frozen=True)
class FoldData:
    """What the held-out households of one fold did, or all households of the panel (fold `WHOLE`).

    Attributes
    ----------
    statistics : value and 95 % interval of each statistic that they have; the others are left out for all models.
    """

    fold: int
    households: int
    statistics: dict[str, Interval]


@dataclass(frozen=True)
class FoldScore:
    """One model on the held-out households of one fold.

    Attributes
    ----------
    statistics : median over the copies of each statistic; NaN where the copies have none.
    log_likelihood : sum over the choices counted.
    choices : that count: all but the first of each household.
    hits : choices among them that were foretold.
    """

    fold: int
    model: str
    statistics: dict[str, float]
    log_likelihood: float
    hits: int
    choices: int


def households_of(panel: Panel, folds: int, seed: int) -> list[Integers]:
    """Deal the households out at random: one array of indices, rising, for each fold."""
    order = np.random.default_rng((seed, 11)).permutation(len(panel.households))
    return [np.sort(part) for part in np.array_split(order, folds)]


def split(panel: Panel, folds: int, fold: int, seed: int) -> tuple[Panel, Panel]:
    """Give the panel that is fitted and the one held out."""
    held_out = households_of(panel, folds, seed)[fold]
    fitted = np.setdiff1d(np.arange(len(panel.households)), held_out)
    return panel.of_households(fitted), panel.of_households(held_out)


def data_of(panel: Panel, folds: int, fold: int, seed: int, resamples: int = RESAMPLES) -> FoldData:
    """Work out the statistics of one fold's held-out households, or of all for `WHOLE`, with their intervals."""
    seen = panel if fold == WHOLE else split(panel, folds, fold, seed)[1]
    values = choice_statistics(seen, seed)
    samples = bootstrap(seen, resamples, seed)
    found = {}
    for name in CHOICE_STATISTICS:
        known = samples[name][np.isfinite(samples[name])]
        if np.isfinite(values[name]) and len(known) >= LEAST_KNOWN * resamples:
            low, high = np.percentile(known, [2.5, 97.5])
            found[name] = Interval(values[name], float(low), float(high))
    return FoldData(fold, len(seen.households), found)


def score_fold(
    panel: Panel, model: ChoiceModel, folds: int, fold: int, seed: int, copies: int = COPIES
) -> tuple[FoldScore, Integers]:
    """Fit a model to one fold's training households and put it to the test on the others.

    Returns
    -------
    what came out, and the (copies, n) choices simulated for the held-out households.
    """
    fitted_to, held_out = split(panel, folds, fold, seed)
    own = zlib.crc32(f"{seed}.{fold}.{model.key}".encode())
    fitted = model.fit(fitted_to, own)
    predictions = fitted.predict(held_out, own)
    values, choices = log_likelihood(predictions, held_out)
    foretold, _ = hits(predictions, held_out)
    drawn = np.random.default_rng(own).integers(2**31, size=copies)
    chosen = np.array([fitted.simulate(held_out, int(one)).chosen for one in drawn])
    statistics = simulated_statistics(held_out, chosen, own)
    return FoldScore(fold, model.key, statistics, float(values.sum()), foretold, choices), chosen


def simulated_statistics(panel: Panel, chosen: Integers, seed: int) -> dict[str, float]:
    """Give the median of each statistic over the copies of a panel in which (copies, n) `chosen` were bought."""
    found = [choice_statistics(replace(panel, chosen=one), seed + copy) for copy, one in enumerate(chosen)]
    return {name: _median([values[name] for values in found]) for name in CHOICE_STATISTICS}


def put_together(panel: Panel, parts: Sequence[Integers], seed: int) -> Integers:
    """Give (copies, n) choices of the whole panel from those of the held-out households of each fold."""
    whole = np.empty((len(parts[0]), panel.occasions), dtype=np.int64)
    for households, chosen in zip(households_of(panel, len(parts), seed), parts, strict=True):
        whole[:, np.isin(panel.household, households)] = chosen
    return whole


def _median(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if len(known) >= LEAST_KNOWN * len(values) else float("nan")


def inside(data: FoldData, statistics: Mapping[str, float]) -> dict[str, bool]:
    """Tell for each statistic of the data whether a model's value lies inside its interval."""
    return {name: span.low <= statistics[name] <= span.high for name, span in data.statistics.items()}
