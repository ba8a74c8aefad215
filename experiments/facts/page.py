"""The page of facts, in Markdown, with its charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.facts.drawing import overview, shapes
from experiments.facts.findings import packaged_path
from experiments.facts.words import (
    band_text,
    heading,
    met_text,
    outcome_text,
    real_text,
    statistic_name,
    value_text,
    why_text,
)
from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    from experiments.facts.findings import FactFound, Facts

__all__ = ["page", "written"]

PAGE, OVERVIEW, SHAPES = "facts.md", "facts.svg", "facts_shapes.svg"


def written(found: Facts, docs: Path) -> dict[Path, str]:
    """Give what is packaged, the page and its charts by their files."""
    return {
        packaged_path(): found.text(),
        docs / PAGE: page(found),
        docs / "images" / OVERVIEW: overview(found),
        docs / "images" / SHAPES: shapes(found),
    }


def page(found: Facts) -> str:
    """Give the page in the language of the context."""
    names = ", ".join(found.panels) or say("facts.page.none")
    parts = [
        f"# {say('facts.page.title')}",
        say("facts.page.made"),
        say("facts.page.how"),
        met_text(found),
        f"![{say('facts.page.overview')}](images/{OVERVIEW})",
        _table(["fact", "source", "use", "band", "simulated", "real", "outcome"], _rows(found)),
        say("facts.page.size", replicates=count(found.replicates), seed=found.seed),
        say("facts.page.real", names=names),
        say("facts.page.choice_panel"),
        f"![{say('facts.page.shapes')}](images/{SHAPES})",
        *(_section(fact) for fact in found.facts),
    ]
    return "\n\n".join(parts) + "\n"


def _rows(found: Facts) -> Iterable[list[str]]:
    for fact in found.facts:
        yield [f"**{heading(fact)}**", fact.source, fact.use, "", "", "", f"**{outcome_text(fact.inside)}**"]
        for one in fact.statistics:
            told = [band_text(one), value_text(one), real_text(one), outcome_text(one.inside)]
            yield [statistic_name(one.key), "", "", *told]


def _section(fact: FactFound) -> str:
    markets = ", ".join(f"`{name}`" for name in dict.fromkeys(one.market for one in fact.statistics))
    parts = [
        f"## {heading(fact)}",
        say(f"facts.about.{fact.key}"),
        say("facts.page.source", source=fact.source, use=fact.use, market=markets),
    ]
    missed = [statistic_name(one.key) for one in fact.statistics if one.inside is False]
    if missed:
        parts.append(" ".join([say("facts.page.outside", names="; ".join(missed)), why_text(fact.key)]))
    return "\n\n".join(parts)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heads = [say(f"facts.column.{key}") for key in columns]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return "\n".join(lines + [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows])
