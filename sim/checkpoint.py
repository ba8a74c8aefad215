"""Save a market at the end of a week and go on from it later, in any process, with the bits of an unbroken run.

A checkpoint is one `.npz` file of plain arrays and JSON text: nothing in it is executed when it is read. What follows
from the scenario and the seed alone (peers, keys) is built again rather than stored.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from sim.market import Market
from sim.problems import Place, Problem, ScenarioError
from sim.scenario import from_document
from sim.text import say
from sim.toml_files import Document

__all__ = ["restore", "save"]

VERSION = 3


def save(market: Market, path: str | Path) -> None:
    """Save a market between two weeks.

    The file is written beside its place and moved there, so that a broken write leaves no broken checkpoint.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    columns = market.population.columns
    arrays: dict[str, Any] = {
        **{f"{kind}s": block for kind, block in columns.blocks.items()},
        "makers": market.makers,
        "made": market.made,
        **market.words_heard(),
        **{f"figures:{scope}": values for scope, values in market.record.state().items()},
    }
    about = {
        "version": VERSION,
        "scenario": market.setup.as_file(),
        "replicate": market.replicate,
        "lanes": columns.lanes,
        "week": market.week,
        "salience": [market.salience.fast, market.salience.slow, market.salience.weary],
        "suppliers": [supplier.state() for supplier in market.suppliers],
        "hardship": market.hardship,
        "figures": market.record.keys,
        "ended": [market.ended_episodes, market.ended_weeks],
    }
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            np.savez(file, **arrays)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def restore(path: str | Path, *, engine: str = "compiled", threads: int = 1) -> Market:
    """Read a market back as it was saved.

    Parameters
    ----------
    path
        A file that `save` wrote.
    engine, threads
        As for `Market`; a checkpoint of one engine can be continued with the other.

    Raises
    ------
    ScenarioError
        If the file is missing or no checkpoint of this version.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
        about = json.loads(arrays.pop("about").tobytes())
        if about["version"] != VERSION:
            raise ValueError(about["version"])
        lanes = 1 if engine == "objects" else None
        scenario = from_document(Document(about["scenario"], {}), about["scenario"]["name"])
        replicate, figures = about["replicate"], about["figures"]
        market = Market(scenario, replicate=replicate, engine=engine, threads=threads, lanes=lanes, figures=figures)
        _fill(market, arrays, about)
    # A foreign file can raise anything on its way; none of it is the caller's fault beyond naming the file.
    except Exception as error:
        if engine not in ("compiled", "objects"):
            raise
        message = say("checkpoint.unreadable", version=VERSION)
        raise ScenarioError([Problem(Place(str(path)), "", message)]) from error
    return market


def _fill(market: Market, arrays: dict[str, Any], about: dict[str, Any]) -> None:
    columns = market.population.columns
    for kind, block in columns.blocks.items():
        saved = arrays[f"{kind}s"]
        if columns.lanes == about["lanes"]:
            block[...] = saved
        else:
            _copy_lanes(saved, block, columns.size)
    market.makers[:], market.made[:] = arrays["makers"], arrays["made"]
    market.hear_words(arrays)
    market.salience.fast, market.salience.slow, market.salience.weary = about["salience"]
    for supplier, state in zip(market.suppliers, about["suppliers"], strict=True):
        supplier.restore(state)
    market.hardship = about["hardship"]
    market.ended_episodes, market.ended_weeks = about["ended"]
    market.steps = about["week"]
    figures = {key.removeprefix("figures:"): value for key, value in arrays.items() if key.startswith("figures:")}
    market.record.restore(figures, about["week"])
    market.running = market.week < market.setup.horizon


def _copy_lanes(source: Any, target: Any, size: int) -> None:
    """Copy blocks between tiles of different width."""
    flat = np.moveaxis(source, 1, 0).reshape(source.shape[1], -1)[:, :size]
    wide = np.moveaxis(target, 1, 0).reshape(target.shape[1], -1)
    wide[:, :size] = flat
    target[...] = np.moveaxis(wide.reshape(target.shape[1], target.shape[0], target.shape[2]), 0, 1)
