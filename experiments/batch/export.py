"""Results of experiments for other programs: CSV, Parquet, Excel.

A row is a run with its settings and the ends of its figures. No text of a scenario becomes a formula of a spreadsheet:
in CSV it gets an apostrophe in front, in Excel it is written as a text.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.csv_files import EXCEL_ROWS, cell
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.results import BatchResults

__all__ = ["WRITERS", "ExportError", "export", "table_of"]

_EXCEL_COLUMNS = 16_384
_AT_ONCE = 5_000  # rows


class ExportError(RuntimeError):
    """Results cannot be written in this form; the message is for the user."""


def export(results: BatchResults, path: Path) -> int:
    """Write a row for each run; the end of the file's name says in which form.

    Returns
    -------
    int
        Rows that were written.

    Raises
    ------
    ExportError
        There is no such form, what it needs is not installed, or the form cannot hold so much.
    OSError
        The file cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExportError(say("batch.export.form", name=path.name, forms=", ".join(WRITERS)))
    beside = path.with_name(f".{path.name}.part")
    try:
        names, rows = table_of(results)
        count = writer(beside, names, rows)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return count


def table_of(results: BatchResults) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Give a row for each run: the names of the columns, and the rows one after the other."""
    cursor = results.every_run()
    return [one[0] for one in cursor.description], iter(cursor)


def _csv(path: Path, names: list[str], rows: Iterator[tuple[Any, ...]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(cell, names))
        for row in rows:
            writer.writerow([cell(value) if isinstance(value, str) else value for value in row])
            count += 1
    return count


def _parquet(path: Path, names: list[str], rows: Iterator[tuple[Any, ...]]) -> int:
    _need("pyarrow", "parquet")
    import pyarrow as pa
    import pyarrow.parquet as pq

    everything = list(rows)  # kinds of columns must be known before the first part is written
    kinds = [_kind(row[place] for row in everything) for place in range(len(names))]
    types = {float: pa.float64(), int: pa.int64(), str: pa.string()}
    schema = pa.schema([(name, types[kind]) for name, kind in zip(names, kinds, strict=True)])
    parts = iter(everything)
    with pq.ParquetWriter(path, schema) as writer:
        while part := list(islice(parts, _AT_ONCE)):
            columns = [
                pa.array([_as(kind, row[place]) for row in part], types[kind]) for place, kind in enumerate(kinds)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    return len(everything)


def _kind(values: Iterable[Any]) -> type:
    """Give the kind of a column: whole numbers, numbers or, where anything else is among them, texts."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return int
    return float if kinds <= {int, float} else str


def _as(kind: type, value: Any) -> Any:
    return None if value is None else kind(value)


def _excel(path: Path, names: list[str], rows: Iterator[tuple[Any, ...]]) -> int:
    _need("xlsxwriter", "excel")
    from xlsxwriter import Workbook

    if len(names) > _EXCEL_COLUMNS:
        raise ExportError(say("batch.export.too_large"))
    count = 0
    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("runs")
        for column, name in enumerate(names):
            sheet.write_string(0, column, name)
        for count, row in enumerate(rows, start=1):
            if count > EXCEL_ROWS:
                raise ExportError(say("batch.export.too_large"))
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(count, column, value)
                elif value is not None and math.isfinite(value):
                    sheet.write_number(count, column, value)
    return count


def _need(module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise ExportError(say("batch.export.missing", package=module, command=f"pip install 'userisation[{extra}]'"))


Writer = Callable[[Path, list[str], Iterator[tuple[Any, ...]]], int]

WRITERS: dict[str, Writer] = {".csv": _csv, ".parquet": _parquet, ".xlsx": _excel}
"""Forms by the ends of their files' names: a further one is one more function."""
