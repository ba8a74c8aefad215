"""A market whose figures are a known function of its levers, for answers end to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tests.experiments import fake_sim

Function = Callable[[dict[str, Any]], dict[str, dict[str, float]]]
"""From the firms by name to figures by key and firm."""


class KnownMarket(fake_sim.Market):
    """The fake market, with some figures of firms as a function says, and luck of a replicate that all points share."""

    function: ClassVar[Function] = staticmethod(lambda firms: {})
    luck: ClassVar[float] = 0.0
    runs: ClassVar[int] = 0

    def __init__(self, scenario, **options) -> None:
        super().__init__(scenario, **options)
        type(self).runs += 1

    def step(self) -> None:
        if self.record.rows:  # every week is like the first: only what the function says matters
            if self.fails_at.get(self.record.replicate) == self.steps:
                raise ZeroDivisionError("a market without customers")
            self.steps += 1
            self.record.rows.append(self.record.rows[0])
            return
        super().step()
        firms = {firm.name: firm for firm in self.setup.firms}
        common = self.luck * np.random.default_rng(self.record.replicate).standard_normal()
        for key, values in type(self).function(firms).items():
            row = np.array(self.record.rows[-1][key], dtype=float)
            for name, value in values.items():
                row[self.record.firms.index(name)] = value + common
            self.record.rows[-1][key] = row


def experiment(folder: Path, design: str, factors: str, *, replicates: int = 1, more: str = "") -> Path:
    """Write an experiment over the baseline."""
    path = folder / "known.toml"
    path.write_text(
        f"""
schema_version = 1
[title]
en = "A known market"
fr = "Un marché connu"
[[arm]]
scenario = "baseline"
{factors}
[design]
{design}
[runs]
replicates = {replicates}
consumers = 100
horizon = 15
{more}
""",
        encoding="utf-8",
    )
    return path


LEVERS = """
[[factor]]
role = "lever"
key = "firm.Nova.levers.price"
low = 8.0
high = 12.0
[[factor]]
role = "lever"
key = "firm.Nova.levers.openness"
low = 0.0
high = 1.0
"""
UNKNOWN = """
[[factor]]
name = "Citadel's openness"
key = "firm.Citadel.levers.openness"
low = 0.0
high = 1.0
"""
IDLE = """
[[factor]]
name = "peers"
key = "network.peers"
low = 4
high = 16
"""
