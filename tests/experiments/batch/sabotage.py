"""Work that goes wrong: called by workers in place of `make_runs`."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.batch.experiment import Task
from experiments.batch.work import Finished, OtherModel, make_runs

POISON = 5
"""The point whose first replicate kills its worker."""


def poisoned(common: bytes, tasks: Sequence[Task], stop: Any = None) -> list[Finished] | OtherModel:
    """Make runs, but die of one of them, every time."""
    if any((task.point, task.replicate) == (POISON, 0) for task in tasks):
        os.kill(os.getpid(), signal.SIGKILL)
    return make_runs(common, tasks, stop)


class DiesOnce:
    """Makes runs, but kills the first worker that comes by."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __call__(self, common: bytes, tasks: Sequence[Task], stop: Any = None) -> list[Finished] | OtherModel:
        try:
            self.mark.touch(exist_ok=False)
        except FileExistsError:
            return make_runs(common, tasks, stop)
        os.kill(os.getpid(), signal.SIGKILL)
        return []


def slow(common: bytes, tasks: Sequence[Task], stop: Any = None) -> list[Finished] | OtherModel:
    """Make runs that take 50 ms more each."""
    time.sleep(0.05 * len(tasks))
    return make_runs(common, tasks, stop)


def of_another_model(common: bytes, tasks: Sequence[Task], stop: Any = None) -> list[Finished] | OtherModel:
    """Make runs that were packed by another version of the model, whose insides this one could not even read."""
    version, _ = pickle.loads(common)
    return make_runs(pickle.dumps((version + " and more", b"unreadable")), tasks, stop)
