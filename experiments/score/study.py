"""Run the protocol over panels, folds and models, in as many processes as there are cores.

Every piece of work has luck of its own, so that results do not depend on the number of processes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace

from experiments.panel.data import Integers, Panel
from experiments.score.findings import Failure, PanelScore, Scores
from experiments.score.folds import (
    COPIES,
    FOLDS,
    RESAMPLES,
    WHOLE,
    FoldData,
    FoldScore,
    data_of,
    put_together,
    score_fold,
    simulated_statistics,
)
from experiments.score.protocol import ChoiceModel

__all__ = ["Plan", "run_study"]

_LOOK_EVERY = 0.2  # seconds, for the wish to stop
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class Plan:
    """What is to be scored, and how; see `folds` for the constants."""

    panels: tuple[Panel, ...]
    models: tuple[ChoiceModel, ...]
    folds: int = FOLDS
    seed: int = 1
    copies: int = COPIES
    resamples: int = RESAMPLES


@dataclass(frozen=True, order=True)
class _Piece:
    """One piece of work: the data of a fold (model -1) or one model on it; the same of the whole panel (fold -1)."""

    panel: int
    fold: int
    model: int


_Task = tuple[_Piece, list[Integers]]
_Result = FoldData | tuple[FoldScore, Integers] | dict[str, float] | Failure


def run_study(
    plan: Plan,
    *,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> Scores:
    """Score all models of a plan on all its panels.

    Parameters
    ----------
    workers : processes to use; 1 works in this one.
    on_progress : is told pieces done, and all pieces.
    stop : ends the study when set; what is finished is kept.
    """
    pieces = [
        _Piece(panel, fold, model)
        for panel in range(len(plan.panels))
        for fold in (*range(plan.folds), WHOLE)
        for model in range(-1, len(plan.models))
    ]
    wish = stop or threading.Event()
    found: dict[_Piece, _Result] = {}

    def later() -> list[_Task]:
        """Whole panels of which all folds are finished."""
        ready = []
        for piece in pieces:
            if piece.fold == WHOLE and piece.model >= 0:
                parts = [found.get(replace(piece, fold=fold)) for fold in range(plan.folds)]
                if all(isinstance(part, tuple) for part in parts):
                    ready.append((piece, [part[1] for part in parts if isinstance(part, tuple)]))
        return ready

    def at_once() -> list[_Task]:
        return [(piece, []) for piece in pieces if piece.fold != WHOLE or piece.model < 0]

    for stage in (at_once, later):
        for piece, result in _worked(plan, stage(), workers, wish):
            found[piece] = result
            if on_progress is not None:
                on_progress(len(found), len(pieces))
    stopped = wish.is_set() and len(found) < len(pieces)
    return _gathered(plan, found, interrupted=stopped)


def _gathered(plan: Plan, found: dict[_Piece, _Result], *, interrupted: bool) -> Scores:
    panels = [
        PanelScore(
            panel.source,
            len(panel.brands),
            len(panel.households),
            panel.occasions,
            [str(warning) for warning in panel.warnings],
        )
        for panel in plan.panels
    ]
    for piece in sorted(found):
        panel, result = panels[piece.panel], found[piece]
        if isinstance(result, FoldData):
            if piece.fold == WHOLE:
                panel.whole = result
            else:
                panel.data.append(result)
        elif isinstance(result, tuple):
            panel.scores.append(result[0])
        elif isinstance(result, dict):
            panel.together[plan.models[piece.model].key] = result
        else:
            panel.failures.append(result)
    return Scores(panels, tuple(model.key for model in plan.models), plan.folds, plan.seed, interrupted)


def _work(plan: Plan, piece: _Piece, parts: list[Integers]) -> _Result:
    """Do one piece; whatever goes wrong in it spoils no other. `parts` are the folds of a whole panel."""
    panel = plan.panels[piece.panel]
    model = None if piece.model < 0 else plan.models[piece.model]
    try:
        if model is None:
            return data_of(panel, plan.folds, piece.fold, plan.seed, plan.resamples)
        if piece.fold == WHOLE:
            return simulated_statistics(panel, put_together(panel, parts, plan.seed), plan.seed)
        return score_fold(panel, model, plan.folds, piece.fold, plan.seed, plan.copies)
    except Exception as error:
        return Failure(piece.fold, None if model is None else model.key, f"{type(error).__name__}: {error}")


def _worked(
    plan: Plan, pieces: Sequence[_Task], workers: int, stop: threading.Event
) -> Iterator[tuple[_Piece, _Result]]:
    """Do all pieces, here or in processes; here also what processes cannot do because they die."""
    left = dict(pieces)
    if min(workers, len(pieces)) > 1:
        try:
            for piece, result in _in_processes(plan, pieces, min(workers, len(pieces)), stop):
                del left[piece]
                yield piece, result
        except (BrokenProcessPool, OSError):
            pass
    for piece, parts in left.items():
        if stop.is_set():
            return
        yield piece, _work(plan, piece, parts)


def _in_processes(
    plan: Plan, pieces: Sequence[_Task], workers: int, stop: threading.Event
) -> Iterator[tuple[_Piece, _Result]]:
    bare = replace(plan, panels=tuple(replace(panel, assumptions=(), warnings=()) for panel in plan.panels))
    context = multiprocessing.get_context("spawn")
    with _one_thread_each(), ProcessPoolExecutor(workers, context, _begin, (bare,)) as pool:
        waiting: dict[Future[_Result], _Piece] = {pool.submit(_work_here, *task): task[0] for task in pieces}
        try:
            while waiting and not stop.is_set():
                done, _ = wait(waiting, _LOOK_EVERY, FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    yield waiting.pop(future), result
        finally:
            if waiting:
                pool.shutdown(wait=False, cancel_futures=True)
                for child in multiprocessing.active_children():
                    child.terminate()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let the processes started in the block compute with one thread each."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_plan: Plan | None = None


def _begin(plan: Plan) -> None:
    """Make a process ready: Ctrl-C is for its parent, and it does not outlive it."""
    global _plan
    _plan = plan
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work_here(piece: _Piece, parts: list[Integers]) -> _Result:
    assert _plan is not None
    return _work(_plan, piece, parts)
