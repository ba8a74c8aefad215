"""Which peers there are, and how to have one of them do a job in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.spec import Spec

__all__ = ["PEERS", "Entry", "ask", "missing"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Entry:
    """One peer.

    Attributes
    ----------
    key, title
        Its short name, and its name in tables.
    module, function
        Where its market is built.
    colour
        Its line's in the chart.
    """

    key: str
    title: str
    module: str
    colour: str
    function: str = "build"


PEERS = (
    Entry("mesa", "Mesa", "benchmarks.peers.with_mesa", "#b35900"),
    Entry("agentpy", "AgentPy", "benchmarks.peers.with_agentpy", "#8a6d00"),
    Entry("frames", "mesa-frames", "benchmarks.peers.with_frames", "#a3307f"),
    Entry("numpy", "numpy", "benchmarks.peers.with_numpy", "#2f6db3"),
    Entry("ours", "ours, 1 thread", "benchmarks.peers.with_ours", "#1a7f4b"),
    Entry("threads", "ours, all threads", "benchmarks.peers.with_ours", "#0b5030", "build_threaded"),
    Entry("c", "ours in C", "benchmarks.peers.with_c", "#555555"),
)
"""Every peer, in the order of the tables; all are compared with `ours`."""


def ask(entry: Entry, spec: Spec, kind: str, *, limit: float | None = None, **job: Any) -> dict[str, Any]:
    """Have a peer do a job (see `benchmarks.peers.worker`).

    Raises
    ------
    subprocess.TimeoutExpired
        If it takes longer than `limit` seconds.
    RuntimeError
        If it fails; the message ends with what it said.
    """
    given = {"kind": kind, "module": entry.module, "function": entry.function, "spec": spec.as_table(), **job}
    environment = os.environ | {"USERISATION_ENV": "mine"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or every process would compile the libraries' Python anew
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.worker"],
        input=json.dumps(given),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=limit,
    )
    if done.returncode:
        raise RuntimeError(f"{entry.title} failed:\n{done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def missing(entries: Sequence[Entry], spec: Spec) -> dict[str, str]:
    """Return what the peers that cannot run here lack, by their keys."""
    answers = {entry.key: ask(entry, spec, "probe") for entry in entries}
    return {key: answer["missing"] for key, answer in answers.items() if "missing" in answer}
