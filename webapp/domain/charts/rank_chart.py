"""Places over time, first on top: who overtook whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from webapp.domain.charts.names import fitted
from webapp.domain.charts.paths import number
from webapp.domain.charts.points import Row, Series, checked, hue_of, matching, rows_of
from webapp.domain.charts.scales import Label, anchor_at, rounded
from webapp.domain.charts.scales import labels as labels_below

ROW, DEEP_HEIGHT = 36.0, 260.0
ROWS = 12
"""Down to this place each has a row; deeper, places lie closer the deeper they are."""
NARROW_LETTERS, WIDE_LETTERS = 13, 30
MARKS = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One series at one label; `text` is None where the caller has no words for it."""

    label: str
    rank: float
    text: str | None
    x: float
    y: float

    @property
    def anchor(self) -> str:
        """Which end of its words stands there."""
        return anchor_at(self.x, self.text or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A series: its places, and the lines between neighbours, in a stretched box of 100 x 100.

    `name` and `short` are its name on a desk and on a phone, where it was last.
    """

    series: Series
    hue: int
    path: str
    places: tuple[Place, ...]
    name: str
    short: str

    @property
    def best(self) -> Place:
        """Where it stood highest, at last."""
        return min(reversed(self.places), key=lambda place: place.rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankChart:
    """All of it; `height` in pixels. `marks` are places with their height in percent."""

    tracks: tuple[Track, ...]
    marks: tuple[tuple[int, float], ...]
    labels: tuple[Label, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    height: float


def ranks(series: Sequence[Series], labels: Sequence[str]) -> RankChart:
    """Draw places, 1 and up; None is a time without a place."""
    found = matching(series, labels)
    known = checked(value for one in found for value in one.values if value is not None)
    if any(value < 1 for value in known):
        raise ValueError("places begin at 1")
    deepest = int(max(known, default=1))
    xs = _places(len(labels))
    tracks = (
        _track(one, at, xs, labels, deepest)
        for at, one in enumerate(found)
        if any(value is not None for value in one.values)
    )
    return RankChart(
        # What ended early comes last, so that its name lies over the lines that go on.
        tracks=tuple(sorted(tracks, key=lambda track: -track.places[-1].x)),
        marks=tuple((rank, _height(rank, deepest)) for rank in _marked(deepest)) if known else (),
        labels=labels_below(list(labels), xs),
        heads=tuple(one.name for one in found),
        rows=rows_of(found, labels),
        height=ROW * max(2, deepest) if deepest <= ROWS else DEEP_HEIGHT,
    )


def _places(count: int) -> list[float]:
    return [rounded(100 * at / max(1, count - 1)) for at in range(count)]


def _height(rank: float, deepest: int) -> float:
    if deepest <= ROWS:
        return rounded(100 * (rank - 0.5) / max(deepest, 2))
    return rounded(4 + 92 * log(rank) / log(deepest))


def _marked(deepest: int) -> list[int]:
    if deepest <= ROWS:
        return list(range(1, deepest + 1))
    powers = range(len(str(deepest)))
    marks = {mark * 10**power for mark in MARKS for power in powers}
    return sorted(mark for mark in marks if mark <= deepest)


def _track(
    series: Series, at: int, xs: Sequence[float], labels: Sequence[str], deepest: int
) -> Track:
    texts: Sequence[str | None] = series.texts or [None] * len(labels)
    places = [
        Place(label=label, rank=rank, text=text, x=x, y=_height(rank, deepest)) if rank else None
        for label, rank, text, x in zip(labels, series.values, texts, xs, strict=True)
    ]
    there = tuple(place for place in places if place)
    return Track(
        series=series,
        hue=hue_of(at),
        path="".join(_link(a, b) for a, b in pairwise(places) if a and b),
        places=there,
        name=fitted(series.name, WIDE_LETTERS),
        short=fitted(series.name, NARROW_LETTERS),
    )


def _link(a: Place, b: Place) -> str:
    middle = number((a.x + b.x) / 2)
    return (
        f"M{number(a.x)} {number(a.y)}C{middle} {number(a.y)} {middle} {number(b.y)}"
        f" {number(b.x)} {number(b.y)}"
    )
