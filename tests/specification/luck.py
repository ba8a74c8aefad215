"""Luck (3): every draw is a function of (seed, replicate, agent, week, purpose). The addresses are these."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.streams import mix32

WEEK, FIRM = 0x01000000, 0x04000000
LOW = 0xFFFFFFFF


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 of Salmon, Moraes, Dror and Shaw (2011), in whole numbers."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) & LOW, (k1 + 0xBB67AE85) & LOW
    return c0, c1, c2, c3


def key_of(name: str) -> int:
    return zlib.crc32(name.encode()) & 0xFFFFFF


@dataclass
class Luck:
    seed: int
    replicate: int = 0

    @property
    def key(self) -> tuple[int, int]:
        return self.seed & LOW, self.seed >> 32

    def words(self, consumer: int, week: int) -> tuple[int, int, int, int]:
        """A consumer's four words of a week: for its choice, its purchase, its complaint and review, and the rest."""
        return philox((consumer, week, self.replicate, WEEK), self.key)

    def of_firm(self, name: str, week: int, purpose: str) -> Iterator[float]:
        block = 0
        while True:
            for word in philox((key_of(name), block << 16 | week, self.replicate, FIRM | key_of(purpose)), self.key):
                yield (word + 0.5) * 2.0**-32
            block += 1


def mixed(word: int, key: int) -> int:
    """A new word from a word and the key of a purpose."""
    return int(mix32(np.uint32(word), np.uint32(key)))


def uniform(word: int, purpose: str) -> float:
    return uniform_of(mixed(word, key_of(purpose)))


def uniform_of(word: int) -> float:
    """(m + ½) · 2⁻²³ for the word's first 23 bits m."""
    return ((word >> 9) + 0.5) * 2.0**-23


def normal(word: int, purpose: str) -> float:
    """The standardised sum of four bytes."""
    total = sum(mixed(word, key_of(purpose)).to_bytes(4, "big"))
    mean, variance = 4 * 255 / 2, 4 * (256**2 - 1) / 12
    return (total - mean) / math.sqrt(variance)


def gumbel(word: int, purpose: str) -> float:
    return gumbel_of(mixed(word, key_of(purpose)))


def gumbel_of(word: int) -> float:
    return -math.log(-math.log(uniform_of(word)))
