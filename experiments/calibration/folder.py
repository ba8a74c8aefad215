"""The folder that a calibration leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.ensembles import Column, Ensemble

if TYPE_CHECKING:
    import numpy as np

    from experiments.calibration.findings import Calibration
    from experiments.calibration.study import Study
    from experiments.calibration.targets import Question

__all__ = ["ENSEMBLE", "FINDINGS", "LEDGER", "OWN_FILES", "SCENARIO", "ensemble_of", "write"]

LEDGER, FINDINGS, ENSEMBLE, SCENARIO = "calibration.sqlite", "calibration.json", "ensemble.toml", "scenario.toml"
REPORT = "report.html"
OWN_FILES = (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", FINDINGS, ENSEMBLE, SCENARIO, REPORT)
"""All that is ever written into, or removed from, the folder."""


def write(folder: Path, found: Calibration, study: Study, draws: np.ndarray) -> None:
    """Write all files but the ledger; OSError where that cannot be."""
    from experiments.calibration.page import render
    from experiments.scenario_data import document_of
    from experiments.toml_text import toml_text

    (folder / SCENARIO).write_text(toml_text(document_of(study.scenario)), encoding="utf-8")
    (folder / ENSEMBLE).write_text(ensemble_of(study.question, draws).text(), encoding="utf-8")
    (folder / REPORT).write_text(render(found), encoding="utf-8")
    found.write(folder / FINDINGS)


def ensemble_of(question: Question, draws: np.ndarray) -> Ensemble:
    """Make an ensemble of draws of the posterior, (rows, D) in the unit cube, over the scenario beside it."""
    columns = tuple(Column(one.name, one.keys) for one in question.parameters)
    values: list[list[float | int]] = []
    for place, parameter in enumerate(question.parameters):
        drawn = parameter.prior.value(draws[:, place])
        values.append([round(float(one)) if parameter.whole else float(one) for one in drawn])
    return Ensemble(SCENARIO, columns, tuple(zip(*values, strict=True)))
