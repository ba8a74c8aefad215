"""A fake scenario with commons, sharing markets, cohorts, a line, start-ups, a bankruptcy and every kind of event."""

from __future__ import annotations

from typing import Any

from tests.experiments import fake_sim

SECTORS: list[dict[str, Any]] = [
    {"name": "drinks", "commons": {"name": "Brewers"}},
    {"name": "bikes", "durable": True, "sharing": {"kind": "rental"}},
]
COHORTS: list[dict[str, Any]] = [{"name": "young", "share": 0.3}]
FIRMS: list[dict[str, Any]] = [
    {"name": "Pyramide", "sector": "drinks", "strategy": "pyramidal"},
    {"name": "Debtor", "sector": "drinks", "cash": -1.0},
    {"name": "Wheel", "sector": "bikes", "levers": {"mode": "rent"}},
    {"name": "Pyramide Bikes", "sector": "bikes", "parent": "Pyramide", "enters": 15},
    {"name": "Never", "sector": "bikes", "enters": 30, "entry_margin": 0.5},
]
EVENTS: list[dict[str, Any]] = [
    {"week": 4, "kind": "campaign", "firm": "Wheel", "weeks": 5, "play": 0.4, "reach": 2.0},
    {"week": 5, "kind": "hardship", "severity": 0.7, "weeks": 1, "cohort": "young"},
    {"week": 6, "kind": "hardship", "severity": 0.5},
    {"week": 7, "kind": "listing", "firm": "Wheel", "availability": 0.4},
    {"week": 8, "kind": "listing", "firm": "Wheel", "availability": 0.0},
]
SCHEDULE: list[dict[str, Any]] = [{"week": 9, "firm": "Wheel", "mode": "subscribe"}]


def everything(**changes: Any) -> Any:
    """Make the scenario, of 20 weeks, with some top-level values replaced; "Never" comes after its end."""
    tables = {"sector": SECTORS, "cohort": COHORTS, "firm": FIRMS, "event": EVENTS, "schedule": SCHEDULE}
    return fake_sim.scenario(**({"horizon": 20} | tables | changes))
