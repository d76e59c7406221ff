"""The week as a record: one groove a weekday, Monday outside, midnight on top.

Around it stand the hours of all days together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from math import cos, pi, sin

from webapp.domain.charts.paths import number
from webapp.domain.charts.points import checked
from webapp.domain.charts.scales import level_of, thresholds

SIZE = 400.0
MIDDLE = SIZE / 2
OUTER, GROOVE = 150.0, 14.5
"""The middle of Monday's groove, and from one to the next."""
SEAM = 18.0
"""Degrees left open at midnight, where the weekdays' names stand."""
SPOKE, REACH = 162.0, 22.0
"""Where the hours around begin, and how far they reach."""
NUMBERS = 190.0
AIR = 1.2
HOURS, DAYS = 24, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An hour of a weekday; Monday is 0."""

    weekday: int
    hour: int
    value: float
    text: str | None
    level: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """An hour's number on the rim; minor ones are shown where there is room."""

    hour: int
    x: float
    y: float
    minor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChart:
    """All of it, in a square view box; shades are hours with something, by level.

    Rows are the table behind: hours, each with seven weekdays.
    """

    shades: tuple[tuple[int, tuple[Cell, ...]], ...]
    grooves: str
    spokes: str
    peak: Cell | None
    rows: tuple[tuple[Cell, ...], ...]
    numerals: tuple[Numeral, ...]
    weekdays: tuple[tuple[int, float], ...]
    size: float = SIZE


def clock(
    cells: Mapping[tuple[int, int], float],
    texts: Mapping[tuple[int, int], str] | None = None,
) -> ClockChart:
    """Draw values by weekday (0 is Monday) and hour; what is missing had nothing."""
    if any(not (0 <= day < DAYS and 0 <= hour < HOURS) for day, hour in cells):
        raise ValueError("a week has 7 days of 24 hours")
    begins = thresholds(checked(cells.values()))
    rows = tuple(
        tuple(_cell(day, hour, cells, texts or {}, begins) for day in range(DAYS))
        for hour in range(HOURS)
    )
    found = sorted(
        (cell for row in rows for cell in row if cell.value), key=lambda cell: cell.level
    )
    return ClockChart(
        shades=tuple(
            (level, tuple(same)) for level, same in groupby(found, key=lambda cell: cell.level)
        ),
        grooves="".join(_arc(_radius(day), 0, HOURS) for day in range(DAYS)),
        spokes=_spokes(rows),
        peak=max(found, key=lambda cell: cell.value, default=None),
        rows=rows,
        numerals=tuple(_numeral(hour) for hour in range(0, HOURS, 3)),
        weekdays=tuple((day, MIDDLE - _radius(day)) for day in range(DAYS)),
    )


def _cell(
    day: int,
    hour: int,
    cells: Mapping[tuple[int, int], float],
    texts: Mapping[tuple[int, int], str],
    begins: list[float],
) -> Cell:
    value = cells.get((day, hour), 0)
    return Cell(
        weekday=day,
        hour=hour,
        value=value,
        text=texts.get((day, hour)),
        level=level_of(value, begins),
        path=_arc(_radius(day), hour, hour + 1) if value else "",
    )


def _radius(day: int) -> float:
    return OUTER - GROOVE * day


def _angle(hour: float) -> float:
    """Turn an hour into radians from the top, clockwise, past half of the seam."""
    return (SEAM / 2 + (360 - SEAM) * hour / HOURS) * pi / 180


def _spot(radius: float, angle: float) -> str:
    return f"{number(MIDDLE + radius * sin(angle))} {number(MIDDLE - radius * cos(angle))}"


def _arc(radius: float, begin: float, end: float) -> str:
    """Draw along a groove, with a little air on both sides."""
    first, last = _angle(begin) + AIR / radius, _angle(end) - AIR / radius
    large = int(last - first > pi)
    r = number(radius)
    return f"M{_spot(radius, first)}A{r} {r} 0 {large} 1 {_spot(radius, last)}"


def _spokes(rows: tuple[tuple[Cell, ...], ...]) -> str:
    most = max(cell.value for row in rows for cell in row) or 1
    sums = [sum(cell.value / most for cell in row) for row in rows]
    highest = max(sums) or 1
    return "".join(
        f"M{_spot(SPOKE, _angle(hour + 0.5))}"
        f"L{_spot(SPOKE + REACH * part / highest, _angle(hour + 0.5))}"
        for hour, part in enumerate(sums)
        if part
    )


def _numeral(hour: int) -> Numeral:
    angle = _angle(hour) if hour else 0.0
    return Numeral(
        hour=hour,
        x=round(MIDDLE + NUMBERS * sin(angle), 1),
        y=round(MIDDLE - NUMBERS * cos(angle), 1),
        minor=hour % 6 != 0,
    )
