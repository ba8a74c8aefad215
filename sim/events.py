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
    event: Scandal | News | Exposure, firm: Firm | None, cause: int, salience: Salience, *, mechanisms: Mechanisms
) -> None:
    """Let an event take effect.

    Parameters
    ----------
    event
        The event.
    firm
        The firm it is about, if any.
    cause
        Number of the cause it is about; not read for an exposure.
    salience
        Public attention.
    mechanisms
        Which mechanisms are at work.
    """
    if isinstance(event, Scandal | News):
        salience.shock(cause, event.severity)
    if firm is None:
        return
    if isinstance(event, Scandal | News) and mechanisms.activation.enabled:
        firm.focus[cause] = max(firm.focus[cause], event.severity)
    if isinstance(event, Scandal | Exposure):
        firm.exposure = max(firm.exposure, event.severity)
    if isinstance(event, Scandal):
        firm.known[cause] += event.revealed * (firm.conduct[cause] - firm.known[cause])
        if mechanisms.crisis.enabled:
            open_crisis(firm, cause, event.severity)
