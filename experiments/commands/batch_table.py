"""What ``userisation batch`` says: the plan and its cost, how far it has come, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.amounts import counted, duration, size
from experiments.commands.session import clean, note, print_json, results_console
from experiments.numbers import compact, count, decimal, plain_number
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from experiments.batch.cost import Cost, Pilot
    from experiments.batch.experiment import Experiment
    from experiments.batch.findings import Status
    from experiments.batch.runner import Done

__all__ = ["cost_words", "end_words", "progress_words", "show_plan", "value_text"]

ROWS = 8
"""Rows of a design that are shown."""
_MOST_COLUMNS = 8


def show_plan(made: Experiment, measured: Pilot, workers: int, *, as_json: bool) -> None:
    """Print the first rows of the design and the cost."""
    from experiments.batch.cost import cost_of

    cost = cost_of(made, made.run_count, measured, workers)
    if as_json:
        print_json(_plan_data(made, cost, workers))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = results_console()
    console.print(Text(clean(getattr(made.title, language()) or made.name), style="bold"))
    shown = made.factors[:_MOST_COLUMNS]
    if shown:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
        table.add_column(say("batch.column.point"), justify="right")
        table.add_column(say("batch.column.arm"))
        for factor in shown:
            table.add_column(clean(factor.name), justify="right", overflow="fold")
        for point in made.points[:ROWS]:
            values = made.values(point)
            cells = [value_text(values[factor.name]) for factor in shown]
            table.add_row(count(point.number), clean(made.arms[point.arm].name), *cells)
        console.print(table)
    more = made.point_count - ROWS if shown else 0
    if more > 0:
        console.print(Text(say("batch.more_points", count=count(more)), style="dim"))
    if len(made.factors) > len(shown):
        console.print(Text(say("batch.more_factors", count=len(made.factors) - len(shown)), style="dim"))
    note(cost_words(made, cost, measured, workers))


def _plan_data(made: Experiment, cost: Cost, workers: int) -> dict[str, Any]:
    return {
        "name": made.name,
        "arms": [arm.name for arm in made.arms],
        "factors": [factor.describe() for factor in made.factors],
        "design": None if made.design is None else made.design.kind,
        "points": made.point_count,
        "replicates": made.replicates,
        "runs": made.run_count,
        "first": [
            {"point": point.number, "arm": made.arms[point.arm].name} | made.values(point)
            for point in made.points[:ROWS]
        ],
        "cost": {
            "workers": workers,
            "cpu_seconds": cost.cpu_seconds,
            "seconds": cost.seconds,
            "disk_bytes": cost.disk,
            "memory_bytes": cost.memory,
        },
    }


def value_text(value: Any) -> str:
    """Give the value of a factor for people."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("batch.yes" if value else "batch.no")
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return plain_number(value)
    return clean(str(value))


def cost_words(made: Experiment, cost: Cost, measured: Pilot, workers: int, key: str = "batch.cost") -> str:
    """Say what some runs cost, in the words of the catalogue's `key`."""
    return say(
        key,
        runs=counted("run", cost.runs),
        points=counted("point", made.point_count),
        replicates=counted("replicate", made.replicates),
        each=duration(measured.seconds),
        workers=count(workers),
        time=duration(cost.seconds),
        disk=size(cost.disk),
        memory=size(cost.memory),
    )


def progress_words(done: Done) -> str:
    """Say how far runs have come, how fast, and what is left."""
    words = {"done": count(done.runs), "total": count(done.total)}
    if not done.rate:
        return say("batch.progress_begun", **words)
    left = done.seconds_left
    rate = decimal(done.rate, 1) if done.rate < 100 else compact(done.rate)
    said = say("batch.progress", rate=rate, left=duration(left or 0.0), **words)
    return f"{said} {say('batch.progress_failed', failed=count(done.failed))}" if done.failed else said


def end_words(status: Status, folder: Path, command: str) -> Iterator[str]:
    """Say how it ended, and what can be done next."""
    key = "batch.complete" if status.is_complete else "batch.cut"
    yield say(key, done=count(status.done), total=count(status.planned), folder=folder)
    if status.failed or status.crashed:
        yield say("batch.failures", failed=count(status.failed), crashed=count(status.crashed), folder=folder)
    if not status.is_complete:
        yield say("batch.go_on", command=command)
