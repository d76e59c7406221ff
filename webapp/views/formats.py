"""Numbers, dates and lengths of time, written as the reader's language does.

Each of these is a filter of the same name in templates (see `FILTERS`). The clock has 24 hours in
every language: English is read on both sides of the ocean, and columns of times stay narrow.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_skeleton, get_day_names, get_month_names
from babel.numbers import get_group_symbol
from flask import g
from flask_babel import (
    format_decimal,
    format_percent,
    format_timedelta,
    get_locale,
    get_timezone,
    gettext,
)

Width = Literal["wide", "abbreviated", "narrow"]
UNKNOWN = "\N{EN DASH}"
MINUTE_MS = 60_000
JUST_NOW = timedelta(seconds=45)
LONG = 100
"""From so many hours on, minutes say nothing."""


def number(value: float) -> str:
    """Write a number: 12,345.6 or 12.345,6."""
    if isinstance(value, int):  # a page has dozens of them
        return f"{value:,}".replace(",", _group(_language()))
    return str(format_decimal(value))


def percent(share: float | None, digits: int = 0) -> str:
    """Write a share of one: 0.123 as 12% or 12 %; a dash where it isn't known."""
    if share is None:
        return UNKNOWN
    pattern = get_locale().percent_formats[None].pattern
    exact = pattern.replace("0", f"0.{'0' * digits}") if digits else None
    return str(format_percent(share, exact))


def hours(milliseconds: int | None) -> str:
    """Write how long was listened: 12 min, 3 h 12 min, 1,234 h; a dash where it isn't known."""
    if milliseconds is None:
        return UNKNOWN
    whole, minutes = divmod(round(milliseconds / MINUTE_MS), 60)
    if whole >= LONG:
        return str(gettext("%(hours)s h", hours=number(whole)))
    if whole:
        return str(gettext("%(hours)s h %(minutes)s min", hours=whole, minutes=minutes))
    return str(gettext("%(minutes)s min", minutes=minutes))


def duration(milliseconds: int | None) -> str:
    """Write a track's length as 3:07 or 1:02:09; a dash where it isn't known."""
    if milliseconds is None:
        return UNKNOWN
    minutes, seconds = divmod(milliseconds // 1000, 60)
    whole, minutes = divmod(minutes, 60)
    return f"{whole}:{minutes:02}:{seconds:02}" if whole else f"{minutes}:{seconds:02}"


def day(value: date | None) -> str:
    """Write a day, or the day of a moment: Mar 3, 2026 or 3. März 2026."""
    return UNKNOWN if value is None else _skeleton("yMMMd", value)


def day_of_year(value: date) -> str:
    """Write a day without its year: Mar 3 or 3. März."""
    return _skeleton("MMMd", value)


def clock(value: datetime | None, *, seconds: bool = False) -> str:
    """Write the time of a moment, as the listener's clock shows it: 16:50, or 16:50:09."""
    if value is None:
        return UNKNOWN
    return _local(value).strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(value: datetime | None) -> str:
    """Write a moment: Mar 3, 2026, 16:50."""
    return UNKNOWN if value is None else _joined(day(value), value)


def near_moment(value: datetime, now: datetime) -> str:
    """Write a moment near now: a time of today alone, any other with its day."""
    if day(value) == day(now):
        return clock(value)
    same_year = _local(value).year == _local(now).year
    return _joined(day_of_year(value) if same_year else day(value), value)


def day_clock(value: datetime) -> str:
    """Write a moment of a year that is told elsewhere: Mar 3, 16:50."""
    return _joined(day_of_year(value), value)


def ago(value: datetime | None) -> str:
    """Say how long ago something was: 5 minutes ago."""
    if value is None:
        return str(gettext("never"))
    elapsed: timedelta = g.wiring.clock() - value
    if abs(elapsed) < JUST_NOW:
        return str(gettext("just now"))
    return str(format_timedelta(-elapsed, add_direction=True))


def until(value: datetime | None) -> str:
    """Say when something comes: in 5 minutes; what is late comes in a moment."""
    if value is None:
        return UNKNOWN
    left: timedelta = value - g.wiring.clock()
    if left < JUST_NOW:
        return str(gettext("in a moment"))
    return str(format_timedelta(left, add_direction=True))


def month(value: date, width: Width = "wide") -> str:
    """Write a month with its year: March 2026, or with the width `abbreviated` Mar 2026."""
    return _skeleton("yMMMM" if width == "wide" else "yMMM", value)


def month_name(value: date | int, width: Width = "wide") -> str:
    """Name a month, by a day of it or its number from 1: March; abbreviated Mar; narrow M."""
    place = value if isinstance(value, int) else value.month
    return str(get_month_names(width, "stand-alone", get_locale())[place])


def weekday(value: date | int, width: Width = "wide") -> str:
    """Name a weekday, by a day or its number, Monday 0: Monday; abbreviated Mon; narrow M."""
    place = value if isinstance(value, int) else value.weekday()
    return str(get_day_names(width, "stand-alone", get_locale())[place])


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "percent": percent,
    "hours": hours,
    "duration": duration,
    "date": day,
    "datetime": moment,
    "time": clock,
    "ago": ago,
    "until": until,
    "month": month,
    "month_name": month_name,
    "weekday": weekday,
}
"""What templates know these by."""


def _language() -> str:
    return str(get_locale().language)


def _local(value: datetime) -> datetime:
    """Put a moment on the listener's clock."""
    return value.astimezone(get_timezone())


def _skeleton(fields: str, value: date) -> str:
    there = _local(value).date() if isinstance(value, datetime) else value
    return _written_day(_language(), fields, there)


def _joined(written_day: str, value: datetime) -> str:
    return _joining(_language()).format(clock(value), written_day)


@cache
def _group(language: str) -> str:
    return get_group_symbol(language)


@lru_cache(maxsize=4096)
def _written_day(language: str, fields: str, value: date) -> str:
    """Write a day; kept, because lists tell of the same days again and again."""
    return format_skeleton(fields, value, locale=language)


@cache
def _joining(language: str) -> str:
    return str(Locale(language).datetime_formats["medium"])
