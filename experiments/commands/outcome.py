"""What a run leaves behind: the files, the summary, and the words that tell how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.commands.session import note, print_json
from experiments.exits import Exit
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.ensembles import Ensemble
    from experiments.folder import ResultsFolder
    from experiments.manifest import Manifest
    from experiments.replicate import Run
    from sim.scenario import Scenario

__all__ = ["Order", "files_of", "manifest_of", "show", "tell_the_end"]


@dataclass(frozen=True)
class Order:
    """What was asked for, as it was asked: for the manifest."""

    scenario: str
    settings: tuple[str, ...]
    seed: int | None
    replicates: int
    weeks: int | None
    consumers: int | None
    engine: str
    threads: int

    def command(self) -> list[str]:
        """Spell the command that makes the same results again."""
        from experiments.manifest import command_line

        return command_line(
            "run",
            {
                "scenario": self.scenario,
                "--set": list(self.settings) or None,
                "--seed": self.seed,
                "--replicates": self.replicates,
                "--weeks": self.weeks,
                "--consumers": self.consumers,
                "--engine": None if self.engine == "compiled" else self.engine,
            },
        )


def manifest_of(
    model: Scenario, order: Order, runs: list[Run], started: datetime, seconds: float, interrupted: bool
) -> Manifest:
    """Note how the results were made."""
    from experiments.manifest import Manifest
    from experiments.scenario_data import document_of

    statuses = [one.status for one in runs]
    return Manifest(
        scenario_name=model.name,
        scenario_hash=model.text_hash,
        scenario=document_of(model),
        settings=order.settings,
        seed=model.seed,
        replicates=order.replicates,
        replicates_done=statuses.count("done"),
        replicates_stopped=statuses.count("stopped"),
        replicates_failed=statuses.count("failed"),
        weeks=model.horizon,
        consumers=model.population.size,
        engine=order.engine,
        threads=order.threads,
        started=started,
        seconds=seconds,
        command=order.command(),
        interrupted=interrupted,
    )


def files_of(
    results: ResultsFolder, manifest: Manifest, model: Scenario, ensemble: Ensemble | None = None
) -> dict[str, Callable[[Path], object]]:
    """Give what writes each file beside the results; the report comes last, because it reads the others."""
    from experiments import folder
    from experiments.csv_files import EXCEL_ROWS, MOST_ROWS, figure_rows, write_figures, write_summary
    from experiments.scenario_data import document_of
    from experiments.summary import summarise
    from experiments.toml_text import toml_text

    document = document_of(model)
    files: dict[str, Callable[[Path], object]] = {
        folder.MANIFEST: manifest.write,
        folder.SCENARIO_JSON: lambda path: path.write_text(model.canonical + "\n", encoding="utf-8"),
        folder.SCENARIO_TOML: lambda path: path.write_text(toml_text(document), encoding="utf-8"),
    }
    if ensemble is not None:
        text = ensemble.text(folder.SCENARIO_TOML)
        files[folder.ENSEMBLE] = lambda path: path.write_text(text, encoding="utf-8")
    rows = figure_rows(results.results)
    if rows:
        files[folder.SUMMARY] = lambda path: write_summary(path, summarise(results.results))
        if rows > MOST_ROWS:
            note(say("run.csv_left_out", rows=count(rows)))
        else:
            files[folder.FIGURES] = lambda path: write_figures(path, results.results)
            if rows > EXCEL_ROWS:
                note(say("run.csv_long", rows=count(rows), most=count(EXCEL_ROWS)))
        files[folder.REPORT] = _write_report
    return files


def _write_report(path: Path) -> None:
    from experiments.report.page import write_report

    write_report(path.parent, path)


def show(
    results: ResultsFolder,
    model: Scenario,
    manifest: Manifest,
    runs: list[Run],
    *,
    as_json: bool,
    with_series: bool,
) -> None:
    """Print what came out, for people or for programs."""
    if as_json:
        from experiments.documents import results_document

        print_json(results_document(results, model, manifest, runs, with_series=with_series))
    elif results.results.figures():
        from experiments.commands.tables import show_summary

        show_summary(results.results, model)


def tell_the_end(results: ResultsFolder, runs: list[Run], interrupted: bool) -> int:
    """Tell what failed, what was kept and where it is; give the exit code, the gravest cause first."""
    failed = [one for one in runs if one.status == "failed"]
    for one in failed[:5]:
        note(say("run.failed", replicate=one.replicate, error=one.error))
    if len(failed) > 5:
        note(say("run.more_failed", count=len(failed) - 5))
    if interrupted:
        note(_what_was_kept(runs))
    if results.trouble:
        key = "run.rescued" if results.path else "run.lost"
        note(say(key, reason=results.trouble, folder=results.path))
        return Exit.CANNOT_WRITE
    note(say("run.written", folder=results.path))
    if interrupted:
        return Exit.INTERRUPTED
    return Exit.RUN_FAILED if failed else Exit.OK


def _what_was_kept(runs: list[Run]) -> str:
    done = sum(one.status == "done" for one in runs)
    if done:
        return say("run.stopped_kept_runs", done=done, total=len(runs))
    reached = [one.weeks for one in runs if one.weeks]
    if reached:
        return say("run.stopped_kept_weeks", weeks=min(reached), runs=len(reached))
    return say("run.stopped_kept_nothing")
