"""The texts of the page of claims and facts, in English and French."""

from __future__ import annotations

from pathlib import Path

from sim.text import Catalogue

__all__ = ["CATALOGUE", "say"]

CATALOGUE = Catalogue(Path(__file__).parent / "messages")
"""The texts of this page."""

say = CATALOGUE.say
