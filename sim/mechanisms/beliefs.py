"""Beliefs about quality: peers before experts (the "paranoia" of digital customers).

A consumer holds a belief Q about the quality of each firm. What it hears in a week pulls Q: the mean satisfaction of
the peers who speak of the firm (weight: peer trust τ), the public rating (τ / 2) and the firm's own claim (brand trust
ρ times the sincerity S that the consumer grants it: 1 − S is its doubt; brand push makes the claim louder). Its own
memory weighs a fixed amount, so that a consumer who hears little changes little:

    Q ← Q + speed · Σ w (x − Q) / (memory + Σ w)

What it experiences itself moves Q at once, in `experience`. Brand push inside a closed firm's community repels its
members.
"""

from __future__ import annotations

import numpy as np

from sim.columns import Column
from sim.compiling import compiled, inlined
from sim.fastmath import clip01
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

__all__ = [
    "COLUMNS",
    "NOBODY",
    "SIGNALS",
    "BeliefsParameters",
    "gather_words",
    "pack_words",
    "sum_words",
    "update_quality",
]

COLUMNS = (
    Column("quality", "number", "firm", "score", "belief about each firm's quality", 0.5),
    Column("peer_trust", "number", None, "share", "trust in peers' word", 0.0),
    Column("brand_trust", "number", None, "share", "trust in experts and brands", 0.0),
    Column("satisfaction", "number", None, "score", "satisfaction with the last purchase", 0.5),
    Column("mentioned", "tag", None, "firm", "firm of the last purchase, spoken of to peers (-1: none)", -1),
)

SIGNALS = ("rating", "rated", "claimed_quality", "brand_push", "openness")


class BeliefsParameters(MechanismParameters):
    """Parameters of the beliefs about quality."""

    speed: float = quantity(
        0.10,
        "rate",
        0,
        1,
        "Speed at which hearsay moves a belief",
        "Vitesse à laquelle les on-dit déplacent une croyance",
        symbol="κ_Q",
    )
    memory: float = quantity(
        1.0,
        "ratio",
        0.01,
        100,
        "Weight of what one already believes",
        "Poids de ce que l'on croit déjà",
        symbol="m_Q",
    )
    repulsion: float = quantity(
        0.05,
        "rate",
        0,
        1,
        "Belief lost in a week by members under full brand push of a closed firm",
        "Croyance perdue par semaine par les membres sous la pression publicitaire d'une firme fermée",
        symbol="κ_b",
        source="S2 (Second Life)",
    )
    initial_spread: float = quantity(
        0.10,
        "score",
        0,
        0.5,
        "Spread of beliefs at the start around each firm's quality",
        "Dispersion des croyances au départ autour de la qualité de chaque firme",
    )


# What peers see of a consumer is one 32-bit word: satisfaction in 10 bits (0-9), sincerity in 7 bits (15-21), the firm
# spoken of in 6 bits (22-27; 63: nobody). The gaps let up to 31 words be added without a carry, with a count on top.
NOBODY = 63
_NOBODY_WORD = np.uint32(NOBODY << 22)
_SCORE = np.float32(1023.0)
_SINCERE = np.float32(127.0)
_HALF = np.float32(0.5)
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_BITS_SINCERE = np.uint32(15)
_BITS_FIRM = np.uint32(22)
_BITS_COUNT = np.uint32(27)
_ONE_SPEAKER = np.int32(1)
_PAYLOAD = np.uint32(0x3FF | (0x7F << 15))
_SPEAKER = np.uint32(1 << 27)
_NO_WORD = np.uint32(0)
_SILENCE = np.uint32(0)
_SUM_SCORE = np.uint32(0x7FFF)
_LOWER = np.uint64(0xFFFFFFFF)
_BITS_UPPER = np.uint64(32)


@compiled
def pack_words(words, voiced, trust, mentioned, satisfaction, sincerity):
    """Write what each consumer of a tile says: its last firm, its satisfaction, its belief in that firm's sincerity.

    `words` uint64; `voiced` uint32 is what it says as a militant; `trust` is a scratch row (float32).
    """
    for lane in range(trust.size):
        trust[lane] = _ZERO
    for f in range(sincerity.shape[0]):
        code, believed = np.int8(f), sincerity[f]
        for lane in range(trust.size):
            own, other = believed[lane], trust[lane]
            trust[lane] = own if mentioned[lane] == code else other
    for lane in range(words.size):
        score = np.uint32(np.int32(satisfaction[lane] * _SCORE + _HALF))
        sincere = np.uint32(np.int32(trust[lane] * _SINCERE + _HALF))
        firm = np.uint32(np.int32(mentioned[lane]))
        said = np.uint32(score | (sincere << _BITS_SINCERE) | (firm << _BITS_FIRM))
        said = _NOBODY_WORD if mentioned[lane] < 0 else said
        words[lane] = np.uint64(said) | (np.uint64(voiced[lane]) << _BITS_UPPER)


@compiled
def gather_words(heard, voices, both, peers, words):
    """Collect what every consumer's peers say: heard[peer, lane] and voices[peer, lane], of words[peers[peer, lane]].

    A consumer's two words lie side by side in one of 64 bits, so that a peer costs one look: what it says of its last
    purchase in the lower half, what it says as a militant in the upper one. They are looked up one by one, into the
    scratch row `both` (uint64), and parted many at a time.

    Returns
    -------
    bool
        Whether any of them speaks as a militant.
    """
    loud = _SILENCE
    for k in range(peers.shape[0]):
        ears, cries, mouths = heard[k], voices[k], peers[k]
        for lane in range(both.size):
            both[lane] = words[np.uint32(mouths[lane])]
        for lane in range(both.size):
            ears[lane] = np.uint32(both[lane] & _LOWER)
            cries[lane] = np.uint32(both[lane] >> _BITS_UPPER)
            loud = np.uint32(loud | cries[lane])
    return loud != _SILENCE


@compiled
def sum_words(total, heard, firm):
    """Add up the words about one firm: total[lane] packs their number, satisfactions and sincerities."""
    code, peers = np.uint32(firm), heard.shape[0]
    for lane in range(total.size):
        total[lane] = _NO_WORD
    # Two peers at a time: half as often is the sum stored and read again.
    for pair in range(peers // 2):
        left, right = heard[2 * pair], heard[2 * pair + 1]
        for lane in range(total.size):
            total[lane] = np.uint32(total[lane] + _word_about(left[lane], code) + _word_about(right[lane], code))
    if peers % 2 > 0:
        last = heard[peers - 1]
        for lane in range(total.size):
            total[lane] = np.uint32(total[lane] + _word_about(last[lane], code))


@inlined
def _word_about(word, code):
    """Return what a word adds to the sum about a firm: nothing if it is about another."""
    return np.uint32((word & _PAYLOAD) | _SPEAKER) if np.uint32(word >> _BITS_FIRM) == code else _NO_WORD


@compiled
def update_quality(quality, sincerity, total, peer_trust, brand_trust, community, firm, home, p):
    """Move the beliefs of a tile about one firm towards what is heard of it; `home` is whose community is its own."""
    rating, claim = firm.rating, firm.claimed_quality
    rated = firm.rated * _HALF
    loud = _ONE + firm.brand_push
    repelled = p.repulsion * firm.brand_push * (_ONE - firm.openness)
    speed, memory = p.speed, p.memory
    for lane in range(quality.size):
        word = total[lane]
        speakers = np.int32(word >> _BITS_COUNT)
        heard = np.float32(np.int32(word & _SUM_SCORE)) / (_SCORE * np.float32(max(speakers, _ONE_SPEAKER)))
        tau = peer_trust[lane]
        by_peers = tau if speakers > 0 else _ZERO
        by_rating = tau * rated
        by_claim = loud * brand_trust[lane] * sincerity[lane]
        q = quality[lane]
        pull = by_peers * (heard - q) + by_rating * (rating - q) + by_claim * (claim - q)
        q = q + speed * pull / (memory + by_peers + by_rating + by_claim)
        q = q - (repelled if community[lane] == home else _ZERO) * q
        quality[lane] = clip01(q)
