"""Doubts in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from experiments.numbers import percent, plain_number
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.findings import Noted

__all__ = ["doubt_texts"]

_SHARES = ("poor_fit", "runs_disagree")
"""Doubts whose value is a share."""


def doubt_texts(notes: Iterable[Noted]) -> tuple[str, ...]:
    """Say what not to trust: a sentence for each doubt, with all that it is about.

    The texts stand under ``[answers.doubt]``; they may use ``{about}`` and ``{value}``, of which the latter is the
    largest where one doubt is about several things.
    """
    grouped: dict[str, list[Noted]] = {}
    for one in notes:
        grouped.setdefault(one.doubt, []).append(one)
    said = []
    for doubt, ones in grouped.items():
        about = say("answers.and").join(dict.fromkeys(one.about for one in ones if one.about))
        values = [one.value for one in ones if one.value - one.value == 0]
        shown = percent if doubt in _SHARES else plain_number
        text = say(f"answers.doubt.{doubt}", value=shown(max(values, key=abs)) if values else "")
        said.append(say("answers.doubt_about", about=about, doubt=text) if about else text[:1].upper() + text[1:])
    return tuple(said)
