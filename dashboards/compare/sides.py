"""What is compared: two to four markets, each from somewhere, made alike so that they meet the same luck."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sim.text import LANGUAGES, language

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = [
    "CONSUMERS", "FEWEST", "FUTURES", "LETTERS", "MOST", "Setup", "Side", "Unknown", "counterfactual_of",
    "library_side", "parse_sources", "query_of", "sentence_names", "side_of", "titles_of",
]  # fmt: skip

LETTERS = "ABCD"
"""Names of the markets that are compared, in their order."""
FEWEST, MOST = 2, len(LETTERS)
CONSUMERS = 2500
"""Simulated consumers of each market at most, as claims are tried with."""
FUTURES = (8, 16, 32, 64)
"""Numbers of futures to choose from."""
_LONGEST_SOURCE = 80


class Unknown(LookupError):
    """There is no such scenario any more."""


@dataclass(frozen=True)
class Side:
    """One market and where it comes from.

    Attributes
    ----------
    source
        ``library:NAME``; ``without:NAME``, the counterfactual of a claim; ``draft`` and ``baseline`` of the Lab;
        ``file:NAME``, which somebody has opened here.
    title
        What it is called, by language.
    scenario
        The market.
    """

    source: str
    title: Mapping[str, str]
    scenario: Scenario = field(repr=False)

    @property
    def name(self) -> str:
        """Its title in the language of the context."""
        return self.title.get(language()) or self.title.get(LANGUAGES[0]) or self.scenario.name


@dataclass(frozen=True)
class Setup:
    """What is run: markets in the order of their letters, futures, and consumers of each at most."""

    sides: tuple[Side, ...]
    futures: int = 16
    consumers: int = CONSUMERS

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """The markets by their letters, with one seed, one number of consumers and the weeks of the shortest.

        Raises
        ------
        ScenarioError
            One of them cannot be made like the first.
        """
        from experiments.answers.futures import alike

        scenarios = [side.scenario for side in self.sides]
        size = min(self.consumers, *(one.population.size for one in scenarios))
        made = alike(scenarios, consumers=size, weeks=min(one.horizon for one in scenarios))
        return dict(zip(LETTERS, made, strict=False))

    @property
    def weeks(self) -> int:
        """Weeks that all of them last."""
        return min(side.scenario.horizon for side in self.sides)

    @property
    def is_cut(self) -> bool:
        """Whether some of them would last longer."""
        return any(side.scenario.horizon > self.weeks for side in self.sides)

    @property
    def has_other_people(self) -> bool:
        """Whether the markets, as they are written, stand for different numbers of people or differ in their size."""
        return len({side.scenario.population.represents for side in self.sides}) > 1

    @cached_property
    def key(self) -> str:
        """The same for what gives the same runs."""
        digest = hashlib.sha256()
        for scenario in self.scenarios.values():
            digest.update(scenario.text_hash.encode())
        return f"{digest.hexdigest()}-{self.futures}"


def library_side(name: str) -> Side:
    """Give a scenario of the library.

    Raises
    ------
    Unknown
        There is none of that name.
    """
    from sim.scenario import library

    if name not in library():
        raise Unknown(name)
    scenario = _loaded(name)
    return Side(f"library:{name}", scenario.title.model_dump(), scenario)


def counterfactual_of(name: str, titled: Callable[[str, str], str]) -> Side:
    """Give the market that the claim of a scenario compares it with.

    Parameters
    ----------
    name
        Of the scenario.
    titled
        Gives its title from a language and the scenario's title in it.

    Raises
    ------
    Unknown
        There is no such scenario, or it makes no claim.
    """
    from sim.scenario import library

    found = _counterfactual(name) if name in library() else None
    if found is None:
        raise Unknown(name)
    titles = _loaded(name).title.model_dump()
    return Side(f"without:{name}", {code: titled(code, titles.get(code, name)) for code in LANGUAGES}, found)


@lru_cache(maxsize=64)
def _loaded(name: str) -> Scenario:
    from sim.scenario import load

    return load(name)


@lru_cache(maxsize=16)
def _counterfactual(name: str) -> Scenario | None:
    from experiments.claims.arms import Size, load_case

    case = load_case(name)
    if case is None:
        return None
    size = Size(case.base.population.size)
    return case.point(size).arms[-1].scenario


def side_of(source: str, known: Mapping[str, Side], titled: Callable[[str, str], str]) -> Side:
    """Give the market that a source names: one of those at hand, or one of the library.

    Raises
    ------
    Unknown
        There is none.
    """
    if source in known:
        return known[source]
    kind, _, name = source.partition(":")
    if kind == "library":
        return library_side(name)
    if kind == "without":
        return counterfactual_of(name, titled)
    raise Unknown(source)


def titles_of(sides: Sequence[Side]) -> dict[str, str]:
    """Name markets by their letters and titles: "B · Nova opens itself"."""
    return {letter: f"{letter} · {side.name}" for letter, side in zip(LETTERS, sides, strict=False)}


def sentence_names(sides: Sequence[Side]) -> dict[str, str]:
    """Name markets inside a sentence: "B (Nova opens itself)"."""
    return {letter: f"{letter} ({side.name})" for letter, side in zip(LETTERS, sides, strict=False)}


def parse_sources(query: str) -> tuple[str, ...]:
    """Read which markets a link asks for; what is junk is left out."""
    from urllib.parse import parse_qsl

    try:
        pairs = parse_qsl(query.lstrip("?")[:2000], max_num_fields=20)
    except ValueError:
        return ()
    values = dict(pairs)
    named = [values.get(letter.lower(), "")[:_LONGEST_SOURCE] for letter in LETTERS]
    return tuple(source for source in named if source)


def query_of(sources: Sequence[str]) -> str:
    """Write a link's query for markets; files that were opened here cannot be in it."""
    from urllib.parse import urlencode

    named = [source for source in sources if not source.startswith("file:")]
    return urlencode({letter.lower(): source for letter, source in zip(LETTERS, named, strict=False)}, safe=":")
