"""The story of one consumer: what it is, what it did week by week, what it came to believe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboards.market.recording import AGAINST, FOR, NOBODY, Recording
from dashboards.market.series import colour_of
from dashboards.market.text import say
from experiments.numbers import compact, count, decimal, percent
from experiments.report.events import marks

__all__ = ["Moment", "eventful", "moments", "opening_week", "story"]

_FULL = 255.0
_MOST_MOMENTS = 400
_A_QUARTER, _HALF_A_YEAR = 13, 26


@dataclass(frozen=True)
class Moment:
    """Something that a consumer did or became, in words."""

    week: int
    kind: str
    text: str


def story(recording: Recording, consumer: int) -> dict[str, Any]:
    """Tell the story of one consumer, as plain data for the browser.

    Raises
    ------
    IndexError
        There is no such consumer.
    """
    if not 0 <= consumer < recording.size:
        raise IndexError(f"consumers go from 0 to {recording.size - 1}, not {consumer}")
    told = moments(recording, consumer)
    return {
        "consumer": consumer,
        "facts": _facts(recording, consumer),
        "moments": [{"week": one.week, "kind": one.kind, "text": one.text} for one in told[:_MOST_MOMENTS]],
        "weeks": recording.belief_weeks.tolist(),
        "beliefs": [_beliefs(recording, place, consumer) for place in _met(recording)],
    }


def eventful(recording: Recording) -> int:
    """Give the consumer to whom most happened: with whom to begin."""
    role, community = recording.channels["role"], recording.channels["community"]
    militant = np.where(role >= FOR, role, 0)
    turns = (militant[1:] != militant[:-1]).sum(axis=0) + (community[1:] != community[:-1]).sum(axis=0)
    return int(np.argmax(np.minimum(turns, 8) * 4 + np.minimum(recording.channels["made"].sum(axis=0), 12)))


def opening_week(recording: Recording) -> int:
    """Give the week to begin with: that of the first event, or one late enough that there is something to see.

    In the first quarter few have bought yet, whatever happens in it; where nothing happens, it is half a year.
    """
    happenings = [mark.week for mark in marks(recording.scenario.as_file())]
    wanted = max(happenings[0], _A_QUARTER) if happenings else _HALF_A_YEAR
    return min(wanted, max(happenings[0] if happenings else 0, recording.weeks // 2))


def moments(recording: Recording, consumer: int) -> list[Moment]:
    """Give what happened to a consumer, in order of time."""
    found: list[Moment] = []
    for sector in range(len(recording.sectors)):
        found += _purchases(recording, sector, consumer)
    found += _memberships(recording, consumer, "community", "joins", "leaves")
    found += _memberships(recording, consumer, "ambassador", "speaks", "falls_silent")
    found += _contributions(recording, consumer)
    found += _militancy(recording, consumer)
    return sorted(found, key=lambda one: one.week)


def _facts(recording: Recording, consumer: int) -> list[dict[str, str]]:
    """Say what a consumer is from the start."""
    of = {name: float(values[consumer]) for name, values in recording.traits.items()}
    rank = float((recording.traits["price_sensitivity"] < of["price_sensitivity"]).mean())
    facts = [
        ("stands_for", compact(recording.weight)),
        ("price_rank", percent(rank, 0)),
        ("peer_trust", percent(of["peer_trust"], 0)),
        ("skill", percent(of["skill"], 0)),
        ("propensity", decimal(of["propensity"], 1)),
    ]
    told = [{"label": say(f"market.story.fact.{key}"), "text": text} for key, text in facts]
    for c, cause in enumerate(recording.causes):
        label = say("market.story.fact.cares", cause=cause)
        told.append({"label": label, "text": percent(float(recording.values[c, consumer]), 0)})
    return told


def _met(recording: Recording) -> range:
    return range(len(recording.suppliers))


def _beliefs(recording: Recording, place: int, consumer: int) -> dict[str, Any]:
    quality, sincerity = (
        (values[:, place, consumer] / _FULL).round(3).tolist() for values in (recording.quality, recording.sincerity)
    )
    name = recording.suppliers[place].name
    return {"name": name, "colour": colour_of(recording, place), "quality": quality, "sincerity": sincerity}


def _purchases(recording: Recording, sector: int, consumer: int) -> list[Moment]:
    """Tell first purchases and changes of supplier; what is bought again as before is no news."""
    supplier = recording.channels[f"supplier.{sector}"][:, consumer]
    orders = recording.channels[f"orders.{sector}"][:, consumer]
    found, known = [], set()
    for week in np.flatnonzero(orders):
        here, before = int(supplier[week]), int(supplier[week - 1])
        if here == before:
            continue
        units = int(orders[week]) * recording.order_size
        values = {"firm": recording.suppliers[here].name, "units": count(units)}
        if before == NOBODY:
            found.append(Moment(int(week), "buys", say("market.story.first", **values)))
        else:
            key = "back" if here in known else "switches"
            text = say(f"market.story.{key}", before=recording.suppliers[before].name, **values)
            found.append(Moment(int(week), "switches", text))
        known.add(here)
    return found


def _memberships(recording: Recording, consumer: int, channel: str, began: str, ended: str) -> list[Moment]:
    of = recording.channels[channel][:, consumer]
    found = []
    for week in np.flatnonzero(of[1:] != of[:-1]) + 1:
        here, before = int(of[week]), int(of[week - 1])
        if before != NOBODY:
            text = say(f"market.story.{ended}", firm=recording.suppliers[before].name)
            found.append(Moment(int(week), "community", text))
        if here != NOBODY:
            text = say(f"market.story.{began}", firm=recording.suppliers[here].name)
            found.append(Moment(int(week), "community", text))
    return found


def _contributions(recording: Recording, consumer: int) -> list[Moment]:
    made = recording.channels["made"][:, consumer]
    community = recording.channels["community"][:, consumer]
    found = []
    for week in np.flatnonzero(made):
        # Who leaves in the week of contributing did it for the community of the week before.
        place = int(community[week - 1])
        key = "contributes_once" if made[week] == 1 else "contributes"
        firm = recording.suppliers[place].name if place != NOBODY else ""
        text = say(f"market.story.{key}", firm=firm, times=count(int(made[week])))
        found.append(Moment(int(week), "contributes", text))
    return found


def _militancy(recording: Recording, consumer: int) -> list[Moment]:
    role = recording.channels["role"][:, consumer]
    target, cause = (recording.channels[name][:, consumer] for name in ("target", "cause"))
    found, now = [], (0, NOBODY, NOBODY)
    for week in range(recording.weeks + 1):
        militant = int(role[week]) if role[week] in (FOR, AGAINST) else 0
        here = (militant, int(target[week]), int(cause[week])) if militant else (0, NOBODY, NOBODY)
        if here == now:
            continue
        if not militant:
            found.append(Moment(week, "calms", say("market.story.calms")))
        else:
            key = "attacks" if militant == AGAINST else "defends"
            values = {"firm": recording.suppliers[here[1]].name, "cause": recording.causes[here[2]]}
            found.append(Moment(week, key, say(f"market.story.{key}", **values)))
        now = here
    return found
