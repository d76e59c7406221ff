"""Streaks: days in a row on which something was played."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.domain.days import start_of_day

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Days in a row, both ends included. `days` leaves out what the calendar left out."""

    first: date
    last: date
    days: int


def runs(days: Iterable[date], time_zone: str) -> list[Run]:
    """Join days to runs, oldest first.

    A day that a place never had (Samoa had no 30 December 2011) breaks none.
    """
    found: list[Run] = []
    first = last = None
    count = 0
    for day in sorted(set(days)):
        if first and last and not _follows(day, last, time_zone):
            found.append(Run(first=first, last=last, days=count))
            first, count = None, 0
        first, last, count = first or day, day, count + 1
    if first and last:
        found.append(Run(first=first, last=last, days=count))
    return found


def longest(found: Sequence[Run]) -> Run | None:
    """Choose the longest run; of equally long ones, the latest."""
    return max(found, key=lambda run: (run.days, run.last), default=None)


def current(found: Sequence[Run], today: date, time_zone: str) -> Run | None:
    """Choose the run that goes on: today is not over, so yesterday is enough."""
    if not found:
        return None
    last = found[-1].last
    return found[-1] if last >= today or _follows(today, last, time_zone) else None


def _follows(day: date, before: date, time_zone: str) -> bool:
    if day - before == DAY:
        return True
    between = before + DAY
    return day - before == 2 * DAY and start_of_day(between, time_zone) == start_of_day(
        day, time_zone
    )
