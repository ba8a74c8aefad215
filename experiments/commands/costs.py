"""What runs will cost, said before they are made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.commands.session import fail, note
from experiments.exits import Exit
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.cost import Pilot
    from experiments.batch.experiment import Experiment

__all__ = ["tell_cost"]


def tell_cost(
    made: Experiment, measured: Pilot, workers: int, missing: int, folder: Path, key: str = "batch.cost"
) -> None:
    """Say what it will cost, in the words of the catalogue's `key`; refuse what disk or memory cannot hold."""
    import shutil

    from experiments.amounts import size
    from experiments.batch.cost import cost_of
    from experiments.commands.batch_table import cost_words
    from experiments.memory import available_bytes

    cost = cost_of(made, missing, measured, workers)
    note(cost_words(made, cost, measured, workers, key))
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir())
    free = shutil.disk_usage(there).free
    if cost.disk > free:
        fail(say("batch.no_room", needed=size(cost.disk), free=size(free), folder=folder), Exit.CANNOT_WRITE)
    available = available_bytes()
    if available is not None and cost.memory > available:
        note(say("batch.little_memory", needed=size(cost.memory), available=size(available)))
