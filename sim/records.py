"""The records that pass between firms and consumers each week: what consumers see, and what is counted of them.

They are numpy records with named fields, so that the compiled rules read `firm.price` like any other code.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.entities import MAX_COHORTS
from sim.mechanisms.base import MAX_CAUSES
from sim.mechanisms.contribution import BINS
from sim.mechanisms.experience import STARS

__all__ = [
    "FIRM_COUNTS",
    "FIRM_SIGNALS",
    "KEYS",
    "MARKET_COUNTS",
    "NOTHING_COUNTED",
    "SECTORS",
    "SIGNAL_NAMES",
    "STANCE_NAMES",
    "MarketCounts",
    "WeekCounts",
    "market_counts",
    "week_counts",
]

SIGNAL_NAMES = (
    "alive",
    "price",
    "appeal",
    "feature",
    "display",
    "available",
    "openness",
    "game",
    "thanks",
    "given_back",
    "proclaimed_sharing",
    "human_contact",
    "brand_push",
    "claimed_quality",
    "true_quality",
    "defect_rate",
    "repair",
    "rating",
    "rated",
    "exposure",
    "shame",
    "offence",
    "truth",
    "restored",
    "hassle",
    "idealism",
    "is_use",
    "renews",
    "kept",
    "hosting",
    "pull",
    "recruiting",
    "keeping",
)
"""What consumers see of a supplier: one float32 each; attributes of `sim.suppliers.Supplier` of the same names."""

STANCE_NAMES = ("proclaimed", "known", "focus")
"""What consumers see of a supplier on each cause."""

FIRM_SIGNALS = np.dtype(
    [(name, "f4") for name in SIGNAL_NAMES]
    + [(name, "f4", (MAX_CAUSES,)) for name in STANCE_NAMES]
    + [("home", "i4"), ("parent", "i4"), ("key", "u4"), ("shelf_key", "u4")],
    align=True,
)

SECTORS = np.dtype(
    [
        ("place", "i4"),
        ("first", "i4"),
        ("alternatives", "i4"),
        ("last", "i4"),
        ("sharing", "i4"),
        ("most_units", "i4"),
        ("order", "i4"),
        ("durable", "?"),
        ("life", "f4"),
        ("release", "f4"),
        ("has_outside", "?"),
        ("outside", "f4"),
        ("reference_price", "f4"),
        ("units", "u4"),
        ("outside_key", "u4"),
        ("noise", "u4"),
        ("defect", "u4"),
        ("complaint", "u4"),
        ("repair", "u4"),
        ("review", "u4"),
        ("wear", "u4"),
        ("offer", "u4"),
    ],
    align=True,
)
"""A sector: its place in the scenario, its suppliers (firms from `first`, what does without firms from `alternatives`,
up to last − 1), its sharing market (−1: none), its outside option, and the keys of its draws."""

KEYS = np.dtype(
    [(name, "u4") for name in ("mood", "join", "community", "effort", "kind", "read", "leave", "federate")], align=True
)
"""Keys of the draws that do not belong to a sector."""


class WeekCounts(NamedTuple):
    """What is counted for a supplier in a week, in simulated consumers and units. Sums of scores are in 1/1023."""

    units: int
    trips: int
    first_buyers: int
    returnable: int
    returned: int
    reach: int
    lost: int
    satisfaction: int
    defects: int
    complaints: int
    repaired: int
    reviews: int
    review_score: int
    members: int
    leavers: int
    contributors: int
    supports: int
    ideas: int
    codesigns: int
    belief: int
    sincerity: int
    attackers: int
    defenders: int
    boycotters: int
    buycotters: int
    voice_for: int
    voice_against: int
    ambassadors: int
    offered: int
    owned: int
    stars: list[int]


class MarketCounts(NamedTuple):
    """What is counted for the market in a week; `makers` and `made` are changes of the histogram of contributions."""

    trips: int
    not_bought: int
    repeatable: int
    switches: int
    surplus: int
    flips: int
    switched_causes: int
    ended_episodes: int
    ended_weeks: int
    buyers: int
    prosumers: int
    cohort_units: NDArray[np.int64]
    cohort_outside: NDArray[np.int64]
    cohort_contributors: NDArray[np.int64]
    militants: NDArray[np.int64]
    voice: NDArray[np.int64]
    makers: NDArray[np.int64]
    made: NDArray[np.int64]


_LENGTHS = {"stars": STARS, "militants": MAX_CAUSES, "voice": MAX_CAUSES, "makers": BINS, "made": BINS} | dict.fromkeys(
    ("cohort_units", "cohort_outside", "cohort_contributors"), MAX_COHORTS + 1
)


def _counts_dtype(counts: type[WeekCounts] | type[MarketCounts]) -> np.dtype[np.void]:
    """Return the record in which the rules count: integers only, so that the order of adding up cannot matter."""
    return np.dtype([(name, "i8", (_LENGTHS[name],)) if name in _LENGTHS else (name, "i8") for name in counts._fields])


def week_counts(records: NDArray[Any]) -> list[WeekCounts]:
    """Return what was counted for each supplier, from records of `FIRM_COUNTS`."""
    rows: list[list[Any]] = records.view(np.int64).reshape(len(records), -1).tolist()
    return [WeekCounts._make((*row[:-STARS], row[-STARS:])) for row in rows]


def market_counts(records: NDArray[Any]) -> MarketCounts:
    """Return what was counted for the market, from a record of `MARKET_COUNTS`."""
    numbers = records.view(np.int64).copy()
    return MarketCounts(*numbers[:_SINGLE].tolist(), *[numbers[part] for part in _PARTS])


FIRM_COUNTS = _counts_dtype(WeekCounts)
MARKET_COUNTS = _counts_dtype(MarketCounts)
_SINGLE = len([name for name in MarketCounts._fields if name not in _LENGTHS])
_ENDS = np.cumsum([_LENGTHS.get(name, 1) for name in MarketCounts._fields]).tolist()[_SINGLE - 1 :]
_PARTS = [slice(first, last) for first, last in pairwise(_ENDS)]
NOTHING_COUNTED = WeekCounts(*np.zeros(1, FIRM_COUNTS).tolist()[0])
