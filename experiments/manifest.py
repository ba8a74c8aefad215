"""How a result was made: enough to make it again, and nothing about who made it or where.

No user names and no folders of the machine: paths are cut down to their last part.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from experiments.folder import MANIFEST_KIND
from experiments.replicate import available_cores
from experiments.versions import versions

__all__ = ["Manifest", "command_line", "read_manifest"]


@dataclass(frozen=True)
class Manifest:
    """What is written into ``manifest.json``. Times are UTC, durations in seconds."""

    scenario_name: str
    scenario_hash: str
    scenario: Mapping[str, Any]
    settings: Sequence[str]
    seed: int
    replicates: int
    replicates_done: int
    replicates_stopped: int
    replicates_failed: int
    weeks: int
    consumers: int
    engine: str
    threads: int
    started: datetime
    seconds: float
    command: Sequence[str]
    interrupted: bool

    def document(self) -> dict[str, Any]:
        """Give it as plain data, with the versions and the machine."""
        return {
            "kind": MANIFEST_KIND,
            "format": 1,
            **asdict(self),
            "settings": list(self.settings),
            "command": list(self.command),
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 3),
            "versions": versions(),
            "machine": {
                "system": platform.system(),
                "processor": platform.machine(),
                "cores": os.cpu_count() or 1,
                "cores_available": available_cores(),
            },
        }

    def write(self, path: Path) -> None:
        """Write it as a JSON file."""
        text = json.dumps(self.document(), ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8")


def command_line(name: str, options: Mapping[str, object]) -> list[str]:
    """Spell a command as it would be typed; options without a value are left out, paths shortened."""
    words = ["userisation", name]
    for option, value in options.items():
        if value is None or value is False:
            continue
        if not option.startswith("-"):
            words.append(_shortened(str(value)))
        elif value is True:
            words.append(option)
        else:
            for one in value if isinstance(value, list | tuple) else [value]:
                words += [option, _shortened(str(one)) if isinstance(one, Path) else str(one)]
    return words


def _shortened(text: str) -> str:
    """Keep the last part of a path; any separator, whatever the system."""
    return text.replace("\\", "/").rstrip("/").rpartition("/")[2]


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest; an empty mapping when it is missing or not one."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
