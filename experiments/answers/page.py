"""The page of an answer: one HTML file that opens anywhere, without a network, in both languages."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.answers.kinds import tell
from experiments.answers.words.quantities import title_of
from experiments.numbers import count, decimal
from experiments.text import say
from sim.text import LANGUAGES, language, use_language

if TYPE_CHECKING:
    from experiments.answers.findings import Findings
    from experiments.answers.told import Told

__all__ = ["Part", "render", "render_told", "titled"]

ASSETS = Path(__file__).parent / "assets"
_SHARED = Path(__file__).parent.parent / "report" / "assets"

Part = tuple[str, str]
"""Something that stands at the end of a page in small type: its title, and its text."""


def render(findings: Findings) -> str:
    """Give the page of findings, opened in the language of the context."""
    from experiments.toml_text import toml_text

    told, facts = {}, {}
    for code in LANGUAGES:
        with use_language(code):
            told[code], facts[code] = tell(findings), _facts(findings)
    parts = [(name, toml_text(scenario)) for name, scenario in findings.scenarios.items()]
    files: dict[str, str] = getattr(findings, "files", {})  # such as the experiment that was asked
    parts += list(files.items())
    return render_told(told, facts, shlex.join(findings.made.command), parts)


def render_told(told: dict[str, Told], facts: dict[str, list[tuple[str, str]]], command: str, parts: list[Part]) -> str:
    """Fill the page.

    Parameters
    ----------
    told
        The answer by language.
    facts
        How it was made, by language: names and values.
    command
        That makes it again; may be empty.
    parts
        Scenarios in full, or an experiment file.
    """
    import jinja2
    from markupsafe import Markup

    from experiments.report.bilingual import both
    from experiments.report.page import embedded_json, embedded_script, plotly_script
    from experiments.versions import own_version

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    charts = {code: [asdict(chart) for chart in one.charts] for code, one in told.items()}
    words = {name: both(f"report.script.{name}") for name in ("auto", "light", "dark")}
    style = (_SHARED / "report.css").read_text(encoding="utf-8") + (ASSETS / "answer.css").read_text(encoding="utf-8")
    has_charts = any(charts.values())
    return environment.get_template("answer.html.j2").render(
        told=told,
        facts=facts,
        command=command,
        parts=parts,
        language=language(),
        languages=LANGUAGES,
        say=_say_in,
        version=own_version(),
        style=Markup(style),
        data=Markup(
            embedded_json({"charts": charts, "words": words, "titles": {c: one.question for c, one in told.items()}})
        ),
        plotly=Markup(embedded_script(plotly_script())) if has_charts else "",
        script=Markup(embedded_script((ASSETS / "answer.js").read_text(encoding="utf-8"))),
    )


def _say_in(code: str, key: str, **values: object) -> str:
    with use_language(code):
        return say(key, **values)


def titled(name: str, scenario: Mapping[str, Any]) -> str:
    """Name a scenario, with its title in the language of the context if it has one."""
    title = title_of(scenario.get("title") or {})
    return f"{name} ({title})" if title and title != name else name


def _facts(findings: Findings) -> list[tuple[str, str]]:
    """Say how findings were made."""
    made = findings.made
    found: dict[str, Any] = {
        "scenarios": say("answers.and").join(titled(name, scenario) for name, scenario in findings.scenarios.items()),
        "seed": str(made.seed),
        "replicates": count(made.replicates),
        "consumers": count(made.consumers),
        "weeks": count(made.weeks),
        "runs": count(made.runs),
        "started": made.started,
        "seconds": say("report.seconds", seconds=decimal(made.seconds, 1)),
        "versions": ", ".join(f"{package}\u00a0{number}" for package, number in made.versions.items()),
    }
    return [(say(f"answers.made.{key}"), value) for key, value in found.items()]
