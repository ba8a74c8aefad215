"""Compiled code on disk: a help where it is sound, no hindrance where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SCORES = """
import numpy as np
from sim.compiling import cache_folder
from sim.normal import normal_scores
print(cache_folder() is not None, normal_scores(np.array([0.25], np.float32))[0])
"""


def begun(cache: Path, language: str = "en") -> subprocess.Popen[str]:
    """Start a process that compiles one small rule."""
    environment = os.environ | {"USERISATION_CACHE": str(cache), "USERISATION_LANG": language}
    command = [sys.executable, "-c", SCORES]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def said(process: subprocess.Popen[str]) -> tuple[str, str]:
    with process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    return out.strip(), err


def stored(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("normal._fill_scores*") if path.suffix in (".nbi", ".nbc"))


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A folder that several processes filled together."""
    folder = tmp_path_factory.mktemp("code")
    for process in [begun(folder) for _ in range(3)]:
        assert said(process) == ("True -0.67448974", "")
    return folder


def test_processes_that_begin_together_leave_sound_code(warm):
    assert [path.suffix for path in stored(warm)] == [".nbc", ".nbi"]
    assert not list(warm.rglob("*.tmp.*"))
    before = [path.stat().st_mtime_ns for path in stored(warm)]
    assert said(begun(warm)) == ("True -0.67448974", "")
    assert [path.stat().st_mtime_ns for path in stored(warm)] == before


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("damage", ["emptied", "cut", "changed"])
def test_damaged_code_is_compiled_anew(warm, suffix, damage):
    (path,) = [path for path in stored(warm) if path.suffix == suffix]
    whole = path.read_bytes()
    middle = len(whole) // 2
    changed = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    path.write_bytes({"emptied": b"", "cut": whole[:middle], "changed": changed}[damage])
    scores, warning = said(begun(warm, "fr"))
    assert scores == "True -0.67448974"
    if (suffix, damage) != (".nbi", "changed"):  # of which a part may still make sense
        assert "abîmé" in warning
    assert said(begun(warm)) == ("True -0.67448974", "")


def test_a_folder_that_cannot_be_is_done_without(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert said(begun(file)) == ("False -0.67448974", "")
