"""A small question to a small market, for tests of the whole way from a targets file to an ensemble."""

from __future__ import annotations

from pathlib import Path

import pytest

TARGETS = """
[[parameter]]
key = "firm.Nova.appeal"
low = -1.0
high = 1.0

[[parameter]]
name = "taste"
key = "mechanisms.purchase.taste_spread"
low = 0.5
high = 3.0

[[parameter]]
name = "idle"
key = "mechanisms.experience.co_construction"
low = 0.0
high = 1.0

[[target]]
kind = "share"
of = "Nova"
value = 0.25
sd = 0.01

[[target]]
kind = "repeat_rate"
value = 0.50
sd = 0.02
"""

SMALL = (
    "--consumers", "300", "--weeks", "10", "--points", "16", "--waves", "1", "--wave-points", "8", "--checks", "8",
    "--draws", "40", "--threads", "2", "--seed", "7",
)  # fmt: skip


@pytest.fixture
def targets_file(tmp_path: Path) -> Path:
    path = tmp_path / "targets.toml"
    path.write_text(TARGETS, encoding="utf-8")
    return path
