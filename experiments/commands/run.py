"""``userisation run``: run a scenario, show what came out, and leave a results folder."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.outcome import Order, files_of, manifest_of, show, tell_the_end
from experiments.commands.progress import shown_progress
from experiments.commands.session import AsJson, Lang, fail, note
from experiments.exits import Exit
from experiments.numbers import compact, count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.ensembles import Ensemble
    from experiments.folder import ResultsFolder
    from experiments.replicate import Run
    from sim.scenario import Scenario

__all__ = ["BOUNDS", "EngineName", "default_folder", "refuse_bad_numbers", "run", "tell_if_compiling"]


BOUNDS = {
    "seed": (0, 2**63 - 1),
    "replicates": (1, 100_000),
    "weeks": (1, 5200),
    "consumers": (10, 100_000_000),
    "threads": (1, 1024),
}
"""Least and most of each number on the command line; those of the scenario have the same bounds there."""


class EngineName(StrEnum):
    """Engines by their names on the command line."""

    compiled = "compiled"
    objects = "objects"


def run(
    scenario: Annotated[str, typer.Argument(show_default=False)],
    settings: Annotated[list[str] | None, typer.Option("--set", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(show_default=False)] = None,
    replicates: Annotated[int, typer.Option("--replicates", "-r")] = 1,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    engine: Annotated[EngineName, typer.Option()] = EngineName.compiled,
    threads: Annotated[int | None, typer.Option(show_default=False)] = None,
    out: Annotated[Path | None, typer.Option(show_default=False)] = None,
    as_json: AsJson = False,
    with_series: Annotated[bool, typer.Option("--series")] = False,
    force: Annotated[bool, typer.Option("--force")] = False,
    lang: Lang = None,
) -> None:
    """Run one scenario; everything that can be refused is refused before the first week."""
    from experiments.replicate import available_cores

    refuse_bad_numbers(
        {"seed": seed, "replicates": replicates, "weeks": weeks, "consumers": consumers, "threads": threads}
    )
    order = Order(
        scenario,
        tuple(settings or ()),
        seed,
        replicates,
        weeks,
        consumers,
        engine.value,
        threads or available_cores(),
    )
    ensemble = _ensemble(scenario)
    model = _load(order, ensemble)
    _refuse_absurd_size(model, order)
    drawn = None if ensemble is None else _drawn(ensemble, model, order)
    folder = out if out is not None else default_folder(model.name)
    results = _open_folder(folder, model, order, force=force)
    try:
        # Until everything is written, Ctrl-C is a wish and no crash.
        with stop_on_interrupt() as stop:
            tell_if_compiling(order.engine)
            started, begun = datetime.now(UTC), time.perf_counter()
            runs = _compute(model, order, results, stop, drawn)
            seconds, interrupted = time.perf_counter() - begun, stop.is_set()
            _keep_cut_runs(runs, results)
            results.settle()
            manifest = manifest_of(model, order, runs, started, seconds, interrupted)
            results.write(files_of(results, manifest, model, ensemble))
            show(results, model, manifest, runs, as_json=as_json, with_series=with_series)
            code = tell_the_end(results, runs, interrupted)
    finally:
        results.close()
    if code:
        raise typer.Exit(code)


def default_folder(scenario: str, now: datetime | None = None) -> Path:
    """Choose a folder for results, under ``results`` here: the scenario's name and the time."""
    name = re.sub(r"[^\w.-]+", "-", scenario).strip(".-") or "scenario"
    stem = f"{name}-{now or datetime.now():%Y%m%d-%H%M%S}"
    folder, number = Path("results") / stem, 2
    while folder.exists():
        folder, number = Path("results") / f"{stem}-{number}", number + 1
    return folder


def refuse_bad_numbers(given: Mapping[str, int | None], bounds: Mapping[str, tuple[int, int]] = BOUNDS) -> None:
    """Refuse numbers of the command line that are out of bounds, by the names of their options."""
    for name, value in given.items():
        low, high = bounds[name]
        if value is not None and not low <= value <= high:
            expected = say("cli.expected.whole_between", low=count(low), high=count(high))
            fail(say("cli.error.bad_value", name=f"--{name}", value=value, expected=expected))


def _ensemble(name: str) -> Ensemble | None:
    """Read the ensemble that a name stands for, if it does."""
    from experiments.ensembles import Ensemble, is_ensemble

    return Ensemble.read(name) if is_ensemble(name) else None


def _drawn(ensemble: Ensemble, model: Scenario, order: Order) -> list[Scenario]:
    """Give the scenario of each replicate; what the user sets counts more than what is drawn."""
    note(say("ensemble.drawn", rows=count(len(ensemble))))
    return ensemble.scenarios(order.replicates, model, order.settings)


def _load(order: Order, ensemble: Ensemble | None) -> Scenario:
    from experiments.scenario_data import cut_to
    from sim.scenario import load

    settings = list(order.settings)
    if order.seed is not None:
        settings.append(f"seed={order.seed}")
    if order.consumers is not None:
        settings.append(f"population.size={order.consumers}")
    model = load(order.scenario if ensemble is None else ensemble.scenario, settings)
    if order.weeks is not None:
        model, left_out = cut_to(model, order.weeks)
        if left_out:
            note(say("run.left_out", count=left_out, weeks=order.weeks))
    return model


def _refuse_absurd_size(model: Scenario, order: Order) -> None:
    from experiments.memory import available_bytes, needed_bytes
    from experiments.runs import share_threads

    side_by_side, _ = share_threads(order.replicates, order.threads, model.population.size)
    needed = needed_bytes(model, replicates=order.replicates, side_by_side=side_by_side)
    available = available_bytes()
    if available is not None and needed > available:
        sizes = {"needed": compact(needed), "available": compact(available)}
        fail(
            say(
                "run.too_big",
                consumers=count(model.population.size),
                replicates=count(order.replicates),
                **sizes,
            )
        )


def _open_folder(folder: Path, model: Scenario, order: Order, *, force: bool) -> ResultsFolder:
    from experiments.folder import FolderError, ResultsFolder, prepare
    from experiments.scenario_data import document_of
    from experiments.store import ResultsError

    try:
        prepare(folder, force=force)
        return ResultsFolder(folder, document_of(model), model.text_hash, order.settings)
    except FolderError as error:
        fail(str(error), Exit.CANNOT_WRITE)
    except ResultsError as error:
        fail(say("folder.unwritable", folder=folder, reason=error.detail), Exit.CANNOT_WRITE)


def tell_if_compiling(engine: str) -> None:
    """Say that the first run takes longer, if this one is the first."""
    if engine != "compiled":
        return
    try:
        from sim import compiling
    except ImportError:
        return
    compiling.tell = note
    if compiling.cache_folder() is None:
        note(say("run.no_cache"))
    elif not compiling.is_warm():
        note(say("run.compiling"))


def _compute(
    model: Scenario, order: Order, results: ResultsFolder, stop: threading.Event, drawn: list[Scenario] | None
) -> list[Run]:
    from experiments.runs import run_replicates

    def keep(one: Run) -> None:
        if one.status != "stopped":
            results.keep(one)

    with shown_progress() as show_progress:
        return run_replicates(
            model,
            replicates=order.replicates,
            threads=order.threads,
            engine="objects" if order.engine == "objects" else "compiled",
            on_progress=show_progress,
            on_run=keep,
            stop=stop,
            each=None if drawn is None else drawn.__getitem__,
        )


def _keep_cut_runs(runs: list[Run], results: ResultsFolder) -> None:
    """Keep cut replicates only when none was finished: a mixture could not be compared week by week."""
    if not any(one.status == "done" for one in runs):
        for one in runs:
            if one.status == "stopped" and one.record is not None:
                results.keep(one)
