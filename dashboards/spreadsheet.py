"""The one way in which the dashboard writes CSV: as a spreadsheet of the reader's language expects it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from experiments.csv_files import as_text
from sim.text import language

__all__ = ["as_csv"]

_MARKS = {"en": (",", "."), "fr": (";", ",")}
"""What stands between fields, and the decimal mark."""


def as_csv(heading: Iterable[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Give a file in the marks of the context's language, in UTF-8 with a byte-order mark.

    In French, where the comma is the decimal mark, fields are separated by semicolons: Excel would put all of a row
    into one column otherwise. No text in it is a formula; a number that is not defined is an empty field.
    """
    separator, decimal = _MARKS[language()]
    return as_text(heading, rows, separator=separator, decimal=decimal).encode()
