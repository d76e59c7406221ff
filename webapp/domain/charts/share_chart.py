"""One bar, cut into parts of a whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.charts.points import Point, checked, hue_of
from webapp.domain.charts.scales import rounded

READABLE = 12.0
"""A part narrower than this (in percent) has no room for its share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part, in percent of the whole; `hue` is its colour."""

    point: Point
    hue: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        """Where its share is written."""
        return rounded(self.x + self.width / 2)

    @property
    def readable(self) -> bool:
        """Whether there is room to write in it."""
        return self.width >= READABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChart:
    """All of it."""

    parts: tuple[Part, ...]


def share(parts: Sequence[Point]) -> ShareChart:
    """Draw parts in the order given; they make the whole."""
    values = checked(point.value for point in parts)
    most = max(values, default=0) or 1
    scaled = [value / most for value in values]  # the sum of huge values would be infinite
    whole = sum(scaled) or 1
    drawn, x = [], 0.0
    for at, (point, value) in enumerate(zip(parts, scaled, strict=True)):
        width = 100 * value / whole
        drawn.append(Part(point=point, hue=hue_of(at), x=rounded(x), width=rounded(width)))
        x += width
    return ShareChart(parts=tuple(drawn))
