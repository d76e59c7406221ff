"""Where in a band its name fits, and how large."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.charts.names import fitted, width_of
from webapp.domain.charts.scales import rounded

SIZES = (("large", 25.0), ("medium", 17.0), ("small", 13.0))
LETTER = 0.54
"""How wide a letter is, as a part of its height."""
AIR = 1.25
NARROW, WIDE = 320.0, 760.0
"""How wide a stream is at least, in pixels: on a phone, and on a desk."""
LETTERS = 26
MOST_WIDE = 98.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BandName:
    """A name inside a band, at the middle of what it covers, in percent; `size` is a class."""

    text: str
    x: float
    y: float
    size: str
    narrow: bool


def names_in(
    name: str, xs: Sequence[float], upper: Sequence[float], lower: Sequence[float], height: float
) -> tuple[BandName, ...]:
    """Place a name twice, for a phone and for a desk; not at all where there is no room."""
    text = fitted(name, LETTERS)
    found = []
    for narrow, width in ((True, NARROW), (False, WIDE)):
        for size, pixels in SIZES:
            wide = 100 * (width_of(text) + 1) * LETTER * pixels / width
            place = _roomiest(xs, upper, lower, wide, 100 * AIR * pixels / height)
            if place:
                x, y = place
                found.append(
                    BandName(text=text, x=rounded(x), y=rounded(y), size=size, narrow=narrow)
                )
                break
    return tuple(found)


def _roomiest(
    xs: Sequence[float], upper: Sequence[float], lower: Sequence[float], wide: float, high: float
) -> tuple[float, float] | None:
    """Find where a box of that width and height has most air: its middle, None if nowhere."""
    found = None
    for x, top, end in zip(xs, upper, lower, strict=True):
        middle = min(max(x, wide / 2 + 1), 99 - wide / 2)
        # A box that covers x is no higher than the band there.
        if end - top < high or wide > MOST_WIDE or abs(middle - x) > wide / 2:
            continue
        roof, floor = _covered(xs, upper, lower, middle - wide / 2, middle + wide / 2)
        if floor - roof >= high:
            found, high = (middle, (roof + floor) / 2), floor - roof
    return found


def _covered(
    xs: Sequence[float], upper: Sequence[float], lower: Sequence[float], left: float, right: float
) -> tuple[float, float]:
    """Find what a band has in common from left to right."""
    between = slice(bisect_right(xs, left), bisect_left(xs, right))
    return (
        max(_at(xs, upper, left), *upper[between], _at(xs, upper, right)),
        min(_at(xs, lower, left), *lower[between], _at(xs, lower, right)),
    )


def _at(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    after = max(1, bisect_left(xs, x))
    before = after - 1
    part = (x - xs[before]) / (xs[after] - xs[before])
    return ys[before] + part * (ys[after] - ys[before])
