"""Normal scores against scipy's."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from sim.normal import normal_scores


def test_the_score_of_every_uniform_is_that_of_scipy():
    """Uniforms are (m + ½) 2⁻²³ for a 23-bit m: few enough to try them all."""
    uniforms = (np.arange(2**23).astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-23)
    # To the bit where both libraries use the same logarithm; elsewhere to the last place.
    np.testing.assert_allclose(normal_scores(uniforms), ndtri(uniforms).astype(np.float32), rtol=2e-7)
