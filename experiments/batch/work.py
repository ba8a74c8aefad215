"""What a worker does, wherever it is: make runs of an experiment, and give what is kept of them."""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from experiments.batch.experiment import Experiment, Task
    from experiments.batch.recorded import Kept, Recorded
    from sim.scenario import Scenario

__all__ = ["Common", "Finished", "OtherModel", "Status", "make_runs", "pack"]

Status = Literal["done", "failed", "crashed"]


@dataclass(frozen=True)
class OtherModel:
    """What a worker gives back that was handed runs of another version of the model than its own: none are made.

    It is no error that is raised: those of a worker with other packages may not reach us whole.

    Attributes
    ----------
    theirs, ours
        The worker's version, and that of the process that hands runs out.
    """

    theirs: str
    ours: str


@dataclass(frozen=True)
class Finished:
    """What became of one run.

    Attributes
    ----------
    point, replicate, luck
        Which one.
    status
        ``done``; ``failed``: it raised; ``crashed``: the worker that ran it died, every time.
    seconds, weeks
        Wall time and weeks with results.
    kept
        What is kept of it; None if nothing.
    error, trace
        What went wrong, in one line, and where; otherwise empty.
    """

    point: int
    replicate: int
    luck: int
    status: Status
    seconds: float
    weeks: int = 0
    kept: Kept | None = None
    error: str = ""
    trace: str = ""


@dataclass(frozen=True)
class Common:
    """What all runs of an experiment have in common."""

    language: str
    scenarios: tuple[Scenario, ...]
    engine: Literal["compiled", "objects"]
    recorded: Recorded


def pack(experiment: Experiment) -> bytes:
    """Write down what all runs of an experiment have in common, to be handed to workers with each piece of work."""
    from experiments.batch.experiment import model_version
    from sim.text import language

    engine: Literal["compiled", "objects"] = "objects" if experiment.engine == "objects" else "compiled"
    scenarios = tuple(arm.scenario for arm in experiment.arms)
    common = pickle.dumps(Common(language(), scenarios, engine, experiment.recorded), pickle.HIGHEST_PROTOCOL)
    # The version lies around the rest: another one might not even be able to read what is inside.
    return pickle.dumps((model_version(), common), pickle.HIGHEST_PROTOCOL)


def make_runs(common: bytes, tasks: Sequence[Task], stop: threading.Event | None = None) -> list[Finished] | OtherModel:
    """Make some runs, one after the other.

    Parameters
    ----------
    common
        As `pack` gave it.
    tasks
        What to run.
    stop
        Set it to stop after the week under way; the run that is cut, and those after it, are left out.

    Returns
    -------
    list of Finished
        In the order of `tasks`. A run that raises is among them; the others go on. Or `OtherModel`: who packed has
        another version, and a result must not depend on who made it.
    """
    from sim.text import use_language

    stop = stop or threading.Event()
    shared = _unpacked(common)
    if isinstance(shared, OtherModel):
        return shared
    finished = []
    with use_language(shared.language):
        for task in tasks:
            one = _make(shared, task, stop)
            if one is None:
                break
            finished.append(one)
    return finished


def _make(shared: Common, task: Task, stop: threading.Event) -> Finished | None:
    from experiments.replicate import one_line, run_one, trace_of
    from sim.scenario import changed

    at = (task.point, task.replicate, task.luck)
    try:
        base = shared.scenarios[task.arm]
        scenario = changed(base, task.settings) if task.settings else base
        run = run_one(scenario, task.luck, 1, shared.engine, shared.recorded.keys, _ignore, stop)
        if run.status == "stopped":
            return None
        if run.status == "failed" or run.record is None:
            return Finished(*at, "failed", run.seconds, error=run.error, trace=run.trace)
        return Finished(*at, "done", run.seconds, run.record.weeks, shared.recorded.of(run.record))
    except Exception as error:
        return Finished(*at, "failed", 0.0, error=one_line(error), trace=trace_of(error))


_ignore: Callable[[int], None] = lambda _: None  # noqa: E731 - a name for doing nothing

_last: tuple[bytes, Common] | None = None


def _unpacked(common: bytes) -> Common | OtherModel:
    """Unpack what runs have in common; once for all pieces of work of an experiment."""
    global _last
    from experiments.batch.experiment import model_version

    digest = hashlib.sha256(common).digest()
    if _last is None or _last[0] != digest:
        version, inside = pickle.loads(common)  # from the coordinator
        if version != model_version():
            return OtherModel(model_version(), version)
        _last = (digest, pickle.loads(inside))
    return _last[1]
