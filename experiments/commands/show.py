"""``userisation show``: what a scenario is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.session import AsJson, Lang, clean, fail, print_json, results_console
from experiments.naming import alternative_name, both_or_one, choice_word, lever_name, lever_value, strategy_name
from experiments.numbers import count, percent, plain_number
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from experiments.scenario_data import Difference
    from sim.entities import FirmSetup, Sector
    from sim.scenario import Scenario

__all__ = ["show"]

_SIDE_BY_SIDE = 5
"""Firms in one table: more are not readable in eighty columns."""


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
    console.print(Text(clean(getattr(both_or_one(model.title, model.name), code)), style="bold"))
    # Single line ends in a story are where its author's editor broke the line.
    story = "\n\n".join(
        " ".join(part.split()) for part in clean(getattr(both_or_one(model.story), code)).strip().split("\n\n")
    )
    if story:
        console.print(Text(f"\n{story}\n"))
    if model.source:
        console.print(Text(say("show.source", source=clean(model.source)), style="dim"))
    if model.claim:
        console.print(Text(say("show.claim", claim=clean(getattr(model.claim, code)))))
    size = {"consumers": count(model.population.size), "people": count(model.population.represents)}
    console.print(Text(say("show.size", weeks=model.horizon, seed=model.seed, **size), style="dim"))
    if model.population.clients != "households":
        clients = choice_word("clients", model.population.clients)
        console.print(Text(say("show.clients", clients=clients), style="dim"))
    _firms(console, model)
    _alternatives(console, model)
    if model.cohorts:
        _cohorts(console, model)
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
    """List the firms of each sector, a few side by side."""
    for sector in model.sectors:
        firms = [firm for firm in model.firms if firm.sector == sector.name]
        _heading(console, "show.sector_of", sector=clean(sector.name))
        for first in range(0, len(firms), _SIDE_BY_SIDE):
            console.print()
            console.print(_firm_table(firms[first : first + _SIDE_BY_SIDE]))


def _firm_table(firms: list[FirmSetup]) -> Table:
    """Put firms side by side, with the levers that one of them sets away from the default."""
    from rich import box
    from rich.table import Table

    from sim.levers import LEVERS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    levers = [name for name, lever in LEVERS.items() if any(getattr(f.levers, name) != lever.default for f in firms)]
    table.add_column(say("show.firm"), overflow="fold")
    for firm in firms:
        table.add_column(clean(firm.name), justify="right", overflow="fold")
    table.add_row(say("show.strategy"), *(strategy_name(firm.strategy) for firm in firms))
    if any(firm.parent is not None for firm in firms):
        table.add_row(say("show.line_of"), *(clean(firm.parent or "") for firm in firms))
    if any(firm.enters > 1 for firm in firms):
        table.add_row(say("show.enters"), *(_entry(firm) for firm in firms))
    for name in levers:
        table.add_row(lever_name(name), *(lever_value(name, getattr(firm.levers, name)) for firm in firms))
    return table


def _entry(firm: FirmSetup) -> str:
    if firm.enters <= 1:
        return ""
    if firm.entry_margin is None:
        return say("show.enters_in", week=firm.enters)
    return say("show.enters_at_margin", week=firm.enters, margin=percent(firm.entry_margin, 0))


def _alternatives(console: Console, model: Scenario) -> None:
    """Tell what people can turn to beside firms, sector by sector."""
    from rich.text import Text

    described = [(sector.name, words) for sector in model.sectors for words in _alternatives_of(sector)]
    if described:
        _heading(console, "show.alternatives")
        for sector, words in described:
            text = say("show.in_sector", sector=sector, words=" · ".join(words))
            console.print(Text(f"  {clean(text)}"))


def _alternatives_of(sector: Sector) -> Iterator[list[str]]:
    data = sector.model_dump(exclude_none=True)
    if sector.commons is not None:
        commons = sector.commons
        words = [alternative_name(data, "commons"), say("show.quality", quality=plain_number(commons.quality))]
        if commons.name:
            words.insert(1, say("alternative.commons"))
        if commons.materials:
            words.append(say("show.materials", price=plain_number(commons.materials)))
        words.append(say("show.hassle", hassle=plain_number(commons.hassle)))
        if commons.tools:
            words.append(say("show.tools", tools=percent(commons.tools, 0)))
        if commons.tool_progress:
            words.append(say("show.tool_progress", progress=plain_number(commons.tool_progress)))
        yield words
    if sector.sharing is not None:
        sharing = sector.sharing
        words = [alternative_name(data, "sharing"), choice_word("kind", sharing.kind)]
        words += [say("show.quality", quality=plain_number(sharing.quality))]
        words += [say("show.hassle", hassle=plain_number(sharing.hassle))]
        words += [say("show.idealism", idealism=plain_number(sharing.idealism))]
        if sector.durable:
            words.append(say("show.durable", weeks=count(sector.life)))
        yield words


def _cohorts(console: Console, model: Scenario) -> None:
    """Tell how large each cohort is, and which traits are its own."""
    from rich.text import Text

    _heading(console, "show.cohorts")
    rest = 1.0
    for cohort in model.cohorts:
        rest -= cohort.share
        words = [cohort.name, say("show.cohort_size", share=percent(cohort.share, 0))]
        if own := cohort.traits.model_dump(exclude_none=True):
            words.append(say("show.own_traits", traits=", ".join(own)))
        console.print(Text(f"  {clean(' · '.join(words))}"))
    if rest > 1e-6:
        console.print(Text(f"  {say('cohort.rest')} · {say('show.cohort_size', share=percent(rest, 0))}"))


def _shown(value: Any) -> str:
    from sim.problems import shown

    return say("show.nothing") if value is None else clean(shown(value))
