"""Every number that can be set, and every figure that is recorded, as they are declared; found by words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dashboards.method.text import say
from experiments.numbers import plain_number
from sim.text import LANGUAGES, language

if TYPE_CHECKING:
    from sim.quantities import Quantity

__all__ = ["Entry", "entries", "figure_rows", "found", "part_name", "parts", "plain", "rows"]


@dataclass(frozen=True)
class Entry:
    """One number: the table of a scenario file that it stands in, and what is declared of it."""

    part: str
    quantity: Quantity

    @property
    def key(self) -> str:
        """Where it stands in a scenario."""
        return f"{self.part}.{self.quantity.key}" if self.part != "scenario" else self.quantity.key


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Give all of them, in the order of the reference pages."""
    from experiments.reference import tables
    from sim.quantities import quantities

    return tuple(
        Entry(part, quantity) for part, (_, model) in tables().items() for quantity in quantities(model).values()
    )


def parts() -> tuple[str, ...]:
    """Give the parts of the model that have numbers."""
    return tuple(dict.fromkeys(entry.part for entry in entries()))


def part_name(part: str) -> str:
    """Name a part of the model."""
    named = {
        "population.traits": "traits", "firm.levers": "levers", "firm.levers.causes": "stances",
        "sector.commons": "commons", "sector.sharing": "sharing",
    }  # fmt: skip
    kind, _, rest = part.partition(".")
    if kind == "mechanisms":
        return say("method.parts.mechanism", name=rest)
    if part.endswith(")"):
        kind, _, inside = part.partition(" (")
        from experiments.text import CATALOGUE

        name = inside.rstrip(")")
        if kind == "event" and CATALOGUE.has(f"event.{name}"):
            name = CATALOGUE.say(f"event.{name}")
        return say(f"method.parts.{kind}", name=name)
    return say(f"method.parts.{named.get(part, part)}")


def plain(text: str) -> str:
    """Give a text for comparing: without accents and case."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe").replace("’", "'"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def _haystacks() -> Mapping[str, str]:
    return {
        entry.key: plain(
            " ".join(
                [
                    entry.key, entry.key.replace("_", " "), entry.quantity.source, entry.quantity.symbol,
                    *(entry.quantity.meaning[code] for code in LANGUAGES),
                ]
            )
        )
        for entry in entries()
    }  # fmt: skip


def found(words: str, part: str = "") -> list[Entry]:
    """Give the numbers in whose key, symbol, source or meaning, in either language, all words stand.

    One single letter is taken for a symbol, where there is such a one.
    """
    wanted = plain(words[:200]).split()
    chosen: Iterable[Entry] = (entry for entry in entries() if not part or entry.part == part)
    if len(wanted) == 1 and len(wanted[0]) <= 2:
        named = [entry for entry in chosen if plain(entry.quantity.symbol).split("_")[0] == wanted[0]]
        if named:
            return named
        chosen = (entry for entry in entries() if not part or entry.part == part)
    return [entry for entry in chosen if all(word in _haystacks()[entry.key] for word in wanted)]


def rows(chosen: Iterable[Entry]) -> list[dict[str, Any]]:
    """Put numbers into rows of a table."""
    from sim.quantities import UNITS

    return [
        {
            "meaning": entry.quantity.meaning[language()],
            "symbol": entry.quantity.symbol,
            "unit": UNITS[entry.quantity.unit][language()],
            "default": _default(entry.quantity.default),
            "range": _range(entry.quantity),
            "source": entry.quantity.source,
            "key": entry.key,
        }
        for entry in chosen
    ]


def _default(value: Any) -> str:
    from experiments.claims.where import setting_text

    if value is None:
        return "–"
    plain_value = value.model_dump() if hasattr(value, "model_dump") else value
    return setting_text("value", plain_value).partition(" = ")[2]


def _range(quantity: Quantity) -> str:
    from experiments.naming import choice_word

    if quantity.unit == "choice":
        return ", ".join(choice_word(quantity.key, option) for option in quantity.options)
    if quantity.unit == "switch" or (quantity.low is None and quantity.high is None):
        return ""
    low = "" if quantity.low is None else plain_number(quantity.low)
    high = "" if quantity.high is None else plain_number(quantity.high)
    return f"{low} … {high}".strip()


def figure_rows(words: str = "") -> list[dict[str, Any]]:
    """Put the figures in which all words stand into rows of a table."""
    from sim.figures import FIGURES
    from sim.quantities import UNITS

    wanted = plain(words[:200]).split()
    return [
        {
            "name": figure.name[language()],
            "meaning": figure.meaning[language()],
            "unit": UNITS[figure.unit][language()],
            "scope": say(f"method.scope.{figure.scope}"),
            "key": key,
        }
        for key, figure in FIGURES.items()
        if all(word in plain(" ".join([key, *figure.name.values(), *figure.meaning.values()])) for word in wanted)
    ]
