"""The records that pass between firms and consumers each week: what consumers see, and what is counted of them.

They are numpy records with named fields, so that the compiled rules read `firm.price` like any other code.
"""

from __future__ import annotations

import numpy as np

from sim.mechanisms.base import MAX_CAUSES
from sim.mechanisms.contribution import BINS
from sim.mechanisms.experience import STARS

__all__ = ["FIRM_COUNTS", "FIRM_SIGNALS", "KEYS", "MARKET_COUNTS", "SECTORS", "SIGNAL_NAMES", "STANCE_NAMES"]

SIGNAL_NAMES = (
    "alive",
    "price",
    "appeal",
    "feature",
    "display",
    "available",
    "openness",
    "play",
    "recognition",
    "given_back",
    "human_contact",
    "brand_push",
    "claimed_quality",
    "true_quality",
    "defect_rate",
    "repair",
    "rating",
    "rated",
    "exposure",
    "truth",
    "restored",
)
"""What consumers see of a firm: one float32 each; attributes of `sim.agents.Firm` of the same names."""

STANCE_NAMES = ("proclaimed", "known", "focus")
"""What consumers see of a firm on each cause."""

FIRM_SIGNALS = np.dtype(
    [(name, "f4") for name in SIGNAL_NAMES]
    + [(name, "f4", (MAX_CAUSES,)) for name in STANCE_NAMES]
    + [("key", "u4"), ("shelf_key", "u4")],
    align=True,
)

SECTORS = np.dtype(
    [
        ("first", "i4"),
        ("last", "i4"),
        ("most_units", "i4"),
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
    ],
    align=True,
)
"""A sector: its firms (first to last − 1), its outside option, and the keys of its draws."""

KEYS = np.dtype([(name, "u4") for name in ("mood", "join", "community", "effort", "kind", "leave")], align=True)
"""Keys of the draws that do not belong to a sector."""

FIRM_COUNTS = np.dtype(
    [
        (name, "i8")
        for name in (
            "units",
            "trips",
            "first_buyers",
            "returnable",
            "returned",
            "reach",
            "lost",
            "satisfaction",
            "defects",
            "complaints",
            "repaired",
            "reviews",
            "review_score",
            "members",
            "leavers",
            "contributors",
            "supports",
            "ideas",
            "codesigns",
            "belief",
            "sincerity",
            "attackers",
            "defenders",
            "boycotters",
            "buycotters",
            "voice_for",
            "voice_against",
        )
    ]
    + [("stars", "i8", (STARS,))]
)
"""What is counted for a firm in a week. Sums of scores are in 1/1023; all are integers, so order cannot matter."""

MARKET_COUNTS = np.dtype(
    [
        (name, "i8")
        for name in (
            "trips",
            "not_bought",
            "repeatable",
            "switches",
            "surplus",
            "flips",
            "switched_causes",
            "ended_episodes",
            "ended_weeks",
        )
    ]
    + [
        ("militants", "i8", (MAX_CAUSES,)),
        ("voice", "i8", (MAX_CAUSES,)),
        ("makers", "i8", (BINS,)),
        ("made", "i8", (BINS,)),
    ]
)
"""What is counted for the market. `makers` and `made` are changes of the histogram of contributions made so far."""
