"""Settings of Solara, which reads them from the environment when it is first imported."""

from __future__ import annotations

import os
import sys

__all__ = ["APP", "SETTINGS", "apply"]

APP = "dashboards.app.pages"
"""The module of the application; Solara looks for `assets`, `public` and `templates` beside its package."""

SETTINGS = {
    "SOLARA_APP": APP,
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_SERVER_IGNORE_NBEXTENSIONS": "anywidget/extension",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
    "SOLARA_KERNEL_MAX_PER_SESSION": "20",
    "SOLARA_SESSION_HTTP_ONLY": "true",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_LOADER": "own",
    "SOLARA_THEME_TITLE": "userisation",
}
"""Nothing is sent anywhere; a page that dies without a word frees its memory after ten minutes."""


def apply() -> None:
    """Set them, whatever the environment says.

    Raises
    ------
    RuntimeError
        Solara was imported before: it would not read them any more.
    """
    if "solara.server.settings" in sys.modules:
        raise RuntimeError("Solara was imported before its settings were made")
    for name in [name for name in os.environ if name.startswith("SOLARA_") or name in ("HOST", "PORT")]:
        del os.environ[name]
    os.environ.update(SETTINGS)
