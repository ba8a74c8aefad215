"""What the public meets of a firm in a week (4.7, 4.9), campaigns included (5.12)."""

from __future__ import annotations

from sim.entities import Campaign
from sim.scenario import Mechanisms

from .ambassadors import recruiting_and_keeping
from .contribution import game_and_thanks
from .entities import Firm


def make_public(firm: Firm, campaigns: list[Campaign], m: Mechanisms, week: int, people: float) -> None:
    """Work out game, thanks, pull and what ambassadors meet; of all campaigns of the firm those under way count."""
    under_way = [event for event in campaigns if firm.alive and 0 <= week - event.week < event.weeks]
    n = [(1 - m.campaigns.fatigue) ** (week - event.week) for event in under_way]
    firm.pull = sum(fresh * event.reach for event, fresh in zip(under_way, n, strict=True))
    firm.campaign_cost = sum(event.cost for event in under_way)
    play = sum(fresh * event.play for event, fresh in zip(under_way, n, strict=True))
    firm.game, firm.thanks = game_and_thanks(firm, play, m.contribution)
    firm.recruiting, firm.keeping = recruiting_and_keeping(firm, m.ambassadors, people)
