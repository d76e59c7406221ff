"""What the history is asked for, and the addresses of its variants."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from flask import abort, request, url_for
from flask_babel import lazy_gettext

from webapp.domain.days import SMALLEST, end_of_day
from webapp.queries import history
from webapp.queries.history import DatedPlay, Filters, Part, Point
from webapp.views.listings import asked_day
from webapp.views.requests import me, search_words

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MARK = re.compile(r"([0-9]{1,17})-([^\0]*)", re.DOTALL)
MAX_ID = 200

SOURCES: dict[str, Any] = {
    "spotify": lazy_gettext("Spotify"),
    "spotify_extended": lazy_gettext("Extended history"),
    "spotify_account": lazy_gettext("Account data"),
    "lastfm": lazy_gettext("Last.fm"),
    "listenbrainz": lazy_gettext("ListenBrainz"),
    "maloja": lazy_gettext("Maloja"),
    "koito": lazy_gettext("Koito"),
    "submitted": lazy_gettext("Scrobbler"),
    "lastfm_minutes": lazy_gettext("Last.fm, to the minute"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, and the address without it."""

    kind: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryListing:
    """A part of the history: filters, and where it begins: at a day, beyond a play, or now."""

    filters: Filters
    artist: str
    album: str
    sources: Sequence[str]
    day: date | None
    point: Point

    @property
    def newest(self) -> bool:
        """Whether it begins with the newest play."""
        return self.day is None and self.point == Point()

    @property
    def filtered(self) -> bool:
        """Whether only some plays are wanted."""
        return self.filters != Filters()

    @property
    def many_sources(self) -> bool:
        """Whether there are sources to choose from."""
        return len(self.sources) > 1

    @property
    def page_url(self) -> str:
        """The page itself."""
        return self._url("history.index", {**self._query, **self._position})

    @property
    def list_url(self) -> str:
        """The same list alone."""
        return self._url("history.list", {**self._query, **self._position})

    @property
    def newest_url(self) -> str:
        """The newest of these plays."""
        return self.url()

    @property
    def kept(self) -> dict[str, str]:
        """What a search carries along."""
        return {name: value for name, value in self._query.items() if value and name != "q"}

    @property
    def chips(self) -> list[Chip]:
        """The filters that are on and that no field or switch shows."""
        source = "" if self.many_sources else self.filters.source
        on = (
            ("artist", self.filters.artist_id, self.artist),
            ("album", self.filters.album_id, self.album),
            ("source", source, source_name(source)),
        )
        return [
            Chip(kind=kind, name=name, url=self.url(**{kind: ""})) for kind, id_, name in on if id_
        ]

    def url(self, **changes: str) -> str:
        """Give the address of the newest plays with filters changed."""
        return self._url("history.index", {**self._query, **changes})

    def older_url(self, part: Part) -> str | None:
        """Give the address of the plays before a part; None at the beginning of it all."""
        if not part.plays or not (part.next or self.point.newer):
            return None
        return self.url(before=mark(part.plays[-1]))

    def newer_url(self, part: Part) -> str | None:
        """Give the address of the plays after a part; None where there are none."""
        if not part.plays or self.newest or (self.point.newer and not part.next):
            return None
        return self.url(after=mark(part.plays[0]))

    @property
    def _query(self) -> dict[str, str]:
        asked = self.filters
        return {
            "q": asked.words,
            "artist": asked.artist_id,
            "album": asked.album_id,
            "source": asked.source,
        }

    @property
    def _position(self) -> dict[str, str]:
        if self.day:
            return {"day": self.day.isoformat()}
        if self.point.ended_at is None:
            return {}
        name = "after" if self.point.newer else "before"
        return {name: mark_of(self.point.ended_at, self.point.track_id)}

    @staticmethod
    def _url(endpoint: str, query: dict[str, str]) -> str:
        values: dict[str, Any] = {name: value for name, value in query.items() if value}
        return url_for(endpoint, **values)


def asked_history() -> HistoryListing:
    """Read the address; 404 for a day, a place or a thing that there isn't."""
    day = asked_day("day")
    sources = history.sources(me().id)
    filters = Filters(
        words=search_words(),
        artist_id=_id("artist"),
        album_id=_id("album"),
        source=_id("source"),
    )
    if filters.source and filters.source not in {*sources, *SOURCES}:
        abort(404)
    artist, album = _names(filters)
    return HistoryListing(
        filters=filters,
        artist=artist,
        album=album,
        sources=sources,
        day=day,
        point=_end_of(day) if day else _point(),
    )


def mark(play: DatedPlay) -> str:
    """Name a play in an address."""
    return mark_of(play.ended_at, play.track.id)


def mark_of(ended_at: datetime, track_id: str) -> str:
    """Name a play in an address: when it ended, in microseconds, and what it was."""
    return f"{(ended_at - EPOCH) // MICROSECOND}-{track_id}"


def read_mark(text: str) -> tuple[datetime, str] | None:
    """Read such a name; None where it makes no sense."""
    found = MARK.fullmatch(text)
    return (EPOCH + int(found[1]) * MICROSECOND, found[2]) if found else None


def source_name(source: str) -> str:
    """Name a source to a listener."""
    return str(SOURCES.get(source, source.replace("_", " ")))


def _end_of(day: date) -> Point:
    return Point(ended_at=end_of_day(day, me().time_zone) + SMALLEST)


def _point() -> Point:
    for name, make in (("before", Point), ("after", partial(Point, newer=True))):
        if text := request.args.get(name, ""):
            ended_at, track_id = read_mark(text) or abort(404)
            return make(ended_at=ended_at, track_id=track_id)
    return Point()


def _id(name: str) -> str:
    text = request.args.get(name, "")
    if len(text) > MAX_ID or not text.isprintable():
        abort(404)
    return text


def _names(filters: Filters) -> tuple[str, str]:
    if not (filters.artist_id or filters.album_id):
        return "", ""
    artist, album = history.names(filters)
    if (filters.artist_id and artist is None) or (filters.album_id and album is None):
        abort(404)
    return artist or "", album or ""
