"""Compile rules with numba, cache them safely, and hand out their plain-Python twins.

A rule is written once. `compiled` turns it into machine code that releases the interpreter's lock; `plain` gives back
the same rule, and every rule it calls, as ordinary Python that can be stepped through with a debugger.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
import types
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config as numba_config
from numba.core import sigutils
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.dispatcher import Dispatcher

from sim.text import say

__all__ = ["allocating", "anew", "cache_folder", "compiled", "inlined", "is_warm", "plain", "rules_hash", "tell"]

tell: Callable[[str], None] = warnings.warn
"""Called, once a process, with the text of what is wrong with the stored code; the command line puts its own here."""


@cache
def rules_hash(*more: str) -> str:
    """Give a hash of every source file of the model, and of some more texts: another one, other results, perhaps."""
    digest = hashlib.sha256("".join(more).encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        # A checkout on Windows may have other line ends.
        digest.update(source.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


@cache
def cache_folder() -> Path | None:
    """Folder for compiled code, or None when no folder can be written.

    It is named after a hash of every source file of the rules: numba itself only looks at the file of the function
    it caches, and would run stale code after a change in a function that was inlined from another file.
    """
    wanted = os.environ.get("USERISATION_CACHE")
    homes = [Path(wanted)] if wanted else [_user_cache(), Path(tempfile.gettempdir()) / "userisation-cache"]
    for home in homes:
        folder = home / f"rules-{rules_hash(numba.__version__)}"
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


def compiled(rule: Callable[..., Any]) -> Any:
    """Compile `rule` on first use: strict IEEE arithmetic (same bits everywhere), no interpreter lock, kept on disk.

    A rule makes no arrays, it is handed all it works on: so it need not count references to them, which costs an atomic
    operation for each use of a row in a loop over single consumers. What makes arrays is compiled by `allocating`; what
    returns views of them (`open_tile`) can be called by rules and by the plain twins only.
    """
    return _compile(rule, _nrt=False)


def inlined(rule: Callable[..., Any]) -> Any:
    """Compile a small rule that loops over lanes use: always put in place of its call, or they would not vectorise."""
    return _compile(rule, _nrt=False, forceinline=True)


def allocating(rule: Callable[..., Any]) -> Any:
    """Compile a rule that makes arrays of its own."""
    return _compile(rule)


def _compile(rule: Callable[..., Any], **options: Any) -> Any:
    folder = cache_folder()
    njit: Any = numba.njit  # its stubs do not know `_nrt`
    dispatcher: Any = njit(nogil=True, error_model="numpy", **options)(rule)
    if folder is None:
        return dispatcher
    config: Any = numba_config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        dispatcher._cache = _StoredCode(rule)
    finally:
        config.CACHE_DIR = before
    return dispatcher


class _CheckedFiles(IndexDataCacheFile):
    """Files of compiled code that end with a checksum: machine code of which a bit is wrong must not run."""

    def _dump(self, content: object) -> bytes:
        data: bytes = super()._dump(content)
        return data + hashlib.sha256(data).digest()

    def _load_data(self, name: str) -> Any:
        stored = Path(self._data_path(name)).read_bytes()
        data, checksum = stored[:-32], stored[-32:]
        if hashlib.sha256(data).digest() != checksum:
            raise ValueError(name)
        return pickle.loads(data)  # our own, and unchanged


class _StoredCode(FunctionCache):
    """Compiled code on disk that is only ever a help: what cannot be read is compiled anew, with a word to the user."""

    def __init__(self, rule: Callable[..., Any]) -> None:
        super().__init__(rule)
        plain_files = self._cache_file
        self._cache_file = _CheckedFiles(
            cache_path=self._cache_path,
            filename_base=self._impl.filename_base,
            source_stamp=plain_files._source_stamp,
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the code compiled for a signature; None where there is none that can be used."""
        try:
            found = super().load_overload(sig, target_context)
            # Two processes that began together can have written code for two signatures under one name.
            if found is None or tuple(found.signature.args) == tuple(sigutils.normalize_signature(sig)[0]):
                return found
        except Exception:  # a damaged pickle can raise anything
            _tell_once(self._cache_path)
        with suppress(OSError):
            self.flush()
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Store code, if it can be stored."""
        try:
            super().save_overload(sig, data)
        except Exception:  # no room, no permission, or a damaged index
            _tell_once(self._cache_path)


@cache
def _tell_once(folder: str) -> None:
    tell(say("compiling.damaged", folder=Path(folder).parent))


@cache
def plain(rule: Any) -> Callable[..., Any]:
    """Give the uncompiled twin of a compiled rule, all the way down.

    The functions that a rule calls are found among the global names its code uses, so rules import each other by
    name (`from sim.fastmath import exp32`), never through a module.
    """
    return _calling(rule, plain)


def anew(rule: Any, twins: dict[Any, Any] | None = None) -> Any:
    """Give a twin of a compiled rule that is compiled here and now, as are the rules it calls: to look at the outcome.

    Code from the disk no longer tells how it came about.

    Parameters
    ----------
    rule
        A compiled rule.
    twins
        Is filled with the twin of every rule on the way.
    """
    made = {} if twins is None else twins
    if rule not in made:
        twin = _calling(rule, lambda called: called if called is rule else anew(called, made))
        options = {key: value for key, value in rule.targetoptions.items() if key != "nopython"}
        made[rule] = numba.njit(**options)(twin)
    return made[rule]


def _calling(rule: Any, twin_of: Callable[[Any], Any]) -> Callable[..., Any]:
    """Give the Python function of a compiled rule, made to call the twins of the compiled rules it calls."""
    function = rule.py_func
    names = {
        name: twin_of(value) if isinstance(value, Dispatcher) else value
        for name, value in function.__globals__.items()
        if name in function.__code__.co_names or name == "__builtins__"
    }
    return types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
