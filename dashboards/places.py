"""Where the dashboard keeps results: one folder for the whole process, chosen when it starts."""

from __future__ import annotations

from pathlib import Path

__all__ = ["results_folder", "use_results_folder"]

_chosen: list[Path] = []


def use_results_folder(folder: Path | None) -> None:
    """Choose the folder; None: `userisation` among the user's own data."""
    _chosen[:] = [] if folder is None else [folder.resolve()]


def results_folder() -> Path:
    """Give the folder that holds results, one folder each; it need not exist yet."""
    if _chosen:
        return _chosen[0]
    import platformdirs

    return Path(platformdirs.user_data_path("userisation", appauthor=False)) / "results"
