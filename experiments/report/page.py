"""Write the report: fill the page, and put everything it needs inside it."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from experiments.folder import REPORT
from experiments.report.bilingual import Both, both
from experiments.report.charts import CHARTS
from experiments.report.content import Content, gather, seconds_text
from experiments.versions import own_version
from sim.text import LANGUAGES, language, use_language

__all__ = ["embedded_json", "embedded_script", "plotly_script", "render", "write_report"]

ASSETS = Path(__file__).parent / "assets"


def write_report(folder: Path, path: Path | None = None) -> Path:
    """Write the report of a results folder, by default into it, in the language of the context.

    Raises
    ------
    ResultsError
        The folder holds no results.
    OSError
        The file cannot be written.
    """
    target = folder / REPORT if path is None else path
    target.write_text(render(gather(folder)), encoding="utf-8")
    return target


def render(content: Content) -> str:
    """Fill the page."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["both"] = _spans
    return environment.get_template("page.html.j2").render(
        content=content,
        language=language(),
        languages=LANGUAGES,
        both=both,
        spans=_spans,
        in_language=use_language,
        seconds=_seconds(content),
        version=own_version(),
        style=_safe((ASSETS / "report.css").read_text(encoding="utf-8")),
        script=_safe(embedded_script((ASSETS / "report.js").read_text(encoding="utf-8"))),
        plotly=_safe(embedded_script(plotly_script())),
        data=_safe(embedded_json(_data(content))),
    )


def _seconds(content: Content) -> Both:
    from experiments.report.bilingual import in_each_language

    return in_each_language(lambda: seconds_text(float(content.manifest.get("seconds", 0.0))))


def _data(content: Content) -> dict[str, Any]:
    """What the page's script needs."""
    words = ["week", "auto", "light", "dark", "all_firms", "highlight", "chart_end"]
    words += dict.fromkeys(word for chart in CHARTS for word in chart.pair)
    return {
        "weeks": content.weeks,
        "marks": [asdict(mark) for mark in content.marks],
        "charts": [chart for _, charts in content.sections for chart in charts] + content.more,
        "firms": content.shown,
        "title": content.title,
        "words": {word: both(f"report.script.{word}") for word in words},
    }


def embedded_json(data: Any) -> str:
    """Give JSON that can stand inside a script element, whatever texts are in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def embedded_script(script: str) -> str:
    """Give a script that cannot end, or comment out, the element it stands in.

    Inside texts and patterns, the only places where these words occur, a backslash before the slash or the
    exclamation mark changes nothing.
    """
    return script.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def plotly_script() -> str:
    """Give the drawing library's script, from the installed package, without importing the package."""
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'plotly'", name="plotly")
    return (Path(found.origin).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


def _safe(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


def _spans(texts: Both) -> Any:
    """Give a text in every language; the page shows the one that is chosen."""
    from markupsafe import Markup

    if len(set(texts.values())) == 1:
        return Markup("{}").format(next(iter(texts.values())))
    return Markup("").join(Markup('<span lang="{}">{}</span>').format(code, text) for code, text in texts.items())
