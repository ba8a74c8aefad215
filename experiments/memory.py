"""How much memory a run needs and how much there is: an absurd size is refused, not tried."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["available_bytes", "needed_bytes"]

_BASE = 250e6  # interpreter, libraries and compiled code
_WORDS = 32  # bytes a consumer beside its columns and peers: what it said, and what drawing it takes
_BYTES_A_PEER = 4  # int32


def needed_bytes(scenario: Scenario, *, replicates: int = 1, side_by_side: int = 1) -> float:
    """Estimate the memory of a run: markets side by side, and the figures of all replicates.

    An estimate to tell a gigabyte from a terabyte, not one gigabyte from two.
    """
    from sim.columns import KINDS
    from sim.figures import FIGURES
    from sim.population import DECLARED

    suppliers = len(scenario.firms) + sum(len(sector.alternatives) for sector in scenario.sectors)
    width = {None: 1, "firm": suppliers, "sector": len(scenario.sectors), "cause": len(scenario.causes)}
    columns = sum(KINDS[column.kind].itemsize * width[column.per] for column in DECLARED)
    consumer = columns + _WORDS + _BYTES_A_PEER * scenario.network.peers
    items = {
        "firm": len(scenario.firms),
        "sector": len(scenario.sectors),
        "cause": len(scenario.causes),
        "cohort": 1 + len(scenario.cohorts),
        "market": 1,
    }
    figures = 8.0 * scenario.horizon * sum(items[figure.scope] for figure in FIGURES.values())
    return _BASE + side_by_side * scenario.population.size * consumer + replicates * figures


def available_bytes() -> float | None:
    """Memory that could be taken now, in bytes; None where the system does not tell."""
    found = [size for size in (_system(), _container()) if size is not None]
    return min(found, default=None)


def _system() -> float | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * int(line.split()[1])
    except (OSError, ValueError):
        pass
    if hasattr(os, "sysconf"):
        try:
            return float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
        except (ValueError, OSError):
            pass
    return None


def _container() -> float | None:
    """What a container may still take, where it has a limit of its own."""
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            return float(int(Path(limit).read_text(encoding="ascii")) - int(Path(used).read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue  # no such file, or "max": no limit
    return None
