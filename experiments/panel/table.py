"""A text file of rows and columns, whatever its delimiter and decimal mark."""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.panel.data import Floats
from experiments.panel.problems import PanelError, Place, Problem
from experiments.text import say
from sim.problems import shown

LARGEST_FILE = 256 * 2**20  # bytes
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_MISSING = frozenset({"", ".", "-", "na", "n/a", "nan", "null", "none", "#n/a"})
_COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+")
_LINES_NAMED = 5


@dataclass(frozen=True)
class Table:
    """The cells of a file: `rows` as written, stripped, and the line of each (1 is the heading)."""

    file: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: np.ndarray
    delimiter: str

    def column(self, index: int) -> list[str]:
        """Cells of one column."""
        return [row[index] for row in self.rows]

    def problem(self, key: str, line: int | None = None, **values: object) -> Problem:
        """Make a problem with this file; `key` is that of the message."""
        return Problem(Place(self.file, int(line or 0)), "", say(key, **values))


def read_table(path: str | os.PathLike[str], *, delimiter: str | None = None, encoding: str = "utf-8") -> Table:
    """Read a delimited text file with a heading.

    Raises
    ------
    PanelError
        The file is not there, is empty, too large, not text in the stated encoding, or its rows are
        uneven.
    """
    file = Path(path)

    def refuse(key: str, line: int = 0, **values: object) -> PanelError:
        return PanelError([Problem(Place(str(path), line), "", say(key, **values))])

    mark = _DELIMITERS.get(delimiter or "", delimiter)
    if mark is not None and (len(mark) != 1 or mark in '"\r\n' or mark.isalnum()):
        raise refuse("panel.file.delimiter", value=shown(delimiter))
    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            raise refuse("panel.file.too_large", size=size // 2**20, most=LARGEST_FILE // 2**20)
        content = file.read_bytes()
    except IsADirectoryError:
        raise refuse("panel.file.a_folder") from None
    except FileNotFoundError:
        raise refuse("panel.file.missing") from None
    except OSError as error:
        raise refuse("panel.file.unreadable", reason=error.strerror or str(error)) from None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        raise refuse("panel.file.not_text")
    try:
        text = content.decode("utf-8-sig" if encoding.lower().replace("_", "-") == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise refuse("panel.file.encoding", content[: error.start].count(b"\n") + 1, encoding=encoding) from None
    except LookupError:
        raise refuse("panel.file.unknown_encoding", encoding=encoding) from None
    if "\x00" in text:
        raise refuse("panel.file.not_text")
    if not text.strip():
        raise refuse("panel.file.empty")
    return _parse(text, str(path), mark)


def _parse(text: str, file: str, delimiter: str | None) -> Table:
    mark = delimiter or _delimiter(next(line for line in text.splitlines() if line.strip()))
    reader = csv.reader(io.StringIO(text), delimiter=mark)
    rows: list[list[str]] = []
    lines: list[int] = []
    header: tuple[str, ...] = ()
    uneven: list[tuple[int, int]] = []
    line = 1
    try:
        for cells in reader:
            begin, line = line, reader.line_num + 1
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not header:
                header = tuple(cells)
            elif len(cells) != len(header):
                uneven.append((begin, len(cells)))
            else:
                rows.append(cells)
                lines.append(begin)
    except csv.Error as error:
        raise PanelError([Problem(Place(file, line), "", say("panel.file.malformed", reason=str(error)))]) from None
    problems = []
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        problems.append(Problem(Place(file, 1), "", say("panel.file.columns_twice", names=", ".join(twice))))
    if len(header) < 2:
        problems.append(Problem(Place(file, 1), "", say("panel.file.one_column")))
    for begin, cells_found in uneven[:_LINES_NAMED]:
        message = say("panel.file.uneven", found=cells_found, expected=len(header), total=len(uneven))
        problems.append(Problem(Place(file, begin), "", message))
    if not rows and not uneven:
        problems.append(Problem(Place(file), "", say("panel.file.no_rows")))
    if problems:
        raise PanelError(problems)
    return Table(file, header, rows, np.array(lines, dtype=np.int64), mark)


def _delimiter(heading: str) -> str:
    """Of the usual delimiters, the one that makes the most columns of the heading."""
    return max(_DELIMITERS.values(), key=lambda mark: len(next(csv.reader([heading], delimiter=mark))))


def is_missing(cell: str) -> bool:
    """Tell whether a cell holds no value."""
    return cell.casefold() in _MISSING


def has_decimal_comma(columns: list[list[str]]) -> bool:
    """Tell whether the numbers are written with a comma: some are, and none has a point."""
    found = False
    for cells in columns:
        for cell in cells:
            if "." in cell and not is_missing(cell):
                return False
            found = found or _COMMA_NUMBER.fullmatch(cell) is not None
    return found


def numbers(cells: list[str], *, decimal_comma: bool) -> tuple[Floats, list[int]]:
    """Turn cells into numbers.

    Returns
    -------
    the numbers, NaN where a cell is empty or wrong, and the positions of the wrong ones (not a number,
    or not finite).
    """
    values = np.full(len(cells), np.nan)
    wrong = []
    for index, cell in enumerate(cells):
        if is_missing(cell):
            continue
        try:
            value = float(cell.replace(",", ".") if decimal_comma else cell)
        except ValueError:
            wrong.append(index)
            continue
        if np.isfinite(value):
            values[index] = value
        else:
            wrong.append(index)
    return values, wrong


def wrong_cells(table: Table, cells: list[str], wrong: list[int], key: str, **values: object) -> list[Problem]:
    """Name the first wrong cells of a column by line, and how many there are."""
    return [
        table.problem(key, table.lines[index], value=shown(cells[index]), total=len(wrong), **values)
        for index in wrong[:_LINES_NAMED]
    ]
