"""Start quickly: put off what Mesa imports and the start does not need."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

IMPORT_PANDAS = frozenset(
    {
        "mesa.agent",
        "mesa.datacollection",
        "mesa.experimental.data_collection.basedatarecorder",
        "mesa.experimental.data_collection.datarecorders",
    }
)
"""Modules of Mesa 3 that import pandas, for the sake of a few functions that return or take its tables."""


def defer_pandas() -> bool:
    """Let Mesa import without pandas, which would double the time of a start; it comes when it is used.

    While Mesa's modules that want pandas are imported, they meet a stand-in that imports the real one at the
    first look for something in it. Everybody else imports pandas as ever. (`importlib.util.LazyLoader` will
    not do: it loads at any look, also at those that `inspect` takes at all modules while Mesa is imported,
    and importing a module of a package that it put off loads that module twice.)

    Returns
    -------
    bool
        Whether there was something to put off: False if pandas or Mesa is already imported, or if there is
        no pandas.
    """
    is_late = "pandas" in sys.modules or any(name in sys.modules for name in IMPORT_PANDAS)
    if is_late or importlib.util.find_spec("pandas") is None:
        return False
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    return True


class _Finder(MetaPathFinder):
    """Finds Mesa's modules that import pandas, to have them imported in the stand-in's presence."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in IMPORT_PANDAS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Importer(spec.loader)
        return spec


class _Importer(Loader):
    """Runs a module's code, with the stand-in in the place of pandas unless pandas is there."""

    def __init__(self, usual: Loader) -> None:
        self.usual = usual

    def __getattr__(self, name: str) -> Any:
        """Be the usual loader in all other ways: showing source in tracebacks, reading data files."""
        return getattr(self.usual, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        stand_in = _StandIn("pandas")
        sys.modules.setdefault("pandas", stand_in)
        try:
            self.usual.exec_module(module)
        finally:
            stand_in.leave()


class _StandIn(ModuleType):
    """Gives what is looked for in it from the package that it stands for, importing that if need be."""

    def leave(self) -> None:
        """Make way for the real package in the table of imported modules."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__") and attribute != "__version__":
            # Python's own look at every module there is, not a use of this one.
            raise AttributeError(f"{self.__name__} is not imported yet and has no {attribute}")
        self.leave()
        return getattr(import_module(self.__name__), attribute)
