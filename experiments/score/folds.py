"""The protocol of the score: fit on four fifths of a panel's households, simulate and foretell the last fifth.

A statistic is *inside* if the value a model gives it lies in the 95 % interval of the held-out households' own data,
found by drawing whole households anew. The model's value is the median over simulated copies of these households, so
that a statistic that is mostly 0 can be 0.

The first choice of a household, whose last brand is unknown, counts in no log-likelihood and no hit rate: it is given,
for all models. In simulations every household has bought `simulate.WARM_UP` times at mean prices before the panel
begins, for all models.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.facts.choice_statistics import CHOICE_STATISTICS, bootstrap, choice_statistics
from experiments.panel.data import Integers, Panel
from experiments.panel.interval import Interval
from experiments.score.protocol import ChoiceModel, Fitted, hits, log_likelihood

__all__ = ["COPIES", "FOLDS", "RESAMPLES", "FoldData", "FoldScore", "data_of", "households_of", "score_fold"]

FOLDS = 5
COPIES = 25
"""Simulated copies of the held-out households."""
RESAMPLES = 400
LEAST_KNOWN = 0.5
"""Share of the resamples, or copies, in which a statistic must exist."""

Middle = Literal["median", "single"]


@dataclass(frozen=True)
class FoldData:
    """What the held-out households of one fold did.

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
    """Work out the statistics of one fold's held-out households, with their intervals."""
    _, held_out = split(panel, folds, fold, seed)
    values = choice_statistics(held_out, seed)
    samples = bootstrap(held_out, resamples, seed)
    found = {}
    for name in CHOICE_STATISTICS:
        known = samples[name][np.isfinite(samples[name])]
        if np.isfinite(values[name]) and len(known) >= LEAST_KNOWN * resamples:
            low, high = np.percentile(known, [2.5, 97.5])
            found[name] = Interval(values[name], float(low), float(high))
    return FoldData(fold, len(held_out.households), found)


def score_fold(panel: Panel, model: ChoiceModel, folds: int, fold: int, seed: int, copies: int = COPIES) -> FoldScore:
    """Fit a model to one fold's training households and put it to the test on the others."""
    fitted_to, held_out = split(panel, folds, fold, seed)
    own = zlib.crc32(f"{seed}.{fold}.{model.key}".encode())
    fitted = model.fit(fitted_to, own)
    predictions = fitted.predict(held_out, own)
    values, choices = log_likelihood(predictions, held_out)
    foretold, _ = hits(predictions, held_out)
    return FoldScore(
        fold, model.key, simulated_statistics(fitted, held_out, own, copies), float(values.sum()), foretold, choices
    )


def simulated_statistics(fitted: Fitted, panel: Panel, seed: int, copies: int) -> dict[str, float]:
    """Give the medians of the statistics over simulated copies of a panel."""
    drawn = np.random.default_rng(seed).integers(2**31, size=copies)
    found = [choice_statistics(fitted.simulate(panel, int(one)), int(one)) for one in drawn]
    return {name: _median([values[name] for values in found]) for name in CHOICE_STATISTICS}


def _median(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if len(known) >= LEAST_KNOWN * len(values) else float("nan")


def inside(data: FoldData, score: FoldScore) -> Mapping[str, bool]:
    """Tell for each statistic of the data whether the model's value lies inside its interval."""
    return {name: span.low <= score.statistics[name] <= span.high for name, span in data.statistics.items()}
