"""Random numbers that belong to an event, not to an order.

Every draw is a pure function of (seed, replicate, agent, week, purpose), by the counter-based generator Philox4x32-10
(Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"). So results do not depend on the
number of threads, on the order of agents or on the engine; and two scenarios that differ in one lever meet the same
luck (common random numbers). Draws for a firm, a sector or a cause are addressed by its name: adding one leaves the
draws of the others alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sim.compiling import compiled, inlined
from sim.fastmath import log32

__all__ = [
    "FIRM",
    "NETWORK",
    "TRAIT",
    "WEEK",
    "Luck",
    "draw_week",
    "exponential_from",
    "gumbel_from",
    "key_of",
    "mix32",
    "normal_from",
    "philox",
    "uniform_from",
]

# The last word of the counter: what kind of thing is drawn, mixed with the key of its name where it has one.
WEEK = 0x01000000
TRAIT = 0x02000000
NETWORK = 0x03000000
FIRM = 0x04000000

_WEEK = np.uint32(WEEK)
_MASK = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)

_MIX_1 = np.uint64(0x21F0AAAD)
_MIX_2 = np.uint64(0x735A2D97)
_S15 = np.uint32(15)
_S16 = np.uint32(16)

_FIRST = np.uint32(0)

_QUARTER = 13
_BLOCKS = 2

_EIGHT = np.uint32(8)
_NINE = np.uint32(9)
_UNIT = np.float32(2.0**-23)
_HALF = np.float32(0.5)
_BYTE = np.uint32(255)
_S24 = np.uint32(24)
_BYTES_MEAN = np.float32(510.0)
_BYTES_SCALE = np.float32(1.0 / 147.80054)  # standard deviation of the sum of four uniform bytes


def key_of(name: str) -> int:
    """Return the 24-bit key of a name: the same in every process, and whatever else exists."""
    return zlib.crc32(name.encode()) & 0xFFFFFF


@inlined
def _round(c0, c1, c2, c3, k0, k1):
    """One round of Philox4x32 on a counter and a key of words of 32 bits, each in a uint64."""
    p0, p1 = c0 * _M0, c2 * _M1
    return (p1 >> _HIGH) ^ c1 ^ k0, p1 & _MASK, (p0 >> _HIGH) ^ c3 ^ k1, p0 & _MASK


@inlined
def _next_key(k, step):
    """The key of the next round."""
    return (k + step) & _MASK


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Return four random words for a counter of four words and a key of two, all uint32.

    The ten rounds stand one by one, so that a loop over counters has no loop inside and vectorises; between them a word
    stays in 64 bits, since parting and joining the halves of vectors takes longer than all multiplications.
    """
    c0, c1, c2, c3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    k0, k1 = np.uint64(k0), np.uint64(k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = _next_key(k0, _W0), _next_key(k1, _W1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    return np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)


@compiled
def draw_week(words, first, week, replicate, k0, k1):
    """Fill words (4, lanes) uint32 with this week's luck of consecutive consumers from `first` on.

    Each decision of the week takes one of the four words and mixes in the key of its purpose (`mix32`), so that a
    consumer costs one Philox block a week however many mechanisms draw.
    """
    a, b, c, d = words[0], words[1], words[2], words[3]
    for lane in range(a.size):
        a[lane], b[lane], c[lane], d[lane] = philox(np.uint32(first + lane), week, replicate, _WEEK, k0, k1)


@inlined
def mix32(word, key):
    """Return a new 32-bit word from a random word and a key, both uint32 (hash "lowbias32" of Wellons 2018)."""
    x = np.uint32(word ^ key)
    x = np.uint32((np.uint64(x ^ (x >> _S16)) * _MIX_1) & _MASK)
    x = np.uint32((np.uint64(x ^ (x >> _S15)) * _MIX_2) & _MASK)
    return np.uint32(x ^ (x >> _S15))


@inlined
def uniform_from(word):
    """Return a float32 uniform on (0, 1), never 0 or 1, from a random 32-bit word: (m + ½) 2⁻²³ for a 23-bit m."""
    return (np.float32(np.uint32(word >> _NINE)) + _HALF) * _UNIT


@inlined
def normal_from(word):
    """Return a float32 nearly standard normal, within ±3.45, from a random word: the sum of its four bytes."""
    total = (word & _BYTE) + ((word >> _EIGHT) & _BYTE) + ((word >> _S16) & _BYTE) + (word >> _S24)
    return (np.float32(np.uint32(total)) - _BYTES_MEAN) * _BYTES_SCALE


@inlined
def exponential_from(word):
    """Return a float32 standard exponential, −ln u, from a random word: never 0."""
    return -log32(uniform_from(word))


@inlined
def gumbel_from(word):
    """Return a float32 standard Gumbel, −ln(−ln u), from a random word."""
    return -log32(exponential_from(word))


class Luck:
    """All the luck of one run: draws addressed by (agent, week, purpose) for a seed and a replicate.

    Parameters
    ----------
    seed : int
        0 ≤ seed < 2**63.
    replicate : int
        0 ≤ replicate < 2**32: the same market under other luck.
    """

    def __init__(self, seed: int, replicate: int = 0) -> None:
        self.seed = seed
        self.replicate = np.uint32(replicate)
        self.k0 = np.uint32(seed & 0xFFFFFFFF)
        self.k1 = np.uint32((seed >> 32) & 0xFFFFFFFF)
        # For each firm and purpose, the first draws of a quarter of weeks: drawn together, they cost a tenth.
        self._drawn: dict[tuple[str, str], tuple[int, list[list[float]]]] = {}

    def uniforms(self, name: str, size: int, first: int = 0) -> NDArray[np.float32]:
        """Return uniforms for the trait called `name`, of `size` consumers from `first` on (float32 in (0, 1))."""
        values = np.empty(size, np.float32)
        _fill_uniforms(values, first, self.replicate, np.uint32(TRAIT | key_of(name)), self.k0, self.k1)
        return values

    def uniforms_of(self, name: str, consumers: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return uniforms for the trait called `name`, of certain consumers."""
        values = np.empty(consumers.size, np.float32)
        purpose = np.uint32(TRAIT | key_of(name))
        _fill_uniforms_of(values, consumers, self.replicate, purpose, self.k0, self.k1)
        return values

    def firm(self, name: str, week: int, purpose: str) -> Iterator[float]:
        """Return uniforms in (0, 1) without end for one firm, week and purpose."""
        quarter, place = divmod(week, _QUARTER)
        drawn = self._drawn.get((name, purpose))
        if drawn is None or drawn[0] != quarter:
            first = np.empty((_QUARTER, 4 * _BLOCKS))
            address = np.uint32(key_of(name)), self.replicate, np.uint32(FIRM | key_of(purpose))
            _fill_quarter(first, np.uint32(quarter * _QUARTER), *address, self.k0, self.k1)
            drawn = self._drawn[name, purpose] = quarter, first.tolist()
        return chain(drawn[1][place], self._further(name, week, purpose))

    def _further(self, name: str, week: int, purpose: str) -> Iterator[float]:
        """Yield what follows the draws that were made together."""
        agent, what, block = np.uint32(key_of(name)), np.uint32(FIRM | key_of(purpose)), _BLOCKS
        while True:
            # The week has 16 bits of its word; the block number has the other 16.
            when = np.uint32((block << 16) | week)
            for word in philox(agent, when, self.replicate, what, self.k0, self.k1):
                yield (int(word) + 0.5) * 2.0**-32
            block += 1


@inlined
def _trait_uniform(i, replicate, purpose, k0, k1):
    word, _, _, _ = philox(np.uint32(i), _FIRST, replicate, purpose, k0, k1)
    return uniform_from(word)


@compiled
def _fill_uniforms(values, first, replicate, purpose, k0, k1):
    for i in range(values.size):
        values[i] = _trait_uniform(first + i, replicate, purpose, k0, k1)


@compiled
def _fill_uniforms_of(values, consumers, replicate, purpose, k0, k1):
    for i in range(values.size):
        values[i] = _trait_uniform(consumers[i], replicate, purpose, k0, k1)


@compiled
def _fill_quarter(values, first_week, agent, replicate, what, k0, k1):
    """Fill float64 (weeks, draws) with the first draws of one firm and purpose."""
    for w in range(values.shape[0]):
        for block in range(values.shape[1] // 4):
            # The week has 16 bits of its word; the block number has the other 16.
            when = np.uint32((np.uint32(block) << _S16) | np.uint32(first_week + w))
            words = philox(agent, when, replicate, what, k0, k1)
            for i in range(4):
                values[w, 4 * block + i] = (np.float64(words[i]) + 0.5) * 2.0**-32
