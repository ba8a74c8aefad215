"""``userisation show``: what a scenario is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.session import AsJson, Lang, clean, fail, print_json, results_console
from experiments.numbers import count, plain_number
from experiments.text import CATALOGUE, say
from sim.text import language

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.scenario_data import Difference
    from sim.scenario import Scenario

__all__ = ["show"]


def show(
    scenario: Annotated[str, typer.Argument(show_default=False)],
    as_json: AsJson = False,
    as_toml: Annotated[bool, typer.Option("--toml")] = False,
    lang: Lang = None,
) -> None:
    """Show one scenario: for people, or merged, for programs."""
    from experiments.scenario_data import differences, document_of
    from experiments.toml_text import toml_text
    from sim.scenario import load

    if as_json and as_toml:
        fail(say("show.one_form"))
    model = load(scenario)
    if as_json:
        print_json(document_of(model) | {"hash": model.text_hash})
    elif as_toml:
        print(toml_text(document_of(model)), end="", flush=True)
    else:
        _for_people(model, *differences(scenario))


def _for_people(model: Scenario, parent: str, changes: list[Difference]) -> None:
    from rich.text import Text

    from experiments.report.events import marks
    from experiments.scenario_data import document_of

    console, code = results_console(), language()
    console.print(Text(clean(getattr(model.title, code) or model.name), style="bold"))
    # Single line ends in a story are where its author's editor broke the line.
    story = "\n\n".join(" ".join(part.split()) for part in clean(getattr(model.story, code)).strip().split("\n\n"))
    if story:
        console.print(Text(f"\n{story}\n"))
    if model.source:
        console.print(Text(say("show.source", source=clean(model.source)), style="dim"))
    size = {"consumers": count(model.population.size), "people": count(model.population.represents)}
    console.print(Text(say("show.size", weeks=model.horizon, seed=model.seed, **size), style="dim"))
    _firms(console, model)
    if model.causes:
        _heading(console, "show.causes")
        console.print(Text("  " + ", ".join(clean(cause.name) for cause in model.causes)))
    happenings = marks(document_of(model))
    if happenings:
        _heading(console, "show.happenings")
        for mark in happenings:
            console.print(Text(f"  {say('show.week', week=mark.week)}  {clean(mark.text[code])}"))
    if parent:
        _heading(console, "show.differences", parent=clean(parent))
        for change in changes:
            if change.key.startswith(("event.", "schedule.")):
                continue  # told above, in words
            values = {"before": _shown(change.before), "after": _shown(change.after)}
            console.print(Text(f"  {clean(change.key)}: {say('show.change', **values)}"))


def _heading(console: Console, key: str, **values: object) -> None:
    from rich.text import Text

    console.print(Text(f"\n{say(key, **values)}", style="bold cyan"))


def _firms(console: Console, model: Scenario) -> None:
    """List the firms with the levers that one of them sets away from the default."""
    from rich import box
    from rich.table import Table

    from sim.levers import LEVERS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    levers = [
        name for name, lever in LEVERS.items() if any(getattr(f.levers, name) != lever.default for f in model.firms)
    ]
    table.add_column(say("show.firm"), overflow="fold")
    for firm in model.firms:
        table.add_column(clean(firm.name), justify="right", overflow="fold")
    table.add_row(say("show.sector"), *(clean(firm.sector) for firm in model.firms))
    table.add_row(say("show.strategy"), *(_strategy(firm.strategy) for firm in model.firms))
    for name in levers:
        table.add_row(_lever(name), *(plain_number(getattr(firm.levers, name)) for firm in model.firms))
    console.print()
    console.print(table)


def _strategy(key: str) -> str:
    return say(f"strategy.{key}") if CATALOGUE.has(f"strategy.{key}") else key


def _lever(key: str) -> str:
    return say(f"lever.{key}") if CATALOGUE.has(f"lever.{key}") else key


def _shown(value: Any) -> str:
    from sim.problems import shown

    return say("show.nothing") if value is None else clean(shown(value))
