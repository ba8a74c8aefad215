"""The Vue components of the Market page, and what they are handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboards.components.vue import vue
from dashboards.market.branches import Branch, injection_words
from dashboards.market.recording import ROLES, Recording
from dashboards.market.series import Panel, colour_of
from dashboards.market.text import CATALOGUE, say
from experiments.numbers import count
from experiments.report.events import marks
from sim.text import language

__all__ = ["FlowsView", "NetworkView", "Player", "StoryView", "WeeksView", "words_of"]

_SHAPES = {"quiet": "ring", "zapper": "disc", "contributor": "square", "for": "up", "against": "down"}
_COLOURS = {
    "quiet": "--muted",
    "zapper": "--firm-1",
    "contributor": "--accent",
    "for": "--m-for",
    "against": "--m-against",
}
_SIZES = {"quiet": 0.74, "zapper": 1.0, "contributor": 1.1, "for": 1.3, "against": 1.3}
_PALE = {"quiet": 0.6, "zapper": 0.72, "contributor": 1.0, "for": 1.0, "against": 1.0}


@vue("player.vue")
def _Player(
    future: str, payload: str, weeks: int, begin: int, marks: list[dict[str, Any]], texts: dict[str, str], lang: str,
    event_week: Callable[[int], None],
) -> None: ...  # fmt: skip


@vue("network.vue")
def _Network(
    future: str, size: int, sector: int, suppliers: list[dict[str, Any]], roles: list[dict[str, Any]],
    modes: list[list[str]], has_change: bool, chosen: int, texts: dict[str, str], lang: str,
    event_follow: Callable[[int], None],
) -> None: ...  # fmt: skip


@vue("story.vue")
def _Story(
    future: str, story: str, weeks: int, sector: int, sectors: list[int], suppliers: list[dict[str, Any]],
    roles: list[dict[str, Any]], texts: dict[str, str], lang: str, event_follow: Callable[[int], None],
) -> None: ...  # fmt: skip


@vue("flows.vue")
def _Flows(
    future: str, sector: int, suppliers: list[dict[str, Any]], choices: list[list[str]], event_at: int,
    texts: dict[str, str], lang: str,
) -> None: ...  # fmt: skip


@vue("weeks.vue")
def _Weeks(
    panels: list[dict[str, Any]], weeks: int, marks: list[dict[str, Any]], framed: bool, lang: str
) -> None: ...  # fmt: skip


def words_of(table: str, **values: object) -> dict[str, str]:
    """Give all texts of one table of the catalogue by the last part of their keys; others' placeholders stay."""
    prefix = f"{table}."
    texts = CATALOGUE.texts(language())
    found = {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}
    for name, value in values.items():
        found = {key: text.replace("{" + name + "}", str(value)) for key, text in found.items()}
    return found


def Player(
    future: str, payload: str, recording: Recording, begin: int, branch: Branch | None, on_week: Callable[[int], None]
) -> Any:
    """Put the player: it holds the future that all other parts show."""

    def turned(given: Any) -> None:
        if isinstance(given, int) and 0 <= given <= recording.weeks:
            on_week(given)

    return _Player(
        future=future, payload=payload, weeks=recording.weeks, begin=begin, marks=_marks(recording, branch),
        texts=words_of("market.player", weeks=recording.weeks), lang=language(), event_week=turned,
    )  # fmt: skip


def NetworkView(
    future: str, recording: Recording, sector: int, has_change: bool, chosen: int, on_follow: Callable[[int], None]
) -> Any:
    """Put the peer network."""
    keys = ["role", "supplier", *(["community"] if _has_communities(recording) else [])]
    keys += ["change"] if has_change else []
    texts = words_of("market.network", size=count(recording.size))
    return _Network(
        future=future, size=recording.size, sector=sector, suppliers=_suppliers(recording), roles=_roles(),
        modes=[[key, texts[f"by_{key}"]] for key in keys], has_change=has_change, chosen=chosen,
        texts=texts, lang=language(), event_follow=_followed(recording, on_follow),
    )  # fmt: skip


def StoryView(future: str, recording: Recording, sector: int, story: str, on_follow: Callable[[int], None]) -> Any:
    """Put the story of the consumer that is followed."""
    return _Story(
        future=future, story=story, weeks=recording.weeks, sector=sector, sectors=list(range(len(recording.sectors))),
        suppliers=_suppliers(recording), roles=_roles(), texts=words_of("market.story", size=count(recording.size)),
        lang=language(), event_follow=_followed(recording, on_follow),
    )  # fmt: skip


def FlowsView(future: str, recording: Recording, sector: int, event_at: int | None) -> Any:
    """Put the flows of consumers between suppliers; `event_at` is the week before a branch's event."""
    keys = ["month", "quarter", "year", *(["event"] if event_at is not None else [])]
    texts = words_of("market.flows")
    return _Flows(
        future=future, sector=sector, suppliers=_suppliers(recording),
        choices=[[key, texts[f"from_{key}"]] for key in keys],
        event_at=event_at or 0, texts=texts, lang=language(),
    )  # fmt: skip


def WeeksView(
    panels: Sequence[Panel], recording: Recording, branch: Branch | None = None, *, framed: bool = True
) -> Any:
    """Put lines over the weeks, with the player's cursor."""
    return _Weeks(
        panels=[panel.as_data() for panel in panels], weeks=recording.weeks, marks=_marks(recording, branch),
        framed=framed, lang=language(),
    )  # fmt: skip


def _followed(recording: Recording, on_follow: Callable[[int], None]) -> Callable[[Any], None]:
    def chosen(given: Any) -> None:
        if isinstance(given, int) and -1 <= given < recording.size:
            on_follow(given)

    return chosen


def _marks(recording: Recording, branch: Branch | None) -> list[dict[str, Any]]:
    """Give what happens when; what a branch adds is told apart."""
    document: Mapping[str, Any] = recording.scenario.as_file()
    found = [
        {"week": mark.week, "text": mark.text[language()], "branch": False}
        for mark in marks(document)
        if branch is None or mark.week != branch.week
    ]
    if branch is not None:
        found.append({"week": branch.week, "text": injection_words(branch), "branch": True})
    return sorted(found, key=lambda mark: int(mark["week"]))


def _suppliers(recording: Recording) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "name": one.name,
            "sector": one.sector,
            "kind": one.kind,
            "colour": colour_of(recording, place),
        }
        for place, one in enumerate(recording.suppliers)
    ]


def _roles() -> list[dict[str, Any]]:
    return [
        {
            "name": say(f"market.role.{key}"), "help": say(f"market.role_help.{key}"), "colour": _COLOURS[key],
            "shape": _SHAPES[key], "size": _SIZES[key], "pale": _PALE[key],
            "pulse": key not in {"quiet", "zapper"}, "militant": key in {"for", "against"},
        }
        for key in ROLES
    ]  # fmt: skip


def _has_communities(recording: Recording) -> bool:
    return bool((recording.channels["community"] != 255).any())
