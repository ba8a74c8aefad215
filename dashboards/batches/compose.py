"""An experiment put together from choices: a scenario, what is varied in it, and how large; it becomes a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from dashboards.batches.files import Bundle
from dashboards.batches.shelf import plain_name
from dashboards.batches.text import in_all, say
from sim.text import language

if TYPE_CHECKING:
    from sim.quantities import Quantity
    from sim.scenario import Scenario

__all__ = ["MOST_FACTORS", "Knob", "Varied", "composed", "groups_of", "knobs_in", "knobs_of"]

MOST_FACTORS = 8
_AROUND = 0.25
_LONGEST_NAME = 60
_MARKET = "market.toml"


@dataclass(frozen=True)
class Knob:
    """One number of a scenario that can be varied.

    Attributes
    ----------
    key
        As for ``--set``.
    group
        What it belongs to: a firm's name, or a table of the scenario.
    name
        What it is called, by language.
    role
        ``lever`` for what a firm can choose, ``uncertainty`` for all else.
    low, high
        A range to begin with, around what it is now.
    least, most
        What it can be at all.
    now
        What it is.
    is_whole
        Whether it is a whole number.
    """

    key: str
    group: str
    name: tuple[str, str]
    role: Literal["lever", "uncertainty"]
    low: float
    high: float
    least: float
    most: float
    now: float
    is_whole: bool

    def label(self) -> str:
        """Name it in the language of the context."""
        return self.name[0 if language() == "en" else 1]

    def full_name(self) -> str:
        """Name it with the firm whose it is, in the language of the context."""
        return f"{self.label()} ({self.group})" if self.role == "lever" else self.label()


@dataclass(frozen=True)
class Varied:
    """A number that is varied between two ends."""

    knob: Knob
    low: float
    high: float

    def table(self) -> dict[str, Any]:
        """Give it as a factor of an experiment file."""
        found: dict[str, Any] = {"role": self.knob.role, "key": self.knob.key}
        if self.knob.is_whole:
            ends = {"distribution": "integer", "low": round(self.low), "high": round(self.high)}
            return {**found, "range": ends}
        return {**found, "low": float(self.low), "high": float(self.high)}


def composed(
    scenario: str,
    title: str,
    varied: Sequence[Varied],
    *,
    points: int,
    replicates: int,
    consumers: int,
    market: str = "",
) -> Bundle:
    """Make the file of an experiment: Sobol' points over all that is varied.

    Parameters
    ----------
    scenario, title
        The scenario's name and title.
    varied
        At least one.
    points
        A power of two.
    replicates, consumers
        Of the runs.
    market
        The scenario's file, where it is none of the library's: it lies beside the experiment then.
    """
    from experiments.toml_text import toml_text

    def story() -> str:
        names = ", ".join(one.knob.full_name() for one in varied)
        return say("batches.compose.story", count=len(varied), names=names, scenario=title)

    own_names = [one.knob.full_name()[:_LONGEST_NAME].strip() for one in varied]
    data = {
        "schema_version": 1,
        "title": in_all(lambda: say("batches.compose.titled", scenario=title)),
        "story": in_all(story),
        "arm": [{"scenario": _MARKET, "name": title[:_LONGEST_NAME]}] if market else [{"scenario": scenario}],
        "factor": [
            one.table() | ({"name": name} if own_names.count(name) == 1 else {})
            for one, name in zip(varied, own_names, strict=True)
        ],
        "design": {"kind": "sobol", "size": points},
        "runs": {"replicates": replicates, "consumers": consumers},
    }
    file = f"{plain_name(f'{scenario}-varied')}.toml"
    beside = {_MARKET: market} if market else {}
    return Bundle(file, {file: toml_text(data), **beside})


@lru_cache(maxsize=16)
def knobs_of(scenario: str) -> tuple[Knob, ...]:
    """Give what can be varied in a scenario of the library."""
    from sim.scenario import load

    return knobs_in(load(scenario))


def knobs_in(market: Scenario) -> tuple[Knob, ...]:
    """Give what can be varied in a scenario."""
    from sim.levers import Levers
    from sim.network import Network
    from sim.quantities import quantities
    from sim.scenario import Mechanisms

    data = market.as_file()
    found: list[Knob] = []
    for firm in market.firms:
        for name, one in quantities(Levers).items():
            knob = _knob(data, _firm_key(firm.name, name), firm.name, one, "lever")
            found += [] if knob is None else [knob]
    for name, one in quantities(Network).items():
        knob = _knob(data, f"network.{name}", "network", one, "uncertainty")
        found += [] if knob is None else [knob]
    found += _traits(data)
    for table, field in Mechanisms.model_fields.items():
        model: Any = field.annotation
        for name, one in quantities(model).items():
            knob = _knob(data, f"mechanisms.{table}.{name}", f"mechanisms.{table}", one, "uncertainty")
            found += [] if knob is None else [knob]
    return tuple(found)


def groups_of(knobs: Sequence[Knob]) -> list[tuple[str, str]]:
    """Give the groups of what can be varied, with their names in the language of the context."""
    groups = dict.fromkeys(knob.group for knob in knobs)
    return [(group, _group_name(group)) for group in groups]


def _group_name(group: str) -> str:
    if group in ("network", "population"):
        return say(f"batches.compose.{group}")
    if group.startswith("mechanisms."):
        return say("batches.compose.mechanism", name=group.partition(".")[2].replace("_", " "))
    return say("batches.compose.firm", name=group)


def _firm_key(firm: str, lever: str) -> str:
    from sim.keys import join_key

    return join_key(("firm", firm, "levers", lever))


def _traits(data: Any) -> list[Knob]:
    """Give the medians of traits that differ between consumers."""
    from sim.quantities import quantities
    from sim.traits import Traits

    found = []
    for name, one in quantities(Traits).items():
        for end in ("median", "mean", "value"):
            knob = _knob(data, f"population.traits.{name}.{end}", "population", one, "uncertainty")
            if knob is not None:
                found.append(knob)
                break
    return found


def _knob(data: Any, key: str, group: str, one: Quantity, role: Literal["lever", "uncertainty"]) -> Knob | None:
    from experiments.settable import is_fixed
    from sim.keys import found_at, split_key

    now = found_at(data, split_key(key)[0])
    if isinstance(now, bool) or not isinstance(now, int | float) or is_fixed(key) or one.options:
        return None
    is_whole = isinstance(now, int) and isinstance(one.default, int)
    least, most = one.least, one.most
    if least == 0 and most == 1:
        low, high = max(0.0, now - _AROUND), min(1.0, now + _AROUND)
    else:
        low, high = sorted((now * (1 - _AROUND), now * (1 + _AROUND)))
        if now == 0:
            high = 1.0
    low, high = max(least, _rounded(low)), min(most, _rounded(high))
    if is_whole:
        low, high = float(int(low)), float(max(int(high), int(low) + 1))
    names = (_named(key, one, "en"), _named(key, one, "fr"))
    return Knob(key, group, names, role, low, high, least, most, float(now), is_whole)


def _named(key: str, one: Quantity, code: str) -> str:
    from experiments.naming import lever_name
    from sim.text import use_language

    if ".levers." in key:
        with use_language(code):
            return lever_name(one.key)
    meaning = one.meaning[code].partition(" (")[0].partition(";")[0].strip()
    return meaning if len(meaning) <= 90 else f"{meaning[:89]}…"


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
