"""Days as a listener lives them, in their own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SMALLEST = timedelta(microseconds=1)
"""The database's own resolution."""


def local_day(moment: datetime, time_zone: str) -> date:
    """Tell which day it is for a listener at a moment."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def end_of_day(day: date, time_zone: str) -> datetime:
    """Give the last moment of a listener's day, in UTC; a day may have 23 or 25 hours.

    A clock that is set back at midnight comes to it twice (St. John's, until 2011): the second
    time, the day is over. Where midnight is left out, only its first reading is a moment at all.
    """
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(time_zone))
    return max(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1)) - SMALLEST


def start_of_day(day: date, time_zone: str) -> datetime:
    """Give the first moment of a listener's day, in UTC; of one that was left out, what is next."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
