"""What the scenario has in store: scandals, news, exposures, and scheduled lever changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.levers import Change
from sim.mechanisms.crisis import open_crisis
from sim.scenario import Exposure, News, Scandal

if TYPE_CHECKING:
    from sim.market import Market

__all__ = ["happen"]


def happen(market: Market) -> None:
    """Let the events and the lever changes of the present week take effect."""
    for event in market.setup.events:
        if event.week == market.week:
            _take_place(market, event)
    for change in market.setup.schedule:
        firm = market.firm_named[change.firm]
        if change.until == market.week:
            firm.set_levers(firm.before_change.pop(_key(change), {}))
        if change.week == market.week:
            if change.until is not None:
                firm.before_change[_key(change)] = {name: getattr(firm, name) for name in change.levers}
            firm.set_levers(change.levers)
            firm.set_stances(change.causes or {})


def _key(change: Change) -> str:
    """Name a scheduled change, so that its end finds what it had replaced."""
    return f"{change.week}-{change.until}"


def _take_place(market: Market, event: Scandal | News | Exposure) -> None:
    cause = -1 if isinstance(event, Exposure) else market.cause_numbers[event.cause]
    if isinstance(event, Exposure):
        firm = market.firm_named[event.firm]
        firm.exposure = max(firm.exposure, event.severity)
    elif isinstance(event, Scandal):
        firm = market.firm_named[event.firm]
        firm.known[cause] += event.revealed * (firm.conduct[cause] - firm.known[cause])
        firm.focus[cause] = max(firm.focus[cause], event.severity)
        firm.exposure = max(firm.exposure, event.severity)
        market.salience.shock(cause, event.severity)
        if market.mechanisms.crisis.enabled:
            open_crisis(firm, cause, event.severity, market.week)
    else:
        market.salience.shock(cause, event.severity)
        if event.firm is not None:
            firm = market.firm_named[event.firm]
            firm.focus[cause] = max(firm.focus[cause], event.severity)
