"""Who takes part: members who never post, contributors who give once, the few who give most; and what ideas become."""

from __future__ import annotations

import numpy as np

from experiments.facts.observer import Observation
from experiments.panel.data import Floats

__all__ = [
    "contributed",
    "ideas_implemented",
    "launch_growth",
    "launch_ratio",
    "one_time_share",
    "poster_share",
    "top_share",
]


def contributed(seen: Observation) -> tuple[Floats, int]:
    """Give the contributions of each member of a community, one entry a membership; and how many memberships."""
    given = seen.participation.contributions[seen.participation.member]
    return given, len(given)


def poster_share(given: Floats) -> float:
    """Give the share of members who contributed at all."""
    return float((given > 0).mean()) if len(given) else float("nan")


def top_share(given: Floats, share: float = 0.1) -> float:
    """Give the share of all contributions that the top `share` of those who contributed made (linear in between)."""
    own = np.sort(given[given > 0])[::-1]
    if not len(own):
        return float("nan")
    so_far = np.r_[0.0, np.cumsum(own)] / own.sum()
    return float(np.interp(share * len(own), np.arange(len(so_far)), so_far))


def one_time_share(given: Floats) -> float:
    """Give the share of those who contributed that did so once."""
    own = given[given > 0]
    return float((own == 1).mean()) if len(own) else float("nan")


def ideas_implemented(seen: Observation, firm: str) -> float:
    """Give the ideas of a firm's customers that were launched, over those that were submitted."""
    submitted = float(seen.series("ideas", firm).sum())
    return float(seen.series("customer_launches", firm)[-1]) / submitted if submitted else float("nan")


def launch_growth(few: Observation, many: Observation, firm: str) -> float:
    """Give the elasticity of launches to submitted ideas, between a firm with few ideas and the same with many."""
    ideas = [float(seen.series("ideas", firm).sum()) for seen in (few, many)]
    launches = [float(seen.series("total_launches", firm)[-1]) for seen in (few, many)]
    if min(*ideas, *launches) <= 0 or ideas[0] == ideas[1]:
        return float("nan")
    return float(np.log(launches[1] / launches[0]) / np.log(ideas[1] / ideas[0]))


def launch_ratio(
    outside: tuple[Observation, Observation], inside: tuple[Observation, Observation], firm: str, weeks: int = 52
) -> float:
    """Compare what launches of customers' ideas and launches of a firm's own ideas add to its sales.

    Parameters
    ----------
    outside, inside : (with launches, without any) of the firm when it launches customers' ideas, and its own.
    firm : which firm.
    weeks : from the first one on, in which sales are counted.

    Returns
    -------
    Units that a launch adds in the first case over units that one adds in the second; NaN without launches.
    """
    gains = []
    for launching, idle in (outside, inside):
        launches = float(launching.series("total_launches", firm)[weeks - 1])
        sold = [float(seen.series("units", firm)[:weeks].sum()) for seen in (launching, idle)]
        gains.append((sold[0] - sold[1]) / launches if launches else float("nan"))
    return gains[0] / gains[1] if gains[1] else float("nan")
