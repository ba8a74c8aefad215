"""Experiment files of the library and of users: read, bounded, checked, and cut to another size.

Files from a browser are strangers': they may name scenarios of the library and files that were given with them, and
nothing else on this machine.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.batches.shelf import is_plain_name, plain_name
from dashboards.batches.text import say
from sim.problems import Place, Problem, ScenarioError

if TYPE_CHECKING:
    from experiments.batch.experiment import Experiment

__all__ = ["MOST_BYTES", "MOST_FILES", "MOST_RUNS", "Bundle", "Sizes", "facts_of", "of_library", "size_key", "titles"]

MOST_BYTES = 262_144
"""Of one file."""
MOST_FILES = 8
MOST_RUNS = 200_000
"""That an experiment may have which is started from a page."""
_REFERENCES = ("scenario", "extends", "draws", "file")
_ENDS = (".toml", ".csv")


@dataclass(frozen=True)
class Sizes:
    """How large an experiment is; what is None stays as its file says.

    Attributes
    ----------
    points
        Rows of the design, where it has a size; trajectories of Morris'.
    replicates, consumers, weeks
        Of its runs.
    """

    points: int | None = None
    replicates: int | None = None
    consumers: int | None = None
    weeks: int | None = None

    @property
    def is_changed(self) -> bool:
        """Whether anything is other than in the file."""
        return any(one is not None for one in (self.points, self.replicates, self.consumers, self.weeks))


@dataclass(frozen=True)
class Bundle:
    """An experiment file, with the files that it names.

    Attributes
    ----------
    main
        Name of the experiment's file.
    files
        Texts by name.
    """

    main: str
    files: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the experiment is called in files."""
        return plain_name(Path(self.main).stem)

    @property
    def text(self) -> str:
        """The experiment's file."""
        return self.files[self.main]

    def with_file(self, name: str, text: str) -> Bundle:
        """Give the bundle with one more file; a further experiment takes the place of the first.

        Raises
        ------
        ScenarioError
            The file is too large, no text, or has a name that no file here may have.
        """
        name = name.replace("\\", "/").rsplit("/", 1)[-1]
        problems = list(_unfit(name, text))
        if not problems and name not in self.files and len(self.files) >= MOST_FILES:
            problems = [Problem(Place(name), "", say("batches.file.too_many", most=MOST_FILES))]
        if problems:
            raise ScenarioError(problems)
        is_experiment = name.endswith(".toml") and "arm" in _parsed(text)
        main = name if is_experiment or not self.files else self.main
        return Bundle(main, {**self.files, name: text})

    def resized(self, sizes: Sizes) -> Bundle:
        """Give the bundle with an experiment of another size; its comments are lost where anything changes."""
        if not sizes.is_changed:
            return self
        from experiments.toml_text import toml_text

        data = tomllib.loads(self.text)
        runs = {"replicates": sizes.replicates, "consumers": sizes.consumers, "horizon": sizes.weeks}
        data["runs"] = {**data.get("runs", {}), **{key: value for key, value in runs.items() if value is not None}}
        if sizes.points is not None and (key := size_key(data)) is not None:
            data["design"] = {**data["design"], key: sizes.points}
        return replace(self, files={**self.files, self.main: toml_text(data)})

    def write(self, folder: Path) -> Path:
        """Write all files into a folder, and give the path of the experiment's."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            if not is_plain_name(name):
                raise ScenarioError([Problem(Place(name), "", say("batches.file.unfit_name"))])
            (folder / name).write_text(text, encoding="utf-8")
        return folder / self.main

    def read(self) -> Experiment:
        """Read the experiment.

        Raises
        ------
        ScenarioError
            With every mistake found: file, line, key and what would be right.
        """
        from experiments.batch.reading import read_experiment

        problems = [problem for name, text in self.files.items() for problem in _outside(name, text, self.files)]
        if problems:
            raise ScenarioError(problems)
        with tempfile.TemporaryDirectory(prefix="userisation-") as place:
            try:
                made = read_experiment(self.write(Path(place)))
                if made.run_count > MOST_RUNS:
                    from experiments.numbers import count

                    values = {"given": count(made.run_count), "most": count(MOST_RUNS)}
                    raise ScenarioError(
                        [Problem(Place(self.main), "runs", say("batches.file.too_many_runs", **values))]
                    )
                if made.point_count <= MOST_RUNS:
                    _ = made.points  # made now, from files that go
            except ScenarioError as error:
                raise ScenarioError([_without(place, problem) for problem in error.problems]) from None
        return made


def of_library(name: str) -> Bundle:
    """Give an experiment of the library.

    Raises
    ------
    ScenarioError
        There is none of this name.
    """
    from experiments.batch.reading import find, library

    if name not in library():
        raise ScenarioError([Problem(Place(name[:80]), "", say("batches.file.no_experiment"))])
    path = find(name)
    return Bundle(path.name, {path.name: path.read_text(encoding="utf-8")})


def titles() -> dict[str, dict[str, Any]]:
    """Give what the experiments of the library say of themselves, by name: their files, read as tables."""
    from experiments.batch.reading import library

    return {name: _parsed(of_library(name).text) for name in library()}


def facts_of(data: Mapping[str, Any]) -> str:
    """Say in a line what a file that was read as a table has: factors, design, size."""
    from experiments.numbers import count
    from experiments.text import say as say_experiments

    design = data.get("design", {})
    parts = [
        say("batches.plan.factors_short", count=count(len(data.get("factor", [])))),
        say_experiments(f"batch.design.{design.get('kind', 'none')}"),
    ]
    key = size_key(data)
    if key is not None and isinstance(design.get(key), int):
        parts.append(say(f"batches.plan.{key}_short", count=count(design[key])))
    consumers = data.get("runs", {}).get("consumers")
    if isinstance(consumers, int):
        parts.append(say("batches.plan.consumers_short", count=count(consumers)))
    return " · ".join(parts)


def size_key(data: Mapping[str, Any]) -> str | None:
    """Give the key of the design's size; None if it follows from its factors."""
    design = data.get("design")
    if not isinstance(design, Mapping):
        return None
    return {"morris": "trajectories", "sobol": "size", "latin_hypercube": "size", "saltelli": "size"}.get(
        str(design.get("kind"))
    )


def _unfit(name: str, text: str) -> Iterator[Problem]:
    if not is_plain_name(name) or not name.endswith(_ENDS):
        yield Problem(Place(name[:80]), "", say("batches.file.unfit_name"))
    elif len(text.encode()) > MOST_BYTES:
        from experiments.amounts import size

        yield Problem(Place(name), "", say("batches.file.too_large", most=size(MOST_BYTES)))
    elif "\0" in text:
        yield Problem(Place(name), "", say("batches.file.no_text"))


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}  # whoever reads it as an experiment says what is wrong, with the line


def _outside(name: str, text: str, files: Mapping[str, str]) -> Iterator[Problem]:
    """Find what a file names beside the library and the files that were given with it."""
    if not name.endswith(".toml"):
        return
    from experiments.ensembles import PACKAGED
    from sim.scenario import library

    known = {"scenario": library(), "extends": library(), "draws": PACKAGED}
    for key, value in _references(_parsed(text)):
        named = value in known.get(key, ())
        if not named and value not in files:
            line = next((at for at, one in enumerate(text.splitlines(), start=1) if value in one), 0)
            yield Problem(Place(name, line), key, say("batches.file.not_given", file=value[:80]), value)


def _references(data: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > 8:
        return
    if isinstance(data, dict):
        for key, value in data.items():
            if key in _REFERENCES and isinstance(value, str):
                yield key, value
            else:
                yield from _references(value, depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _references(value, depth + 1)


def _without(place: str, problem: Problem) -> Problem:
    """Name a file as its owner does, not by where it lay while it was read."""
    file = problem.place.file
    known = file.replace("\\", "/").rsplit("/", 1)[-1] if place in file else file
    return replace(problem, place=Place(known, problem.place.line), message=problem.message.replace(place, ""))
