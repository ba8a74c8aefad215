"""What the score found: panel by panel, fold by fold, model by model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from experiments.facts.choice_statistics import CHOICE_STATISTICS
from experiments.panel.interval import Interval
from experiments.score.folds import FoldData, FoldScore, inside

__all__ = ["Failure", "PanelScore", "Row", "Scores", "total_row"]


@dataclass(frozen=True)
class Row:
    """A model on one panel, or on several together.

    Attributes
    ----------
    folds : how many were finished.
    inside, statistics : statistics inside the intervals of the data, and all that the data have, over the folds.
    log_likelihood : per choice that counts.
    hit_rate : of the choices that count.
    """

    model: str
    folds: int
    inside: int
    statistics: int
    log_likelihood: float
    hit_rate: float
    choices: int

    @property
    def share(self) -> float:
        """Share of the statistics inside."""
        return self.inside / self.statistics if self.statistics else float("nan")


@dataclass(frozen=True)
class Failure:
    """A model that could not be fitted to, or simulated on, one fold; or the data of a fold that has no statistics."""

    fold: int
    model: str | None
    error: str


@dataclass
class PanelScore:
    """One panel: what its held-out households did, and how the models fared.

    Attributes
    ----------
    warnings : of the reading, in the user's language.
    data, scores, failures : in the order of folds and models.
    """

    source: str
    brands: int
    households: int
    occasions: int
    warnings: list[str] = field(default_factory=list)
    data: list[FoldData] = field(default_factory=list)
    scores: list[FoldScore] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def pairs(self, model: str) -> list[tuple[FoldData, FoldScore]]:
        """Data and score of each finished fold of a model."""
        data = {one.fold: one for one in self.data}
        return [(data[one.fold], one) for one in self.scores if one.model == model and one.fold in data]

    def row(self, model: str) -> Row:
        """Give a model's figures on this panel."""
        return _row(model, self.pairs(model))

    def statistic(self, name: str) -> Interval | None:
        """Give a statistic of the data and its interval, as means over the folds that have it."""
        spans = [one.statistics[name] for one in self.data if name in one.statistics]
        if not spans:
            return None
        return Interval(*np.mean([(span.value, span.low, span.high) for span in spans], axis=0).tolist())

    def simulated(self, model: str, name: str) -> tuple[float, int, int]:
        """Give a model's mean value of a statistic over the folds, in how many it is inside, and how many there are."""
        pairs = [(data, score) for data, score in self.pairs(model) if name in data.statistics]
        values = [score.statistics[name] for _, score in pairs if np.isfinite(score.statistics[name])]
        within = sum(inside(data, score)[name] for data, score in pairs)
        return float(np.mean(values)) if values else float("nan"), within, len(pairs)


@dataclass(frozen=True)
class Scores:
    """All panels.

    Attributes
    ----------
    models : keys of those that were asked for, in order.
    interrupted : the command was stopped before all was done.
    """

    panels: list[PanelScore]
    models: tuple[str, ...]
    folds: int
    seed: int
    interrupted: bool

    def total(self, model: str) -> Row:
        """Give a model's figures on all panels together, every fold and every choice counting once."""
        return total_row(model, self.panels)

    def document(self) -> dict[str, object]:
        """Give everything as plain data."""
        return {
            "folds": self.folds,
            "seed": self.seed,
            "interrupted": self.interrupted,
            "panels": [_panel_document(panel, self.models) for panel in self.panels],
            "total": [_row_document(self.total(model)) for model in self.models],
        }


def total_row(model: str, panels: Iterable[PanelScore]) -> Row:
    """Give a model's figures on several panels together."""
    return _row(model, [pair for panel in panels for pair in panel.pairs(model)])


def _row(model: str, pairs: Sequence[tuple[FoldData, FoldScore]]) -> Row:
    choices = sum(score.choices for _, score in pairs)
    likelihood = sum(score.log_likelihood for _, score in pairs)
    hits = sum(score.hits for _, score in pairs)
    return Row(
        model,
        len(pairs),
        sum(sum(inside(data, score).values()) for data, score in pairs),
        sum(len(data.statistics) for data, _ in pairs),
        likelihood / choices if choices else float("nan"),
        hits / choices if choices else float("nan"),
        choices,
    )


def _row_document(row: Row) -> dict[str, object]:
    return {
        "model": row.model,
        "folds": row.folds,
        "share_inside": row.share,
        "inside": row.inside,
        "statistics": row.statistics,
        "log_likelihood": row.log_likelihood,
        "hit_rate": row.hit_rate,
        "choices": row.choices,
    }


def _panel_document(panel: PanelScore, models: Sequence[str]) -> dict[str, object]:
    by_fold = []
    for data in panel.data:
        scores = {one.model: one for one in panel.scores if one.fold == data.fold}
        by_fold.append(
            {
                "fold": data.fold,
                "households": data.households,
                "statistics": {
                    name: {
                        "value": span.value,
                        "low": span.low,
                        "high": span.high,
                        "models": {
                            model: {"value": score.statistics[name], "inside": inside(data, score)[name]}
                            for model, score in scores.items()
                        },
                    }
                    for name in CHOICE_STATISTICS
                    if (span := data.statistics.get(name)) is not None
                },
            }
        )
    return {
        "source": panel.source,
        "brands": panel.brands,
        "households": panel.households,
        "occasions": panel.occasions,
        "warnings": panel.warnings,
        "models": [_row_document(panel.row(model)) for model in models],
        "folds": by_fold,
        "failures": [{"fold": one.fold, "model": one.model, "error": one.error} for one in panel.failures],
    }
