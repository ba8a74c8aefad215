"""The texts of the page of experiments, in English and French."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.text import LANGUAGES, Catalogue, use_language

__all__ = ["CATALOGUE", "in_all", "say"]

CATALOGUE = Catalogue(Path(__file__).parent / "messages")
"""The texts of this page."""

say = CATALOGUE.say


def in_all(made: Callable[[], str]) -> dict[str, str]:
    """Make a text in every language."""
    texts = {}
    for code in LANGUAGES:
        with use_language(code):
            texts[code] = made()
    return texts
