"""What the scenario has in store: scandals, news, exposures, and scheduled lever changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.agents import Firm
from sim.entities import Exposure, News, Scandal
from sim.levers import Change
from sim.mechanisms.crisis import open_crisis
from sim.salience import Salience
from sim.scenario import Mechanisms

__all__ = ["change_levers", "take_place"]


def change_levers(schedule: Sequence[Change], week: int, firms: Mapping[str, Firm]) -> None:
    """Let the scheduled lever changes of a week take effect, after those whose time is over have ended."""
    for place, change in enumerate(schedule):
        if change.until == week:
            firms[change.firm].undo(str(place))
    for place, change in enumerate(schedule):
        if change.week == week:
            firms[change.firm].change(change, str(place))


def take_place(
    events: Sequence[Scandal | News | Exposure],
    firms: Mapping[str, Firm],
    causes: Mapping[str, int],
    salience: Salience,
    mechanisms: Mechanisms,
) -> None:
    """Let a week's events take effect; nothing can come to light about a firm that is gone.

    Parameters
    ----------
    events
        The events of this week.
    firms, causes
        Firms, and numbers of causes, by name.
    salience
        Public attention.
    mechanisms
        Which mechanisms are at work.
    """
    for event in events:
        firm = firms[event.firm] if event.firm is not None else None
        gone = firm is not None and not firm.alive
        if gone and not isinstance(event, News):
            continue
        if isinstance(event, Scandal | News):
            salience.shock(causes[event.cause], event.severity)
        if firm is not None and not gone:
            _fall_on(firm, event, causes, mechanisms)


def _fall_on(firm: Firm, event: Scandal | News | Exposure, causes: Mapping[str, int], mechanisms: Mechanisms) -> None:
    """Let an event take effect on the firm it is about."""
    if isinstance(event, Scandal | Exposure):
        firm.exposure = max(firm.exposure, event.severity)
    if isinstance(event, Exposure):
        return
    cause = causes[event.cause]
    if mechanisms.activation.enabled:
        firm.focus[cause] = max(firm.focus[cause], event.severity)
    if isinstance(event, Scandal):
        firm.known[cause] += event.revealed * (firm.conduct[cause] - firm.known[cause])
        if mechanisms.crisis.enabled:
            open_crisis(firm, cause, event.severity)
