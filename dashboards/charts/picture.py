"""What a chart says when it has left its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Picture"]


@dataclass(frozen=True)
class Picture:
    """What the picture that a chart is saved as says beside the chart: it is looked at away from its page.

    Attributes
    ----------
    title
        What it shows: the heading that it has on the page.
    of
        What it is of, such as the name of a scenario, or of several, a line each; with the title it names the file.
    notes
        What else one must know to read it: how many futures and consumers, what lines and bands are. Empty ones are
        left out.
    """

    title: str
    of: str
    notes: Sequence[str] = ()
