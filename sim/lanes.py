"""Short lists of lanes: so that what only some consumers of a tile do is done for them alone, without guessing."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, inlined

__all__ = ["bit_of", "fill_up", "list_lanes", "squeeze", "vectors"]

_FIRST = np.uint64(0)
_ONE_BIT = np.uint64(1)
_STRETCH = 32
_VECTOR = 32


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
    stretches = flags.size // _STRETCH
    for i in range(stretches):
        first = i * _STRETCH
        some = False
        for lane in range(first, first + _STRETCH):
            some = some | flags[lane]
        if some:
            for lane in range(first, first + _STRETCH):
                chosen[n] = lane
                n = np.uint64(n + np.uint64(flags[lane]))
    for lane in range(stretches * _STRETCH, flags.size):
        chosen[n] = lane
        n = np.uint64(n + np.uint64(flags[lane]))
    return np.int64(n)


@inlined
def vectors(n, lanes):
    """Return n rounded up to whole vectors of numbers, `lanes` at most."""
    return min((n + _VECTOR - 1) // _VECTOR * _VECTOR, lanes)


@compiled
def fill_up(chosen, n, whole):
    """Fill a list of n lanes up to `whole` ones with its first, so that no lane is left over from vectors."""
    for i in range(n, whole):
        chosen[i] = chosen[0]


@compiled
def squeeze(out, row, chosen):
    """Write the listed lanes of a row side by side: out[i] = row[chosen[i]]."""
    for i in range(out.size):
        out[i] = row[np.uint32(chosen[i])]


@inlined
def bit_of(code):
    """Return the bit (uint64) of a supplier's code of 0 to 63, to note sets of suppliers in one word."""
    return np.uint64(_ONE_BIT << np.uint64(code))
