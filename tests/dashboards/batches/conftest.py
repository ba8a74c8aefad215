"""A small experiment, not yet run and run, for tests of the page of experiments."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboards.batches.jobs import Job, Jobs
from dashboards.batches.shelf import Shelf

SMALL = """schema_version = 1

[title]
en = "Small"
fr = "Petite"

[story]
en = "Two factors."
fr = "Deux facteurs."

[[arm]]
scenario = "baseline"

[[arm]]
name = "cheap"
scenario = "baseline"
set = { "firm.Nova.levers.price" = 9.0 }

[[factor]]
name = "citadel"
role = "lever"
key = "firm.Citadel.levers.price"
levels = [9.0, 10.0, 11.0]

[[factor]]
name = "peers"
key = "network.peers"
range = { distribution = "integer", low = 4, high = 9 }
steps = 2

[design]
kind = "full_grid"

[runs]
replicates = 3
consumers = 60
horizon = 8

[record]
figures = ["share", "profit", "militants"]
formulas = { gap = 'end(share["Nova"]) - end(share["Citadel"])' }
"""


def many(text: str = SMALL, replicates: int = 60) -> str:
    """Give the small experiment with more futures: enough to be stopped in the middle."""
    return text.replace("replicates = 3", f"replicates = {replicates}")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Jobs]]:
    """Give a function that looks at one folder of results as a server does that has just been started.

    Jobs do not wait for whatever else this machine does; none is left at the end.
    """
    monkeypatch.setenv("USERISATION_NICE", "0")
    started: list[Jobs] = []

    def start() -> Jobs:
        started.append(Jobs(Shelf(tmp_path / "results")))
        return started[-1]

    yield start
    for jobs in started:
        for watch in jobs._watched.values():
            if watch.process is not None:
                try:
                    watch.process.wait(30)
                finally:
                    watch.process.kill()


@pytest.fixture
def jobs(server: Callable[[], Jobs]) -> Jobs:
    """Give the jobs of an empty folder."""
    return server()


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the small experiment, and give its folder."""
    from experiments.cli import app

    place = tmp_path_factory.mktemp("found")
    (place / "small.toml").write_text(SMALL, encoding="utf-8")
    app(["batch", str(place / "small.toml"), "--out", str(place / "small"), "--workers", "1"])
    return place / "small"


def until(jobs: Jobs, name: str, reached: Callable[[Job], bool], seconds: float = 240) -> Job:
    """Wait until a job has come so far."""
    end = time.monotonic() + seconds
    while True:
        jobs.forget()
        job = jobs.find(name)
        if job is not None and reached(job):
            return job
        assert time.monotonic() < end, f"waited in vain: {job}"
        time.sleep(0.05)
