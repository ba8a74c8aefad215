"""Phases of the consumers' week, and a stopwatch that the compiled week carries along when asked to.

The stopwatch reads the processor's counter of time between two phases of a tile, which takes some ten nanoseconds; with
an empty array of times it is left alone, and in plain Python it always stands still.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from sim.compiling import compiled

__all__ = [
    "ACTIVATION",
    "AMBASSADORS",
    "BELIEFS",
    "CHOICE",
    "CONTRIBUTION",
    "DRAWS",
    "EXPERIENCE",
    "GOODS",
    "HEARING",
    "PHASES",
    "PURCHASES",
    "SAYING",
    "TALLIES",
    "UNITS",
    "UTILITIES",
    "lap",
    "read_clock",
    "start_clock",
]

PHASES = (
    "draws",
    "hearing",
    "beliefs",
    "activation",
    "units",
    "utilities",
    "choice",
    "purchases",
    "experience",
    "goods",
    "contribution",
    "ambassadors",
    "saying",
    "tallies",
)
"""The phases in the order of the week; times are kept in this order."""
DRAWS, HEARING, BELIEFS, ACTIVATION, UNITS, UTILITIES, CHOICE = range(7)
PURCHASES, EXPERIENCE, GOODS, CONTRIBUTION, AMBASSADORS, SAYING, TALLIES = range(7, 14)

_STOPPED = np.int64(0)


def _ticks() -> int:
    """Return the processor's counter of time; 0 in plain Python and on processors whose counter is out of reach."""
    return 0


@intrinsic
def _intrinsic_counter(typingctx: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word, machine = ir.IntType(64), builder.module.triple.partition("-")[0]
        kind = ir.FunctionType(word, ())
        if machine in ("x86_64", "i686"):
            return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", (), kind), ())
        if machine in ("aarch64", "arm64"):  # its cycle counter is the system's own, its timer is everyone's
            return builder.asm(kind, "mrs $0, cntvct_el0", "=r", (), side_effect=True)
        return ir.Constant(word, 0)

    return types.int64(), generate


_counter: Any = _intrinsic_counter  # called in compiled code, without the argument


@overload(_ticks, inline="always")
def _compiled_ticks() -> Any:
    return lambda: _counter()


@compiled
def read_clock():
    """Return the processor's counter of time (int64, in ticks of its own), or 0 where there is none."""
    return np.int64(_ticks())


@compiled
def start_clock(times):
    """Begin to time phases, if `times` (int64, one a phase) is not empty."""
    return np.int64(_ticks()) if times.size > 0 else _STOPPED


@compiled
def lap(times, phase, since):
    """Add what has passed since the last lap to a phase; return the present time."""
    if times.size == 0:
        return since
    now = np.int64(_ticks())
    times[phase] += now - since
    return now
