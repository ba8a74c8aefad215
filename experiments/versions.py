"""Which versions made a result."""

from __future__ import annotations

import platform
import tomllib
from importlib import metadata
from pathlib import Path

__all__ = ["own_version", "versions"]

_PACKAGES = ("mesa", "numpy", "numba", "scipy", "pydantic")


def own_version() -> str:
    """Version of this program, also when it runs from a source folder without being installed."""
    source = Path(__file__).parent.parent / "pyproject.toml"
    try:
        project = tomllib.loads(source.read_text(encoding="utf-8"))["project"]
        if project["name"] == "userisation":
            return str(project["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        pass
    return _installed("userisation")


def versions() -> dict[str, str]:
    """Versions of this program, of Python and of the packages that results depend on."""
    found = {"userisation": own_version(), "python": platform.python_version()}
    return found | {package: _installed(package) for package in _PACKAGES}


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
