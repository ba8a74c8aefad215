"""``userisation claims``: put what scenarios claim to the test, and show what simulated markets answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.progress import shown_progress
from experiments.commands.run import BOUNDS, default_folder, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, fail, note, print_json
from experiments.exits import Exit
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.claims.arms import Case, Size
    from experiments.claims.findings import ClaimResult, Claims
    from experiments.claims.posterior import Posterior
    from experiments.claims.study import Plan, Study
    from sim.problems import Problem

__all__ = ["claims"]

JSON, PAGE = "claims.json", "claims.md"
_ERROR_WIDTH = 300
_BOUNDS = {"replicates": (5, BOUNDS["replicates"][1]), "draws": (2, BOUNDS["replicates"][1]), "futures": (1, 1000)}


def claims(
    names: Annotated[list[str] | None, typer.Argument(show_default=False)] = None,
    replicates: Annotated[int, typer.Option("--replicates", "-r")] = 32,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    threads: Annotated[int | None, typer.Option(show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    over: Annotated[Path | None, typer.Option(show_default=False)] = None,
    draws: Annotated[int | None, typer.Option(show_default=False)] = None,
    futures: Annotated[int | None, typer.Option(show_default=False)] = None,
    out: Annotated[Path | None, typer.Option(show_default=False)] = None,
    write: Annotated[bool, typer.Option("--write")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Test claims; everything that can be refused is refused before the first week."""
    from experiments.claims.arms import Size
    from experiments.claims.study import Study, plan_of
    from experiments.replicate import available_cores

    refuse_bad_numbers({"weeks": weeks, "consumers": consumers, "threads": threads})
    refuse_bad_numbers({"replicates": replicates, "draws": draws, "futures": futures}, _BOUNDS)
    if over is None:
        for option, value in (("--draws", draws), ("--futures", futures)):
            if value is not None:
                fail(say("claims.needs_over", option=option))
    if write and (quick or weeks is not None):
        fail(say("claims.write_whole"))
    docs = _docs_folder() if write else None
    size = Size(consumers, weeks)
    posterior = None if over is None else _posterior(over, draws or replicates, futures or 1)
    cases = _cases(names or [])
    _refuse_missing_weeks(cases, size)
    plans = [plan_of(case, size, with_region=not quick, posterior=posterior) for case in cases]
    folder = _prepared(out if out is not None else default_folder("claims"))
    # Until everything is written, Ctrl-C is a wish and no crash.
    with stop_on_interrupt() as stop:
        tell_if_compiling("compiled")
        with shown_progress() as show_progress:
            study = Study(
                plans, size, replicates=replicates, threads=threads or available_cores(),
                on_progress=show_progress, stop=stop,
            )  # fmt: skip
            found = _judged(study, plans, folder)
        _show(found, as_json=as_json)
        code = _told(study, found, folder, len(plans))
        if docs is not None and code == Exit.OK:
            _renew(found, docs)
    if code:
        raise typer.Exit(code)


def _posterior(path: Path, draws: int, futures: int) -> Posterior:
    """Read the ensemble, and say where it has fewer rows than are asked for."""
    from experiments.claims.posterior import read_posterior

    posterior = read_posterior(path, draws, futures)
    if posterior.repeats:
        key = "claims.draws.repeat_weighted" if posterior.ensemble.weights else "claims.draws.repeat"
        note(say(key, rows=count(len(posterior.ensemble)), draws=count(draws)))
    return posterior


def _cases(names: list[str]) -> list[Case]:
    """Read the scenarios that are named, or all of the library; say which of them claim nothing."""
    from experiments.claims.arms import load_case
    from sim.problems import ScenarioError
    from sim.scenario import library

    found: list[Case] = []
    silent: list[str] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(names or library()):
        try:
            case = load_case(name)
        except ScenarioError as error:
            problems += error.problems
            continue
        if case is None:
            silent.append(name)
        else:
            found.append(case)
    if problems:
        raise ScenarioError(problems)
    if names:
        for name in silent:
            note(say("claims.makes_none", scenario=Path(name).stem))
    if not found:
        fail(say("claims.nothing"))
    return found


def _refuse_missing_weeks(cases: list[Case], size: Size) -> None:
    """Refuse to cut off weeks that a claim is about, or events whose effect it is."""
    for case in cases:
        needed = [figure.weeks[1] for figure in case.claim.figures if figure.weeks]
        needed += [item.week for item in (*case.scenario.events, *case.scenario.schedule)]
        least = max(needed, default=1)
        if case.weeks(size) < least:
            fail(say("claims.too_few_weeks", scenario=case.name, weeks=count(least)))


def _prepared(folder: Path) -> Path:
    """Make sure that the folder can take results before anything is computed."""
    try:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / JSON).is_file():
            fail(say("folder.not_empty", folder=folder), Exit.CANNOT_WRITE)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / JSON).touch()
    except OSError as error:
        fail(say("folder.unwritable", folder=folder, reason=error.strerror or error), Exit.CANNOT_WRITE)
    return folder


def _docs_folder() -> Path:
    """Find the pages of a source checkout."""
    folder = Path(__file__).resolve().parent.parent.parent / "docs"
    if not folder.is_dir():
        fail(say("claims.no_docs"))
    return folder


def _judged(study: Study, plans: list[Plan], folder: Path) -> Claims:
    """Judge claim by claim, and write after each: what is finished is kept whatever happens next."""
    from experiments.claims.findings import Claims, Used

    done: list[ClaimResult] = []
    posterior = plans[0].posterior
    used = None if posterior is None else Used(name=posterior.name, fingerprint=posterior.ensemble.fingerprint)
    for plan in plans:
        result = study.judge(plan)
        if result is None:
            break
        done.append(result)
        _save(Claims(claims=done, interrupted=len(done) < len(plans), ensemble=used), folder)
    found = Claims(claims=done, interrupted=len(done) < len(plans), ensemble=used)
    _save(found, folder)
    return found


def _save(found: Claims, folder: Path) -> None:
    from experiments.claims.page import page

    try:
        (folder / JSON).write_text(found.text(), encoding="utf-8")
        (folder / PAGE).write_text(page(found), encoding="utf-8")
    except OSError as error:
        fail(say("folder.unwritable", folder=folder, reason=error.strerror or error), Exit.CANNOT_WRITE)


def _show(found: Claims, *, as_json: bool) -> None:
    if as_json:
        stable, known = found.stability
        print_json(found.model_dump() | {"counts": dict(found.counts), "stable": stable, "stability_known": known})
    elif found.claims:
        from experiments.commands.claims_table import show_claims

        show_claims(found)


def _told(study: Study, found: Claims, folder: Path, asked: int) -> int:
    """Tell what failed, what was kept and where it is; give the exit code."""
    for error in study.errors[:3]:
        note(say("claims.run_failed", error=error[:_ERROR_WIDTH]))
    if len(study.errors) > 3:
        note(say("claims.more_failed", count=len(study.errors) - 3))
    if found.interrupted:
        note(say("claims.stopped", done=len(found.claims), total=asked))
    note(say("run.written", folder=folder))
    if found.interrupted:
        return Exit.INTERRUPTED
    return Exit.RUN_FAILED if study.errors else Exit.OK


def _renew(found: Claims, docs: Path) -> None:
    """Renew the packaged verdicts and their page; claims that were not tested now stay as they are."""
    from experiments.claims.findings import packaged
    from experiments.claims.retell import packaged_texts
    from sim.scenario import library

    whole = found.with_older(packaged(), list(library()))
    for path, text in packaged_texts(whole, docs).items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            fail(say("cli.error.cannot_write", path=path, reason=error.strerror or error), Exit.CANNOT_WRITE)
        note(say("claims.renewed", path=path.name))
