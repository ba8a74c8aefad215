"""The most memory that a process has held, as Linux counts it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["peak_bytes"]


def peak_bytes() -> int:
    """Return the most memory that this process has held, in bytes.

    A process inherits its parent's peak in `ru_maxrss`; the kernel's own high-water mark begins anew.

    Raises
    ------
    OSError
        On systems other than Linux, which do not tell.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
