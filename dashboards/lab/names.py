"""What levers and their groups are called, in the language of the context."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dashboards.declared import Setting
from dashboards.lab.text import CATALOGUE, say
from experiments import naming
from experiments.text import CATALOGUE as texts_of_experiments
from sim.text import language, use_language

__all__ = ["CENTRES_OF_TRAITS", "capital", "group_title", "label", "own_name"]

CENTRES_OF_TRAITS = {"median", "mean", "value"}
"""Numbers of a distribution that say where it lies: a lever of one is named by what is distributed."""


@lru_cache(maxsize=20_000)
def label(setting: Setting, code: str) -> str:
    """Name a setting in a language; one of an event or a change says which of them."""
    with use_language(code):
        path = setting.path
        name = own_name(setting)
        if path[0] == "schedule":
            return say("levers.scheduled", number=int(path[1]) + 1, lever=name)
        if path[0] == "event":
            return say("levers.of_event", number=int(path[1]) + 1, lever=name)
        return name


def own_name(setting: Setting) -> str:
    """Name a setting by itself."""
    path, quantity = setting.path, setting.quantity
    last = str(path[-1])
    own = ".".join(str(part) for part in path if not isinstance(part, int))
    if last in ("proclaimed", "conduct"):
        return say(f"levers.{last}", cause=str(path[-2]))
    if path[0] in ("firm", "schedule") and CATALOGUE.has(f"name.{last}"):
        return say(f"name.{last}")
    if path[0] in ("firm", "schedule") and texts_of_experiments.has(f"lever.{last}"):
        return capital(naming.lever_name(last))
    if setting.kind == "reference":
        return say(f"reference.{last}")
    if setting.kind == "shape":
        return say("levers.shape", of=_subject(path[:-1], quantity))
    if CATALOGUE.has(f"shape.number.{last}") and quantity is not None and _is_inside_distribution(path):
        if last in CENTRES_OF_TRAITS:
            return _subject(path[:-1], setting.of)
        return say("levers.number_of", of=_subject(path[:-1], setting.of), number=say(f"shape.number.{last}"))
    if isinstance(path[-1], int):
        return say("levers.coordinate", number=int(path[-1]) + 1)
    if CATALOGUE.has(f"name.{own}"):
        return say(f"name.{own}")
    if setting.kind == "table":
        return say(f"table.{last}") if CATALOGUE.has(f"table.{last}") else _subject(path, quantity)
    if last == "enabled":
        return say("levers.enabled", mechanism=say(f"mechanism.{path[1]}"))
    return _short(quantity.meaning[language()]) if quantity is not None else capital(last.replace("_", " "))


def _is_inside_distribution(path: Sequence[str | int]) -> bool:
    return "traits" in path or (len(path) > 2 and path[-2] in ("purchase_rate", "values"))


def _subject(path: Sequence[str | int], quantity: Any) -> str:
    """Name what a distribution is of."""
    last = str(path[-1])
    key = f"trait.{last}"
    if CATALOGUE.has(key):
        return say(key)
    return _short(quantity.meaning[language()]) if quantity is not None else last


def _short(meaning: str) -> str:
    """Cut an explanation to what comes before its remarks."""
    for mark in (" (", " : ", ": ", " ; ", "; "):
        meaning = meaning.split(mark)[0]
    return meaning


def capital(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def group_title(group: str) -> str:
    """Name a group in the language of the context."""
    kind, _, name = group.partition(":")
    if kind == "mechanism":
        return say(f"mechanism.{name}")
    return say(f"group.{kind}", name=name) if name else say(f"group.{kind}")
