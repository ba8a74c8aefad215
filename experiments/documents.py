"""The results of a run as one document for other programs: what ``--json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.summary import Line, Spread, summarise

if TYPE_CHECKING:
    from experiments.folder import ResultsFolder
    from experiments.manifest import Manifest
    from experiments.replicate import Run
    from experiments.standing import Standing
    from sim.scenario import Scenario

__all__ = ["results_document"]


def results_document(
    results: ResultsFolder, model: Scenario, manifest: Manifest, runs: list[Run], *, with_series: bool = False
) -> dict[str, Any]:
    """Give the summary of a run, and every week of every replicate if asked for.

    Each value stands as ``median``, ``low`` and ``high`` over replicates, at ``start``, ``mean`` and ``end``.
    Series are nested as replicate, week, item. What is not defined is NaN, which becomes null in JSON.
    The cohort "rest" is those who belong to none.
    """
    from sim.entities import REST
    from sim.figures import SCOPES

    store = results.results
    summary = summarise(store)
    whole = manifest.document()
    document: dict[str, Any] = {
        "format": 1,
        "scenario": {"name": model.name, "hash": model.text_hash, "title": model.title.model_dump()},
        "seed": model.seed,
        "weeks": summary.weeks,
        "consumers": model.population.size,
        "replicates": {
            "asked": manifest.replicates,
            "done": manifest.replicates_done,
            "stopped": manifest.replicates_stopped,
            "failed": [{"replicate": run.replicate, "error": run.error} for run in runs if run.status == "failed"],
        },
        "range": "eight in ten" if summary.has_deciles else "lowest to highest",
        "firms": [
            {
                "name": firm.name,
                "sector": firm.sector,
                "strategy": firm.strategy,
                "parent": firm.parent,
                "standing": _standing(summary.standings.get(firm.name)),
                "figures": {},
            }
            for firm in model.firms
        ],
        "sectors": [{"name": sector.name, "figures": {}} for sector in model.sectors],
        "causes": [{"name": cause.name, "figures": {}} for cause in model.causes],
        "cohorts": [{"name": name, "figures": {}} for name in (REST, *(cohort.name for cohort in model.cohorts))],
        "market": {"figures": {}},
        "seconds": whole["seconds"],
        "versions": whole["versions"],
        "folder": None if results.path is None else str(results.path),
    }
    places = {("market", ""): document["market"]}
    for scope in SCOPES:
        if scope != "market":
            places |= {(scope, item["name"]): item for item in document[f"{scope}s"]}
    for key, lines in summary.lines.items():
        for line in lines.values():
            places[line.scope, line.item]["figures"][key] = _plain(line)
    if with_series:
        document["series"] = {
            key: {"scope": figure.scope, "items": list(figure.items), "values": store.series(key).tolist()}
            for key, figure in store.figures().items()
        }
    return document


def _standing(one: Standing | None) -> dict[str, Any] | None:
    """Say in how many replicates a firm entered and went bankrupt, and in which week."""
    if one is None:
        return None
    return {
        "entered": one.entered,
        "entry_week": None if one.entry is None else one.entry._asdict(),
        "bankrupt": one.bankrupt,
        "bankruptcy_week": None if one.end is None else one.end._asdict(),
    }


def _plain(line: Line) -> dict[str, dict[str, float]]:
    def parts(part: Spread) -> dict[str, float]:
        return {"median": part.middle, "low": part.low, "high": part.high}

    return {"start": parts(line.start), "mean": parts(line.mean), "end": parts(line.end)}
