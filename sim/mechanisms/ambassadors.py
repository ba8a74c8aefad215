"""Ambassadors: supporters whom a firm recruits in its community and federates.

A firm's spend pays for so many ambassadors. Members of its community who grant it enough sincerity are enrolled, week
by week, up to that number. An ambassador speaks for the firm like a militant of lasting energy `zeal`, and is heard by
the same rules; it leaves when it leaves the community, or doubts the firm, and when the firm no longer pays.
"""

from __future__ import annotations

import numpy as np

from sim.columns import Column
from sim.compiling import compiled
from sim.lanes import list_lanes
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity
from sim.streams import mix32, uniform_from

__all__ = ["COLUMNS", "SIGNALS", "AmbassadorsParameters", "add_ambassadors", "federate", "recruiting_and_keeping"]

COLUMNS = (Column("ambassador", "tag", None, "firm", "firm one is an ambassador of (-1: none)", -1),)

SIGNALS = ("recruiting", "keeping")


class AmbassadorsParameters(MechanismParameters):
    """Parameters of ambassadors."""

    cost: float = quantity(
        5.0,
        "currency_per_week",
        0,
        1e6,
        "Cost of one ambassador",
        "Coût d'un ambassadeur",
        exclusive_low=True,
    )
    bar: float = quantity(
        0.6,
        "score",
        0,
        1,
        "Sincerity granted from which a member will speak for the firm",
        "Sincérité prêtée à partir de laquelle un membre veut bien parler pour la firme",
        symbol="S_a",
    )
    enrolment: float = quantity(
        0.1,
        "rate",
        0,
        1,
        "Largest share of the members enrolled in a week",
        "Plus grande part des membres recrutés en une semaine",
        symbol="κ_a",
    )
    zeal: float = quantity(
        0.3,
        "share",
        0,
        1,
        "Energy with which an ambassador speaks",
        "Énergie avec laquelle parle un ambassadeur",
        symbol="ε_z",
    )


_ZERO = np.float32(0.0)
_NONE = np.int8(-1)
_SILENT = np.uint32(0)
_SCALE = np.float32(1023.0)
_HALF = np.float32(0.5)
_DEFENDS = np.uint32(1 << 10)
_NO_CAUSE = np.uint32(7 << 11)
_BIT_FIRM = np.uint32(14)


@compiled
def federate(flags, chosen, words, key, t, firms, p, firm_counts):
    """Let a tile's ambassadors stay or go, and enrol new ones; `flags` and `chosen` are scratch (bool, int32)."""
    recruits = False
    for f in range(firms.size):
        recruits = recruits or firms[f].recruiting > _ZERO
    for lane in range(words.size):
        flags[lane] = t.ambassador[lane] >= 0 or (recruits and t.community[lane] >= 0)
    for i in range(list_lanes(chosen, flags)):
        lane = chosen[i]
        home, office = t.community[lane], t.ambassador[lane]
        luck = uniform_from(mix32(words[lane], key))
        if office >= 0:
            if home != office or t.sincerity[office, lane] < p.bar or luck >= firms[office].keeping:
                t.ambassador[lane] = _NONE
        elif t.sincerity[home, lane] >= p.bar and luck < firms[home].recruiting:
            t.ambassador[lane] = home
        if t.ambassador[lane] >= 0:
            firm_counts[t.ambassador[lane]].ambassadors += 1


@compiled
def add_ambassadors(flags, chosen, voiced, ambassador, zeal, firm_counts):
    """Let the ambassadors of a tile who are not raising a voice of their own speak for their firm.

    `flags` and `chosen` are scratch rows (bool, int32).
    """
    loud = np.uint32(np.int32(zeal * _SCALE + _HALF))
    for lane in range(voiced.size):
        flags[lane] = ambassador[lane] >= 0 and voiced[lane] == _SILENT
    for i in range(list_lanes(chosen, flags)):
        lane = chosen[i]
        voiced[lane] = np.uint32(loud | _DEFENDS | _NO_CAUSE | (np.uint32(ambassador[lane]) << _BIT_FIRM))
        firm_counts[ambassador[lane]].voice_for += np.int64(loud)


def recruiting_and_keeping(
    p: AmbassadorsParameters, spend: float, ambassadors: float, members: float
) -> tuple[float, float]:
    """Return the probabilities, in a week, that a member is enrolled and that an ambassador can be kept.

    Parameters
    ----------
    p
        The mechanism's parameters.
    spend
        Currency a week.
    ambassadors, members
        People, last week.
    """
    paid = spend / p.cost
    free = members - ambassadors
    recruiting = min(p.enrolment, max(0.0, paid - ambassadors) / free) if free > 0 else 0.0
    return recruiting, min(1.0, paid / ambassadors) if ambassadors > 0 else 1.0
