"""Folders that `userisation run` leaves: one scenario in many futures, read like an experiment that varies nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.batches.findings import FAN_LEVELS, Fan, FigureChoice, Overview, trailing_mean
from dashboards.batches.progress import manifest
from sim.text import language

if TYPE_CHECKING:
    from experiments.store import Results

__all__ = ["fans", "is_run", "overview"]


def is_run(folder: Path) -> bool:
    """Tell whether a folder holds the results of `userisation run`."""
    from experiments.folder import RESULTS

    return (folder / RESULTS).is_file()


def overview(folder: Path, results: Results) -> Overview:
    """Say what was run."""
    from sim.figures import FIGURES

    made = manifest(folder)
    scenario = made.get("scenario") or {}
    code = language()
    known = results.figures()
    figures = tuple(
        FigureChoice(key, known[key].items, figure.name[code], figure.unit, figure.digits)
        for key, figure in FIGURES.items()
        if key in known
    )
    name = str(made.get("scenario_name") or folder.name)
    return Overview(
        title=str((scenario.get("title") or {}).get(code) or name),
        story=" ".join(str((scenario.get("story") or {}).get(code, "")).split()),
        arms=(name,), factors=(), figures=figures, design="", points=1, replicates=int(made.get("replicates", 0)),
        consumers=int(made.get("consumers", 0)), weeks=int(made.get("weeks", 0)), has_weeks=True,
        seed=str(made.get("seed", "")), started=str(made.get("started", "")),
    )  # fmt: skip


def fans(folder: Path, results: Results, figure: str, item: str, weeks: int) -> tuple[Fan, ...]:
    """Give the spread of a figure over the futures.

    Raises
    ------
    KeyError
        No run has it.
    """
    import warnings

    import numpy as np

    items = results.figures()[figure].items
    if item not in items:
        raise KeyError(f"{figure}.{item}")
    series = trailing_mean(results.series(figure)[:, :, items.index(item)], weeks)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a week that no run has stays NaN
        quantiles = np.nanquantile(series, FAN_LEVELS, axis=0)
    return (Fan(str(manifest(folder).get("scenario_name") or folder.name), quantiles, len(series)),)
