"""Levers, strategies, choices and cohorts by the names that people read, in the language of the context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.numbers import plain_number
from experiments.text import CATALOGUE, say

if TYPE_CHECKING:
    from sim.entities import Text

__all__ = [
    "alternative_name",
    "both_or_one",
    "choice_word",
    "item_name",
    "lever_name",
    "lever_value",
    "strategy_name",
]


def both_or_one(text: Text, otherwise: str = "") -> Text:
    """Give a text that has words in both languages: where those of one lack, the other's, else some other words."""
    return text.model_copy(update={"en": text.en or text.fr or otherwise, "fr": text.fr or text.en or otherwise})


def strategy_name(key: str) -> str:
    """Name a strategy."""
    return _word(f"strategy.{key}", key)


def lever_name(key: str) -> str:
    """Name a lever."""
    return _word(f"lever.{key}", key.replace("_", " "))


def lever_value(key: str, value: Any) -> str:
    """Give the value of a lever: a number, or the word of a choice."""
    return choice_word(key, value) if isinstance(value, str) else plain_number(value)


def choice_word(key: str, option: str) -> str:
    """Put one option of a choice, such as the mode of an offer, in words."""
    return _word(f"choice.{key}.{option}", option)


def item_name(scope: str, name: str, *, alone: bool = False) -> str:
    """Name what a figure is about: as the scenario does, but for those who belong to no cohort.

    Parameters
    ----------
    scope
        Of the figure.
    name
        As the record names it.
    alone
        Whether it is the only one of its kind: the rest of nothing is everyone.
    """
    from sim.entities import REST

    if scope == "cohort" and name == REST:
        return say("cohort.everyone" if alone else "cohort.rest")
    return name


def alternative_name(sector: Mapping[str, Any], kind: str) -> str:
    """Name the commons or the sharing market (`kind`) of a sector of a merged scenario."""
    return str(sector[kind].get("name") or say(f"alternative.{kind}_of", sector=sector["name"]))


def _word(key: str, default: str) -> str:
    return say(key) if CATALOGUE.has(key) else default
