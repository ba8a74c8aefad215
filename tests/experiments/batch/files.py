"""Small experiments for tests: files, and what they are read as."""

from __future__ import annotations

from pathlib import Path

from experiments.batch.experiment import Experiment
from experiments.batch.reading import read_experiment

GRID = """
schema_version = 1
[[arm]]
scenario = "baseline"
[[arm]]
name = "dear"
scenario = "baseline"
set = { "firm.Citadel.levers.price" = 12.0 }
[[factor]]
role = "lever"
key = "firm.Nova.levers.price"
levels = [9.0, 11.0]
[[factor]]
name = "peers"
key = "network.peers"
levels = [4, 8]
[design]
kind = "full_grid"
[runs]
replicates = 3
consumers = 100
horizon = 6
"""
"""Two arms, two factors, eight points, 24 runs of a few milliseconds."""


def write(folder: Path, text: str = GRID, name: str = "small.toml") -> Path:
    """Write an experiment file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def made(folder: Path, text: str = GRID) -> Experiment:
    """Write an experiment and read it."""
    return read_experiment(write(folder, text))
