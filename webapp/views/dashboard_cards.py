"""The dashboard's cards: how the music is now, how much it is, a year of days; what is on top."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache, partial
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from webapp.domain import charts
from webapp.domain.periods import Period, parse
from webapp.domain.provider import TimeRange
from webapp.domain.stats import By, Item
from webapp.queries import library_pages, listening, playlist_pages, top_pages, tops
from webapp.queries.lately import Lately, lately
from webapp.queries.lines import Wanted
from webapp.queries.listening import Day
from webapp.queries.top_pages import TopRow
from webapp.queries.tops import TopItem
from webapp.views.cards import card
from webapp.views.formats import hours, near_moment, number
from webapp.views.opening import WALL, Picture, sentence, wall
from webapp.views.periods import today
from webapp.views.requests import me, wiring
from webapp.views.top import RANGES

YEAR = timedelta(days=364)
ENOUGH = 10
"""From so many plays in four weeks on, they say what the music is like."""
PREVIEW = 5
SHELF = 6
HOUR_MS = 3_600_000


def now_card() -> Markup:
    """Give the sentence, the picture, the numbers of four weeks, and the year's calendar."""
    weeks = parse({"period": "4w"}, today(), None)
    return card("dashboard/_now.html", weeks, lambda: _now(weeks))


def music_card(time_range: TimeRange, totals: Mapping[str, int]) -> Markup:
    """Give the top lists, and the newest of the library."""
    return card(
        "dashboard/_music.html",
        None,
        lambda: _music(time_range) | {"totals": totals},
        range=time_range,
        totals=sorted(totals.items()),
    )


def change_sentence(now: int, before: int) -> str:
    """Say how a number of four weeks compares with the four before."""
    if not before:
        return str(gettext("0 in the four weeks before"))
    if now == before:
        return str(gettext("as many as in the four weeks before"))
    written = number(abs(now - before))
    if now > before:
        return str(gettext("%(n)s more than in the four weeks before", n=written))
    return str(gettext("%(n)s fewer than in the four weeks before", n=written))


def _now(weeks: Period) -> dict[str, Any]:
    year = Period(key="custom", first=weeks.last - YEAR, last=weeks.last)
    days = listening.days(me().id, year)
    found = lately(me().id, weeks, me().time_zone)
    now = _amounts(days, weeks, found.artist_count)
    was = None
    if found.compared:
        was = _amounts(days, found.compared, found.artist_count_before)
    return {
        **(_heard(found, weeks) if now[0] >= ENOUGH else _told()),
        "plays": now[0],
        "at_least": found.at_least,
        "weeks": weeks,
        "numbers": _numbers(now, was),
        "calendar": _calendar(days, year) if days else None,
    }


def _heard(found: Lately, weeks: Period) -> dict[str, Any]:
    """Say it from the archive's own plays."""
    covers = [Picture(image_url=a.image_url, alt=a.name) for a in found.albums if a.image_url]
    tracks: tuple[TopItem, ...] = ()
    if not found.artists:  # a track stands in where no artist is known
        tracks = tops.top(me().id, weeks, Item.TRACK, By.PLAYS, me().time_zone, limit=1).rows
    return {
        "sentence": sentence(found.artists, tracks, me().display_name),
        "basis": "plays",
        "told_at": None,
        "wall": wall((), covers if len(covers) >= WALL else covers + _saved()),
    }


def _told() -> dict[str, Any]:
    """Say it from Spotify's top lists, while there are few plays."""
    user_id = me().id
    artists = top_pages.top_lists(user_id, "artists", {TimeRange.SHORT}, WALL)[TimeRange.SHORT]
    tracks = top_pages.top_lists(user_id, "tracks", {TimeRange.SHORT}, WALL * 2)[TimeRange.SHORT]
    return {
        "sentence": sentence(artists.rows, tracks.rows, me().display_name),
        "basis": "lists" if artists.rows or tracks.rows else None,
        "told_at": artists.checked_at or tracks.checked_at,
        "wall": wall(tracks.rows, _saved()),
    }


def _saved() -> list[Picture]:
    newest = library_pages.saved_tracks(me().id, Wanted(size=SHELF)).rows
    saved = [row.track for row in newest]
    return [Picture(image_url=t.image_url, alt=t.album) for t in saved if t.image_url]


def _numbers(now: Sequence[int], was: Sequence[int] | None) -> list[tuple[str, int, str]]:
    """Give each number of the four weeks: its name, its value, how it compares, if it does."""
    plays, _, artists, _ = now
    names = (
        ngettext("play", "plays", plays),
        gettext("hours"),
        ngettext("artist", "artists", artists),
        gettext("of 28 days with music"),
    )
    changes = [change_sentence(*pair) for pair in zip(now, was, strict=True)] if was else [""] * 4
    return list(zip(map(str, names), now, changes, strict=True))


def _amounts(days: Sequence[Day], period: Period, artists: int) -> tuple[int, int, int, int]:
    """Give plays, hours, artists and days with music of a period."""
    those = [day for day in days if period.first <= day.day <= period.last]
    ms = sum(day.ms for day in those)
    return sum(day.plays for day in those), ms // HOUR_MS, artists, len(those)


def _calendar(days: Sequence[Day], year: Period) -> charts.CalendarChart:
    # Words are looked up once for each number of plays, not for each of the days.
    said = cache(
        lambda plays: ngettext(
            "%(n)s play, %(time)s", "%(n)s plays, %(time)s", plays, n=number(plays), time="{}"
        )
    )
    texts = {day.day: said(day.plays).format(hours(day.ms)) for day in days}
    return charts.calendar({day.day: day.plays for day in days}, year.first, year.last, texts)


def _music(time_range: TimeRange) -> dict[str, Any]:
    user_id = me().id
    artists: tuple[TopRow, ...] = top_pages.top_lists(user_id, "artists", {time_range}, PREVIEW)[
        time_range
    ].rows
    tracks = top_pages.top_lists(user_id, "tracks", {time_range}, PREVIEW)[time_range].rows
    return {
        "top_artists": artists,
        "top_tracks": tracks,
        "ranges": [(RANGES[r], _range_url(r), r is time_range) for r in TimeRange],
        "time_range": time_range,
        "newest": library_pages.saved_tracks(user_id, Wanted(size=SHELF)).rows,
        "plays": library_pages.recent_plays(user_id, limit=SHELF),
        "playlists": playlist_pages.playlists(user_id, Wanted(size=SHELF)).rows,
        "when": partial(near_moment, now=wiring().clock()),
    }


def _range_url(time_range: TimeRange) -> str:
    short = time_range is TimeRange.SHORT
    return url_for("dashboard.index", range=None if short else time_range.value)
