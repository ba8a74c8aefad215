"""Short lists of lanes: so that what only some consumers of a tile do is done for them alone, without guessing."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, inlined

__all__ = ["bit_of", "list_lanes"]

_FIRST = np.uint64(0)
_ONE_BIT = np.uint64(1)


@compiled
def list_lanes(chosen, flags):
    """List the lanes whose flag is set, in their order.

    Parameters
    ----------
    chosen
        int32 (lanes,), written from the front.
    flags
        bool (lanes,).

    Returns
    -------
    int
        How many there are.
    """
    n = _FIRST
    for lane in range(flags.size):
        chosen[n] = lane
        n = np.uint64(n + np.uint64(flags[lane]))
    return np.int64(n)


@inlined
def bit_of(code):
    """Return the bit (uint64) of a supplier's code of 0 to 63, to note sets of suppliers in one word."""
    return np.uint64(_ONE_BIT << np.uint64(code))
