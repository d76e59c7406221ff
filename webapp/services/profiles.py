"""Profiles: what is shown, read section by section, and who may see it, as the listener says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp import db
from webapp.domain.days import local_day
from webapp.domain.periods import Period, comparable, parse
from webapp.domain.profiles import Privacy, Section
from webapp.domain.stats import By, Item
from webapp.domain.syncs import Collection as Part
from webapp.queries import (
    accounts,
    archive,
    history,
    library_pages,
    listening,
    overview,
    profiles,
    tops,
)
from webapp.queries.history import DatedPlay, Filters, Point
from webapp.queries.library_pages import PlayRow, SavedTrackRow
from webapp.queries.lines import Wanted
from webapp.queries.listening import Day
from webapp.queries.overview import CollectionCount
from webapp.queries.profiles import Profile
from webapp.queries.tops import Ranking
from webapp.services import personality
from webapp.services.personality import Personality

LATELY = 6
TOP = 10
HISTORY = 50
NEWEST = 6
CHARACTER = "6m"
"""Of how long the personality is measured."""
YEAR = timedelta(days=364)
"""With today, 365 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The last 365 days, those without a play left out of `days`."""

    first: date
    last: date
    days: list[Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The library in numbers, and what was saved last."""

    counts: Mapping[Part, CollectionCount]
    newest: tuple[SavedTrackRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a profile shows; None is a section that it does not."""

    heard_at: datetime | None
    """When Spotify was last asked for plays."""
    at_least: bool
    """Whether plays of the last year may be missing."""
    empty: bool
    """Whether there never was a play."""
    now: list[PlayRow] | None
    tops: dict[Item, Ranking] | None
    year: Year | None
    history: tuple[DatedPlay, ...] | None
    shelf: Shelf | None
    personality: Personality | None


def contents(
    profile: Profile, sections: Collection[Section], period: str, now: datetime
) -> Contents:
    """Read what these sections show of a period; what is not to be seen is not even read."""
    user_id, zone = profile.user_id, profile.time_zone
    today, first_day = local_day(now, zone), listening.first_day(user_id)
    state = archive.find(user_id)
    gaps = archive.gaps(user_id, since=now - YEAR)
    return Contents(
        heard_at=state.polled_at if state else None,
        at_least=any(gap.closed_at is None for gap in gaps),
        empty=first_day is None,
        now=library_pages.recent_plays(user_id, limit=LATELY) if Section.NOW in sections else None,
        tops=_tops(user_id, parse({"period": period}, today, first_day), first_day, zone)
        if Section.TOP in sections
        else None,
        year=_year(user_id, today) if Section.CALENDAR in sections else None,
        history=_history(user_id, zone) if Section.HISTORY in sections else None,
        shelf=_shelf(user_id) if Section.LIBRARY in sections else None,
        personality=_personality(profile, today, now) if Section.PERSONALITY in sections else None,
    )


def save_privacy(user_id: int, privacy: Privacy, now: datetime) -> None:
    """Let others see what the listener says, from this moment on."""
    with db.transaction():
        profiles.save_privacy(user_id, privacy, now)
        accounts.bump_version(user_id)


def _tops(user_id: int, period: Period, first_day: date | None, zone: str) -> dict[Item, Ranking]:
    is_compared = comparable(period, first_day) is not None
    return {
        item: tops.top(user_id, period, item, By.PLAYS, zone, limit=TOP, is_compared=is_compared)
        for item in (Item.ARTIST, Item.TRACK, Item.ALBUM)
    }


def _year(user_id: int, today: date) -> Year:
    period = Period(key="custom", first=today - YEAR, last=today)
    return Year(first=period.first, last=period.last, days=listening.days(user_id, period))


def _history(user_id: int, zone: str) -> tuple[DatedPlay, ...]:
    return history.part(user_id, zone, Filters(), Point(), size=HISTORY).plays


def _personality(profile: Profile, today: date, now: datetime) -> Personality:
    return personality.of(
        profile.user_id,
        parse({"period": CHARACTER}, today, None),
        time_zone=profile.time_zone,
        data_version=profile.data_version,
        now=now,
    )


def _shelf(user_id: int) -> Shelf:
    return Shelf(
        counts=overview.counts(user_id),
        newest=library_pages.saved_tracks(user_id, Wanted(size=NEWEST)).rows,
    )
