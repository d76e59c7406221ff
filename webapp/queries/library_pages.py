"""Saved tracks, saved albums, followed artists and plays, a page at a time.

Each page is one statement. With a moment, the log is replayed up to it; without one, the derived
table is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from webapp import db
from webapp.domain.library import Kind
from webapp.queries.library import STATE_AT
from webapp.queries.lines import PAGE_SIZE, TRACK, WIDTH, Slice, TrackLine, Wanted, track_line
from webapp.queries.search import condition, folded

Row = TypeVar("Row")

NOW = "SELECT item_id, added_at, seen_at FROM library_items WHERE user_id = %s AND kind = %s"
NEWEST = "i.added_at DESC NULLS LAST, i.item_id"

TRACKS = """
WITH items (item_id, added_at, seen_at) AS ({source})
SELECT i.item_id, {track}, i.added_at, count(*) OVER ()
FROM items i LEFT JOIN tracks t ON t.id = i.item_id LEFT JOIN albums a ON a.id = t.album_id
WHERE {found} ORDER BY {order} LIMIT %s OFFSET %s
"""

ALBUMS = """
WITH items (item_id, added_at, seen_at) AS ({source})
SELECT i.item_id, coalesce(a.name, ''), coalesce(a.artist_names, ''), a.image_url, a.album_type,
  a.release_year, a.total_tracks, i.added_at, count(*) OVER ()
FROM items i LEFT JOIN albums a ON a.id = i.item_id
WHERE {found} ORDER BY {order} LIMIT %s OFFSET %s
"""

ARTISTS = """
WITH items (item_id, added_at, seen_at) AS ({source})
SELECT i.item_id, coalesce(a.name, ''), a.image_url, coalesce(a.genres, '{{}}'), i.seen_at,
  count(*) OVER ()
FROM items i LEFT JOIN artists a ON a.id = i.item_id
WHERE {found} ORDER BY {order} LIMIT %s OFFSET %s
"""

PLAYS = """
SELECT p.track_id, {track}, p.ended_at
FROM plays p LEFT JOIN tracks t ON t.id = p.track_id LEFT JOIN albums a ON a.id = t.album_id
WHERE p.user_id = %s AND (p.ended_at, p.track_id) < (coalesce(%s, 'infinity'::timestamptz), %s)
ORDER BY p.ended_at DESC, p.track_id DESC LIMIT %s
"""

TRACK_SORTS = {
    "newest": NEWEST,
    "title": f"{folded('t.name')}, i.item_id",
    "artist": f"{folded('t.artist_names')}, {folded('a.name')}, t.disc_number, t.track_number,"
    " i.item_id",
}
ALBUM_SORTS = {
    "newest": NEWEST,
    "title": f"{folded('a.name')}, i.item_id",
    "artist": f"{folded('a.artist_names')}, a.release_date, i.item_id",
    "release": "a.release_date DESC NULLS LAST, i.item_id",
}
ARTIST_SORTS = {
    "name": f"{folded('a.name')}, i.item_id",
    "newest": f"i.seen_at DESC, {folded('a.name')}, i.item_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTrackRow:
    """A saved track, and when it was saved."""

    track: TrackLine
    added_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAlbumRow:
    """A saved album, and when it was saved."""

    id: str
    name: str
    artists: str
    image_url: str | None
    album_type: str | None
    release_year: int | None
    total_tracks: int | None
    added_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtistRow:
    """A followed artist; Spotify tells no date, so `seen_at` is when we first saw them there."""

    id: str
    name: str
    image_url: str | None
    genres: tuple[str, ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRow:
    """A play, named by its end."""

    track: TrackLine
    ended_at: datetime


def saved_tracks(user_id: int, wanted: Wanted) -> Slice[SavedTrackRow]:
    """Read saved tracks, ordered as one of `TRACK_SORTS`."""
    return TRACK_PAGES.read(user_id, wanted)


def saved_albums(user_id: int, wanted: Wanted) -> Slice[SavedAlbumRow]:
    """Read saved albums, ordered as one of `ALBUM_SORTS`."""
    return ALBUM_PAGES.read(user_id, wanted)


def followed_artists(user_id: int, wanted: Wanted) -> Slice[ArtistRow]:
    """Read followed artists, ordered as one of `ARTIST_SORTS`."""
    return ARTIST_PAGES.read(user_id, wanted)


def recent_plays(
    user_id: int, before: tuple[datetime, str] | None = None, limit: int = PAGE_SIZE
) -> list[PlayRow]:
    """Read plays, newest first, from before one that is named by its end and its track's id."""
    ended_at, track_id = before or (None, "")
    rows = db.query(PLAYS.format(track=TRACK), user_id, ended_at, track_id, limit)
    return [PlayRow(track=track_line(row), ended_at=row[WIDTH]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Library(Generic[Row]):
    """How one kind of thing is read: its statement, where words are looked for, its orders."""

    kind: Kind
    sql: str
    columns: tuple[str, ...]
    sorts: dict[str, str]
    make: Callable[[tuple[Any, ...]], Row]

    def read(self, user_id: int, wanted: Wanted) -> Slice[Row]:
        """Read a page; the first order is the one nobody asks for."""
        found, values = condition(wanted.words, *self.columns)
        source, moment = (NOW, []) if wanted.moment is None else (STATE_AT, [wanted.moment])
        order = self.sorts[wanted.sort or next(iter(self.sorts))]
        sql = self.sql.format(source=source, found=found, order=order, track=TRACK)
        rows = db.query(sql, user_id, self.kind, *moment, *values, wanted.size, wanted.offset)
        return Slice(
            rows=tuple(self.make(row) for row in rows),
            total=rows[0][-1] if rows else 0,
            page=wanted.page,
            size=wanted.size,
        )


def _saved_track(row: tuple[Any, ...]) -> SavedTrackRow:
    return SavedTrackRow(track=track_line(row), added_at=row[WIDTH])


def _saved_album(row: tuple[Any, ...]) -> SavedAlbumRow:
    return SavedAlbumRow(
        id=row[0],
        name=row[1],
        artists=row[2],
        image_url=row[3],
        album_type=row[4],
        release_year=row[5],
        total_tracks=row[6],
        added_at=row[7],
    )


def _artist(row: tuple[Any, ...]) -> ArtistRow:
    return ArtistRow(id=row[0], name=row[1], image_url=row[2], genres=tuple(row[3]), seen_at=row[4])


TRACK_PAGES = _Library(
    kind=Kind.SAVED_TRACK,
    sql=TRACKS,
    columns=("t.name", "t.artist_names", "a.name"),
    sorts=TRACK_SORTS,
    make=_saved_track,
)
ALBUM_PAGES = _Library(
    kind=Kind.SAVED_ALBUM,
    sql=ALBUMS,
    columns=("a.name", "a.artist_names"),
    sorts=ALBUM_SORTS,
    make=_saved_album,
)
ARTIST_PAGES = _Library(
    kind=Kind.FOLLOWED_ARTIST,
    sql=ARTISTS,
    columns=("a.name",),
    sorts=ARTIST_SORTS,
    make=_artist,
)
