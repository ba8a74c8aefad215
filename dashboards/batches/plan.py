"""An experiment before it is run, in words: what it varies, how, how often; and what it will cost, measured apart."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.batches.files import Bundle, size_key
from dashboards.batches.jobs import apart, environment
from dashboards.batches.text import say
from experiments.numbers import count
from experiments.text import say as say_experiments
from sim.text import language

if TYPE_CHECKING:
    from experiments.batch.experiment import Experiment
    from sim.scenario import Scenario

__all__ = ["Cost", "Estimates", "Plan", "cost_text", "plan_of", "values_text"]

_ROWS = 6
_MOST_LEVELS = 8
_KEPT = 64
_SECONDS = 240.0


@dataclass(frozen=True)
class Plan:
    """An experiment in the language of the context.

    Attributes
    ----------
    title, story
        Of its file.
    facts
        What it is, as pairs of texts.
    factors
        Name, role, keys and values of each.
    columns, rows
        Heading and first rows of the design.
    more
        Points that are not shown.
    sizes
        Points (None where they follow from the factors), replicates, consumers and weeks as the file has them.
    kind
        Of the design.
    levers
        Names of the factors that are choices.
    """

    title: str
    story: str
    facts: tuple[tuple[str, str], ...]
    factors: tuple[tuple[str, str, str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int
    sizes: tuple[int | None, int, int, int]
    kind: str
    levers: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """What an experiment will cost: runs, seconds of all workers, bytes; or why that cannot be said."""

    runs: int = 0
    workers: int = 1
    seconds: float = 0.0
    disk: float = 0.0
    memory: float = 0.0
    problem: str = ""


def plan_of(made: Experiment, bundle: Bundle) -> Plan:
    """Put an experiment into words."""
    import tomllib

    from experiments.commands.batch_table import value_text

    first = made.arms[0].scenario
    design = made.design
    kind = "none" if design is None else design.kind
    figures = made.recorded.figures
    facts = [
        (say("batches.plan.scenarios"), "; ".join(_told(arm.name, arm.scenario) for arm in made.arms)),
        (say("batches.plan.design"), say_experiments(f"batch.design.{kind}")),
        (
            say("batches.plan.runs"),
            say(
                "batches.plan.runs_of", runs=count(made.run_count), points=count(made.point_count),
                replicates=count(made.replicates),
            ),
        ),
        (
            say("batches.plan.market"),
            say("batches.plan.market_of", consumers=count(first.population.size), weeks=count(first.horizon)),
        ),
        (say("batches.plan.figures"), say("batches.plan.all_figures") if figures is None else ", ".join(figures)),
    ]  # fmt: skip
    data = tomllib.loads(bundle.text)
    key = size_key(data)
    points = None if key is None or design is None else int(getattr(design, key))
    factors = tuple(
        (
            factor.name, say_experiments(f"batch.role.{factor.role}"), ", ".join(factor.keys),
            values_text(factor.describe()),
        )
        for factor in made.factors
    )  # fmt: skip
    shown = made.factors[:7]
    rows = []
    for point in made.points[:_ROWS]:
        values = made.values(point)
        cells = (value_text(values[factor.name]) for factor in shown)
        rows.append((count(point.number), made.arms[point.arm].name, *cells))
    columns = (say_experiments("batch.column.point"), say_experiments("batch.column.arm"), *(f.name for f in shown))
    return Plan(
        getattr(made.title, language()) or made.name, " ".join(getattr(made.story, language()).split()), tuple(facts),
        factors, columns, tuple(rows), max(0, made.point_count - _ROWS),
        (points, made.replicates, first.population.size, first.horizon), kind,
        tuple(factor.name for factor in made.factors if factor.role == "lever"),
    )  # fmt: skip


def _told(name: str, scenario: Scenario) -> str:
    """Name a scenario as results do, and say what it is."""
    title = getattr(scenario.title, language())
    return f"{name} ({title})" if title and title != name else name


def values_text(described: Mapping[str, Any]) -> str:
    """Say which values a factor can have."""
    from experiments.commands.batch_table import value_text

    known = described.get("values") or described
    if "levels" in known:
        more = " …" if len(known["levels"]) > _MOST_LEVELS else ""
        return ", ".join(value_text(value) for value in known["levels"][:_MOST_LEVELS]) + more
    if "range" in known:
        given = dict(known["range"])
        kind = str(given.pop("distribution", "uniform"))
        if set(given) == {"low", "high"}:
            text = say("batches.plan.between", low=value_text(given["low"]), high=value_text(given["high"]))
            return text if kind == "uniform" else f"{text} ({say(f'batches.range.{kind}')})"
        if "median" in given and "sigma" in given:
            return say("batches.plan.around", median=value_text(given["median"]), sigma=value_text(given["sigma"]))
        if "mean" in given and "sd" in given:
            return say("batches.plan.normal", mean=value_text(given["mean"]), sd=value_text(given["sd"]))
        return ", ".join(f"{key} {value_text(value)}" for key, value in given.items())
    return str(known.get("draws") or "–")


def cost_text(cost: Cost) -> str:
    """Say what an experiment will cost."""
    from experiments.amounts import duration, size

    if cost.problem:
        return cost.problem
    return say(
        "batches.plan.cost", runs=count(cost.runs), time=duration(cost.seconds), workers=count(cost.workers),
        disk=size(cost.disk), memory=size(cost.memory),
    )  # fmt: skip


class Estimates:
    """What experiments cost, measured by a pilot run in a process of its own, once for each text."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Cost] = OrderedDict()

    def known(self, bundle: Bundle) -> Cost | None:
        """Give what is known already."""
        with self._lock:
            return self._known.get(_key(bundle))

    def of(self, bundle: Bundle, stop: threading.Event | None = None) -> Cost:
        """Measure it, or remember it. Takes seconds; `stop` ends it early."""
        found = self.known(bundle)
        if found is None:
            found = _measured(bundle, stop or threading.Event())
            if not (stop is not None and stop.is_set()):
                with self._lock:
                    self._known[_key(bundle)] = found
                    while len(self._known) > _KEPT:
                        self._known.popitem(last=False)
        return found


def _key(bundle: Bundle) -> str:
    told = json.dumps([language(), bundle.main, dict(bundle.files)])
    return hashlib.sha256(told.encode()).hexdigest()


def _measured(bundle: Bundle, stop: threading.Event) -> Cost:
    """Ask the command line in a process that gives way to all others."""
    code = (
        "import sys; from dashboards.batches.worker import be_modest; be_modest(5); "
        "from experiments.cli import app; app(sys.argv[1:])"
    )
    with tempfile.TemporaryDirectory(prefix="userisation-") as place:
        file = bundle.write(Path(place))
        words = [sys.executable, "-c", code, "batch", str(file), "--dry-run", "--json", "--lang", language()]
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=place,
            env=environment(), **apart(),
        )  # fmt: skip
        waited = 0.0
        while True:
            try:
                out, said = process.communicate(timeout=0.25)
                break
            except subprocess.TimeoutExpired:
                waited += 0.25
                if stop.is_set() or waited > _SECONDS:
                    process.kill()
                    process.communicate()
                    return Cost(problem=say("batches.plan.no_cost"))
    try:
        cost = json.loads(out)["cost"]
        runs = json.loads(out)["runs"]
        return Cost(
            int(runs), int(cost["workers"]), float(cost["seconds"]), float(cost["disk_bytes"]),
            float(cost["memory_bytes"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        lines = said.decode("utf-8", "replace").replace(place, "").strip().splitlines()
        return Cost(problem="\n".join(lines[-4:])[-500:] or say("batches.plan.no_cost"))
