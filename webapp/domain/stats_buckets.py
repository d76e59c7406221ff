"""A period cut into days, weeks or months: a picture of it has neither five columns nor 5,000."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
MOST_DAYS = 45
MOST_WEEKS = 45


class Step(StrEnum):
    """How long a column of a picture is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Days from `first` to `last`, both included; the first and last may be cut short."""

    first: date
    last: date


def step_of(first: date, last: date) -> Step:
    """Choose how long columns are: days up to six weeks, then weeks up to ten months."""
    days = (last - first).days + 1
    if days <= MOST_DAYS:
        return Step.DAY
    return Step.WEEK if days <= MOST_WEEKS * 7 else Step.MONTH


def buckets(first: date, last: date, step: Step) -> list[Bucket]:
    """Cut days into buckets, none of them left out; weeks begin on Monday."""
    found = []
    begin = first
    while begin <= last:
        end = min(_end(begin, step), last)
        found.append(Bucket(first=begin, last=end))
        begin = end + DAY
    return found


def gather(counted: Iterable[tuple[date, int]], into: list[Bucket]) -> list[int]:
    """Add up what belongs to each bucket; days outside all of them are nobody's."""
    sums = [0] * len(into)
    firsts = [bucket.first for bucket in into]
    for day, count in counted:
        place = bisect_right(firsts, day) - 1
        if place >= 0 and day <= into[place].last:
            sums[place] += count
    return sums


def _end(day: date, step: Step) -> date:
    if step is Step.DAY:
        return day
    if step is Step.WEEK:
        return day + (6 - day.weekday()) * DAY
    return day.replace(day=monthrange(day.year, day.month)[1])
