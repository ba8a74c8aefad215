"""What is sound of an experiment file that is wrong in some places: the rest is read all the same, for its mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from experiments.batch.declarations import ExperimentFile

if TYPE_CHECKING:
    from sim.toml_lines import KeyPath

__all__ = ["Sound", "sound_part"]

_LISTS = ("arm", "factor")


@dataclass(frozen=True)
class Sound:
    """The sound part of a file.

    Attributes
    ----------
    file
        Without tables that are wrong.
    lacking
        Names of tables that were left out, or of lists that lost some.
    places
        Of what is left of a list, by its name: where each stands in the file.
    """

    file: ExperimentFile
    lacking: frozenset[str] = frozenset()
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def written_at(self, at: KeyPath) -> KeyPath:
        """Give the path in the file of a path in its sound part."""
        name, place = (*at, None, None)[:2]
        if not isinstance(name, str) or not isinstance(place, int) or name not in self.places:
            return at
        return (name, self.places[name][place], *at[2:])


def sound_part(data: Mapping[str, Any]) -> Sound | None:
    """Leave out of a file's data every table in which something is wrong; None if nothing usable is left."""
    try:
        return Sound(ExperimentFile.model_validate(data))
    except ValidationError as error:
        wrong = [details["loc"] for details in error.errors(include_url=False, include_context=False)]
    lacking = frozenset(str(loc[0]) for loc in wrong if loc)
    left = {key: value for key, value in data.items() if key not in lacking}
    places = {}
    for name in _LISTS:
        bad = {loc[1] for loc in wrong if len(loc) > 1 and loc[0] == name}
        if name not in lacking or not isinstance(data.get(name), list) or not bad:
            continue
        places[name] = tuple(place for place in range(len(data[name])) if place not in bad)
        left[name] = [data[name][place] for place in places[name]]
    try:
        return Sound(ExperimentFile.model_validate(left), lacking, places)
    except ValidationError:
        return None
