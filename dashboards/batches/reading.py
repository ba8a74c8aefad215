"""What an experiment has found, read for the page: opened, read and closed at once, and remembered until it changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dashboards.batches import single
from dashboards.batches.findings import FAN_LEVELS, Fan, FigureChoice, Grid, Overview, trailing_mean
from dashboards.batches.text import say
from experiments.text import say as say_experiments
from sim.problems import InputError, Place, Problem
from sim.text import language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.batch.findings import Failure
    from experiments.batch.results import BatchResults
    from experiments.sqlite_files import SqliteFileError

    Floats = NDArray[np.float64]

__all__ = ["Reader", "ResultsError"]

T = TypeVar("T")

_KEPT = 120
_MOST_CELLS = 9
_MOST_KINDS = 12


class ResultsError(InputError):
    """Results cannot be read; the message is for the user."""


class Reader:
    """Reads folders of experiments. Any number of threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def overview(self, folder: Path) -> Overview:
        """Say what an experiment is; the figures are known once a run is there.

        Raises
        ------
        ResultsError
            It cannot be read.
        """
        if _is_run(folder):
            return self._of_run(folder, ("overview", language()), lambda results: single.overview(folder, results))
        return self._remembered(folder, ("overview", language()), _overview)

    def fans(self, folder: Path, figure: str, item: str, weeks: int = 1) -> tuple[Fan, ...]:
        """Give the spread of a figure in each arm, of every week or of the mean of so many weeks up to it."""
        key = ("fans", figure, item, weeks)
        if _is_run(folder):
            return self._of_run(folder, key, lambda results: single.fans(folder, results, figure, item, weeks))
        return self._remembered(folder, key, lambda results: _fans(results, figure, item, weeks))

    def grid(
        self, folder: Path, figure: str, item: str, arm: str, across: str, up: str, week: int | None = None
    ) -> Grid:
        """Give the mean of a figure over two factors, at the end or in a week."""
        key = ("grid", language(), figure, item, arm, across, up, week)
        return self._remembered(folder, key, lambda results: _grid(results, figure, item, arm, across, up, week))

    def ends(self, folder: Path, figure: str, item: str) -> Floats:
        """Give the end of a figure, (points, replicates)."""
        return self._remembered(folder, ("ends", figure, item), lambda results: results.end(figure, item))

    def failures(self, folder: Path) -> list[Failure]:
        """Give the runs that failed."""
        return self._remembered(folder, ("failures",), lambda results: results.failures())

    def _remembered(self, folder: Path, key: tuple[Hashable, ...], ask: Callable[[BatchResults], T]) -> T:
        from dashboards.batches.progress import EXPERIMENT
        from experiments.batch.results import open_results
        from experiments.batch.store import StoreError

        path = folder / EXPERIMENT
        return self._kept(path, key, StoreError, lambda: open_results(path), ask)

    def _of_run(self, folder: Path, key: tuple[Hashable, ...], ask: Callable[[Any], T]) -> T:
        from experiments.folder import RESULTS
        from experiments.store import Results, ResultsError

        path = folder / RESULTS
        return self._kept(path, key, ResultsError, lambda: Results.open(path), ask)

    def _kept(
        self,
        path: Path,
        key: tuple[Hashable, ...],
        kind: type[SqliteFileError],
        opened: Callable[[], AbstractContextManager[Any]],
        ask: Callable[[Any], T],
    ) -> T:
        folder = path.parent
        whole = (str(path), _stamp(path), *key)
        with self._lock:
            if whole in self._known:
                self._known.move_to_end(whole)
                found: T = self._known[whole]
                return found
        try:
            with opened() as results:
                made = ask(results)
        except kind as error:
            text = say_experiments(f"batch.store.{error.reason}", path=folder.name, detail=error.detail)
            raise ResultsError([Problem(Place(""), "", text)]) from None
        except KeyError as error:
            text = say("batches.results.no_figure", name=str(error.args[0]))
            raise ResultsError([Problem(Place(""), "", text)]) from None
        with self._lock:
            self._known[whole] = made
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return made


def _is_run(folder: Path) -> bool:
    from dashboards.batches.progress import EXPERIMENT

    return not (folder / EXPERIMENT).is_file() and single.is_run(folder)


def _stamp(path: Path) -> tuple[float, ...]:
    stamps = []
    for one in (path, path.with_name(f"{path.name}-wal")):
        try:
            stamps.append(one.stat().st_mtime)
        except OSError:
            stamps.append(0.0)
    return tuple(stamps)


def _overview(results: BatchResults) -> Overview:
    meta, code = results.meta, language()
    first = results.scenario(results.arms[0])
    kept = results.figures
    return Overview(
        title=meta.get(f"title.{code}") or meta.get("name", ""),
        story=" ".join(meta.get(f"story.{code}", "").split()),
        arms=results.arms,
        factors=results.factors,
        figures=_figures(results),
        design=meta.get("design", ""),
        points=results.point_count,
        replicates=results.replicates,
        consumers=first.population.size,
        weeks=first.horizon,
        has_weeks=bool(kept) and bool(results._rows("SELECT 1 FROM run WHERE series IS NOT NULL LIMIT 1")),
        seed=meta.get("seed", ""),
        started=meta.get("started", ""),
    )


def _figures(results: BatchResults) -> tuple[FigureChoice, ...]:
    """Give the figures in the order of the registry, then formulas."""
    from experiments.batch.recorded import column_name
    from sim.figures import FIGURES

    items = results.figures
    columns = {column_name(key, item) for key, own in items.items() for item in own}
    formulas = [
        FigureChoice(column, ("",), column, "", 2, is_formula=True)
        for column in results.end_columns
        if column not in columns
    ]
    found = [
        FigureChoice(key, items[key], figure.name[language()], figure.unit, figure.digits)
        for key, figure in FIGURES.items()
        if key in items
    ]
    return (*found, *formulas)


def _fans(results: BatchResults, figure: str, item: str, weeks: int) -> tuple[Fan, ...]:
    import warnings

    import numpy as np

    series = trailing_mean(results.series(figure, item), weeks)
    each = max(1, results.point_count // len(results.arms))
    of_arm = (results.runs.points - 1) // each
    found = []
    for place, arm in enumerate(results.arms):
        mine = series[of_arm == place]
        if len(mine):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # a week that no run has stays NaN
                found.append(Fan(arm, np.nanquantile(mine, FAN_LEVELS, axis=0), len(mine)))
    return tuple(found)


def _grid(results: BatchResults, figure: str, item: str, arm: str, across: str, up: str, week: int | None) -> Grid:
    import numpy as np

    frame = results.points()
    rows = np.flatnonzero((frame["arm"] == arm).to_numpy())
    values = results.end(figure, item, week=week)[rows]
    mine = frame.iloc[rows]
    ends = {factor.name: _declared(factor.described) for factor in results.factors}
    names, x = _cells(mine[across].tolist(), ends.get(across))
    others, y = _cells(mine[up].tolist(), ends.get(up))
    totals, counts = np.zeros((len(others), len(names))), np.zeros((len(others), len(names)))
    is_known = np.isfinite(values)
    np.add.at(totals, (y, x), np.where(is_known, values, 0.0).sum(axis=1))
    np.add.at(counts, (y, x), is_known.sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = totals / counts
    return Grid(names, others, means, counts, int(counts.sum()))


def _declared(described: Mapping[str, Any]) -> tuple[float, float] | None:
    """Give the ends of a factor's range, as its file declares them."""
    known = (described.get("values") or described).get("range") or {}
    low, high = known.get("low"), known.get("high")
    return None if low is None or high is None else (float(low), float(high))


def _cells(values: Sequence[Any], declared: tuple[float, float] | None) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Give labels of cells and, for each value, the number of its cell: its own, or a part of the range."""
    import numpy as np

    from experiments.commands.batch_table import value_text

    is_number = all(isinstance(one, int | float | np.number) and not isinstance(one, bool) for one in values)
    if not is_number:
        kinds = list(dict.fromkeys(map(str, values)))
        place = {kind: code for code, kind in enumerate(kinds)}
        shown = [value_text(one)[:40] for one in dict.fromkeys(values)] if len(kinds) == len(set(values)) else kinds
        return tuple(shown), np.array([place[str(one)] for one in values])
    numbers = np.array(values, dtype=float)
    known = np.unique(numbers[np.isfinite(numbers)])
    if len(known) <= _MOST_KINDS:
        return tuple(value_text(_plain(one)) for one in known), np.searchsorted(known, numbers).clip(0, len(known) - 1)
    cells = int(min(_MOST_CELLS, max(3, np.sqrt(len(numbers) / 6))))
    low, high = declared or (known[0], known[-1])
    is_whole = bool(np.all(known == np.round(known)))
    # Of whole numbers a cell ends before the next begins: 4–6, 7–9.
    edges = np.round(np.linspace(low, high + 1, cells + 1)) if is_whole else np.linspace(low, high, cells + 1)
    labels = tuple(
        say("batches.chart.between", low=value_text(_plain(one)), high=value_text(_plain(other - is_whole)))
        for one, other in pairwise(edges.tolist())
    )
    return labels, np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, cells - 1)


def _plain(value: Any) -> float | int:
    """Give a number with three digits that count, whole where it is."""
    number = float(f"{float(value):.3g}")
    return int(number) if number.is_integer() else number
