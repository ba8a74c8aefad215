"""What the scenario has in store: scandals, news, exposures, and scheduled lever changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sim.agents import Firm
from sim.entities import Event, Exposure, Listing, News, Scandal
from sim.levers import Change
from sim.mechanisms.crisis import open_crisis
from sim.mechanisms.leaks import leak_probability, worst_cause
from sim.salience import Salience
from sim.scenario import Mechanisms

__all__ = ["change_levers", "spring_leaks", "take_place"]


def change_levers(schedule: Sequence[Change], week: int, firms: Mapping[str, Firm]) -> None:
    """Let the scheduled lever changes of a week take effect, after those whose time is over have ended."""
    for place, change in enumerate(schedule):
        if change.until == week:
            firms[change.firm].undo(str(place))
    for place, change in enumerate(schedule):
        if change.week == week:
            firms[change.firm].change(change, str(place))


def take_place(
    events: Sequence[Event],
    firms: Mapping[str, Firm],
    causes: Mapping[str, int],
    salience: Salience,
    mechanisms: Mechanisms,
) -> None:
    """Let a week's events take effect; nothing can come to light about a firm that is not there.

    Campaigns and hardship last for weeks: the market looks at those under way.

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
        if isinstance(event, Listing):
            _list(firms[event.firm], event.availability)
        if not isinstance(event, Scandal | News | Exposure):
            continue
        firm = firms[event.firm] if event.firm is not None else None
        gone = firm is not None and not firm.alive
        if gone and not isinstance(event, News):
            continue
        if isinstance(event, Scandal | News):
            salience.shock(causes[event.cause], event.severity)
        if firm is not None and not gone:
            _fall_on(firm, event, causes, mechanisms)


def _list(firm: Firm, availability: float) -> None:
    """Let retailers list a firm: it is on the shelf on so many occasions from now on, if it is in the market."""
    firm.full_availability = availability
    if firm.alive:
        firm.available = availability


def spring_leaks(
    firms: Sequence[Firm],
    salience: Salience,
    mechanisms: Mechanisms,
    size: int,
    luck_of: Callable[[Firm], Iterator[float]],
) -> None:
    """Let the gap between claim and conduct of firms come to light by itself.

    Parameters
    ----------
    firms
        All firms.
    salience
        Public attention.
    mechanisms
        Which mechanisms are at work, and their parameters.
    size
        Simulated consumers.
    luck_of
        Gives a firm's uniforms in (0, 1) for this week.
    """
    p = mechanisms.leaks
    for firm in firms:
        gap = firm.gap if firm.alive else 0.0
        if gap <= 0 or next(luck_of(firm)) >= leak_probability(p, gap, firm.week.attackers / size):
            continue
        firm.leaks += 1
        severity = p.reach * gap
        firm.shame = max(firm.shame, severity)
        cause = worst_cause(firm.proclaimed, firm.conduct)
        if cause is not None:
            salience.shock(cause, severity)
            _come_to_light(firm, cause, severity, p.reach, mechanisms)


def _come_to_light(firm: Firm, cause: int, severity: float, revealed: float, mechanisms: Mechanisms) -> None:
    """Show a share of a firm's conduct on a cause, draw the public's eye to it, and open a crisis."""
    if mechanisms.activation.enabled:
        firm.focus[cause] = max(firm.focus[cause], severity)
    firm.known[cause] += revealed * (firm.conduct[cause] - firm.known[cause])
    if mechanisms.crisis.enabled:
        open_crisis(firm, cause, severity)


def _fall_on(firm: Firm, event: Scandal | News | Exposure, causes: Mapping[str, int], mechanisms: Mechanisms) -> None:
    """Let an event take effect on the firm it is about."""
    if isinstance(event, Exposure):
        firm.exposure = max(firm.exposure, event.severity)
        return
    if isinstance(event, Scandal):
        firm.shame = max(firm.shame, event.severity)
    cause = causes[event.cause]
    if isinstance(event, Scandal):
        _come_to_light(firm, cause, event.severity, event.revealed, mechanisms)
    elif mechanisms.activation.enabled:
        firm.focus[cause] = max(firm.focus[cause], event.severity)
