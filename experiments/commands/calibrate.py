"""``userisation calibrate``: fit parameters to targets, and leave a posterior that experiments can draw from."""

from __future__ import annotations

import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.interrupt import stop_on_interrupt
from experiments.commands.progress import shown_progress
from experiments.commands.run import default_folder, refuse_bad_numbers, tell_if_compiling
from experiments.commands.session import AsJson, Lang, fail, note, print_json, tell_problems
from experiments.exits import Exit
from experiments.numbers import compact, count
from experiments.text import say

if TYPE_CHECKING:
    import numpy as np

    from experiments.calibration.findings import Calibration
    from experiments.calibration.ledger import Ledger
    from experiments.calibration.study import Budget, Study
    from experiments.calibration.targets import Question
    from experiments.panel.data import Panel
    from sim.scenario import Scenario

__all__ = ["calibrate"]

NEEDED = {"sklearn": "scikit-learn", "emcee": "emcee"}
"""What the extra `calibrate` brings: module and package."""
INSTALL = "pip install 'userisation[calibrate]'"
_BOUNDS = {
    "replicates": (2, 1000),
    "points": (8, 10_000),
    "waves": (0, 50),
    "wave-points": (2, 10_000),
    "draws": (2, 5000),
    "checks": (2, 5000),
}


def calibrate(
    scenario: Annotated[str, typer.Argument(show_default=False)],
    targets: Annotated[Path, typer.Option("--targets", "-t", show_default=False)],
    panel: Annotated[Path | None, typer.Option("--panel", show_default=False)] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(show_default=False)] = None,
    weeks: Annotated[int | None, typer.Option(show_default=False)] = None,
    consumers: Annotated[int | None, typer.Option(show_default=False)] = None,
    replicates: Annotated[int, typer.Option("--replicates", "-r")] = 2,
    points: Annotated[int | None, typer.Option("--points", show_default=False)] = None,
    waves: Annotated[int, typer.Option("--waves")] = 4,
    wave_points: Annotated[int | None, typer.Option("--wave-points", show_default=False)] = None,
    draws: Annotated[int, typer.Option("--draws")] = 256,
    checks: Annotated[int, typer.Option("--checks")] = 32,
    threads: Annotated[int | None, typer.Option(show_default=False)] = None,
    out: Annotated[Path | None, typer.Option(show_default=False)] = None,
    resume: Annotated[bool, typer.Option("--resume")] = False,
    force: Annotated[bool, typer.Option("--force")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Fit; everything that can be refused is refused before the first week."""
    from experiments.calibration.ledger import LedgerError
    from experiments.calibration.study import Budget, Study, default_points
    from experiments.emulator import UndefinedError
    from experiments.replicate import available_cores

    _refuse_missing_packages()
    refuse_bad_numbers({"seed": seed, "weeks": weeks, "consumers": consumers, "threads": threads})
    given = {"replicates": replicates, "points": points, "waves": waves, "draws": draws, "checks": checks}
    refuse_bad_numbers({**given, "wave-points": wave_points}, _BOUNDS)
    if resume and out is None:
        fail(say("calibrate.resume_needs_out"))
    model = _market(scenario, settings or [], seed, weeks, consumers)
    cores = threads or available_cores()
    _refuse_absurd_size(model, cores)
    question = _question(targets, model, panel)
    first = points or default_points(len(question.parameters))
    budget = Budget(first, waves, wave_points or max(2, first // 2), replicates, draws, min(checks, draws))
    folder = out if out is not None else default_folder(f"{model.name}-calibration")
    try:
        with _opened(folder, model, question, budget, resume=resume, force=force) as ledger:
            _tell_size(model, question, budget, ledger)
            # Until everything is written, Ctrl-C is a wish and no crash.
            with stop_on_interrupt() as stop:
                tell_if_compiling("compiled")
                with shown_progress() as show_progress:
                    study = Study(
                        model, question, budget, ledger,
                        threads=cores, on_progress=show_progress, stop=stop,
                    )  # fmt: skip
                    outcome = study.run()
                if outcome is None:
                    _tell_stop(ledger, budget, folder, resume=resume)
                    raise typer.Exit(Exit.INTERRUPTED)
                from experiments.calibration.findings import found as judged

                found = judged(model, question, budget, outcome, len(ledger.errors()))
                _write(folder, found, study, outcome.draws)
                _show(found, as_json=as_json)
                code = _told(ledger, folder)
    except UndefinedError as error:
        fail(say("calibrate.undefined", name=question.goals[error.place].name))
    except LedgerError as error:
        code = Exit.CANNOT_WRITE if error.reason == "unwritable" else Exit.BAD_INPUT
        fail(say(f"calibrate.ledger_{error.reason}", path=error.path, detail=error.detail), code)
    except OSError as error:
        fail(say("folder.unwritable", folder=folder, reason=error.strerror or error), Exit.CANNOT_WRITE)
    if code:
        raise typer.Exit(code)


def _refuse_missing_packages() -> None:
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        fail(say("calibrate.missing", packages=", ".join(missing), command=INSTALL))


def _market(name: str, settings: list[str], seed: int | None, weeks: int | None, consumers: int | None) -> Scenario:
    from experiments.scenario_data import cut_to
    from sim.scenario import load

    more = [] if seed is None else [f"seed={seed}"]
    more += [] if consumers is None else [f"population.size={consumers}"]
    model = load(name, [*settings, *more])
    if weeks is not None:
        model, left_out = cut_to(model, weeks)
        if left_out:
            note(say("run.left_out", count=left_out, weeks=weeks))
    return model


def _refuse_absurd_size(model: Scenario, cores: int) -> None:
    """Refuse markets that memory cannot hold."""
    from experiments.memory import available_bytes, needed_bytes

    needed, available = needed_bytes(model, replicates=cores, side_by_side=cores), available_bytes()
    if available is not None and needed > available:
        sizes = {"needed": compact(needed), "available": compact(available)}
        fail(say("run.too_big", consumers=count(model.population.size), replicates=count(cores), **sizes))


def _question(targets: Path, model: Scenario, panel: Path | None) -> Question:
    from experiments.calibration.targets import read_targets
    from experiments.panel.problems import PanelError

    purchases: Panel | None = None
    if panel is not None:
        from experiments.panel.read import read_panel

        try:
            purchases = read_panel(panel)
        except PanelError as error:
            tell_problems(str(error).splitlines())
            raise typer.Exit(Exit.BAD_INPUT) from None
    return read_targets(targets, model, purchases)


def _asked(model: Scenario, question: Question, budget: Budget) -> dict[str, str]:
    """Give what must be the same for a calibration to be gone on with, by what it is called."""
    from dataclasses import asdict

    from experiments.versions import own_version

    return {
        "scenario": model.text_hash,
        "targets": question.fingerprint,
        "budget": repr(sorted(asdict(budget).items())),
        "version": own_version(),
    }


def _opened(folder: Path, model: Scenario, question: Question, budget: Budget, *, resume: bool, force: bool) -> Ledger:
    """Open the ledger of the folder, or start a new one."""
    from experiments.calibration import folder as files
    from experiments.calibration.ledger import Ledger

    path, asked = folder / files.LEDGER, _asked(model, question, budget)
    if resume:
        if not path.is_file():
            fail(say("calibrate.nothing_to_resume", folder=folder))
        ledger = Ledger.open(path)
        before = ledger.meta
        parts = [part for part, value in asked.items() if before.get(part) != value]
        if parts:
            ledger.close()
            named = ", ".join(say(f"calibrate.part.{part}") for part in parts)
            fail(say("calibrate.other_question", folder=folder, parts=named))
        return ledger
    if folder.exists() and not folder.is_dir():
        fail(say("folder.is_a_file", folder=folder), Exit.CANNOT_WRITE)
    if folder.is_dir() and any(folder.iterdir()):
        if not path.is_file():
            fail(say("folder.not_empty", folder=folder), Exit.CANNOT_WRITE)
        if not force:
            fail(say("calibrate.has_calibration", folder=folder), Exit.CANNOT_WRITE)
    folder.mkdir(parents=True, exist_ok=True)
    for name in files.OWN_FILES:
        (folder / name).unlink(missing_ok=True)
    return Ledger.create(path, asked)


def _tell_size(model: Scenario, question: Question, budget: Budget, ledger: Ledger) -> None:
    note(
        say(
            "calibrate.size",
            parameters=len(question.parameters),
            targets=len(question.goals),
            runs=count(budget.runs),
            consumers=count(model.population.size),
            weeks=count(model.horizon),
        )
    )
    done = len(ledger.known())
    if done:
        note(say("calibrate.resumed", done=count(done), total=count(budget.runs)))


def _tell_stop(ledger: Ledger, budget: Budget, folder: Path, *, resume: bool) -> None:
    import sys

    words = [word for word in sys.argv[1:] if word != "calibrate"]
    if not resume:
        words += ["--resume"]
        if "--out" not in words and not any(word.startswith("--out=") for word in words):
            words += ["--out", str(folder)]
    command = shlex.join(["userisation", "calibrate", *words])
    note(
        say("calibrate.stopped", done=count(len(ledger.known())), total=count(budget.runs), folder=folder,
            command=command)
    )  # fmt: skip


def _write(folder: Path, found: Calibration, study: Study, draws: np.ndarray) -> None:
    from experiments.calibration import folder as files

    files.write(folder, found, study, draws)


def _show(found: Calibration, *, as_json: bool) -> None:
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        from experiments.commands.calibrate_table import show_calibration

        show_calibration(found)


def _told(ledger: Ledger, folder: Path) -> int:
    """Tell what failed and where the results are; give the exit code."""
    from experiments.calibration import folder as files

    errors = ledger.errors()
    for error in errors[:3]:
        note(say("calibrate.run_failed", error=error))
    if len(errors) > 3:
        note(say("calibrate.more_failed", count=count(len(errors) - 3)))
    note(say("calibrate.written", folder=folder))
    command = shlex.join(["userisation", "run", str(folder / files.ENSEMBLE), "--replicates", "16"])
    note(say("calibrate.use", command=command))
    return Exit.RUN_FAILED if errors else Exit.OK
