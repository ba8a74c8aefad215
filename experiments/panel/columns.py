"""Which column of a panel file holds what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from experiments.panel.problems import PanelError, Problem
from experiments.panel.table import Table
from experiments.text import say
from sim.problems import advice, nearest

Layout = Literal["wide", "long"]

WEEK_NAMES = ("week", "weeks", "week_no", "weekno", "week_number", "semaine", "sem")
DATE_NAMES = ("date", "day", "purchase_date", "jour")
ORDER_NAMES = (
    "order",
    "order_no",
    "order_number",
    "occasion",
    "trip",
    "purchase_no",
    "ordre",
    "commande",
    "rang",
)
OTHER_TIMES = ("t", "time", "period", "temps", "periode")

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "household": (
        "household", "hh", "hhid", "hh_id", "household_id", "householdid", "panelist", "panelist_id",
        "panellist", "panid", "customer", "customer_id", "consumer", "buyer", "foyer", "menage", "client",
        "client_id", "acheteur", "id",
    ),
    "time": WEEK_NAMES + DATE_NAMES + ORDER_NAMES + OTHER_TIMES,
    "choice": ("choice", "chosen_brand", "brand", "chosen", "bought", "purchase", "choix", "marque", "achat"),
    "brand": ("brand", "brand_name", "marque", "alternative", "alt", "product", "produit"),
    "chosen": ("chosen", "choice", "bought", "buy", "purchased", "purchase", "choisi", "achete", "achat"),
    "units": ("units", "quantity", "qty", "quantite", "unites"),
    "price": ("price", "prix"),
    "feature": ("feature", "feat", "prospectus"),
    "display": ("display", "disp", "tete_de_gondole"),
}  # fmt: skip
"""Names under which a column is recognised, the best first; case, accents and punctuation do not matter."""


@dataclass(frozen=True)
class Columns:
    """Positions of the columns of a panel file.

    In the wide layout `price`, `feature` and `display` hold one position a brand; in the long layout
    their only key is the empty text.
    """

    layout: Layout
    household: int
    time: int | None
    choice: int  # the brand chosen (wide), or the brand of the row (long)
    chosen: int | None  # long: whether the row's brand was chosen
    units: int | None
    price: Mapping[str, int]
    feature: Mapping[str, int]
    display: Mapping[str, int]
    unused: tuple[str, ...]


def plain(name: str) -> str:
    """Give a column name without case, accents and punctuation."""
    without_accents = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", without_accents.casefold()).strip("_")


def find_columns(table: Table, stated: Mapping[str, str] | None = None, layout: Layout | None = None) -> Columns:
    """Recognise the columns of a panel file.

    Parameters
    ----------
    stated : the caller's own names by what they hold (a key of `SYNONYMS`); for the prices, features and
        displays of a wide file, what stands before the brand's name.
    layout : recognised from the price columns if not given.

    Raises
    ------
    PanelError
        A column is missing or a stated one does not exist.
    """
    stated = dict(stated or {})
    problems: list[Problem] = []
    for role in stated.keys() - SYNONYMS.keys():
        problems.append(table.problem("panel.columns.unknown_role", 1, role=role, advice=advice(role, SYNONYMS)))
    by_brand = {role: _by_brand(table, role, stated) for role in ("price", "feature", "display")}
    if layout is None:
        layout = "wide" if by_brand["price"] else "long"

    def find(role: str, *, needed: bool) -> int | None:
        position = _one(table, role, stated)
        if role in stated and position is None:
            hint = advice(stated[role], [name for name in table.header if name])
            problems.append(table.problem("panel.columns.stated_missing", 1, name=stated[role], role=role, advice=hint))
        elif needed and position is None:
            problems.append(_missing(table, role))
        return position

    household = find("household", needed=True)
    time = find("time", needed=False)
    units = find("units", needed=False)
    if layout == "wide":
        choice, chosen = find("choice", needed=True), None
        if not by_brand["price"]:
            problems.append(table.problem("panel.columns.no_prices", 1, columns=", ".join(table.header)))
    else:
        choice, chosen = find("brand", needed=True), find("chosen", needed=units is None)
        if chosen is not None and chosen == choice:
            chosen = None
        for role in ("price", "feature", "display"):
            position = find(role, needed=role == "price")
            by_brand[role] = {} if position is None else {"": position}
    if problems or household is None or choice is None:
        raise PanelError(problems)
    used = {
        household,
        time,
        choice,
        chosen,
        units,
        *(p for found in by_brand.values() for p in found.values()),
    }
    unused = tuple(name for position, name in enumerate(table.header) if name and position not in used)
    return Columns(layout, household, time, choice, chosen, units, unused=unused, **by_brand)


def _one(table: Table, role: str, stated: Mapping[str, str]) -> int | None:
    """Position of the one column for `role`, None if there is none."""
    names = [plain(name) for name in table.header]
    if role in stated:
        if stated[role] in table.header:
            return table.header.index(stated[role])
        wanted = [plain(stated[role])]
    else:
        wanted = list(SYNONYMS[role])
    return next((names.index(name) for name in wanted if name in names), None)


def _by_brand(table: Table, role: str, stated: Mapping[str, str]) -> dict[str, int]:
    """Columns such as ``price.Nova`` or ``Nova_price``, by brand."""
    words = [re.escape(stated[role])] if role in stated else list(SYNONYMS[role])
    word = "|".join(sorted(words, key=len, reverse=True))
    before = re.compile(rf"(?:{word})[._:\- ](.+)", re.IGNORECASE)
    after = re.compile(rf"(.+)[._:\- ](?:{word})", re.IGNORECASE)
    for pattern in (before, after):
        found = {}
        for position, name in enumerate(table.header):
            match = pattern.fullmatch(name)
            if match:
                found[match[1].strip()] = position
        if found:
            return found
    return {}


def _missing(table: Table, role: str) -> Problem:
    near = next((near for name in SYNONYMS[role][:4] if (near := nearest(name, filter(None, table.header)))), None)
    return table.problem(
        "panel.columns.missing",
        1,
        what=say(f"panel.role.{role}"),
        role=role,
        names=", ".join(SYNONYMS[role][:4]),
        hint=say("panel.columns.near", near=near) if near else "",
    )
