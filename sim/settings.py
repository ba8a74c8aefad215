"""Single values given from outside: ``--set firm.Nova.levers.price=9.5``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sim.inheritance import CHOOSERS, graft
from sim.keys import KeyFormError, element_name, element_position, found_at, join_key, split_key
from sim.problems import SETTING, Place, Problem, ScenarioError, advice, shown
from sim.text import say
from sim.toml_files import Document, is_too_large, parse, paths
from sim.toml_lines import DEEPEST, KeyPath

_NOT_SETTABLE = ("extends", "clear", "claim")
_PLACE = Place(SETTING)


def apply_settings(
    document: Document,
    settings: Mapping[str, object] | Sequence[str],
    defaults: Callable[[], Mapping[str, Any]] = dict,
) -> Document:
    """Give a document in which some values are replaced.

    Parameters
    ----------
    document
        The document; it is left as it is.
    settings
        ``key=value`` texts, or a mapping from keys to values. A key is dotted; an element of an array of
        tables goes by its name, or by its position from 0 (``event.0.week``); a name with a dot stands in
        quotes. A value is written as in TOML; what is not TOML is taken as a text.
    defaults
        Gives what holds where the document says nothing. Only a table whose other keys depend on a word in it, such as
        a distribution, is taken from there: one number of it means nothing without the rest.

    Raises
    ------
    ScenarioError
        A setting has not the form ``key=value``, or its key leads nowhere.
    """
    places: dict[KeyPath, Place] = {}
    data = graft(document, document.data, (), (), places)
    problems: list[Problem] = []
    for setting in _pairs(settings):
        try:
            _apply(setting, data, places, defaults)
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    return Document(data, MappingProxyType(places))


def _pairs(settings: Mapping[str, object] | Sequence[str]) -> list[tuple[str, object]]:
    """Give settings as pairs: a whole setting and None, or a key and its value."""
    if isinstance(settings, str):
        settings = [settings]
    if isinstance(settings, Mapping):
        return [(key, value) for key, value in settings.items()]
    return [(setting, None) for setting in settings]


def _apply(
    setting: tuple[str, object],
    data: dict[str, Any],
    places: dict[KeyPath, Place],
    defaults: Callable[[], Mapping[str, Any]],
) -> None:
    """Put one setting into the data."""
    text, value = setting
    try:
        parts, rest = split_key(text)
    except KeyFormError:
        raise _refusal("", "document.setting_form", setting=shown(text)) from None
    if bool(rest) == (value is not None):
        raise _refusal("", "document.setting_form", setting=shown(text))
    key = join_key(parts)
    if parts[0] in _NOT_SETTABLE:
        raise _refusal(key, "document.setting_not_allowed")
    if len(parts) > DEEPEST // 2:
        raise _refusal(key, "document.too_deep", deepest=DEEPEST // 2)
    if value is None or isinstance(value, str):
        value = _value(key, rest[1:] if value is None else str(value))
    if any(is_too_large(inner) for _, inner in paths(value)):
        raise _refusal(key, "document.number_too_large", value=value)
    _put(parts, value, data, places, defaults)


def _value(key: str, text: str) -> object:
    """Read a value written as in TOML, or without quotes."""
    text = text.strip()
    if not text:
        raise _refusal(key, "document.setting_empty")
    try:
        data, _ = parse(f"value = {text}", SETTING)
    except ScenarioError:
        if text[0] in "[{\"'":
            raise _refusal(key, "document.setting_value", value=text, shown=shown(text)) from None
        return text
    return data["value"] if len(data) == 1 else text


def _put(
    parts: tuple[str, ...],
    value: object,
    data: dict[str, Any],
    places: dict[KeyPath, Place],
    defaults: Callable[[], Mapping[str, Any]],
) -> None:
    """Put a value where a key leads, with new tables on the way where there are none."""
    inner: Any = data
    path: KeyPath = ()
    for i, part in enumerate(parts):
        step: str | int = part
        if isinstance(inner, list):
            position = element_position(inner, part)
            if position is None:
                raise _no_element(parts[: i + 1], inner)
            step = position
        elif not isinstance(inner, dict):
            raise _refusal(join_key(parts), "document.setting_no_table", table=join_key(parts[:i]))
        path = (*path, step)
        if i == len(parts) - 1:
            if step in CHOOSERS and isinstance(inner, dict):
                kind = inner.get(step, "")
                if isinstance(kind, str) and isinstance(value, str) and kind != value:
                    # The other keys belong to the kind that is no more.
                    inner.clear()
            inner[step] = copy.deepcopy(value)
        elif isinstance(inner, dict) and step not in inner:
            inner[step] = _default_table(parts[: i + 1], defaults)
            places[path] = _PLACE
        inner = inner[step]
    for old in [known for known in places if known[: len(path)] == path]:
        del places[old]
    for at, _ in paths(value, path):
        places[at] = _PLACE


def _default_table(parts: tuple[str, ...], defaults: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Give a copy of the table that holds by default, if a word in it says which keys it has; else an empty one."""
    found = found_at(defaults(), parts)
    if isinstance(found, dict) and any(isinstance(found.get(key), str) for key in CHOOSERS):
        return copy.deepcopy(found)
    return {}


def _no_element(parts: tuple[str, ...], array: list[Any]) -> ScenarioError:
    """Say that an array has no element of this name or position."""
    names = [name for element in array if (name := element_name(element)) is not None]
    if not names:
        names = [str(position) for position in range(len(array))]
    table, name = join_key(parts[:-1]), parts[-1]
    values = {"table": table, "name": shown(name), "advice": advice(name, names)}
    return _refusal(join_key(parts), "document.setting_no_element", **values)


def _refusal(key: str, message_key: str, /, *, value: object = None, **values: object) -> ScenarioError:
    """Make the error of one setting."""
    return ScenarioError([Problem(_PLACE, key, say(message_key, **values), value)])
