"""The files that a page asks its server for, and whether they are here: nothing is ever fetched from elsewhere."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

__all__ = ["front_end", "missing", "plotly_script"]

_ASKED = re.compile(r'\{\{ *cdn *\}\}/([^"\']+)["\']')


@cache
def front_end() -> Path:
    """Give the folder that holds Solara's front end, as the package `solara-assets` installs it."""
    import solara.server.settings

    return Path(solara.server.settings.assets.proxy_cache_dir)


@cache
def plotly_script() -> Path:
    """Give the script of Plotly that its Python package carries."""
    found = importlib.util.find_spec("plotly")
    where = [] if found is None else list(found.submodule_search_locations or ())
    return Path(where[0] if where else "plotly") / "package_data" / "plotly.min.js"


def missing() -> list[str]:
    """Name the files that pages need and that are not here; empty if all is well.

    What Solara's page template asks for is read from the template itself, so that another version of Solara is held
    to what it needs.
    """
    import solara.server.server as server

    template = (server.directory / "templates" / "solara.html.j2").read_text(encoding="utf-8")
    widgets = str(server.ipywidgets_major)
    asked = {
        name.replace("{{ipywidget_major_version}}", widgets)
        for name in _ASKED.findall(template)
        # The other major of Vuetify, and what only a developer's server sends.
        if ("vuetify3" in name) == bool(server.vue3) or "vuetify" not in name
    }
    asked = {name for name in asked if not (name.endswith(f"app{widgets}.js"))}
    needed = [front_end() / name for name in sorted(asked)]
    own = Path(__file__).parent.parent
    needed += [plotly_script(), own / "assets" / "custom.css", own / "public" / "inter.woff2"]
    return [str(path) for path in needed if not path.is_file()]
