"""What a visitor of the page has chosen and what was found; one of each for every page that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import solara

from dashboards.app import session
from dashboards.app.background import Work
from dashboards.compare.asking import When
from dashboards.compare.sides import Setup, Side, Unknown, library_side, side_of
from dashboards.compare.text import say
from sim.problems import InputError
from sim.text import LANGUAGES, language, use_language

if TYPE_CHECKING:
    from dashboards.compare.runs import Ran
    from experiments.answers.asked import Asked
    from experiments.answers.explain import Explained

__all__ = [
    "DEFAULT", "MOST_FILES", "asked", "at_hand", "explained", "files", "futures", "ran", "running", "side", "sources",
    "spare", "titled", "week", "why", "why_depth", "why_group", "why_of",
]  # fmt: skip

DEFAULT = ("library:baseline", "library:sincere_opening")
MOST_FILES = 4
"""Files that are open at once."""

sources: solara.Reactive[tuple[str, ...]] = solara.reactive(())
"""Where the markets come from, in the order of their letters; empty before anything was chosen."""
files: solara.Reactive[dict[str, Side]] = solara.reactive({})
futures: solara.Reactive[int] = solara.reactive(16)
ran: solara.Reactive[Ran | None] = solara.reactive(None)
"""The runs that are shown."""
asked: solara.Reactive[tuple[str, str, When] | None] = solara.reactive(None)
"""Figure, what it is of, and what is made of its weeks; None for what the markets themselves suggest."""
week: solara.Reactive[int] = solara.reactive(52)
explained: solara.Reactive[tuple[Setup, int, Asked, Explained] | None] = solara.reactive(None)
"""An explanation, with what it is about: the markets, which of them, and the number."""
why_of: solara.Reactive[int] = solara.reactive(1)
why_depth: solara.Reactive[str] = solara.reactive("quick")
why_group: solara.Reactive[str] = solara.reactive("change")

running = Work()
why = Work()


def titled(code: str, title: str) -> str:
    """Name the counterfactual of a scenario."""
    with use_language(code):
        return say("compare.without", title=title)


def at_hand() -> dict[str, Side]:
    """Give the markets that are no scenario of the library: those of the Lab, and the files that were opened here."""
    found: dict[str, Side] = {}
    for kind in ("baseline", "draft"):
        draft = getattr(session, kind).value
        try:
            scenario = draft.scenario
        except InputError:  # no market yet; the Lab says what is wrong with it
            continue
        titles = {}
        for code in LANGUAGES:
            with use_language(code):
                titles[code] = say(f"compare.{kind}", title=draft.title_in(code))
        found[kind] = Side(kind, titles, scenario)
    return found | files.value


def side(source: str) -> Side | None:
    """Give the market of a source; None if there is none any more."""
    try:
        return side_of(source, at_hand(), titled)
    except Unknown:
        return None


def options() -> list[tuple[str, str]]:
    """Give all markets that can be chosen, by source and name: those at hand, then the library."""
    from sim.scenario import library

    chosen = [(source, one.name) for source, one in at_hand().items()]
    for source in sources.value:
        name = source.partition(":")[2]
        extra = f"without:{name}"
        known = [key for key, _ in chosen]
        if source.startswith(("library:", "without:")) and extra not in known:
            other = side(extra)
            if other is not None:
                chosen.append((extra, other.name))
    names = [(f"library:{name}", library_side(name).name) for name in library()]
    return [*chosen, *sorted(names, key=lambda one: _alphabetic(one[1], language()))]


def spare() -> str | None:
    """Give a market to add: of those not chosen, one where the same firms meet as in the first, if there is one."""
    known = [key for key, _ in options() if key not in sources.value]
    first = side(sources.value[0]) if sources.value else None
    firms = _firms(first)
    return next((key for key in known if _firms(side(key)) == firms), known[0] if known else None)


def _firms(of: Side | None) -> frozenset[str]:
    return frozenset() if of is None else frozenset(firm.name for firm in of.scenario.firms)


def _alphabetic(text: str, code: str) -> str:
    import unicodedata

    bare = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
