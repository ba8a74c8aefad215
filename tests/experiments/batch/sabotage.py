"""Work that goes wrong: called by workers in place of `make_runs`."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.batch.experiment import Task
from experiments.batch.work import Finished, make_runs

POISON = 5
"""The point whose first replicate kills its worker."""


def poisoned(common: bytes, tasks: Sequence[Task], stop: Any = None) -> list[Finished]:
    """Make runs, but die of one of them, every time."""
    if any((task.point, task.replicate) == (POISON, 0) for task in tasks):
        os.kill(os.getpid(), signal.SIGKILL)
    return make_runs(common, tasks, stop)


class DiesOnce:
    """Makes runs, but kills the first worker that comes by."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __call__(self, common: bytes, tasks: Sequence[Task], stop: Any = None) -> list[Finished]:
        try:
            self.mark.touch(exist_ok=False)
        except FileExistsError:
            return make_runs(common, tasks, stop)
        os.kill(os.getpid(), signal.SIGKILL)
        return []


def slow(common: bytes, tasks: Sequence[Task], stop: Any = None) -> list[Finished]:
    """Make runs that take 50 ms more each."""
    time.sleep(0.05 * len(tasks))
    return make_runs(common, tasks, stop)
