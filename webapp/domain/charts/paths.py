"""Curves through points that never swing beyond them.

Monotone piecewise cubics after F. N. Fritsch and R. E. Carlson (1980), with the slopes of
F. N. Fritsch and J. Butland (1984): flat at each peak, so that a curve never shows more than was
counted, and what is above zero stays there.
"""

from collections.abc import Sequence
from itertools import pairwise

from webapp.domain.charts.scales import rounded


def slopes(values: Sequence[float]) -> list[float]:
    """Choose the slope at each value, for values one step apart; flat at both ends."""
    inner = []
    for before, after in pairwise(b - a for a, b in pairwise(values)):
        inner.append(2 * before * after / (before + after) if before * after > 0 else 0.0)
    return [0.0, *inner, 0.0][: len(values)]


def curve(xs: Sequence[float], ys: Sequence[float], steep: Sequence[float]) -> str:
    """Draw from each point to the next; without a move to the first."""
    return "".join(
        f"C{number(a + (b - a) / 3)} {number(ya + ma / 3)} {number(b - (b - a) / 3)}"
        f" {number(yb - mb / 3)} {number(b)} {number(yb)}"
        for (a, ya, ma), (b, yb, mb) in pairwise(zip(xs, ys, steep, strict=True))
    )


def number(value: float) -> str:
    """Write a coordinate as short as it can be."""
    return f"{rounded(value) + 0:g}" if abs(value) < 1000 else f"{round(value)}"  # noqa: PLR2004
