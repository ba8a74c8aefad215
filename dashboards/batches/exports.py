"""What can be saved of results: tables for other programs, the page of the report, the experiment's file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dashboards.batches.questions import refusal
from dashboards.batches.single import is_run
from dashboards.batches.text import say
from dashboards.spreadsheet import as_csv
from sim.problems import InputError

__all__ = ["experiment_text", "report", "summary", "table"]


def table(folder: Path, form: str) -> bytes:
    """Give a row for each run as a file; no text of a scenario becomes a formula of a spreadsheet.

    Parameters
    ----------
    folder
        Of an experiment.
    form
        The end of the file's name: ``csv``, ``xlsx`` or ``parquet``.

    Raises
    ------
    ResultsError
        It cannot be read or written.
    """
    from experiments.batch.export import ExportError, export, table_of
    from experiments.batch.results import open_results
    from experiments.batch.store import StoreError
    from experiments.text import say as say_experiments

    try:
        with tempfile.TemporaryDirectory(prefix="userisation-") as place, open_results(folder) as results:
            if form == "csv":
                return as_csv(*table_of(results))
            path = Path(place) / f"runs.{form}"
            export(results, path)
            return path.read_bytes()
    except ExportError as error:
        raise refusal(str(error)) from None
    except StoreError as error:
        raise refusal(say_experiments(f"batch.store.{error.reason}", path=folder.name, detail=error.detail)) from None


def summary(folder: Path) -> bytes:
    """Give the table that `userisation run` left: each figure at the start, on average and at the end.

    Raises
    ------
    ResultsError
        There is none.
    """
    from experiments.csv_files import read_summary
    from experiments.folder import SUMMARY

    try:
        return as_csv(*read_summary(folder / SUMMARY))
    except OSError as error:
        raise _unread(SUMMARY, error) from None
    except ValueError:
        raise refusal(say("batches.results.no_table", name=SUMMARY)) from None


def _left(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise _unread(name, error) from None


def _unread(name: str, error: OSError) -> InputError:
    return refusal(say("batches.results.no_file", name=name, reason=error.strerror or str(error)))


def report(folder: Path) -> str:
    """Give the page of an experiment or of an answer: one file that loads nothing, in both languages.

    Raises
    ------
    ResultsError
        There is nothing that can be told.
    """
    from experiments.answers.batch_page import render_batch
    from experiments.answers.folder import holds_answer, read
    from experiments.answers.kinds import FindingsError
    from experiments.answers.page import render
    from experiments.batch.results import open_results
    from experiments.batch.store import StoreError
    from experiments.folder import REPORT
    from experiments.text import say as say_experiments

    try:
        if holds_answer(folder):
            return render(read(folder))
        if is_run(folder):
            return _left(folder, REPORT).decode("utf-8")
        with open_results(folder) as results:
            return render_batch(results)
    except FindingsError as error:
        raise refusal(str(error)) from None
    except StoreError as error:
        raise refusal(say_experiments(f"batch.store.{error.reason}", path=folder.name, detail=error.detail)) from None


def experiment_text(folder: Path) -> str:
    """Give the file of an experiment as it was run; empty if it is not kept."""
    from experiments.batch.folder import COPY

    try:
        return (folder / COPY).read_text(encoding="utf-8")
    except OSError:
        return ""
