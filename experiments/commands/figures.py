"""``userisation figures``: every key figure that a run records, with its unit and meaning."""

from __future__ import annotations

from experiments.commands.session import AsJson, Lang, print_json, results_console
from experiments.text import say
from sim.text import language

__all__ = ["figures"]


def figures(as_json: AsJson = False, lang: Lang = None) -> None:
    """List the registry."""
    from sim.figures import FIGURES, SCOPES
    from sim.quantities import UNITS

    if as_json:
        fields = ("key", "scope", "unit", "name", "meaning", "digits")
        print_json([{field: getattr(figure, field) for field in fields} for figure in FIGURES.values()])
        return
    from rich import box
    from rich.table import Table

    console, code = results_console(), language()
    for scope in SCOPES:
        table = Table(box=box.SIMPLE_HEAD, title=say(f"figures.scope_{scope}"), title_justify="left")
        for column in ("key", "name", "unit", "meaning"):
            table.add_column(say(f"figures.{column}"), overflow="fold", no_wrap=column == "key")
        for figure in FIGURES.values():
            if figure.scope == scope:
                unit = UNITS[figure.unit][code]
                table.add_row(figure.key, figure.name[code], unit, figure.meaning[code])
        console.print(table)
