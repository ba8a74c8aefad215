"""``userisation profile``: where a week of consumers spends its time, and which loops are vectorised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.run import BOUNDS, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, note, print_json, results_console
from experiments.numbers import count, decimal
from experiments.text import say

if TYPE_CHECKING:
    from sim.market import Market
    from sim.profiling import Loops, Profile

__all__ = ["profile"]


def profile(
    scenario: Annotated[str, typer.Argument(show_default=False)],
    settings: Annotated[list[str] | None, typer.Option("--set", show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    warm: Annotated[int, typer.Option("--warm")] = 5,
    weeks: Annotated[int, typer.Option("--weeks")] = 20,
    with_loops: Annotated[bool, typer.Option("--loops")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Profile one market in one thread."""
    from sim.profiling import loops_of
    from sim.profiling import profile as measure

    refuse_bad_numbers({"consumers": consumers, "weeks": weeks, "warm": warm}, BOUNDS | {"warm": (0, 5199)})
    market = _market(scenario, settings or [], consumers, warm, weeks)
    tell_if_compiling("compiled")
    market.run(warm)
    found = measure(market, weeks)
    loops: dict[str, list[Loops]] = {}
    if with_loops:
        note(say("profile.compiling"))
        loops = loops_of(market)
    if as_json:
        print_json(_document(found, loops))
    else:
        _show(found, loops)


def _market(scenario: str, settings: list[str], consumers: int | None, warm: int, weeks: int) -> Market:
    from sim.market import Market
    from sim.scenario import load

    more = [] if consumers is None else [f"population.size={consumers}"]
    return Market(load(scenario, [*settings, *more]), weeks=warm + weeks)


def _document(found: Profile, loops: dict[str, list[Loops]]) -> dict[str, Any]:
    return {
        "consumers": found.consumers,
        "suppliers": found.suppliers,
        "weeks": found.weeks,
        "ns_per_consumer_week": found.total,
        "python_ns_per_week": found.python,
        "bytes_per_ns": found.bandwidth,
        "phases": [
            {
                "phase": name,
                "ns": found.phases[name],
                "bytes": found.bytes[name],
                "rules": [vars(one) for one in loops.get(name, [])],
            }
            for name in found.phases
        ],
    }


def _show(found: Profile, loops: dict[str, list[Loops]]) -> None:
    from rich import box
    from rich.table import Table

    console = results_console()
    if found.total != found.total:
        note(say("profile.no_clock"))
    total = found.total
    console.print(
        say(
            "profile.sentence",
            total=decimal(total, 0),
            rate=decimal(1000 / total if total else 0.0, 1),
            consumers=count(found.consumers),
            suppliers=count(found.suppliers),
            weeks=count(found.weeks),
        ),
        soft_wrap=True,
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    columns = ("phase", "time", "share", "bytes", "memory", *(("loops",) if loops else ()))
    for position, column in enumerate(columns):
        table.add_column(say(f"profile.{column}"), justify="left" if position == 0 else "right")
    for name, spent in found.phases.items():
        moved = found.bytes[name]
        cells = [decimal(spent, 1), decimal(100 * spent / total, 0) + " %", count(moved)]
        cells.append(decimal(moved / found.bandwidth, 1))
        if loops:
            cells.append(_loops_text(loops[name]))
        table.add_row(say(f"profile.phases.{name}"), *cells)
    in_all = sum(found.bytes.values())
    table.add_section()
    table.add_row(
        say("profile.all"), decimal(total, 1), "100 %", count(in_all), decimal(in_all / found.bandwidth, 1)
    )  # fmt: skip
    console.print(table)
    micro, bandwidth = decimal(found.python / 1000, 0), decimal(found.bandwidth, 1)
    console.print(say("profile.python", micro=micro, bandwidth=bandwidth), soft_wrap=True)
    if loops:
        _tell_scalar_loops(console, loops)


def _loops_text(rules: list[Loops]) -> str:
    loops = sum(rule.loops for rule in rules)
    return say("profile.vectorised", done=sum(rule.vectorised for rule in rules), loops=loops) if loops else ""


def _tell_scalar_loops(console: Any, loops: dict[str, list[Loops]]) -> None:
    left = [(name, rule) for name, rules in loops.items() for rule in rules if rule.vectorised < rule.loops]
    console.print(say("profile.scalar_title" if left else "profile.scalar_none"))
    for name, rule in left:
        phase, missing = say(f"profile.phases.{name}"), rule.loops - rule.vectorised
        console.print("  " + say("profile.scalar_rule", rule=rule.rule, phase=phase, left=missing, loops=rule.loops))
