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
    """Let the scheduled lever changes of a week take effect, and those whose time is over end."""
    for change in schedule:
        firm, key = firms[change.firm], f"{change.week}-{change.until}"
        if change.until == week:
            firm.set_levers(firm.before_change.pop(key, {}))
        if change.week == week:
            if change.until is not None:
                firm.before_change[key] = {name: getattr(firm, name) for name in change.levers}
            firm.set_levers(change.levers)
            firm.set_stances(change.causes or {})


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
