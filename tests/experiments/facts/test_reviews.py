"""Shapes of histograms."""

import numpy as np
import pytest

from experiments.facts.reviews import is_j_shaped, modes, rebinned


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ([100, 300, 900, 400, 50], 1),
        ([900, 300, 100, 300, 900], 2),
        ([900, 500, 300, 100, 10], 1),
        ([10, 100, 300, 500, 900], 1),
        ([100, 900, 100, 900, 100], 2),
        ([500, 505, 498, 503, 499], 1),  # chance makes no mode
        ([100, 300, 300, 300, 100], 1),  # a plateau is one
    ],
)
def test_modes_are_counted(counts, found):
    assert modes(np.array(counts)) == found


@pytest.mark.parametrize(
    ("stars", "found"),
    [
        ([200, 80, 60, 150, 900], True),
        ([900, 80, 60, 150, 200], False),  # the lower end dominates
        ([50, 80, 60, 150, 900], False),  # no mode at the lower end
        ([200, 80, 60, 900, 700], False),  # the upper mode is not at the end
        ([200, 80, 400, 150, 900], False),  # three modes
    ],
)
def test_a_j_has_a_mode_at_each_end(stars, found):
    assert is_j_shaped(np.array(stars)) is found


def test_bins_add_up():
    assert rebinned(np.arange(8), 4).tolist() == [1, 5, 9, 13]
