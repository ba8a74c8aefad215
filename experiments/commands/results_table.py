"""What ``userisation results`` prints: status, failures, answers of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from experiments.amounts import counted, duration
from experiments.commands.batch_table import value_text
from experiments.commands.session import clean, note, print_json, results_console
from experiments.numbers import count
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from rich.table import Table

    from experiments.batch.findings import Answer, Failure
    from experiments.batch.results import BatchResults

__all__ = ["show_answer", "show_end", "show_failures", "show_status", "status_data"]

_MOST_FAILURES = 50


def status_data(found: BatchResults) -> dict[str, Any]:
    """Give what an experiment is, and what became of its runs, as plain data."""
    status, meta = found.status(), found.meta
    return {
        "name": meta["name"],
        "title": {code: meta[f"title.{code}"] for code in ("en", "fr")},
        "design": meta["design"],
        "arms": list(found.arms),
        "factors": [factor.described for factor in found.factors],
        "points": found.point_count,
        "replicates": found.replicates,
        **asdict(status),
        "missing": status.missing,
        "figures": {key: [item for item in items if item] for key, items in found.figures.items()},
        "ends": list(found.end_columns),
        "file": found.path.name,
    }


def show_status(found: BatchResults, *, as_json: bool) -> None:
    """Print what an experiment is, and what became of its runs."""
    if as_json:
        print_json(status_data(found))
        return
    from rich.text import Text

    console = results_console()
    status, meta = found.status(), found.meta
    console.print(Text(clean(meta[f"title.{language()}"] or meta["name"]), style="bold"))
    table = _table()
    design = say(f"batch.design.{meta['design']}") if meta["design"] else say("batch.design.none")
    lines = {
        "arms": ", ".join(found.arms),
        "factors": ", ".join(f"{one.name} ({say(f'batch.role.{one.role}')})" for one in found.factors) or "–",
        "design": design,
        "points": say(
            "batch.points_by",
            points=counted("point", found.point_count),
            replicates=counted("replicate", found.replicates),
        ),
        "done": say("batch.of", done=count(status.done), total=count(status.planned)),
        "failed": count(status.failed),
        "crashed": count(status.crashed),
        "missing": count(status.missing),
        "time": duration(status.seconds),
        "ends": count(len(found.end_columns)),
    }
    for key, text in lines.items():
        table.add_row(say(f"batch.line.{key}"), clean(text))
    console.print(table)
    if status.failed or status.crashed:
        note(say("batch.see_failures"))


def show_failures(failures: Sequence[Failure], *, with_traces: bool, as_json: bool) -> None:
    """Print the runs that raised or crashed."""
    if as_json:
        print_json([asdict(one) for one in failures])
        return
    from rich.text import Text

    console = results_console()
    if not failures:
        console.print(Text(say("batch.no_failures")))
    for one in failures[:_MOST_FAILURES]:
        head = say(
            "batch.failure", point=count(one.point), arm=clean(one.arm), replicate=count(one.replicate),
            status=say(f"batch.status.{one.status}"),
        )  # fmt: skip
        console.print(Text.assemble((head, "bold"), f"\n  {clean(one.error)}"))
        settings = ", ".join(f"{key} = {value_text(value)}" for key, value in one.settings.items())
        if settings:
            console.print(Text(f"  {clean(settings)}", style="dim"))
        if with_traces and one.trace:
            console.print(Text("\n".join(f"    {line}" for line in clean(one.trace).splitlines()), style="dim"))
    if len(failures) > _MOST_FAILURES:
        console.print(Text(say("batch.more_failures", count=count(len(failures) - _MOST_FAILURES))))


def show_answer(answer: Answer, *, as_json: bool) -> None:
    """Print what a question in SQL gave."""
    if as_json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        table = _table(*answer.columns)
        for row in answer.rows:
            table.add_row(*map(value_text, row))
        results_console().print(table)
    if answer.is_cut:
        note(say("batch.answer_cut", rows=count(len(answer.rows))))


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True, show_header=bool(columns)
    )
    for column in columns or ("", ""):
        table.add_column(Text(clean(column)), overflow="fold")
    return table


def show_end(results: BatchResults) -> None:
    """Print what became of the runs as JSON."""
    print_json(status_data(results))
