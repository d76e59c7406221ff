"""Bars, one below the other: a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.charts.names import fitted
from webapp.domain.charts.points import Point, checked
from webapp.domain.charts.scales import rounded

ROW = 46.0
LETTERS = 34
"""So many fit above a bar on a phone, beside the bar's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: its row begins at `y`; `width` is in percent of the longest."""

    point: Point
    name: str
    y: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """All of it; heights in pixels."""

    bars: tuple[Bar, ...]
    height: float
    row: float


def bars(points: Sequence[Point], *, height: float = ROW) -> BarChart:
    """Draw bars in the order given, each in a row of that height."""
    values = checked(point.value for point in points)
    most = max(values, default=0)
    return BarChart(
        bars=tuple(
            Bar(
                point=point,
                name=fitted(point.label, LETTERS),
                y=rounded(at * height),
                width=rounded(100 * (value / most)) if most else 0.0,
            )
            for at, (point, value) in enumerate(zip(points, values, strict=True))
        ),
        height=rounded(height * len(points)),
        row=height,
    )
