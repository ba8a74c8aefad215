"""The pages of the tutorial as tests read them."""

import re
from pathlib import Path

__all__ = ["LANGUAGES", "PAGES", "ROOT", "page", "plain", "step"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"en": ROOT / "docs" / "tutorial.md", "fr": ROOT / "docs" / "tutoriel.md"}
LANGUAGES = sorted(PAGES)


def plain(text):
    """Give a text without what differs only in how it is set: spaces, apostrophes, hyphens."""
    return re.sub(r"\s+", " ", text).replace("’", "'").replace("\u2011", "-").strip()


def page(code):
    """Give the page in a language."""
    return PAGES[code].read_text(encoding="utf-8")


def step(code, number):
    """Give the plain text of a step."""
    return plain(re.split(r"^## ", page(code), flags=re.M)[number])
