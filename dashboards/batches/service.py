"""What all pages of one server share: the jobs in the folder of results, and what was read and measured."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from dashboards.batches.answers import Answers
from dashboards.batches.jobs import Jobs
from dashboards.batches.plan import Estimates
from dashboards.batches.reading import Reader
from dashboards.batches.shelf import Shelf
from dashboards.places import results_folder

__all__ = ["ANSWERS", "ESTIMATES", "READER", "jobs"]

READER, ANSWERS, ESTIMATES = Reader(), Answers(), Estimates()


def jobs() -> Jobs:
    """Give the jobs in the folder of results."""
    return _jobs_in(results_folder())


@lru_cache(maxsize=4)
def _jobs_in(folder: Path) -> Jobs:
    return Jobs(Shelf(folder))
