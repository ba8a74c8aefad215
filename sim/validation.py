"""Make a pydantic model of a document; say every mistake with its file, line and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.fields import choices, known_keys, walk
from sim.problems import Problem, ScenarioError, advice, nearest, shown
from sim.text import CATALOGUE, say
from sim.toml_files import Document
from sim.toml_lines import KeyPath

Model = TypeVar("Model", bound=BaseModel)

Finding = tuple[KeyPath, str, Mapping[str, object]]
"""What a check finds: the path of the value, the key of the message, the values of its placeholders."""


def validate(
    document: Document,
    model: type[Model],
    checks: Sequence[Callable[[Model], Iterable[Finding]]] = (),
) -> Model:
    """Make a model of a document.

    Parameters
    ----------
    document
        The data and where they were written.
    model
        A pydantic model. The keys of the data are the aliases of its fields where they have one.
    checks
        Rules across fields. They run if every field is right by itself.

    Raises
    ------
    ScenarioError
        With all mistakes in the order of the lines.
    """
    try:
        made = model.model_validate(document.data)
    except ValidationError as error:
        problems = _problems(document, model, error)
        raise ScenarioError(problems) from None
    problems = [
        problem_at(document, at, message_key, **values) for check in checks for at, message_key, values in check(made)
    ]
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: problem.place))
    return made


def problem_at(document: Document, at: KeyPath, message_key: str, /, **values: object) -> Problem:
    """Make a problem of a place in a document.

    Parameters
    ----------
    document
        The document.
    at
        The path of the value, as in the data: ``("firm", 0, "levers", "price")``. It need not exist; the
        problem is then placed at the table around it.
    message_key
        The key of the message, such as ``document.missing``.
    values
        The values of its placeholders; ``{value}`` is the value at the path unless given.
    """
    value = document.value(at)
    message = say(message_key, **({"value": shown(value)} | values))
    return Problem(document.place(at), document.key(at), message, value)


def _problems(document: Document, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Turn the errors of pydantic into problems."""
    found: list[tuple[KeyPath, ErrorDetails, list[Any]]] = []
    for details in error.errors(include_url=False):
        # Only an unknown key is not in the model, yet to be named.
        is_unknown = details["type"] == "extra_forbidden"
        path, annotations = walk(model, document.data, details["loc"], keep_last=is_unknown)
        found.append((path, details, annotations))
    problems: dict[Problem, None] = {}
    for path, details, annotations in _without_echoes(found):
        at, message = _message(document, path, details, annotations)
        value = None if details["type"] == "missing" else details["input"]
        problem = Problem(document.place(at), document.key(at), message, _hashable(value))
        problems[problem] = None
    return sorted(problems, key=lambda problem: problem.place)


def _without_echoes(
    found: list[tuple[KeyPath, ErrorDetails, list[Any]]],
) -> list[tuple[KeyPath, ErrorDetails, list[Any]]]:
    """Leave out what a union says about the members that were not meant.

    Where a field takes a number or a table, pydantic reports on both. A complaint about the type of a value
    is dropped if there is another about the same value or about something inside of it.
    """
    kept = []
    of_type: set[KeyPath] = set()
    better = {path[:n] for path, _, _ in found for n in range(len(path))}
    better |= {path for path, details, _ in found if not _is_about_type(details)}
    for item in found:
        path, details, _ = item
        if _is_about_type(details):
            if path in better or path in of_type:
                continue
            of_type.add(path)
        kept.append(item)
    return kept


def _is_about_type(details: ErrorDetails) -> bool:
    """Tell whether an error says that a value is of another type."""
    return details["type"].endswith("_type")


def _message(document: Document, path: KeyPath, details: ErrorDetails, annotations: list[Any]) -> tuple[KeyPath, str]:
    """Say an error in the language of the context, and give the path that it is about."""
    kind = details["type"]
    values: dict[str, object] = {"value": shown(details["input"])}
    values |= {name: _plain(value) for name, value in details.get("ctx", {}).items()}
    if kind == "extra_forbidden":
        known = known_keys(annotations, document.value(path[:-1]))
        return path, say("document.extra_forbidden", advice=advice(path[-1], known))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        key = str(values["discriminator"]).strip("'")
        options = choices(annotations, key)
        values |= _choice_values(values.get("tag"), options)
        path = (*path, key)
    elif kind == "literal_error":
        options = choices(annotations)
        values |= _choice_values(details["input"], options)
    key = f"document.{kind}"
    return path, say(key, **values) if CATALOGUE.has(key) else details["msg"]


def _choice_values(given: object, options: list[Any]) -> dict[str, object]:
    """Give the placeholders of a message about a wrong choice."""
    near = nearest(given, [option for option in options if isinstance(option, str)])
    hint = "" if near is None else say("document.did_you_mean", near=near)
    return {"options": ", ".join(shown(option) for option in options), "advice": hint}


def _plain(value: object) -> object:
    """Show a value of pydantic's context: a bound, a name, the error that a validator raised."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return shown(int(value))
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(item) for item in value)
    return str(value) if isinstance(value, str | Exception) else shown(value)


def _hashable(value: Any) -> Any:
    """Give a value that a problem can hold: tables and arrays are not repeated in it."""
    return None if isinstance(value, dict | list) else value
