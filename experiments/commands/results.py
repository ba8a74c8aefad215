"""``userisation results``: what an experiment has found: status, failures, questions in SQL, exports."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.session import AsJson, Lang, fail, note
from experiments.exits import Exit
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.results import BatchResults

__all__ = ["results"]


def results(
    experiment: Annotated[Path, typer.Argument(show_default=False)],
    failures: Annotated[bool, typer.Option("--failures")] = False,
    traces: Annotated[bool, typer.Option("--traces")] = False,
    sql: Annotated[str | None, typer.Option("--sql", show_default=False)] = None,
    export: Annotated[list[Path] | None, typer.Option("--export", show_default=False)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Tell what is in the file of an experiment, which may still be written to."""
    from experiments.batch.results import open_results
    from experiments.batch.store import StoreError
    from experiments.commands import results_table as tables

    try:
        with closing(open_results(experiment)) as found:
            if sql is not None:
                tables.show_answer(found.query(sql), as_json=as_json)
            elif failures or traces:
                tables.show_failures(found.failures(), with_traces=traces, as_json=as_json)
            elif not export:
                tables.show_status(found, as_json=as_json)
            for path in export or ():
                _export(found, path)
    except StoreError as error:
        fail(say(f"batch.store.{error.reason}", path=error.path, detail=error.detail))


def _export(found: BatchResults, path: Path) -> None:
    from experiments.batch.export import ExportError, export

    try:
        rows = export(found, path)
    except ExportError as error:
        fail(str(error))
    except OSError as error:
        fail(say("cli.error.cannot_write", path=path, reason=error.strerror or error), Exit.CANNOT_WRITE)
    note(say("batch.export.written", rows=count(rows), path=path))
