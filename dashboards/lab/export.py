"""Numbers, scenario and report to take away."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.lab.text import say
from dashboards.spreadsheet import as_csv

if TYPE_CHECKING:
    from dashboards.futures import Ensemble
    from dashboards.markets import Draft

__all__ = ["numbers", "report"]


def numbers(now: Ensemble, before: Ensemble | None) -> bytes:
    """Give the numbers behind the charts for spreadsheets.

    One row a market, figure, item and week: the median of the futures, and the ends of 5 and 8 in 10. No cell is taken
    for a formula.
    """
    rows: list[list[object]] = []
    for name, ensemble in ((say("csv.now"), now), (say("csv.before"), before)):
        if ensemble is None:
            continue
        for key in ensemble.figures:
            quantiles = ensemble.quantiles(key)
            for place, item in enumerate(ensemble.names(key)):
                for week, row in enumerate(quantiles[:, :, place].T.tolist(), start=1):
                    rows.append([name, key, item, week, *(float(f"{value:.7g}") for value in row)])
    heading = (say("csv.kind"), say("csv.figure"), say("csv.item"), say("csv.week"))
    return as_csv([*heading, "10%", "25%", "50%", "75%", "90%"], rows)


def report(draft: Draft, futures: int) -> str:
    """Run a market with all its figures, and give the page that tells of it: it needs no other file.

    Raises
    ------
    ScenarioError
        The draft cannot be run.
    """
    from dashboards.futures import interactive
    from experiments import folder as files
    from experiments.folder import ResultsFolder
    from experiments.manifest import Manifest, command_line
    from experiments.replicate import available_cores
    from experiments.report.page import write_report
    from experiments.runs import run_replicates
    from experiments.scenario_data import document_of

    market = interactive(draft.scenario)
    if draft.title:
        market = market.model_copy(update={"title": type(market.title)(**draft.title)})
    document = document_of(market)
    started, begun = datetime.now(UTC), time.perf_counter()
    runs = run_replicates(market, replicates=futures, threads=available_cores())
    seconds = time.perf_counter() - begun
    statuses = [run.status for run in runs]
    manifest = Manifest(
        scenario_name=market.name, scenario_hash=draft.scenario.text_hash, scenario=document, settings=(),
        seed=market.seed, replicates=futures, replicates_done=statuses.count("done"),
        replicates_stopped=statuses.count("stopped"), replicates_failed=statuses.count("failed"),
        weeks=market.horizon, consumers=market.population.size, engine="compiled", threads=available_cores(),
        started=started, seconds=seconds, interrupted=False,
        command=command_line("run", {"scenario": f"{market.name}.toml", "replicates": futures}),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary) / "run"
        place.mkdir()
        results = ResultsFolder(place, document, draft.scenario.text_hash, ())
        try:
            for run in runs:
                results.keep(run)
            results.settle()
            results.write({files.MANIFEST: manifest.write})
        finally:
            results.close()
        return write_report(place).read_text(encoding="utf-8")
