"""Whole weeks, counted back from a day: a period seldom begins on a Monday."""

from collections.abc import Iterable
from datetime import date

DAYS = 7


def whole_weeks(heard: Iterable[tuple[date, int]], first: date, last: date) -> tuple[int, ...]:
    """Add up each whole week that ends on `last` or a multiple of seven days before, oldest first.

    Days before `first` are nobody's, and neither are those that are left over after it.
    """
    sums = [0] * max(0, ((last - first).days + 1) // DAYS)
    for day, amount in heard:
        back = (last - day).days // DAYS
        if day <= last and back < len(sums):
            sums[-1 - back] += amount
    return tuple(sums)
