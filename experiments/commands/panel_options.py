"""The options of every command that reads purchase panels, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.commands.session import fail
from experiments.text import say

if TYPE_CHECKING:
    from experiments.panel.data import Panel

__all__ = ["LayoutName", "PanelOptions", "TimeName"]


class LayoutName(StrEnum):
    """How the rows of a panel stand, by its name on the command line."""

    wide = "wide"
    long = "long"


class TimeName(StrEnum):
    """What the time column counts, by its name on the command line."""

    weeks = "weeks"
    order = "order"


@dataclass(frozen=True)
class PanelOptions:
    """How panel files are to be read, as given on the command line."""

    layout: LayoutName | None
    time: TimeName | None
    columns: list[str] | None
    delimiter: str | None
    decimal: str | None
    encoding: str

    def read(self, file: Path | None) -> Panel:
        """Read a file, or the example if there is none."""
        from experiments.panel.catsup import catsup
        from experiments.panel.read import read_panel

        columns = self._named_columns()
        if file is None:
            return catsup()
        return read_panel(
            file,
            layout=None if self.layout is None else self.layout.value,
            time=None if self.time is None else self.time.value,
            columns=columns,
            delimiter=self.delimiter,
            decimal=self.decimal,
            encoding=self.encoding,
        )

    def _named_columns(self) -> dict[str, str]:
        """Read ``ROLE=NAME`` texts."""
        columns = {}
        for text in self.columns or []:
            role, equals, name = text.partition("=")
            if not (role and equals and name):
                fail(say("import_panel.column", text=text))
            columns[role.strip()] = name.strip()
        return columns
