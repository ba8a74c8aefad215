"""What tests of the experiments room share: a fake market, and the command line as a function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.experiments import fake_sim


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def fake_market(monkeypatch: pytest.MonkeyPatch) -> type[fake_sim.Market]:
    """Put the fake market in place of the real one."""
    monkeypatch.setitem(sys.modules, "sim.market", fake_sim.module())
    # Other processes know the real market only.
    for module in ("experiments.pool", "experiments.claims.study"):
        monkeypatch.setattr(f"{module}.pool_that_pays", lambda *_: None)
    monkeypatch.setattr(fake_sim.Market, "fails_at", {})
    monkeypatch.setattr(fake_sim.Market, "seconds_a_week", 0.0)
    return fake_sim.Market


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ended]:
    """Give a function that runs a command in an empty folder."""
    from experiments.cli import app

    monkeypatch.chdir(tmp_path)

    def run(*words: Any) -> Ended:
        capsys.readouterr()
        code = 0
        try:
            app([str(word) for word in words])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run


@pytest.fixture
def scenario_file(tmp_path: Path) -> Path:
    """Write the fake market's scenario into a file."""
    path = tmp_path / "two-worlds.toml"
    path.write_text(fake_sim.SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def results_folder(fake_market: object, command: Callable[..., Ended], scenario_file: Path, tmp_path: Path) -> Path:
    """Give the folder that a run of six replicates left."""
    folder = tmp_path / "out"
    assert command("run", scenario_file, "-r", 6, "--out", folder, "--threads", 1).code == 0
    return folder
