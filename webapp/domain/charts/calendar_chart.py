"""A year of days: weeks as columns, Monday on top, shaded by how much there was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from webapp.domain.charts.points import checked
from webapp.domain.charts.scales import level_of, thresholds

PITCH, CELL, INSET = 12, 8, 2
"""The outline adds to a cell what rounds its corners."""
TOP = 18
HALF = 27
"""More weeks than this are drawn in two halves: side by side on a desk, stacked on a phone."""
MOST_WEEKS = 2 * HALF
NEAR = 3
"""Names of months nearer than so many weeks touch."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day; `text` is None where the caller has no words for it."""

    day: date
    value: float
    text: str | None
    level: int
    x: int
    y: int

    @property
    def path(self) -> str:
        """A square; its outline rounds it."""
        return f"M{self.x} {self.y}h{CELL}v{CELL}h-{CELL}z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """A part of the picture, in units of its own view box.

    `shades` are days with something, by level; `blank` draws all others; `months` are the places
    of names by the first day they stand for; `best` is a dot on the best day, if it is here.
    """

    width: int
    height: int
    shades: tuple[tuple[int, tuple[Day, ...]], ...]
    blank: str
    months: tuple[tuple[int, date], ...]
    best: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChart:
    """All of it. Weeks are the table behind: the Monday, and seven days or None outside."""

    halves: tuple[Half, ...]
    weeks: tuple[tuple[date, tuple[Day | None, ...]], ...]
    best: Day | None
    weekdays: tuple[tuple[int, int], ...] = tuple(
        (weekday, TOP + PITCH * weekday + PITCH // 2) for weekday in range(7)
    )


def calendar(
    days: Mapping[date, float],
    first: date,
    last: date,
    texts: Mapping[date, str] | None = None,
) -> CalendarChart:
    """Draw the days from first to last, at most 54 weeks; days without a value had nothing."""
    monday = first - timedelta(days=first.weekday())
    count = max(0, (last - monday).days // 7 + 1)
    if count > MOST_WEEKS:
        raise ValueError(f"a calendar shows at most {MOST_WEEKS} weeks")
    inside = {day: value for day, value in days.items() if first <= day <= last}
    begins = thresholds(checked(inside.values()))
    half = count if count <= HALF else -(-count // 2)
    weeks: list[tuple[date, tuple[Day | None, ...]]] = []
    for at in range(count):
        begin = monday + at * WEEK
        drawn = [
            _day(day, inside.get(day, 0), begins, texts or {}, column=at % half)
            if first <= day <= last
            else None
            for day in (begin + timedelta(days=weekday) for weekday in range(7))
        ]
        weeks.append((begin, tuple(drawn)))
    best = max(
        (day for _, week in weeks for day in week if day and day.value),
        key=lambda day: day.value,
        default=None,
    )
    return CalendarChart(
        halves=tuple(_half(weeks[at : at + half], half, best) for at in range(0, count, half or 1)),
        weeks=tuple(weeks),
        best=best,
    )


def _day(
    day: date,
    value: float,
    begins: Sequence[float],
    texts: Mapping[date, str],
    *,
    column: int,
) -> Day:
    return Day(
        day=day,
        value=value,
        text=texts.get(day),
        level=level_of(value, begins),
        x=PITCH * column + INSET,
        y=TOP + PITCH * day.weekday() + INSET,
    )


def _half(
    weeks: Sequence[tuple[date, tuple[Day | None, ...]]], columns: int, best: Day | None
) -> Half:
    days = sorted(
        (day for _, week in weeks for day in week if day), key=lambda day: (day.level, day.day)
    )
    by_level = {level: tuple(same) for level, same in groupby(days, key=lambda day: day.level)}
    blank = by_level.pop(0, ())
    return Half(
        width=PITCH * columns,
        height=TOP + PITCH * 7,
        shades=tuple(by_level.items()),
        blank="".join(day.path for day in blank),
        months=_months(weeks),
        best=_dot(best) if best and best in days else "",
    )


def _months(weeks: Sequence[tuple[date, tuple[Day | None, ...]]]) -> tuple[tuple[int, date], ...]:
    """Name a month above the week it begins in, and the one the picture begins with."""
    begins = [
        (at, day.day)
        for at, (_, week) in enumerate(weeks)
        for day in week
        if day and day.day.day == 1
    ]
    first = next((day.day for _, week in weeks[:1] for day in week if day), None)
    if first and (not begins or begins[0][0] >= NEAR):
        begins.insert(0, (0, first.replace(day=1)))
    return tuple((PITCH * at, day) for at, day in begins)


def _dot(day: Day) -> str:
    return f"M{day.x + CELL // 2} {day.y + CELL // 2}h0"
