"""A tile: some hundred consumers whose rows lie side by side, as the rules of the week see them.

The same rules run over tiles of 512 lanes, compiled, and over tiles of one lane, in plain Python.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiling import compiled

__all__ = ["Tile", "open_tile"]

Numbers = NDArray[np.float32]
Codes = NDArray[np.int16]
Tags = NDArray[np.int8]


class Tile(NamedTuple):
    """Views on the columns of one tile: (lanes,) each, or (firms | sectors | causes, lanes)."""

    # purchase
    taste: Numbers
    price_sensitivity: Numbers
    inertia: Numbers
    rate: Numbers
    supplier: Tags
    bought: Codes
    # offers, sharing, cohorts
    use_preference: Numbers
    owned: Codes
    cohort: Tags
    # beliefs and sincerity
    quality: Numbers
    peer_trust: Numbers
    brand_trust: Numbers
    satisfaction: Numbers
    mentioned: Tags
    sincerity: Numbers
    # activation
    values: Numbers
    threshold: Numbers
    persistence: Numbers
    energy: Numbers
    role: Tags
    cause: Tags
    target: Tags
    stance: Tags
    episode: Codes
    # contribution
    propensity: Numbers
    skill: Numbers
    playfulness: Numbers
    reciprocity: Numbers
    community: Tags
    attachment: Numbers
    contributed: Numbers
    ambassador: Tags


@compiled
def open_tile(numbers, codes, tags, rows):
    """Open one tile.

    Parameters
    ----------
    numbers, codes, tags
        float32, int16 and int8 blocks of the tile, (rows, lanes).
    rows
        Record with the first row of every column, and the numbers of firms, sectors and causes.
    """
    f, s, c = rows.firms, rows.sectors, rows.causes
    return Tile(
        numbers[rows.taste : rows.taste + f],
        numbers[rows.price_sensitivity],
        numbers[rows.inertia],
        numbers[rows.rate : rows.rate + s],
        tags[rows.supplier : rows.supplier + s],
        codes[rows.bought : rows.bought + f],
        numbers[rows.use_preference],
        codes[rows.owned : rows.owned + s],
        tags[rows.cohort],
        numbers[rows.quality : rows.quality + f],
        numbers[rows.peer_trust],
        numbers[rows.brand_trust],
        numbers[rows.satisfaction],
        tags[rows.mentioned],
        numbers[rows.sincerity : rows.sincerity + f],
        numbers[rows.values : rows.values + c],
        numbers[rows.threshold],
        numbers[rows.persistence],
        numbers[rows.energy],
        tags[rows.role],
        tags[rows.cause],
        tags[rows.target],
        tags[rows.stance],
        codes[rows.episode],
        numbers[rows.propensity],
        numbers[rows.skill],
        numbers[rows.playfulness],
        numbers[rows.reciprocity],
        tags[rows.community],
        numbers[rows.attachment],
        numbers[rows.contributed],
        tags[rows.ambassador],
    )
