"""What is kept of a run: which figures of which items, week by week and at their end, and figures of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.calibration.expressions import END, Expression
from experiments.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.layouts import FigureColumns
    from sim.figures import Record
    from sim.scenario import Scenario

__all__ = ["Kept", "Recorded", "column_name", "known_figures", "means", "split_figure"]


def split_figure(text: str) -> tuple[str, str | None]:
    """Take ``share.Nova`` apart into a figure's key and the item, None for all."""
    key, dot, item = text.partition(".")
    return key, (item if dot else None)


def column_name(key: str, item: str) -> str:
    """Name one figure of one item as SQL and tables do: ``share.Nova``, or the key alone for the market."""
    return f"{key}.{item}" if item else key


def known_figures(wanted: Iterable[str], scenarios: Iterable[Scenario]) -> Iterator[str | None]:
    """Say of each figure what is wrong with it, None if nothing."""
    from sim.claims import items_of
    from sim.figures import FIGURES
    from sim.problems import advice, shown

    names = [items_of(scenario) for scenario in scenarios]
    for text in wanted:
        key, item = split_figure(text)
        if key not in FIGURES:
            yield say("batch.file.no_figure", key=shown(key), advice=advice(key, FIGURES))
            continue
        known = list(dict.fromkeys(name for items in names for name in items[FIGURES[key].scope]))
        if item is not None and item not in known:
            yield say("batch.file.no_item", key=key, item=shown(item), advice=advice(item, known))
        else:
            yield None


@dataclass(frozen=True)
class Kept:
    """What was kept of one run.

    Attributes
    ----------
    layout
        The figures, with the items of each.
    block
        Their weeks, as `experiments.layouts` says; None where only ends are kept.
    ends
        By column: the mean of the last quarter of a year (of those of its weeks that have a value), and the formulas.
    """

    layout: tuple[FigureColumns, ...]
    block: bytes | None
    ends: dict[str, float]


@dataclass(frozen=True)
class Recorded:
    """What is kept of every run.

    Attributes
    ----------
    figures
        Key figures, each perhaps of one item only; None: all.
    series
        Whether weeks are kept.
    formulas
        Figures of the user's own, by name.
    """

    figures: tuple[str, ...] | None
    series: bool
    formulas: tuple[tuple[str, Expression], ...] = ()

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The figures that a run must record; None: all."""
        if self.figures is None:
            return None
        own = (key for _, formula in self.formulas for key in sorted(formula.figures))
        return tuple(dict.fromkeys([*(split_figure(text)[0] for text in self.figures), *own]))

    def of(self, record: Record) -> Kept:
        """Take from the record of a run what is kept of it."""
        import numpy as np

        chosen = list(self._chosen(record))
        names = [column_name(key, item) for key, _, items, _ in chosen for item in items]
        tails = [values[-END:] for _, _, _, values in chosen]
        ends = dict(zip(names, means(np.concatenate(tails, axis=1)).tolist(), strict=True)) if tails else {}
        ends |= {name: formula.of(record) for name, formula in self.formulas}
        block = None
        if self.series:
            block = b"".join(np.ascontiguousarray(values, dtype="<f8").tobytes() for _, _, _, values in chosen)
        return Kept(tuple((key, scope, items) for key, scope, items, _ in chosen), block, ends)

    def _chosen(self, record: Record) -> Iterator[tuple[str, str, tuple[str, ...], np.ndarray]]:
        from experiments.recording import figures_of

        wanted: dict[str, list[str] | None] | None = None
        if self.figures is not None:
            wanted = {}
            for text in self.figures:
                key, item = split_figure(text)
                if item is None or wanted.get(key, []) is None:
                    wanted[key] = None
                else:
                    wanted[key] = [*(wanted.get(key) or []), item]
        for key, (scope, items, values) in figures_of(record).items():
            if wanted is not None and key not in wanted:
                continue
            some = None if wanted is None else wanted[key]
            if some is None:
                yield key, scope, items, values
                continue
            places = [place for place, item in enumerate(items) if item in some]
            if places:
                yield key, scope, tuple(items[place] for place in places), values[:, places]


def means(weeks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the mean of each column, (items,), over those of its weeks that have a value; NaN where none has."""
    import numpy as np

    known = np.isfinite(weeks)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, weeks, 0.0).sum(axis=0) / known.sum(axis=0))
