"""Columns, side by side: amounts over time."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.charts.paths import number
from webapp.domain.charts.points import Point, checked
from webapp.domain.charts.scales import Label, Tick, anchor_at, labels, rounded, ticks

HEIGHT = 200.0
FILLED = 0.74
WIDEST = 9.0
"""A column, in percent: a week of days is not seven towers."""
DENSE = 100
"""Beyond so many, columns are drawn as one shape: no finger or pointer meets a single one."""
LEAST = 1.0
"""What is there at all can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, in percent of the field."""

    point: Point
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return rounded(self.x + self.width / 2)

    @property
    def anchor(self) -> str:
        """Which end of its label stands there."""
        return anchor_at(self.middle, self.point.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChart:
    """All of it; `height` in pixels, the rest in percent. The peak is the first of the highest.

    Many columns are one `path`, in a view box of 100 x 100 that is stretched.
    """

    columns: tuple[Column, ...]
    path: str
    peak: Column | None
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    height: float


def columns(points: Sequence[Point], *, height: float = HEIGHT) -> ColumnChart:
    """Draw columns in the order given."""
    values = checked(point.value for point in points)
    most = max(values, default=0)
    top, lines = ticks(most, whole=all(float(value).is_integer() for value in values))
    pitch = 100 / (len(points) or 1)
    width = min(WIDEST, pitch * FILLED)
    drawn = [
        _column(point, value / top, pitch * (at + 0.5) - width / 2, width)
        for at, (point, value) in enumerate(zip(points, values, strict=True))
    ]
    return ColumnChart(
        columns=tuple(drawn),
        path="".join(_shape(one) for one in drawn if one.height) if len(drawn) > DENSE else "",
        peak=drawn[values.index(most)] if most else None,
        ticks=lines,
        labels=labels([point.label for point in points], [one.middle for one in drawn]),
        height=height,
    )


def _column(point: Point, part: float, x: float, width: float) -> Column:
    high = max(LEAST, 100 * part) if point.value else 0.0
    return Column(
        point=point,
        x=rounded(x),
        y=rounded(100 - high),
        width=rounded(width),
        height=rounded(high),
    )


def _shape(column: Column) -> str:
    left, right = number(column.x), number(column.x + column.width)
    return f"M{left} 100V{number(column.y)}H{right}V100Z"
