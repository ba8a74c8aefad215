"""From the record of a run to what a results file stores of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from experiments.replicate import Run
    from experiments.store import Results
    from sim.figures import Record

__all__ = ["figures_of", "put_run"]


def figures_of(record: Record) -> dict[str, tuple[str, tuple[str, ...], np.ndarray]]:
    """Give every figure that a record has kept: scope, names of the items, values of shape (weeks, items)."""
    from sim.figures import FIGURES

    figures: dict[str, tuple[str, tuple[str, ...], np.ndarray]] = {}
    for key in record.keys:
        figure = FIGURES[key]
        names = record.items[figure.scope]
        figures[key] = (figure.scope, names, record[key].reshape(record.weeks, len(names)))
    return figures


def put_run(results: Results, point: int, run: Run) -> None:
    """Store one run with its figures, or with its error."""
    results.put(
        point,
        run.replicate,
        status=run.status,
        seconds=run.seconds,
        error=run.error,
        figures=None if run.record is None else figures_of(run.record),
    )
