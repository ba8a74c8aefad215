"""An example of each kind of findings, with everything that its words can tell of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from experiments.answers.asked import Asked
from experiments.answers.findings import Findings, Noted
from tests.experiments.answers.benches import advice, failing, round_and_round, sensitive
from tests.experiments.answers.markets import pair

USERISATION = Asked(key="userisation", of="", over="mean", weeks=(20, 26))
SHARE = Asked(key="share", of="Élan", over="end")


def compared(_: Path) -> Findings:
    """Compare three scenarios on two figures."""
    from experiments.answers.compare import compare
    from sim.scenario import changed

    before, after = pair()
    third = changed(before, {"firm.Élan.levers.price": 8.0})
    found = compare({"A": before, "B": after, "C <b>": third}, [USERISATION, SHARE], replicates=6)
    return found.model_copy(
        update={"notes": [Noted(doubt="few_pairs", about="B"), Noted(doubt="failed_runs", value=2)]}
    )


def explained(_: Path) -> Findings:
    """Explain three changes that interact."""
    from experiments.answers.explain import explain

    before, after = pair()
    return explain(("A", before), ("B & C", after), [USERISATION, SHARE], replicates=6)


EVERY: dict[str, Callable[[Path], Findings]] = {
    "compare": compared,
    "explain": explained,
    "sensitivity": lambda _: sensitive(),
    "discover": lambda _: failing(),
    "advise": advice,
    "rivals": lambda _: round_and_round(),
}
"""By kind; each takes a folder for what it needs."""

__all__ = ["EVERY", "SHARE", "USERISATION"]
