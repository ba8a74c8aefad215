"""Levers, made from the scenario's own declarations: everything that can be set has one.

They come in three families: your firm; the market and its consumers; rivals and events. A few are in sight, the rest is
found by searching, in both languages and with or without accents, or by going through the groups.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from dashboards.declared import Kind, Setting, value_at
from dashboards.lab.names import CENTRES_OF_TRAITS, capital, group_title, label, own_name
from dashboards.lab.ranges import Range, on_grid, range_of, step_for
from dashboards.lab.shapes import table_of
from dashboards.lab.text import CATALOGUE, say
from dashboards.markets import Draft
from experiments import naming
from sim.keys import join_key
from sim.quantities import Quantity
from sim.text import LANGUAGES, language, use_language
from sim.traits import BOUNDS

__all__ = [
    "FAMILIES", "Family", "Lever", "common", "group_title", "groups", "label_in", "levers_of", "moved", "option_text",
    "search", "table_of",
]  # fmt: skip

Family = Literal["you", "market", "rivals"]
FAMILIES: tuple[Family, ...] = ("you", "market", "rivals")

_PERCENT = {"share", "probability", "rate"}
_RUN = {"horizon", "seed", "figures"}
_YOUR_COMMON = ("price", "openness", "sharing", "facilitation")
_TRAITS_IN_SIGHT = ("price_sensitivity", "peer_trust", "inertia", "threshold")
_CENTRES = ("median", "mean", "value", "minimum", "low")
_RIVALS_IN_SIGHT = 3
_TOPICS: dict[str, tuple[str, ...]] = {
    "offer": ("price", "mode", "claimed_quality", "feature", "display", "service", "research", "launches"),
    "opening": (
        "openness", "sharing", "proclaimed_openness", "proclaimed_sharing", "facilitation", "power_sharing",
        "selectivity", "open_files", "hosting", "suggestion_box",
    ),
    "community": ("play", "recognition", "reward", "ambassadors", "brand_push"),
    "answers": ("validation_layers", "autonomy"),
}  # fmt: skip


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    setting
        What it sets.
    family, group
        Where it is found; a group is a word of the catalogue, or ``firm:NAME`` and the like.
    range
        Of a number: where it moves.
    factor
        What its values are multiplied with to be shown: 100 for shares.
    """

    setting: Setting
    family: Family
    group: str
    range: Range | None = None
    factor: float = 1.0

    @property
    def key(self) -> str:
        """The key that it sets."""
        return self.setting.key

    @property
    def kind(self) -> Kind:
        """What sort of value it takes."""
        return self.setting.kind

    @property
    def label(self) -> str:
        """Its name in the language of the context."""
        return label(self.setting, language())

    @property
    def bare_label(self) -> str:
        """Its name alone, where it stands below what it is of."""
        return own_name(self.setting)

    @property
    def full_label(self) -> str:
        """Its name, with that of the firm that it is of, where that is not yours."""
        kind, _, firm = self.group.partition(":")
        return say("levers.of_firm", firm=firm, lever=self.label) if kind == "firm" else self.label

    @property
    def help(self) -> str:
        """What it means, its symbol and where its default comes from, in the language of the context."""
        quantity = self.setting.quantity
        if quantity is None:
            return ""
        declared = [one for one in (self.setting.of, quantity) if one is not None]
        parts = [one.meaning[language()] for one in declared]
        symbol, source = declared[0].symbol, declared[0].source
        if symbol:
            parts.append(say("levers.symbol", symbol=symbol))
        if source:
            parts.append(say("levers.source", source=source))
        return " · ".join(parts)

    @property
    def unit(self) -> str:
        """Its unit, short, in the language of the context."""
        quantity = self.setting.quantity
        if quantity is None or self.setting.path[-1] in ("week", "until", "enters"):
            return ""
        key = f"unit.{'percent' if self.factor == 100 else quantity.unit}"
        return say(key) if CATALOGUE.has(key) else ""


def levers_of(draft: Draft) -> Mapping[str, Lever]:
    """Give every lever of a market by its key, in the order of the declarations; ranges are those of its beginning."""
    shape = tuple((setting.key, setting.kind, setting.options) for setting in draft.settings.values())
    return _levers(shape, draft.you, draft.base.text_hash, draft.horizon, _Held(draft))


class _Held:
    """A draft that is not looked at when a cache compares its arguments."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _levers(shape: object, you: str, base: str, horizon: int, held: _Held) -> Mapping[str, Lever]:
    draft = held.draft
    data = draft.laid_out
    typical = _typical_spend(data)
    found = {}
    for key, setting in draft.settings.items():
        family, group = _place(setting, data, you)
        quantity, reach, factor = _bounded(setting), None, 1.0
        if quantity is not None and setting.kind in ("number", "integer"):
            now = draft.base_or_added(key)
            if now is None:
                now = value_at(data, setting.path)
            usual = typical if quantity.unit == "currency_per_week" else 0.0
            whole = setting.kind == "integer"
            reach = _special(setting, data) or range_of(quantity, _number(now), whole=whole, typical=usual)
            factor = 100.0 if quantity.unit in _PERCENT else 1.0
        found[key] = Lever(setting, family, group, reach, factor)
    return found


def _bounded(setting: Setting) -> Quantity | None:
    """Give the declaration of a setting, with the bounds of the trait where it is the centre of its distribution."""
    quantity, path = setting.quantity, setting.path
    if quantity is None or setting.of is None or path[-1] not in CENTRES_OF_TRAITS:
        return quantity
    low, high = BOUNDS.get({"purchase_rate": "rate"}.get(str(path[-2]), str(path[-2])), (-math.inf, math.inf))
    return replace(quantity, low=max(quantity.least, low), high=min(quantity.most, high), excludes_low=False)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _special(setting: Setting, data: Mapping[str, Any]) -> Range | None:
    """Choose a range where more is known than the declaration says."""
    path = setting.path
    horizon = max(2, int(data["horizon"]))
    if path[0] in ("event", "schedule", "firm") and path[-1] in ("week", "until", "enters"):
        return Range(2 if path[-1] == "until" else 1, horizon, 1)
    if path[-1] == "place" or (len(path) > 1 and path[-2] == "place"):
        return Range(-4, 4, 0.1)
    if path[-1] == "price" and path[0] in ("firm", "schedule"):
        row = data["firm"][path[1]] if path[0] == "firm" else None
        if row is None:
            named = data["schedule"][path[1]]["firm"]
            row = next((firm for firm in data["firm"] if firm["name"] == named), data["firm"][0])
        price = float(row["levers"]["price"])
        sectors = {sector["name"]: float(sector["reference_price"]) for sector in data["sector"]}
        reference = sectors.get(row["sector"], price)
        low, high = min(price, reference) * 0.4, max(price, reference) * 2
        return on_grid(low, high, step_for(high) / 2, price)
    return None


def _typical_spend(data: Mapping[str, Any]) -> float:
    """Estimate what a firm that spends much on one thing spends a week: a hundredth of what a firm takes in."""
    sector = data["sector"][0]
    rate = sector["purchase_rate"]
    mean = next((float(rate[key]) for key in ("mean", "median", "value", "high", "minimum") if key in rate), 0.4)
    income = float(data["population"]["represents"]) * mean * float(sector["reference_price"])
    return max(1.0, 0.03 * income / max(1, len(data["firm"])))


def _place(setting: Setting, data: Mapping[str, Any], you: str) -> tuple[Family, str]:
    """Find the family and the group of a setting."""
    path = setting.path
    top = str(path[0])
    if top == "firm":
        firm = data["firm"][path[1]]["name"]
        if firm != you:
            return "rivals", f"firm:{firm}"
        if path[2] == "levers":
            if path[3] == "causes":
                return "you", "stances"
            return "you", next((topic for topic, keys in _TOPICS.items() if path[3] in keys), "offer")
        return "you", "start"
    if top in ("event", "schedule"):
        is_yours = top == "schedule" and data["schedule"][path[1]]["firm"] == you
        return ("you", "schedule") if is_yours else ("rivals", "happenings")
    if top in ("sector", "cause", "cohort"):
        return "market", f"{top}:{data[top][path[1]]['name']}"
    if top == "mechanisms":
        return "market", f"mechanism:{path[1]}"
    if top in _RUN or path[1:] in (("size",), ("represents",)):
        return "market", "run"
    if top == "population":
        return "market", "traits" if len(path) > 1 and path[1] == "traits" else "population"
    return "market", top


# --- names ------------------------------------------------------------------------------------------------


def label_in(draft: Draft, lever: Lever) -> str:
    """Name a lever in a draft: of what you have planned, from when on; of others, whose it is."""
    path = lever.setting.path
    if path[0] != "schedule" or path[-1] in ("week", "until", "firm"):
        return lever.full_label
    name = own_name(lever.setting)
    return say("levers.from_week", lever=name, week=draft.laid_out["schedule"][path[1]]["week"])


def option_text(lever: Lever, option: str) -> str:
    """Name one of the values of a choice."""
    last = str(lever.setting.path[-1])
    if lever.kind == "shape":
        return say(f"shape.{option}")
    if last == "strategy":
        return capital(naming.strategy_name(option))
    key = f"choice.{last}.{option}"
    return say(key) if CATALOGUE.has(key) else capital(naming.choice_word(last, option))


# --- which ones -------------------------------------------------------------------------------------------


def common(draft: Draft) -> dict[Family, list[Lever]]:
    """Give the levers that are in sight, by family.

    For a lever that the scenario's schedule sets, what it sets it to; where you have planned a change, both.
    """
    levers, data = levers_of(draft), draft.laid_out
    you = next((firm for firm in data["firm"] if firm["name"] == draft.you), data["firm"][0])
    own = ("firm", you["name"])
    keys: dict[Family, list[str]] = {"you": [join_key((*own, "strategy"))], "market": [], "rivals": []}
    changes = [one for one in draft.happenings if one.table == "schedule"]
    theirs = sum(1 for one in draft.beginning if one.table == "schedule")
    for name in _YOUR_COMMON:
        later = next(
            (
                place
                for place, change in enumerate(changes)
                if change.is_on and change.firm == you["name"] and "until" not in change.data and name in change.data
            ),
            None,
        )
        key = join_key((*own, "levers", name))
        is_changed = any(changed == key for changed, _ in draft.changes)
        if later is None or later >= theirs or is_changed:
            keys["you"].append(key)
        if later is not None:
            keys["you"].append(f"schedule.{later}.{name}")
    for trait in _TRAITS_IN_SIGHT:
        table = data["population"]["traits"][trait]
        centre = next(name for name in _CENTRES if name in table)
        keys["market"].append(f"population.traits.{trait}.{centre}")
    rivals = [firm for firm in data["firm"] if firm["name"] != you["name"]]
    rivals.sort(key=lambda firm: firm["sector"] != you["sector"])
    keys["rivals"] = [join_key(("firm", firm["name"], "strategy")) for firm in rivals[:_RIVALS_IN_SIGHT]]
    return {family: [levers[key] for key in names if key in levers] for family, names in keys.items()}


def groups(draft: Draft) -> dict[Family, dict[str, list[Lever]]]:
    """Give all levers by family and group, in the order of the declarations."""
    found: dict[Family, dict[str, list[Lever]]] = {family: {} for family in FAMILIES}
    for lever in levers_of(draft).values():
        found[lever.family].setdefault(lever.group, []).append(lever)
    return found


def search(draft: Draft, words: str, limit: int = 40) -> list[Lever]:
    """Find levers by words of their names, explanations, groups or keys, in any language, the best first."""
    wanted = _folded(words[:200]).split()
    if not wanted:
        return []
    found = []
    for place, lever in enumerate(levers_of(draft).values()):
        names, all_words = _searched(lever.setting, lever.group)
        if all(word in all_words for word in wanted):
            score = sum((f" {word}" in names) * 2 + (word in names) for word in wanted)
            found.append((-score, FAMILIES.index(lever.family), place, lever))
    return [lever for *_, lever in sorted(found, key=lambda one: one[:3])[:limit]]


@lru_cache(maxsize=20_000)
def _searched(setting: Setting, group: str) -> tuple[str, str]:
    names, more = [], [setting.key.replace("_", " "), setting.key]
    for code in LANGUAGES:
        with use_language(code):
            names.append(label(setting, code))
            more.append(group_title(group))
    for quantity in (setting.quantity, setting.of):
        if quantity is not None:
            more += [quantity.symbol, quantity.source, *quantity.meaning.values()]
    plain = " " + _folded(" ".join(names))
    return plain, plain + " " + _folded(" ".join(more))


def _folded(text: str) -> str:
    """Give a text without accents and capitals."""
    split = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


# --- moving them ------------------------------------------------------------------------------------------


def moved(draft: Draft, lever: Lever, value: Any) -> Draft:
    """Give a draft with a lever at another value; the value is as a scenario has it (0.3, not 30 %).

    A number is held to its bounds. Another kind of distribution keeps centre and spread; a table that is switched on
    begins with its defaults.
    """
    key = lever.key
    if lever.kind == "shape":
        table_key = key.rpartition(".")[0]
        return draft.with_change(table_key, table_of(str(value), value_at(draft.laid_out, lever.setting.path[:-1])))
    if lever.kind == "table":
        return draft.with_change(key, _new_table(draft, lever) if value else None)
    if value is None:
        return draft.with_change(key, None) if lever.setting.is_optional else draft
    if lever.kind in ("choice", "reference"):
        return draft.with_change(key, str(value)) if str(value) in lever.setting.options else draft
    if lever.kind == "switch":
        return draft.with_change(key, bool(value))
    quantity = _bounded(lever.setting)
    number = float(value)
    if quantity is not None:
        number = min(max(number, quantity.least), quantity.most)
    return draft.with_change(key, round(number) if lever.kind == "integer" else float(f"{number:.10g}"))


def _new_table(draft: Draft, lever: Lever) -> dict[str, Any]:
    last = str(lever.setting.path[-1])
    traits = draft.laid_out["population"]["traits"]
    return dict(traits[last]) if lever.setting.path[0] == "cohort" and last in traits else {}
