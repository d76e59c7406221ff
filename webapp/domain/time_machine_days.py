"""Days to travel to, and how much is known of them."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

MONTH, HALF_YEAR, YEAR = 1, 6, 12
MOST_YEARS = 15


class Shelf(StrEnum):
    """What one can travel with; the values are words of addresses."""

    TRACKS = "tracks"
    ALBUMS = "albums"
    ARTISTS = "artists"
    PLAYLISTS = "playlists"


class Show(StrEnum):
    """Which part of a difference is looked at."""

    ADDED = "added"
    REMOVED = "removed"
    THEN = "then"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a shelf: since when it was looked at, and as of when it is shown.

    `then_at` and `now_at` are the last looks before the two moments that are compared. `told` is
    the earliest date Spotify itself gave.
    """

    since: datetime | None
    told: datetime | None = None
    then_at: datetime | None = None
    now_at: datetime | None = None

    def is_early(self, moment: datetime) -> bool:
        """Tell a moment before the first look: then only Spotify's own dates say something."""
        return self.since is None or moment < self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The two moments that are compared. Early: before the first look at this shelf."""

    then: datetime
    now: datetime
    then_early: bool = False
    now_early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leap:
    """A day offered: so many months ago, or (0) the first one that is known."""

    months: int
    day: date


def first_known(known: Mapping[Shelf, Known]) -> datetime | None:
    """Give the moment of the first look at anything; None before the first sync."""
    return min((one.since for one in known.values() if one.since), default=None)


def first_told(known: Mapping[Shelf, Known]) -> datetime | None:
    """Give the earliest moment of which anything can be said."""
    told = [at for one in known.values() for at in (one.since, one.told) if at]
    return min(told, default=None)


def leaps(today: date, known: date, told: date) -> list[Leap]:
    """Offer days, the latest first: a month ago, half a year, each year, the first one known.

    They go back as far as anything is `told`, by Spotify's own dates.
    """
    months = [MONTH, HALF_YEAR, *(YEAR * n for n in range(1, MOST_YEARS + 1))]
    offers = [Leap(months=n, day=months_before(today, n)) for n in months]
    reached = [leap for leap in offers if leap.day >= told and leap.day != known]
    return sorted([*reached, Leap(months=0, day=known)], key=lambda leap: leap.day, reverse=True)


def landing(today: date, known: date) -> date:
    """Choose a day for those who name none: a month ago, or the first one known."""
    return max(months_before(today, MONTH), known)


def months_before(day: date, months: int) -> date:
    """Go back by months, to the same day or the last one of a shorter month."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))
