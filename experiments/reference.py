"""Reference pages made from the declarations: parameters, levers, notation, figures.

`python3 -m experiments.reference docs` writes them; nothing in them is written by hand. It also renews the words of the
packaged verdicts and their page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["pages", "tables", "write_pages"]


def pages() -> dict[str, str]:
    """Return the reference pages, Markdown by file name."""
    return {"parameters.md": _parameters(), "notation.md": _notation(), "figures.md": _figures()}


def write_pages(folder: Path) -> list[Path]:
    """Write the reference pages into a folder that exists; return their paths."""
    written = []
    for name, text in pages().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


_MADE = "Made by `python3 -m experiments.reference docs` from the declarations in `sim/`; do not edit."


def tables() -> dict[str, tuple[str, Any]]:
    """Return every table of a scenario that declares quantities: its key, its purpose and its model."""
    from sim import distributions, entities
    from sim.levers import Change, Levers, Stances
    from sim.network import Network
    from sim.scenario import FigureSettings, Mechanisms, Scenario
    from sim.traits import Traits

    tables: dict[str, Any] = {
        "scenario": Scenario,
        "population": entities.Population,
        "population.traits": Traits,
        "cohort": entities.Cohort,
        "network": Network,
        "sector": entities.Sector,
        "sector.commons": entities.CommonsSetup,
        "sector.sharing": entities.SharingSetup,
        "firm": entities.FirmSetup,
        "firm.levers": Levers,
        "firm.levers.causes": Stances,
        "cause": entities.Cause,
    }
    events = ("Scandal", "News", "Exposure", "Campaign", "Hardship", "Listing")
    tables |= {f"event ({kind.lower()})": getattr(entities, kind) for kind in events}
    shapes = ("Constant", "Uniform", "Normal", "Lognormal", "Gamma", "Beta", "Pareto")
    tables |= {f"distribution ({shape.lower()})": getattr(distributions, shape) for shape in shapes}
    tables |= {"schedule": Change, "figures": FigureSettings}
    tables |= {f"mechanisms.{name}": field.annotation for name, field in Mechanisms.model_fields.items()}
    return {key: ((model.__doc__ or "").strip().split("\n")[0], model) for key, model in tables.items()}


def _parameters() -> str:
    from sim.quantities import UNITS, quantities

    unsourced = "A parameter without a source is a choice of plausible size: sweep it before leaning on what it does."
    parts = ["# Parameters and levers", "", _MADE, "", unsourced]
    for key, (purpose, model) in tables().items():
        rows = [
            (
                f"`{q.key}`",
                q.symbol,
                UNITS[q.unit]["en"],
                _default(q.default),
                _options(q.options) if q.unit == "choice" else _range(q.low, q.high),
                f"{q.meaning['en']}<br>*{q.meaning['fr']}*",
                q.source,
            )
            for q in quantities(model).values()
        ]
        if rows:
            heads = ("key", "symbol", "unit", "default", "range", "meaning", "source")
            parts += ["", f"## {key}", "", purpose, "", _table(heads, rows)]
    return "\n".join(parts) + "\n"


def _notation() -> str:
    from sim.quantities import UNITS, quantities

    rows = [
        (q.symbol, f"`{q.key}`", f"`{table}.{q.key}`", UNITS[q.unit]["en"], q.meaning["en"])
        for table, (_, model) in tables().items()
        for q in quantities(model).values()
        if q.symbol
    ]
    heads = ("symbol", "name in code", "key in a scenario", "unit", "meaning")
    state = _table(("column", "one value", "unit", "meaning"), _columns())
    return "\n".join(["# Notation", "", _MADE, "", _table(heads, rows), "", "## Consumers' columns", "", state]) + "\n"


def _columns() -> Iterable[tuple[str, ...]]:
    from sim.population import DECLARED

    for column in DECLARED:
        per = f"per {column.per}" if column.per else "per consumer"
        yield f"`{column.name}`", per, column.unit, column.meaning


def _figures() -> str:
    from sim.figures import FIGURES, SCOPES
    from sim.quantities import UNITS

    parts = ["# Key figures", "", _MADE]
    for scope in SCOPES:
        rows = [
            (
                f"`{f.key}`",
                f"{f.name['en']}<br>*{f.name['fr']}*",
                UNITS[f.unit]["en"],
                f"{f.meaning['en']}<br>*{f.meaning['fr']}*",
            )
            for f in FIGURES.values()
            if f.scope == scope
        ]
        parts += ["", f"## One a {scope} and week", "", _table(("key", "name", "unit", "meaning"), rows)]
    return "\n".join(parts) + "\n"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def _default(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Mapping) or hasattr(value, "model_dump"):
        given = value.model_dump() if hasattr(value, "model_dump") else dict(value)
        kind = given.pop("distribution", "")
        return f"{kind}({', '.join(f'{k} {v:g}' for k, v in given.items())})"
    if isinstance(value, list):
        return f"[{', '.join(map(_default, value))}]"
    return (
        "on"
        if value is True
        else "off"
        if value is False
        else f"{value:,g}"
        if isinstance(value, int | float)
        else str(value)
    )


def _options(options: Iterable[str]) -> str:
    return ", ".join(f"`{option}`" for option in options)


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    least, most = ("" if bound is None else _number(bound) for bound in (low, high))
    return f"{least} … {most}"


def _number(value: float) -> str:
    return f"{value:,d}" if isinstance(value, int) else f"{value:,g}"


if __name__ == "__main__":
    import sys

    from experiments.claims.retell import write_packaged

    docs = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    for page in (*write_pages(docs), *write_packaged(docs)):
        print(page)
