"""What can happen in a market: events, changes of levers, entries; made new, and put in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.lab.levers import Lever, levers_of
from dashboards.lab.text import say
from dashboards.links import MOST_HAPPENINGS
from dashboards.markets import Draft, Happening, problems_of
from experiments import naming
from experiments.report.events import event_words, schedule_words
from experiments.text import say as say_of_experiments
from sim.keys import split_key

__all__ = ["KINDS", "can_add", "fields_of", "free_week", "made", "short", "words"]

KINDS = ("scandal", "campaign", "price_cut", "entry", "news", "exposure", "hardship", "listing", "opening")
"""What can be added, what is asked for most first."""
_NEED_A_CAUSE = {"scandal", "news"}
_ENTRY_FIELDS = ("enters", "strategy", "appeal", "quality", "price", "openness", "sharing", "claimed_quality")
_TOLD_FIRST = ("price", "openness", "sharing", "facilitation")
"""Of a change of several levers, the one that it is named by."""
_TRIES = 12


def can_add(draft: Draft, kind: str) -> str:
    """Say why a kind cannot be added; empty if it can."""
    if len(draft.happenings) >= MOST_HAPPENINGS:
        return say("timeline.full")
    return say("timeline.no_cause") if kind in _NEED_A_CAUSE and not draft.laid_out.get("cause") else ""


def free_week(draft: Draft) -> int:
    """Give a week for something new: a quarter of the way, or the next in which it stands apart from all the rest."""
    taken = [one.week for one in draft.happenings]
    apart = draft.horizon / 26
    start = max(2, round(draft.horizon / 4))
    steps = (start + round(place * apart) for place in range(1 + int(0.7 * 26)))
    return next((week for week in steps if all(abs(week - one) >= apart for one in taken)), start)


def made(draft: Draft, kind: str, week: int) -> Draft:
    """Give a draft in which something of a kind happens besides, in a week, or in one of the next if that is taken."""
    for later in range(_TRIES):
        changed = draft.adding(_new(draft, kind, max(1, min(week + later, draft.horizon))))
        if not problems_of(changed):
            return changed
    return changed


def _new(draft: Draft, kind: str, week: int) -> Happening:
    data = draft.laid_out
    firms = {firm["name"]: firm for firm in data["firm"]}
    you = firms.get(draft.you) or data["firm"][0]
    cause = data["cause"][0]["name"] if data.get("cause") else ""
    event: dict[str, Any] = {"kind": kind, "week": week}
    match kind:
        case "scandal":
            event |= {"firm": you["name"], "cause": cause, "severity": 0.8, "revealed": 1.0}
        case "news":
            event |= {"cause": cause, "severity": 0.6}
        case "exposure":
            event |= {"firm": you["name"], "severity": 0.7}
        case "campaign":
            lead = you if you.get("parent") is None else firms[you["parent"]]
            event |= {"firm": lead["name"], "weeks": 8, "play": 0.5, "reach": 2.0, "cost": 20_000.0}
        case "hardship":
            event |= {"weeks": 26, "severity": 0.5}
        case "listing":
            event |= {"firm": you["name"], "availability": 0.7}
        case "price_cut":
            price = float(f"{0.85 * float(you['levers']['price']):.3g}")
            return Happening.of("schedule", {"week": week, "firm": you["name"], "price": price})
        case "opening":
            return Happening.of(
                "schedule",
                {"week": week, "firm": you["name"], "openness": 0.7, "sharing": 0.3, "proclaimed_openness": 0.7,
                 "proclaimed_sharing": 0.3},
            )  # fmt: skip
        case "entry":
            return _new_firm(draft, you, week)
        case _:
            raise KeyError(kind)
    return Happening.of("event", event)


def _new_firm(draft: Draft, you: Mapping[str, Any], week: int) -> Happening:
    """Let a firm come that is like yours, with its customers at its centre."""
    data = draft.laid_out
    taken = {item["name"].casefold() for table in ("firm", "sector") for item in data[table]}
    taken |= {str(part.get("name", "")).casefold() for x in data["sector"] for part in x.values() if type(part) is dict}
    stem = say("happening.new_firm")
    names = (stem if number == 1 else f"{stem} {number}" for number in range(1, 60))
    name = next(name for name in names if name.casefold() not in taken)
    setup = {key: value for key, value in you.items() if key not in ("name", "parent", "enters", "entry_margin")}
    levers = {key: value for key, value in you["levers"].items() if key != "causes"}
    setup |= {"strategy": "client_centred", "appeal": 0.0, "place": [0.0, 0.0], "levers": levers}
    return Happening.of("entry", {"firm": name, "week": week, "setup": setup})


def fields_of(draft: Draft, place: int) -> list[Lever]:
    """Give the levers of what happens at a place of `happenings`: those that are set, the week first."""
    one, start = draft.happenings[place], draft.position(place)
    levers = levers_of(draft)
    if one.table == "entry":
        own = ("firm", one.firm)
        found = [x for x in levers.values() if split_key(x.key)[0][:2] == own and x.setting.path[-1] in _ENTRY_FIELDS]
        return sorted(found, key=lambda lever: _ENTRY_FIELDS.index(str(lever.setting.path[-1])))
    found = [lever for key, lever in levers.items() if key.startswith(start + ".")]
    if one.table == "schedule":
        data = one.data
        is_set = {"week", "firm", "until"} | set(data)
        found = [lever for lever in found if lever.setting.path[2] in is_set and "causes" not in lever.setting.path]
    return sorted(found, key=lambda lever: {"week": 0, "until": 1}.get(str(lever.setting.path[-1]), 2))


def short(one: Happening) -> str:
    """Name what happens in a few words."""
    data = one.data
    if one.table == "entry":
        return say("happening.short_entry", firm=one.firm)
    if one.table == "schedule":
        levers = [key for key in data if key not in ("week", "until", "firm", "causes")]
        levers.sort(key=lambda key: _TOLD_FIRST.index(key) if key in _TOLD_FIRST else len(_TOLD_FIRST))
        named = naming.lever_name(levers[0]) if levers else ""
        return say("happening.short_change", firm=one.firm, lever=named + (" …" if len(levers) > 1 else ""))
    about = one.firm or str(data.get("cause") or data.get("cohort") or "")
    kind = say(f"happening.{one.kind}")
    return say("happening.short_event", kind=kind, about=about) if about else kind


def words(one: Happening) -> str:
    """Say what happens in full."""
    if one.table == "entry":
        if one.is_added_firm and one.data["setup"].get("entry_margin") is None:
            return say("happening.enters", firm=one.firm)
        return say_of_experiments("event.enters", firm=one.firm)
    return event_words(one.data) if one.table == "event" else schedule_words(one.data)
