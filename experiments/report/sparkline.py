"""A small line for a card: median and range over the weeks, as a drawing of a few hundred bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.summary import band

if TYPE_CHECKING:
    import numpy as np
    from markupsafe import Markup

__all__ = ["sparkline"]

WIDTH, HEIGHT, POINTS = 200, 40, 60


def sparkline(values: np.ndarray) -> Markup:
    """Draw one figure of shape (runs, weeks); nothing at all when it is nowhere defined."""
    import numpy as np
    from markupsafe import Markup

    weeks = values.shape[1]
    chosen = np.unique(np.linspace(0, weeks - 1, min(POINTS, weeks)).round().astype(int))
    middle, low, high = (part[chosen] for part in band(values))
    known = np.isfinite(middle)
    if known.sum() < 2:
        return Markup("")
    middle, low, high = middle[known], low[known], high[known]
    bottom, top = float(low.min()), float(high.max())
    height = max(top - bottom, 1e-9 * max(abs(top), 1.0))
    across = 2 + (WIDTH - 4) * chosen[known] / max(1, weeks - 1)

    def points(part: np.ndarray) -> list[str]:
        down = HEIGHT - 3 - (HEIGHT - 6) * (part - bottom) / height
        return [f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True)]

    area = " ".join(points(high) + points(low)[::-1])
    line = " ".join(points(middle))
    return Markup(
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<polygon points="{area}"/><polyline points="{line}"/></svg>'
    )
