"""``userisation facts``: hold simulated markets to what is known of real ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.progress import shown_progress
from experiments.commands.run import refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, fail, note, print_json
from experiments.exits import Exit
from experiments.text import say

if TYPE_CHECKING:
    from experiments.facts.declared import Fact
    from experiments.facts.findings import Facts
    from experiments.facts.real import RealPanel

__all__ = ["facts"]

_ERROR_WIDTH = 300


def facts(
    scenario: Annotated[str | None, typer.Argument(show_default=False)] = None,
    only: Annotated[list[str] | None, typer.Option("--only", show_default=False)] = None,
    panels: Annotated[list[Path] | None, typer.Option("--panel", show_default=False)] = None,
    replicates: Annotated[int, typer.Option("--replicates", "-r")] = 16,
    settings: Annotated[list[str] | None, typer.Option("--set", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(show_default=False)] = None,
    threads: Annotated[int | None, typer.Option(show_default=False)] = None,
    docs: Annotated[bool, typer.Option("--docs")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Measure facts; everything that can be refused is refused before the first week."""
    from experiments.facts.real import real_panels
    from experiments.facts.study import Study
    from experiments.panel.problems import PanelError
    from experiments.replicate import available_cores
    from sim.scenario import load

    refuse_bad_numbers({"replicates": replicates, "seed": seed, "threads": threads})
    chosen = _chosen(only or [])
    if docs and (only or scenario or settings):
        fail(say("facts.docs_whole"))
    folder = _docs_folder() if docs else None
    user = None
    if scenario is not None or settings:
        user = load(scenario or "baseline", settings or [])
    known: list[RealPanel] = []
    has_real = any(one.on_panel is not None for fact in chosen for one in fact.statistics)
    try:
        known = real_panels(panels or [], with_catsup=has_real)
    except PanelError as error:
        fail(str(error))
    with stop_on_interrupt() as stop:
        tell_if_compiling("compiled")
        with shown_progress() as show_progress:
            study = Study(
                chosen, replicates=replicates, seed=1 if seed is None else seed, user=user, panels=known,
                threads=threads or available_cores(), on_progress=show_progress, stop=stop,
            )  # fmt: skip
            found = study.run()
        _show(found, as_json=as_json)
        code = _told(study.errors, found)
        if folder is not None and code == Exit.OK:
            _write(found, folder)
    if code:
        raise typer.Exit(code)


def _chosen(only: list[str]) -> tuple[Fact, ...]:
    """Give the facts that are named, by key, number or the key of one of their statistics; all by default."""
    from experiments.facts.registry import FACTS
    from sim.problems import advice

    if not only:
        return FACTS
    names = {key: fact for fact in FACTS for key in (fact.key, str(fact.number), *(s.key for s in fact.statistics))}
    for key in only:
        if key not in names:
            fail(say("facts.no_fact", key=key, advice=advice(key, [fact.key for fact in FACTS])))
    wanted = {names[key].key for key in only}
    return tuple(fact for fact in FACTS if fact.key in wanted)


def _docs_folder() -> Path:
    """Find the pages of a source checkout."""
    folder = Path(__file__).resolve().parent.parent.parent / "docs"
    if not (folder / "images").is_dir():
        fail(say("facts.no_docs"))
    return folder


def _show(found: Facts, *, as_json: bool) -> None:
    if as_json:
        print_json(found.model_dump() | {"met": found.met})
        return
    from experiments.commands.facts_table import show_facts

    show_facts(found)


def _told(errors: list[str], found: Facts) -> int:
    """Tell what failed and what was stopped; give the exit code."""
    for error in errors[:3]:
        note(say("claims.run_failed", error=error[:_ERROR_WIDTH]))
    if len(errors) > 3:
        note(say("claims.more_failed", count=len(errors) - 3))
    if found.interrupted:
        note(say("facts.stopped"))
        return Exit.INTERRUPTED
    return Exit.RUN_FAILED if errors else Exit.OK


def _write(found: Facts, folder: Path) -> None:
    """Write the page of facts and its charts."""
    from experiments.facts.page import written
    from sim.text import use_language

    with use_language("en"):
        texts = written(found, folder)
    for path, text in texts.items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            fail(say("cli.error.cannot_write", path=path, reason=error.strerror or error), Exit.CANNOT_WRITE)
        note(say("claims.renewed", path=path.name))
