"""How much memory a run needs and how much there is: an absurd size is refused, not tried."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["available_bytes", "needed_bytes"]

_BASE = 250e6  # interpreter, libraries and compiled code
_COLUMNS = 120  # bytes a consumer beside those below: traits, state, random numbers of the week
_BYTES_A_FIRM = 16  # taste, two beliefs and the choice's working space, float32
_BYTES_A_PEER = 4  # int32


def needed_bytes(scenario: Scenario, *, replicates: int = 1, side_by_side: int = 1) -> float:
    """Estimate the memory of a run: markets side by side, and the figures of all replicates.

    An estimate to tell a gigabyte from a terabyte, not one gigabyte from two.
    """
    firms, peers = len(scenario.firms), getattr(scenario.network, "peers", 10)
    consumer = _COLUMNS + _BYTES_A_FIRM * firms + _BYTES_A_PEER * peers
    figures = 8.0 * scenario.horizon * (30 * firms + 30)
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
