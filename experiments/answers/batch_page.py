"""The page of an experiment."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from experiments.answers.page import render_told
from experiments.answers.words.batch import facts, tell
from sim.text import LANGUAGES, use_language

if TYPE_CHECKING:
    from experiments.batch.results import BatchResults

__all__ = ["render_batch"]


def render_batch(results: BatchResults) -> str:
    """Give the page of an experiment as far as it has come, opened in the language of the context."""
    from experiments.batch.folder import COPY
    from experiments.toml_text import toml_text

    told, made = {}, {}
    for code in LANGUAGES:
        with use_language(code):
            told[code], made[code] = tell(results), facts(results)
    text = results.meta["experiment"]
    parts = [(COPY, text)] if text.strip() else []
    parts += [(arm, toml_text(results.scenario(arm).as_file())) for arm in results.arms]
    name = results.meta["name"]
    return render_told(told, made, shlex.join(["userisation", "batch", f"{name}.toml"]), parts)
