"""Links: a market as the query of an address, and back; what makes no sense in one is left out."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboards.declared import Setting
from dashboards.happening import Happening, happenings_of
from dashboards.markets import DEFAULT, Draft, problems_of
from sim.documents import Document, Place
from sim.keys import join_key, split_key
from sim.scenario import from_document, library

__all__ = ["LONGEST_LINK", "query_of", "restored"]

LONGEST_LINK = 24_000
"""Characters of a link's query. What is longer is not made, and not read."""
MOST_CHANGES = 400
MOST_HAPPENINGS = 400
_LARGEST_UNPACKED = 400_000


def query_of(draft: Draft) -> str:
    """Give a draft as the query of a link; empty where that would be longer than `LONGEST_LINK`."""
    pairs: list[tuple[str, str]] = []
    if draft.source:
        pairs.append(("scenario", draft.source))
    else:
        whole = draft.base.model_dump(
            mode="json", by_alias=True, exclude={"extends", "claim"}, exclude_defaults=True, exclude_none=True
        )
        pairs.append(("file", _packed(whole)))
    if draft.you != Draft.of_scenario(draft.base).you:
        pairs.append(("you", draft.you))
    if draft.title:
        pairs.append(("title", next(iter(draft.title.values()))))
    pairs += [("set", f"{key}={json.dumps(value, ensure_ascii=False)}") for key, value in draft.changes]
    if draft.happenings != happenings_of(draft.base):
        rows = [[one.table, one.is_on, one.data] for one in draft.happenings]
        pairs.append(("events", _packed(rows)))
    query = urlencode(pairs)
    return query if len(query) <= LONGEST_LINK else ""


def restored(query: str) -> tuple[Draft, int]:
    """Restore a draft from the query of a link.

    Returns
    -------
    tuple
        The draft, and how many things in the link made no sense and were left out; numbers are held to their bounds.
    """
    if len(query) > LONGEST_LINK:
        return Draft.of(DEFAULT), 1
    try:
        pairs = parse_qsl(query.lstrip("?"), max_num_fields=MOST_CHANGES + 10)
    except ValueError:
        return Draft.of(DEFAULT), 1
    first = dict(reversed(pairs))
    draft, ignored = _beginning(first)
    if "events" in first:
        happenings = _unpacked_happenings(first["events"])
        changed = draft if happenings is None else replace(draft, happenings=happenings)
        if happenings is None or problems_of(changed):
            ignored += 1
        else:
            draft = changed
    if "title" in first:
        draft = draft.named(first["title"])
    for name, text in pairs:
        if name == "set":
            taken = _with_setting(draft, text)
            ignored += taken is None
            draft = draft if taken is None else taken
    if "you" in first:
        if any(firm["name"] == first["you"] for firm in draft.laid_out["firm"]):
            draft = replace(draft, you=first["you"])
        else:
            ignored += 1
    return draft, ignored


def _beginning(first: Mapping[str, str]) -> tuple[Draft, int]:
    if "file" in first:
        try:
            data = _unpacked(first["file"])
            return Draft.of_scenario(from_document(Document(data, {(): Place("link")}), "scenario")), 0
        except (ValueError, TypeError, AttributeError, KeyError):
            return Draft.of(DEFAULT), 1
    name = first.get("scenario", DEFAULT)
    return (Draft.of(name), 0) if name in library() else (Draft.of(DEFAULT), 1)


def _with_setting(draft: Draft, text: str) -> Draft | None:
    """Put one setting of a link into a draft, held to its bounds; None if that cannot be."""
    try:
        parts, rest = split_key(text)
        key, value = join_key(parts), json.loads(rest[1:])
        setting = draft.settings.get(key)
        if setting is None:
            return None
        changed = draft.with_change(key, _held(value, setting))
        return None if problems_of(changed) else changed
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _held(value: Any, setting: Setting) -> Any:
    """Hold a number to the bounds of its declaration."""
    if setting.kind not in ("number", "integer") or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if setting.quantity is not None:
        value = min(max(value, setting.quantity.least), setting.quantity.most)
    return round(value) if setting.kind == "integer" else float(value)


def _packed(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def _unpacked(text: str) -> Any:
    """Undo `_packed`; refuse what would be too large."""
    packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, _LARGEST_UNPACKED)
    except zlib.error as error:
        raise ValueError("not packed") from error
    if unpacker.unconsumed_tail:
        raise ValueError("too large")
    try:
        return json.loads(plain)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _unpacked_happenings(text: str) -> tuple[Happening, ...] | None:
    try:
        found = []
        for table, is_on, data in _unpacked(text)[:MOST_HAPPENINGS]:
            if table not in ("event", "schedule", "entry") or not isinstance(data, dict):
                return None
            one = Happening.of(table, data, bool(is_on))
            _ = one.week, one.kind, one.firm
            found.append(one)
    except (ValueError, TypeError, KeyError):
        return None
    return tuple(found)
