"""Designs that go through listed values: the full grid, one factor at a time, an explicit table."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from experiments.batch.designs.base import UNSET, Design, DesignError, Row
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.factors import Factor

__all__ = ["FullGrid", "OneAtATime", "Table"]


class FullGrid(Design):
    """Every value of every factor with every value of the others (full factorial)."""

    kind: Literal["full_grid"]

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Count the rows: the product of the factors' numbers of values."""
        return math.prod(len(factor.grid) for factor in factors)

    def make_rows(self, factors: Sequence[Factor]) -> list[Row]:
        """Give the rows; the last factor changes fastest."""
        crossed = itertools.product(*(factor.grid for factor in factors))
        return [
            Row(tuple(f.value(u) for f, u in zip(factors, levels, strict=True)), tuple(levels)) for levels in crossed
        ]


class OneAtATime(Design):
    """The scenario as it is, then every value of one factor after the other, the others left as they are."""

    kind: Literal["one_at_a_time"]

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Count the rows: one, and one for each value."""
        return 1 + sum(len(factor.grid) for factor in factors)

    def make_rows(self, factors: Sequence[Factor]) -> list[Row]:
        """Give the rows: the scenario as it is comes first."""
        rows = [Row((UNSET,) * len(factors))]
        for place, factor in enumerate(factors):
            for level in factor.grid:
                values: list[Any] = [UNSET] * len(factors)
                values[place] = factor.value(level)
                rows.append(Row(tuple(values)))
        return rows


class Table(Design):
    """Rows written out: in the file, or in a CSV file beside it whose heading names factors."""

    needs_ranges: ClassVar[bool] = False

    kind: Literal["table"]
    rows: list[dict[str, Any]] | None = Field(
        None, min_length=1, description="One table a row, values by the names of factors"
    )
    file: str | None = Field(None, description="Or a CSV file beside the experiment, with names of factors on top")

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Count the rows."""
        return len(self.rows or ())

    def problems(self, factors: Sequence[Factor]) -> Iterator[DesignError]:
        """Find rows that name what is no factor."""
        from sim.problems import advice, shown

        names = [factor.name for factor in factors]
        for number, entry in enumerate(self.rows or ()):
            for name in entry:
                if name not in names:
                    at: tuple[str | int, ...] = ("file",) if self.file is not None else ("rows", number, name)
                    yield DesignError(say("batch.file.no_factor", name=shown(name), advice=advice(name, names)), *at)
            if self.file is not None:
                return  # all rows of a file have the same heading

    def make_rows(self, factors: Sequence[Factor]) -> list[Row]:
        """Give the rows; what a row leaves out stays as the scenario has it."""
        return [Row(tuple(entry.get(factor.name, UNSET) for factor in factors)) for entry in self.rows or ()]

    def read_beside(self, folder: Path) -> Table:
        """Read the CSV file, if there is one."""
        if (self.file is None) == (self.rows is None):
            raise DesignError(say("batch.file.table_rows_or_file"))
        if self.file is None:
            return self
        return self.model_copy(update={"rows": list(_read_csv(folder / self.file))})


def _read_csv(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.reader(stream))
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DesignError(say("batch.file.csv_unreadable", file=path.name, reason=reason), "file") from None
    if len(lines) < 2:
        raise DesignError(say("batch.file.csv_empty", file=path.name), "file")
    heading = [name.strip() for name in lines[0]]
    for number, line in enumerate(lines[1:], start=2):
        if not any(line):
            continue
        if len(line) != len(heading):
            values = {"file": path.name, "line": number, "given": len(line), "wanted": len(heading)}
            raise DesignError(say("batch.file.csv_row", **values), "file")
        yield {name: _value(text) for name, text in zip(heading, line, strict=True) if text.strip()}


def _value(text: str) -> Any:
    """Read a value as TOML would; what is no TOML is a text."""
    import tomllib

    try:
        data = tomllib.loads(f"value = {text.strip()}")
    except tomllib.TOMLDecodeError:
        return text.strip()
    return data["value"] if len(data) == 1 else text.strip()
