"""Compile rules with numba, cache them safely, and hand out their plain-Python twins.

A rule is written once. `compiled` turns it into machine code that releases the interpreter's lock; `plain` gives back
the same rule, and every rule it calls, as ordinary Python that can be stepped through with a debugger.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numba
from numba.core import config as numba_config
from numba.core.dispatcher import Dispatcher

__all__ = ["cache_folder", "compiled", "inlined", "is_warm", "plain"]


@cache
def cache_folder() -> Path | None:
    """Folder for compiled code, or None when no folder can be written.

    It is named after a hash of every source file of the rules: numba itself only looks at the file of the function
    it caches, and would run stale code after a change in a function that was inlined from another file.
    """
    rules = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(rules.rglob("*.py")):
        digest.update(source.read_bytes())
    wanted = os.environ.get("USERISATION_CACHE")
    homes = [Path(wanted)] if wanted else [_user_cache(), Path(tempfile.gettempdir()) / "userisation-cache"]
    for home in homes:
        folder = home / f"rules-{digest.hexdigest()[:16]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "userisation"


def is_warm() -> bool:
    """Whether the weekly pass has been compiled before, so that a run starts at once."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob("week.run_tiles*.nbc"))


def compiled(rule: Callable[..., Any], *, inline: Literal["never", "always"] = "never") -> Any:
    """Compile `rule` on first use: strict IEEE arithmetic (same bits everywhere), no interpreter lock, kept on disk."""
    folder = cache_folder()
    config: Any = numba_config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder) if folder else before
    try:
        return numba.njit(nogil=True, error_model="numpy", cache=folder is not None, inline=inline)(rule)
    finally:
        config.CACHE_DIR = before


def inlined(rule: Callable[..., Any]) -> Any:
    """Compile `rule` into each rule that calls it, so that a loop around it can work on several lanes at a time."""
    return compiled(rule, inline="always")


@cache
def plain(rule: Any) -> Callable[..., Any]:
    """Give the uncompiled twin of a compiled rule, all the way down.

    The functions that a rule calls are found among the global names its code uses, so rules import each other by
    name (`from sim.fastmath import exp32`), never through a module.
    """
    function = rule.py_func
    names = {
        name: plain(value) if isinstance(value, Dispatcher) else value
        for name, value in function.__globals__.items()
        if name in function.__code__.co_names or name == "__builtins__"
    }
    return types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
