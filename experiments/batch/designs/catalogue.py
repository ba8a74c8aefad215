"""All designs: to add one, write its class (see `base`) and name it here."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from experiments.batch.designs.base import Design
from experiments.batch.designs.grids import FullGrid, OneAtATime, Table
from experiments.batch.designs.sampling import LatinHypercube, Sobol
from experiments.batch.designs.screening import Morris, Saltelli

__all__ = ["DESIGNS", "AnyDesign"]

AnyDesign = Annotated[
    FullGrid | OneAtATime | Table | LatinHypercube | Sobol | Morris | Saltelli, Field(discriminator="kind")
]

DESIGNS: dict[str, type[Design]] = {
    get_args(design.model_fields["kind"].annotation)[0]: design for design in get_args(get_args(AnyDesign)[0])
}
"""Designs by the word for ``kind``."""
