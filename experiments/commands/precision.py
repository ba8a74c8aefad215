"""``userisation precision``: how many consumers and futures a question needs, found by small pilots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.progress import shown_progress
from experiments.commands.run import BOUNDS, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, fail, note, print_json
from experiments.exits import Exit
from experiments.numbers import compact, count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.precision.findings import Precision
    from experiments.precision.questions import Request
    from sim.scenario import Scenario

__all__ = ["precision"]

_ERROR_WIDTH = 300


def precision(
    scenario: Annotated[str, typer.Argument(show_default=False)],
    figures: Annotated[list[str] | None, typer.Option("--figure", "-f", show_default=False)] = None,
    error: Annotated[str | None, typer.Option("--error", "-e", show_default=False)] = None,
    against: Annotated[list[str] | None, typer.Option("--against", show_default=False)] = None,
    sizes: Annotated[str | None, typer.Option("--sizes", show_default=False)] = None,
    replicates: Annotated[int, typer.Option("--replicates", "-r")] = 32,
    settings: Annotated[list[str] | None, typer.Option("--set", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    threads: Annotated[int | None, typer.Option(show_default=False)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Run pilots and advise; everything that can be refused is refused before the first week."""
    from experiments.precision.findings import answered
    from experiments.precision.pilot import default_sizes, run_pilots
    from experiments.precision.questions import QuestionError, measures_needed, parse_error
    from experiments.replicate import available_cores

    refuse_bad_numbers({"seed": seed, "weeks": weeks, "threads": threads})
    refuse_bad_numbers({"replicates": replicates}, {"replicates": (8, BOUNDS["replicates"][1])})
    markets = _markets(scenario, settings or [], against or [], seed, weeks)
    try:
        asked = parse_error(error)
        requests = _requests(figures or [], markets[0])
    except QuestionError as problem:
        fail(str(problem))
    chosen = _sizes(sizes) if sizes is not None else default_sizes(markets[0].population.size)
    cores = threads or available_cores()
    _refuse_absurd_size(markets[0], chosen[-1], replicates, cores)
    with stop_on_interrupt() as stop:
        tell_if_compiling("compiled")
        with shown_progress() as show_progress:
            pilots = run_pilots(
                markets, chosen, measures_needed(requests, asked), replicates=replicates, threads=cores,
                on_progress=show_progress, stop=stop,
            )  # fmt: skip
        if pilots.enough:
            found = answered(
                pilots, markets[0], requests, asked, settings=settings or [], against=against or [],
                replicates=replicates, threads=cores,
            )  # fmt: skip
            options = {"scenario": scenario, "--set": settings, "--seed": seed, "--weeks": weeks}
            _show(found, options, as_json=as_json)
        code = _told(pilots.errors, len(pilots.sizes), len(chosen), enough=pilots.enough, stopped=pilots.stopped)
    if code:
        raise typer.Exit(code)


def _markets(name: str, settings: list[str], against: list[str], seed: int | None, weeks: int | None) -> list[Scenario]:
    """Read the scenario, and the changed one if a difference is asked for."""
    from experiments.scenario_data import cut_to
    from sim.scenario import load

    seeds = [] if seed is None else [f"seed={seed}"]
    markets = [load(name, [*settings, *seeds])]
    if against:
        markets.append(load(name, [*settings, *seeds, *against]))
        if markets[0].canonical == markets[1].canonical:
            fail(say("precision.no_change", settings=" ".join(against)))
    if weeks is None:
        if markets[0].horizon != markets[-1].horizon:
            fail(say("precision.other_weeks"))
        return markets
    cut = [cut_to(market, weeks) for market in markets]
    if cut[0][1]:
        note(say("run.left_out", count=cut[0][1], weeks=weeks))
    return [market for market, _ in cut]


def _requests(figures: list[str], market: Scenario) -> list[Request]:
    """Read what was asked for, each number once; the headline figures where nothing was."""
    from experiments.precision.questions import default_requests, parse_figure

    if not figures:
        return default_requests(market)
    return list(dict.fromkeys(one for text in figures for one in parse_figure(text, market)))


def _sizes(text: str) -> tuple[int, ...]:
    """Read numbers of consumers with commas between them; refuse fewer than laws need."""
    from experiments.precision.pilot import FEWEST_SIZES

    low, high = BOUNDS["consumers"]
    try:
        found = sorted({int(part) for part in text.split(",")})
    except ValueError:
        found = []
    if len(found) < FEWEST_SIZES or not low <= found[0] <= found[-1] <= high:
        fail(say("precision.bad_sizes", value=text, fewest=FEWEST_SIZES, low=count(low), high=count(high)))
    return tuple(found)


def _refuse_absurd_size(market: Scenario, consumers: int, replicates: int, threads: int) -> None:
    """Refuse pilots that memory cannot hold."""
    from experiments.memory import available_bytes, needed_bytes
    from experiments.runs import share_threads
    from sim.scenario import changed

    side_by_side, _ = share_threads(replicates, threads, consumers)
    sized = changed(market, {"population.size": consumers})
    needed = needed_bytes(sized, replicates=side_by_side, side_by_side=side_by_side)
    available = available_bytes()
    if available is not None and needed > available:
        values = {"consumers": count(consumers), "replicates": count(replicates)}
        fail(say("precision.too_big", needed=compact(needed), available=compact(available), **values))


def _show(found: Precision, options: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(found.model_dump())
        return
    from experiments.commands.precision_table import show_precision

    show_precision(found, options)


def _told(errors: list[str], done: int, asked: int, *, enough: bool, stopped: bool) -> int:
    """Tell what failed and what was stopped; give the exit code."""
    for error in errors[:3]:
        note(say("claims.run_failed", error=error[:_ERROR_WIDTH]))
    if len(errors) > 3:
        note(say("claims.more_failed", count=len(errors) - 3))
    if stopped:
        note(say("precision.stopped" if enough else "precision.stopped_early", done=done, total=asked))
        return Exit.INTERRUPTED
    return Exit.RUN_FAILED if errors else Exit.OK
