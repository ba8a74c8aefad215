"""Where runs are made: in this process, in processes of this machine, or on a Dask cluster.

The runner knows nothing but the protocol `Executor`; a further home for runs is one more class with these methods, and
a line in `chosen`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from experiments.text import say

if TYPE_CHECKING:
    from experiments.pool import Pool

__all__ = ["Cluster", "Executor", "ExecutorError", "Here", "Processes", "chosen"]


class ExecutorError(RuntimeError):
    """There is nowhere to make runs, or no longer; the message is for the user."""


class Executor(Protocol):
    """Somewhere to make runs.

    Attributes
    ----------
    workers
        How many pieces of work are done side by side.
    overhead
        Seconds that a piece of work costs beside its runs: pieces are made so long that it hardly counts.
    patience
        How often a worker may be lost with the same run before the run is given up.
    """

    workers: int
    overhead: float
    patience: int

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have a worker call a function of a module."""

    def has_lost_its_worker(self, error: BaseException) -> bool:
        """Tell whether an error of a future means that its worker died."""

    def turn_away_others(self) -> bool:
        """Give no more work to workers with another version of the model; tell whether others are left.

        Raises
        ------
        ExecutorError
            No worker has this version of the model any more.
        """

    def stop(self) -> None:
        """Ask work that is under way to end soon, where that is possible."""

    def close(self) -> None:
        """Let go of the workers."""


class Here:
    """The process that asks, one piece of work at a time: for debugging, and for tests."""

    workers = 1
    overhead = 0.0
    patience = 1

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="batch")

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Call the function in a thread, so that the caller can go on."""
        return self._threads.submit(function, *arguments, stop=self._stop)

    def has_lost_its_worker(self, error: BaseException) -> bool:
        """Tell no: it would be this process."""
        return False

    def turn_away_others(self) -> bool:
        """Tell no, likewise."""
        return False

    def stop(self) -> None:
        """Stop after the week under way."""
        self._stop.set()

    def close(self) -> None:
        """Wait for the work under way."""
        self._threads.shutdown(cancel_futures=True)


class Processes:
    """Processes of this machine, which stay warm and are replaced when they die.

    Parameters
    ----------
    workers
        How many.
    pool
        The processes, if there are any already; they are left open.
    """

    overhead = 0.0005  # a round trip with its results, measured
    patience = 3

    def __init__(self, workers: int, pool: Pool | None = None) -> None:
        from experiments.pool import Pool

        self.workers = workers
        self._own = pool is None
        self.pool = pool or Pool(workers)
        self.pool.start()
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="batch")
        self._never_ready = 0

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have a process call the function."""
        return self._threads.submit(self._call, function, arguments)

    def _call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        from experiments.pool import WorkerLostError

        if self._stop.is_set():
            raise CancelledError
        if self._never_ready <= self.workers:
            try:
                return self.pool.call(function, *arguments)
            except WorkerLostError as lost:
                if lost.was_ready:
                    raise
                self._never_ready += 1
                if self._never_ready <= self.workers:
                    raise
        return function(*arguments, stop=self._stop)  # processes cannot work here at all

    def has_lost_its_worker(self, error: BaseException) -> bool:
        """Tell whether a process died."""
        from experiments.pool import WorkerLostError

        return isinstance(error, WorkerLostError)

    def turn_away_others(self) -> bool:
        """Tell no: all processes are of this program."""
        return False

    def stop(self) -> None:
        """Stop after the weeks under way."""
        self._stop.set()
        self.pool.stop_calls()

    def close(self) -> None:
        """End the processes."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._own:
            self.pool.close()
        self._threads.shutdown()


class Cluster:
    """A Dask cluster, by the address of its scheduler.

    Parameters
    ----------
    address
        Such as ``tcp://node7:8786``.
    wait_seconds
        How long to wait for the scheduler, and for a first worker.

    Raises
    ------
    ExecutorError
        The extra is not installed, nobody answers, there are no workers, or they run another version of the model.
    """

    overhead = 0.03  # a task of Dask costs 12 to 28 ms
    patience = 1  # Dask has tried several times by then

    def __init__(self, address: str, wait_seconds: float = 15.0) -> None:
        if find_spec("distributed") is None:
            raise ExecutorError(say("batch.cluster.missing"))

        from distributed import Client
        from distributed.comm.addressing import get_address_host_port, normalize_address

        connect: Any = Client  # it carries no types
        try:
            get_address_host_port(normalize_address(address))  # a client of no address takes half a minute to give up
            self._client = connect(address, timeout=wait_seconds, set_as_default=False)
        except (TimeoutError, OSError, ValueError) as error:
            raise ExecutorError(say("batch.cluster.unreachable", address=address, reason=_said(error))) from None
        try:
            self._client.wait_for_workers(1, timeout=wait_seconds)
        except TimeoutError:
            self._client.close()
            raise ExecutorError(say("batch.cluster.no_workers", address=address)) from None
        self._refuse_other_models(address)
        self.workers = max(1, sum(self._client.nthreads().values()))
        self._executor = self._client.get_executor(pure=False, retries=0)

    def _refuse_other_models(self, address: str) -> None:
        """Make sure that all workers have this model: a result must not depend on who made it."""
        from experiments.batch.experiment import model_version

        try:
            versions = self._versions()
        except Exception as error:
            self._client.close()
            raise ExecutorError(say("batch.cluster.no_model", address=address, reason=_said(error))) from None
        if any(version != model_version() for version in versions.values()):
            self._client.close()
            raise ExecutorError(self._said_of(versions))

    def _versions(self) -> dict[str, str]:
        """Ask every worker for the version of its model."""
        from experiments.batch.experiment import model_version

        versions: dict[str, str] = self._client.run(model_version)
        return versions

    def _version_of(self, worker: str) -> str:
        """Ask one worker, which may have none: then what it says instead."""
        from experiments.batch.experiment import model_version

        try:
            return str(self._client.run(model_version, workers=[worker])[worker])
        except Exception as error:  # of whatever it lacks
            return _said(error)

    def _said_of(self, versions: Mapping[str, str]) -> str:
        from experiments.batch.experiment import model_version

        others = sorted({version for version in versions.values() if version != model_version()})
        return say("batch.cluster.other_model", others=", ".join(others), ours=model_version())

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have a worker of the cluster call the function."""
        future: Future[Any] = self._executor.submit(function, *arguments)
        return future

    def has_lost_its_worker(self, error: BaseException) -> bool:
        """Tell whether Dask gave a piece of work up because workers died of it."""
        from distributed import KilledWorker

        return isinstance(error, KilledWorker)

    def turn_away_others(self) -> bool:
        """Find out which workers have another version, or none, as those may that joined later; the rest go on."""
        from experiments.batch.experiment import model_version

        threads = self._client.nthreads()
        versions = {worker: self._version_of(worker) for worker in threads}
        good = [worker for worker, version in versions.items() if version == model_version()]
        if not good:
            raise ExecutorError(self._said_of(versions))
        self.workers = max(1, sum(threads[worker] for worker in good))
        self._executor = self._client.get_executor(pure=False, retries=0, workers=good, allow_other_workers=False)
        return True

    def stop(self) -> None:
        """Nothing: work under way on a cluster comes to its end."""

    def close(self) -> None:
        """Leave the cluster, which goes on without us."""
        self._executor.shutdown(wait=False)
        self._client.close()


def chosen(workers: int, cluster: str | None) -> Executor:
    """Give the executor that was asked for.

    Raises
    ------
    ExecutorError
        It cannot be had.
    """
    return Cluster(cluster) if cluster is not None else Processes(workers)


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
