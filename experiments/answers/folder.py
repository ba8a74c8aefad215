"""The folder of an answer: ``findings.json``, ``scenarios/``, ``report.html``; runs are in ``experiment.sqlite``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.answers.kinds import FindingsError, findings_of
from experiments.folder import REPORT

if TYPE_CHECKING:
    from experiments.answers.findings import Findings

__all__ = ["FINDINGS", "SCENARIOS", "file_names", "holds_answer", "read", "write"]

FINDINGS, SCENARIOS = "findings.json", "scenarios"


def holds_answer(folder: Path) -> bool:
    """Whether a folder has findings."""
    return (folder / FINDINGS).is_file()


def read(folder: Path) -> Findings:
    """Read the findings in a folder.

    Raises
    ------
    FindingsError
        There are none that can be read.
    """
    try:
        return findings_of((folder / FINDINGS).read_text(encoding="utf-8"))
    except OSError as error:
        raise FindingsError(error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise FindingsError(str(error)) from None


def write(findings: Findings, folder: Path) -> None:
    """Write findings, the scenarios they are about and their page into a folder.

    Raises
    ------
    OSError
        Something cannot be written.
    """
    from experiments.answers.page import render
    from experiments.toml_text import toml_text

    folder.mkdir(parents=True, exist_ok=True)
    _forget(folder)
    (folder / FINDINGS).write_text(findings.text(), encoding="utf-8")
    (folder / SCENARIOS).mkdir(exist_ok=True)
    for name, scenario in zip(file_names(findings), findings.scenarios.values(), strict=True):
        (folder / SCENARIOS / name).write_text(toml_text(scenario), encoding="utf-8")
    (folder / REPORT).write_text(render(findings), encoding="utf-8")


def _forget(folder: Path) -> None:
    """Remove the scenarios of an earlier answer."""
    if holds_answer(folder):
        try:
            earlier = file_names(read(folder))
        except FindingsError:
            return
        for name in earlier:
            (folder / SCENARIOS / name).unlink(missing_ok=True)


def file_names(findings: Findings) -> list[str]:
    """Give the file of each scenario: its name as far as it can name a file, and a number where two are alike."""
    names: list[str] = []
    for name in findings.scenarios:
        stem = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:60] or "scenario"
        number, full = 2, f"{stem}.toml"
        while full.casefold() in {other.casefold() for other in names}:
            number, full = number + 1, f"{stem}-{number}.toml"
        names.append(full)
    return names
