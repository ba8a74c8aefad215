"""What the score found: panel by panel, fold by fold, model by model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from experiments.score.folds import FoldData, FoldScore, inside

__all__ = ["Failure", "PanelScore", "Row", "Scores", "total_row"]


@dataclass(frozen=True)
class Row:
    """A model on one panel, or on several together.

    Attributes
    ----------
    folds : how many were finished.
    inside, statistics : statistics inside the intervals of the data, and all that the data have, over the folds.
    whole_inside, whole_statistics : the same for whole panels.
    log_likelihood : per choice that counts.
    hit_rate : of the choices that count.
    """

    model: str
    folds: int
    inside: int
    statistics: int
    whole_inside: int
    whole_statistics: int
    log_likelihood: float
    hit_rate: float
    choices: int

    @property
    def share(self) -> float:
        """Share of the statistics inside."""
        return self.inside / self.statistics if self.statistics else float("nan")

    @property
    def whole_share(self) -> float:
        """Share of the statistics of whole panels inside."""
        return self.whole_inside / self.whole_statistics if self.whole_statistics else float("nan")


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
    whole : what all households did; None if that was not worked out.
    together : statistics of each model's copies of the whole panel; of the models whose folds are all finished.
    """

    source: str
    brands: int
    households: int
    occasions: int
    warnings: list[str] = field(default_factory=list)
    data: list[FoldData] = field(default_factory=list)
    scores: list[FoldScore] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    whole: FoldData | None = None
    together: dict[str, dict[str, float]] = field(default_factory=dict)

    def pairs(self, model: str) -> list[tuple[FoldData, FoldScore]]:
        """Data and score of each finished fold of a model."""
        data = {one.fold: one for one in self.data}
        return [(data[one.fold], one) for one in self.scores if one.model == model and one.fold in data]

    def row(self, model: str) -> Row:
        """Give a model's figures on this panel."""
        return total_row(model, [self])

    def within(self, model: str, name: str) -> tuple[int, int]:
        """Give in how many folds a model's value of a statistic is inside, and how many folds have it."""
        found = [inside(data, score.statistics) for data, score in self.pairs(model)]
        return sum(one.get(name, False) for one in found), sum(name in one for one in found)


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
    pairs: list[tuple[FoldData, FoldScore]] = []
    whole: list[bool] = []
    for panel in panels:
        pairs += panel.pairs(model)
        if panel.whole is not None and model in panel.together:
            whole += inside(panel.whole, panel.together[model]).values()
    choices = sum(score.choices for _, score in pairs)
    likelihood = sum(score.log_likelihood for _, score in pairs)
    hits = sum(score.hits for _, score in pairs)
    return Row(
        model=model,
        folds=len(pairs),
        inside=sum(sum(inside(data, score.statistics).values()) for data, score in pairs),
        statistics=sum(len(data.statistics) for data, _ in pairs),
        whole_inside=sum(whole),
        whole_statistics=len(whole),
        log_likelihood=likelihood / choices if choices else float("nan"),
        hit_rate=hits / choices if choices else float("nan"),
        choices=choices,
    )


def _row_document(row: Row) -> dict[str, object]:
    return {
        "model": row.model,
        "folds": row.folds,
        "share_inside": row.share,
        "inside": row.inside,
        "statistics": row.statistics,
        "whole_share_inside": row.whole_share,
        "whole_inside": row.whole_inside,
        "whole_statistics": row.whole_statistics,
        "log_likelihood": row.log_likelihood,
        "hit_rate": row.hit_rate,
        "choices": row.choices,
    }


def _panel_document(panel: PanelScore, models: Sequence[str]) -> dict[str, object]:
    by_fold = []
    for data in panel.data:
        scores = {one.model: one.statistics for one in panel.scores if one.fold == data.fold}
        by_fold.append({"fold": data.fold, **_data_document(data, scores)})
    return {
        "source": panel.source,
        "brands": panel.brands,
        "households": panel.households,
        "occasions": panel.occasions,
        "warnings": panel.warnings,
        "models": [_row_document(panel.row(model)) for model in models],
        "whole": None if panel.whole is None else _data_document(panel.whole, panel.together),
        "folds": by_fold,
        "failures": [{"fold": one.fold, "model": one.model, "error": one.error} for one in panel.failures],
    }


def _data_document(data: FoldData, models: Mapping[str, Mapping[str, float]]) -> dict[str, object]:
    found = {model: inside(data, statistics) for model, statistics in models.items()}
    return {
        "households": data.households,
        "statistics": {
            name: {
                "value": span.value,
                "low": span.low,
                "high": span.high,
                "models": {
                    model: {"value": statistics[name], "inside": found[model][name]}
                    for model, statistics in models.items()
                },
            }
            for name, span in data.statistics.items()
        },
    }
