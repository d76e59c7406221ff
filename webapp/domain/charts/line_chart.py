"""A line with the area below it: how something went."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.charts.paths import curve, number, slopes
from webapp.domain.charts.points import Point, checked
from webapp.domain.charts.scales import Label, Tick, anchor_at, labels, rounded, ticks

HEIGHT = 200.0
INSET = 1.0
DOTTED = 40
"""Up to so many points are all dotted; beyond, only the highest and the last are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point on the line, in percent of the field."""

    point: Point
    x: float
    y: float
    shown: bool

    @property
    def anchor(self) -> str:
        """Which end of its label stands there."""
        return anchor_at(self.x, self.point.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """All of it; paths in a view box of 100 x 100 that is stretched, `height` in pixels."""

    path: str
    area: str
    dots: tuple[Dot, ...]
    peak: Dot | None
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    height: float


def line(points: Sequence[Point], *, height: float = HEIGHT) -> LineChart:
    """Draw a line through points in the order given."""
    values = checked(point.value for point in points)
    most = max(values, default=0)
    top, lines = ticks(most, whole=all(float(value).is_integer() for value in values))
    xs = places(len(points))
    ys = [rounded(100 - 100 * (value / top)) for value in values]
    last = len(points) - 1
    highest = values.index(most) if most else last
    dots = tuple(
        Dot(point=point, x=x, y=y, shown=len(points) <= DOTTED or at in {highest, last})
        for at, (point, x, y) in enumerate(zip(points, xs, ys, strict=True))
    )
    drawn = curve(xs, ys, slopes(ys))
    path = f"M{number(xs[0])} {number(ys[0])}{drawn}" if drawn else ""
    return LineChart(
        path=path,
        area=f"{path}V100H{number(xs[0])}Z" if path else "",
        dots=dots,
        peak=dots[highest] if most else None,
        ticks=lines,
        labels=labels([point.label for point in points], xs),
        height=height,
    )


def places(count: int) -> list[float]:
    """Spread so many points from edge to edge; one alone stands in the middle."""
    if count == 1:
        return [50.0]
    step = (100 - 2 * INSET) / max(1, count - 1)
    return [rounded(INSET + step * at) for at in range(count)]
