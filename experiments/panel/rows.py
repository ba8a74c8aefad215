"""Purchases as read from a file, before they are checked against each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from experiments.panel.data import Floats, Integers
from experiments.panel.problems import Problem


@dataclass
class Rows:
    """Purchases before they are checked against each other; n rows, B brands.

    `chosen` is -1 where the brand is not known, `price` NaN where there is none, `line` that of the file.
    """

    brands: tuple[str, ...]
    household: Integers
    time: Integers
    chosen: Integers
    price: Floats
    feature: Floats | None
    display: Floats | None
    units: Floats
    line: Integers
    cells: list[tuple[str, ...]]
    warnings: list[Problem] = field(default_factory=list)

    def take(self, rows: Integers) -> None:
        """Keep some rows only, in the order given."""
        for name in ("household", "time", "chosen", "price", "feature", "display", "units", "line"):
            values = getattr(self, name)
            if values is not None:
                setattr(self, name, values[rows])
        self.cells = [self.cells[row] for row in rows]
