"""Make the runs of an experiment that are not made yet, wherever an executor makes them, and keep each at once.

Short runs are handed out in pieces of many, so that handing out costs little. Where a worker dies, the runs of its
piece are handed out again one by one; one that kills its worker time and again is marked as crashed, and the others go
on.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from experiments.batch.executors import Executor, ExecutorError
from experiments.batch.work import Finished, OtherModel, Status, make_runs, pack
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.experiment import Experiment, Task

__all__ = ["Done", "Keeps", "Runner", "piece_size"]

PIECE_SECONDS = 0.25
"""Work in a piece, where runs are shorter: enough not to be kept waiting, little enough to be lost or waited for."""
OVERHEAD_SHARE = 0.02
"""What handing out may cost, as a share of the work."""
MOST_IN_PIECE, MOST_BYTES = 500, 16e6
_PROGRESS_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class Done:
    """How far an experiment has come.

    Attributes
    ----------
    runs, total
        Runs that are kept, and all.
    failed
        Those among them that raised or crashed.
    rate
        Runs a second, since workers began to make runs, their own start left out; 0 as long as there is none.
    """

    runs: int
    total: int
    failed: int
    rate: float

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take; None if that is not known."""
        return (self.total - self.runs) / self.rate if self.rate else None


def piece_size(seconds: float, size: float, left: int, executor: Executor) -> int:
    """Say how many runs to hand out at once.

    Parameters
    ----------
    seconds, size
        Of one run, and bytes that are kept of it.
    left
        Runs that are still to be handed out.
    executor
        Where.
    """
    wanted = max(PIECE_SECONDS, executor.overhead / OVERHEAD_SHARE)
    by_time = wanted / max(seconds, 1e-4)
    # Towards the end pieces get smaller, so that no worker is left waiting for the last.
    by_fairness = left / (2 * executor.workers)
    return max(1, int(min(by_time, by_fairness, MOST_BYTES / max(size, 1.0), MOST_IN_PIECE)))


class Keeps(Protocol):
    """Where runs are kept: the store of an experiment, or a memory of a search."""

    def known(self, *, retry: bool = False) -> set[tuple[int, int]]:
        """Give the runs that need not be made again, by point and replicate."""

    def put(self, finished: Iterable[Finished], replicates: int) -> None:
        """Keep some runs, all or none."""


class Runner:
    """Makes the runs of one experiment.

    Parameters
    ----------
    experiment, store, executor
        What is run, where it is kept, where it is made.
    seconds, size
        What a run takes at first guess, and bytes that are kept of it.
    on_progress
        Called about ten times a second, in the calling thread.
    stop
        Set it (from anywhere) to stop: what is under way is finished and kept, or cut at the end of its week.
    retry
        Whether runs that failed or crashed before are made again.
    """

    def __init__(
        self,
        experiment: Experiment,
        store: Keeps,
        executor: Executor,
        *,
        seconds: float = 0.1,
        size: float = 1e5,
        on_progress: Callable[[Done], None] | None = None,
        stop: threading.Event | None = None,
        retry: bool = False,
    ) -> None:
        self.experiment = experiment
        self.store = store
        self.executor = executor
        self.on_progress = on_progress
        self.stop = stop or threading.Event()
        self._seconds, self._size = seconds, size
        known = store.known(retry=retry)
        self._before = len(known)
        self._left = experiment.run_count - self._before
        self._tasks = (task for task in experiment.tasks() if (task.point, task.replicate) not in known)
        self._again: deque[tuple[Task, ...]] = deque()
        self._deaths: Counter[tuple[int, int]] = Counter()
        self._kept = self._failed = 0
        self._working_since: float | None = None

    def run(self) -> Done:
        """Make the runs until all are made, or until it is stopped.

        Raises
        ------
        StoreError
            The file cannot be written any more; what is in it is safe.
        ExecutorError
            There is nowhere left to make runs.
        """
        common = pack(self.experiment)
        under_way: dict[Future[list[Finished] | OtherModel], tuple[Task, ...]] = {}
        told_to_stop = False
        try:
            while True:
                if self.stop.is_set():
                    told_to_stop = True
                    for future in under_way:
                        future.cancel()
                    self.executor.stop()  # again and again: work may just have been begun
                while not told_to_stop and len(under_way) < 2 * self.executor.workers:
                    piece = self._next_piece()
                    if not piece:
                        break
                    under_way[self.executor.submit(make_runs, common, piece)] = piece
                if not under_way:
                    return self._progress()
                finished, _ = wait(under_way, timeout=_PROGRESS_EVERY, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._take(future, under_way.pop(future), is_ending=told_to_stop)
                if self.on_progress is not None:
                    self.on_progress(self._progress())
        except BaseException:
            for future in under_way:
                future.cancel()
            self.executor.stop()
            raise

    def _progress(self) -> Done:
        elapsed = 0.0 if self._working_since is None else time.monotonic() - self._working_since
        rate = self._kept / elapsed if elapsed > 0 else 0.0
        return Done(self._before + self._kept, self.experiment.run_count, self._failed, rate)

    def _next_piece(self) -> tuple[Task, ...]:
        """Give the next runs to hand out; none if there is nothing left."""
        if self._again:
            return self._again.popleft()
        piece = tuple(islice(self._tasks, piece_size(self._seconds, self._size, self._left, self.executor)))
        self._left -= len(piece)
        return piece

    def _take(self, future: Future[list[Finished] | OtherModel], piece: tuple[Task, ...], *, is_ending: bool) -> None:
        """Keep what came back of a piece of work, or see what is to be done about it."""
        try:
            finished = future.result()
        except CancelledError:
            if is_ending:
                return
            raise ExecutorError(say("batch.executor_gone")) from None
        except Exception as error:
            if self.executor.has_lost_its_worker(error):
                self._bury(piece)
            elif len(piece) > 1:
                self._again.extend((task,) for task in piece)
            else:
                self._keep([_without_result(piece[0], "failed", f"{type(error).__name__}: {error}")])
            return
        if isinstance(finished, OtherModel):
            if self.executor.turn_away_others():
                self._again.append(piece)
            else:
                said = say("batch.other_model", theirs=finished.theirs, ours=finished.ours)
                self._keep([_without_result(task, "failed", said) for task in piece])
            return
        if self._working_since is None and finished:
            self._working_since = time.monotonic() - sum(one.seconds for one in finished)
        self._keep(finished)
        self._learn(finished)
        if len(finished) < len(piece) and not is_ending and not self.stop.is_set():
            self._again.append(piece[len(finished) :])

    def _bury(self, piece: tuple[Task, ...]) -> None:
        """See to the runs of a worker that died: alone each, so that the one to blame is known."""
        if len(piece) > 1:
            self._again.extend((task,) for task in piece)
            return
        task = piece[0]
        self._deaths[task.point, task.replicate] += 1
        deaths = self._deaths[task.point, task.replicate]
        if deaths < self.executor.patience:
            self._again.append(piece)
        else:
            self._keep([_without_result(task, "crashed", say("batch.crashed", times=deaths))])

    def _keep(self, finished: Iterable[Finished]) -> None:
        finished = list(finished)
        if finished:
            self.store.put(finished, self.experiment.replicates)
            self._kept += len(finished)
            self._failed += sum(one.status != "done" for one in finished)

    def _learn(self, finished: Iterable[Finished]) -> None:
        """Follow what runs take and leave."""
        for one in finished:
            if one.status == "done":
                self._seconds += 0.1 * (one.seconds - self._seconds)
                if one.kept is not None and one.kept.block is not None:
                    self._size += 0.1 * (len(one.kept.block) - self._size)


def _without_result(task: Task, status: Status, error: str) -> Finished:
    return Finished(task.point, task.replicate, task.luck, status, 0.0, error=error)
