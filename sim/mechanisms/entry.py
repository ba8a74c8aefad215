"""Entry: start-ups come later, in their week or when the sector's margins draw them in.

A firm with `enters` after week 1 waits outside the market: nothing is known or sold of it. It comes in its week, or, if
it has an `entry_margin`, in the first week from then on in which the firms of its sector, taken together, published at
least that profit over revenue for their last quarter. Off: who is not there from the start never comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.mechanisms.base import MechanismParameters

if TYPE_CHECKING:
    from sim.agents import Firm

__all__ = ["COLUMNS", "EntryParameters", "is_drawn_in", "published_margin"]

COLUMNS = ()


class EntryParameters(MechanismParameters):
    """The switch of later entry."""


def published_margin(firms: Iterable[Firm]) -> float:
    """Return profit over revenue of the living firms together in the last quarter that each published; NaN before."""
    published = [firm.published for firm in firms if firm.alive]
    revenue = sum(pair[1] for pair in published)
    return sum(pair[0] for pair in published) / revenue if revenue else float("nan")


def is_drawn_in(margin_wanted: float | None, sector_margin: float) -> bool:
    """Tell whether a sector's margin draws a start-up in; without a wish it comes in any case."""
    return margin_wanted is None or sector_margin >= margin_wanted
