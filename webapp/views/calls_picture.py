"""The picture of the calls: one column an hour, stacked by why the calls were made.

Everything is in units of the picture's own view box; the template only draws.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.budget import Priority, start_of
from webapp.services.spending import CHART_HOURS, Ended

PITCH, COLUMN = 30.0, 22.0
LEFT, RIGHT, TOP, HEIGHT, BELOW = 46.0, 20.0, 16.0, 180.0, 34.0
STEPS = (1, 2, 5)
LINES = 3
"""About so many lines stand behind the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a column."""

    priority: Priority
    y: float
    height: float
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An hour, by the moment it began."""

    begin: datetime
    x: float
    parts: tuple[Part, ...]
    by_priority: dict[Priority, int]

    @property
    def calls(self) -> int:
        """All of the hour."""
        return sum(self.by_priority.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsPicture:
    """All of it; `lines` are heights with their numbers."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[float, int], ...]
    width: float = LEFT + PITCH * CHART_HOURS + RIGHT
    height: float = TOP + HEIGHT + BELOW
    left: float = LEFT
    right: float = LEFT + PITCH * CHART_HOURS
    bottom: float = TOP + HEIGHT
    column_width: float = COLUMN

    @property
    def busiest(self) -> Column:
        """The hour with the most calls, the first of them."""
        return max(self.columns, key=lambda column: column.calls)


def draw(ended: Iterable[Ended], this_hour: int) -> CallsPicture:
    """Draw the calls of this hour and those before, oldest first."""
    counts: dict[int, Counter[Priority]] = {
        hour: Counter() for hour in range(this_hour - CHART_HOURS + 1, this_hour + 1)
    }
    for row in ended:
        if row.hour in counts:
            counts[row.hour][row.priority] += row.calls
    most = max(hour.total() for hour in counts.values())
    step = step_for(most)
    top = max(step, -(-most // step) * step)
    unit = HEIGHT / top
    return CallsPicture(
        columns=tuple(
            _column(hour, LEFT + PITCH * at + (PITCH - COLUMN) / 2, counts[hour], unit)
            for at, hour in enumerate(counts)
        ),
        lines=tuple((_r(TOP + HEIGHT - calls * unit), calls) for calls in range(0, top + 1, step)),
    )


def step_for(most: int) -> int:
    """Choose a round distance (1, 2, 5, 10, 20 ...) between the lines."""
    size = 1
    while True:
        for step in STEPS:
            if step * size * LINES >= most:
                return step * size
        size *= 10


def _column(hour: int, x: float, calls: Counter[Priority], unit: float) -> Column:
    y, parts = TOP + HEIGHT, []
    for priority in Priority:
        height = calls[priority] * unit
        y -= height
        if calls[priority]:
            parts.append(Part(priority=priority, y=_r(y), height=_r(height), calls=calls[priority]))
    return Column(
        begin=start_of(hour),
        x=_r(x),
        parts=tuple(parts),
        by_priority={priority: calls[priority] for priority in Priority},
    )


def _r(number: float) -> float:
    return round(number, 1)
