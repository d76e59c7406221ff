"""A stream: bands over time, as thick as their values, around a middle line.

The order from the middle outwards is that of L. Byron and M. Wattenberg (2008): what peaked first
lies inside, what came later is added outside, on the lighter side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.domain.charts.paths import curve, number, slopes
from webapp.domain.charts.points import Row, Series, checked, hue_of, matching, rows_of
from webapp.domain.charts.scales import Label, rounded
from webapp.domain.charts.scales import labels as labels_below
from webapp.domain.charts.stream_names import BandName, names_in

HEIGHT = 320.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A series; its path lies in a view box of 100 x 100 that is stretched."""

    series: Series
    hue: int
    path: str
    names: tuple[BandName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChart:
    """All of it; `height` in pixels. Bands are in the order given; rows are the table behind."""

    bands: tuple[Band, ...]
    labels: tuple[Label, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One side of a band: positions and slopes at each label."""

    ys: list[float]
    steep: list[float]


def stream(
    series: Sequence[Series], labels: Sequence[str], *, height: float = HEIGHT
) -> StreamChart:
    """Draw series as bands; the first is the first colour, wherever it lies."""
    found = matching(series, labels)
    values = [checked(value or 0 for value in one.values) for one in found]
    xs = _places(len(labels))
    edges = _stacked(values)
    return StreamChart(
        bands=tuple(
            Band(
                series=one,
                hue=hue_of(at),
                path=_band(xs, *edges[at]),
                names=names_in(one.name, xs, edges[at][0].ys, edges[at][1].ys, height),
            )
            for at, one in enumerate(found)
            if edges and any(values[at])
        ),
        labels=labels_below(list(labels), xs if len(labels) > 1 else [50.0]),
        heads=tuple(one.name for one in found),
        rows=rows_of(found, labels),
        height=height,
    )


def order(values: Sequence[Sequence[float]]) -> list[int]:
    """Choose which series lies where, from top to bottom."""
    above: list[int] = []
    below: list[int] = []
    weight_above = weight_below = 0.0
    for at in sorted(range(len(values)), key=lambda at: (_peak(values[at]), at)):
        if weight_above <= weight_below:
            above.append(at)
            weight_above += sum(values[at])
        else:
            below.append(at)
            weight_below += sum(values[at])
    return [*reversed(above), *below]


def _peak(values: Sequence[float]) -> int:
    return values.index(max(values)) if values else 0


def _places(count: int) -> list[float]:
    if count <= 1:
        return [0.0, 100.0]
    return [rounded(100 * at / (count - 1)) for at in range(count)]


def _stacked(values: list[list[float]]) -> list[tuple[Edge, Edge]]:
    """Lay bands on one another: for each series its upper and its lower edge."""
    most = max((max(one, default=0) for one in values), default=0)
    if not most:
        return []
    thick = [[value / most for value in (one * 2 if len(one) == 1 else one)] for one in values]
    steep = [slopes(one) for one in thick]
    totals = [sum(at) for at in zip(*thick, strict=True)]
    total_steep = [sum(at) for at in zip(*steep, strict=True)]
    unit = 100 / _highest(totals, total_steep)
    ys = [50 - unit * total / 2 for total in totals]
    slope = [-unit * total / 2 for total in total_steep]
    edges: dict[int, tuple[Edge, Edge]] = {}
    for at in order(thick):
        upper = Edge(ys=ys, steep=slope)
        ys = [y + unit * more for y, more in zip(ys, thick[at], strict=True)]
        slope = [m + unit * more for m, more in zip(slope, steep[at], strict=True)]
        edges[at] = (upper, Edge(ys=ys, steep=slope))
    return [edges[at] for at in range(len(values))]


def _highest(totals: Sequence[float], steep: Sequence[float]) -> float:
    """Find what the sum never exceeds: a curve stays within its control points."""
    between = [
        max(a + ma / 3, b - mb / 3)
        for (a, ma), (b, mb) in pairwise(zip(totals, steep, strict=True))
    ]
    return max(*totals, *between)


def _band(xs: Sequence[float], upper: Edge, lower: Edge) -> str:
    back = list(reversed(xs))
    ys = list(reversed(lower.ys))
    there = curve(xs, upper.ys, upper.steep)
    home = curve(back, ys, [-m for m in reversed(lower.steep)])
    return f"M{number(xs[0])} {number(upper.ys[0])}{there}L{number(back[0])} {number(ys[0])}{home}Z"
