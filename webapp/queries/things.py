"""What an artist, album or track is, what it counts to a listener, and whether they know it.

Who is named on a track but not first is a guest there: such plays count for the first, and are
told apart from the artist's own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import db
from webapp.domain.library import Kind
from webapp.domain.periods import EVER
from webapp.domain.stats import Item

SAVED = {
    Item.TRACK: Kind.SAVED_TRACK,
    Item.ALBUM: Kind.SAVED_ALBUM,
    Item.ARTIST: Kind.FOLLOWED_ARTIST,
}

ABOUT = {
    Item.TRACK: """
t.name, coalesce(t.kind, 'track'), t.artist_names, a.image_url, t.album_id, a.name, t.duration_ms,
a.release_date, NULL::text[], NULL::integer, NULL
""",
    Item.ALBUM: """
a.name, 'album', a.artist_names, a.image_url, NULL, NULL, NULL::integer, a.release_date,
NULL::text[], a.total_tracks, a.label
""",
    Item.ARTIST: """
r.name, 'artist', '', r.image_url, NULL, NULL, NULL::integer, NULL, r.genres, NULL::integer, NULL
""",
}
FROM = {
    Item.TRACK: "LEFT JOIN tracks t ON t.id = asked.id LEFT JOIN albums a ON a.id = t.album_id",
    Item.ALBUM: "LEFT JOIN albums a ON a.id = asked.id",
    Item.ARTIST: "LEFT JOIN artists r ON r.id = asked.id",
}

CREDITS = """
(SELECT json_agg(json_build_array(c.artist_id, r.name) ORDER BY c.position)
 FROM {kind}_artists c JOIN artists r ON r.id = c.artist_id WHERE c.{kind}_id = asked.id)
"""

GUEST = """
(SELECT coalesce(sum(g.plays), 0)::bigint FROM track_artists c
 JOIN listening_items g ON g.user_id = %(user)s AND g.kind = 'track' AND g.item_id = c.track_id
   AND g.grain = 'ever' AND g.period = %(ever)s
 WHERE c.artist_id = asked.id AND c.position > 0)
"""

HEAD = """
SELECT {about}, {credits}, {guest},
  h.plays, h.ms, h.first_at, h.last_at,
  EXISTS (SELECT FROM listening_gaps g WHERE g.user_id = %(user)s AND g.closed_at IS NULL),
  (SELECT polled_at FROM archive_states s WHERE s.user_id = %(user)s)
FROM (SELECT %(id)s::text AS id) asked {joins}
LEFT JOIN listening_items h ON h.user_id = %(user)s AND h.kind = %(kind)s AND h.item_id = asked.id
  AND h.grain = 'ever' AND h.period = %(ever)s
"""

TRACKS = {
    Item.TRACK: "SELECT %(id)s::text AS id",
    Item.ALBUM: "SELECT id FROM tracks WHERE album_id = %(id)s",
    Item.ARTIST: "SELECT track_id AS id FROM track_artists WHERE artist_id = %(id)s",
}
"""The tracks that belong to a thing, guests' included."""

KNOWN = """
WITH mine AS MATERIALIZED ({tracks})
SELECT EXISTS (SELECT FROM library_events e
    WHERE e.user_id = %(user)s AND e.kind = %(saved)s AND e.item_id = %(id)s)
  OR EXISTS (SELECT FROM mine JOIN library_events e
    ON e.user_id = %(user)s AND e.kind = 'saved_track' AND e.item_id = mine.id)
  OR EXISTS (SELECT FROM mine JOIN listening_items h
    ON h.user_id = %(user)s AND h.kind = 'track' AND h.item_id = mine.id AND h.grain = 'ever')
  OR EXISTS (SELECT FROM album_artists c JOIN library_events e
    ON e.user_id = %(user)s AND e.kind = 'saved_album' AND e.item_id = c.album_id
    WHERE %(kind)s = 'artist' AND c.artist_id = %(id)s)
  OR EXISTS (SELECT FROM top_lists l WHERE l.user_id = %(user)s AND l.kind = %(kind)s || 's'
    AND %(id)s = ANY (l.item_ids))
  OR EXISTS (SELECT FROM top_lists l CROSS JOIN unnest(l.item_ids) AS ranked (id)
    WHERE l.user_id = %(user)s AND l.kind = 'tracks' AND ranked.id IN (SELECT id FROM mine))
"""

OWN = """
SELECT w.id FROM unnest(%(ids)s::text[]) AS w (id)
WHERE EXISTS (SELECT FROM listening_items h WHERE h.user_id = %(user)s AND h.kind = %(kind)s
    AND h.item_id = w.id AND h.grain = 'ever')
  OR EXISTS (SELECT FROM library_events e
    WHERE e.user_id = %(user)s AND e.kind = %(saved)s AND e.item_id = w.id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a thing counts to a listener over all time; first and last are ends of plays."""

    plays: int
    ms: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A thing as the catalogue has it; names may be empty. `sort` is Spotify's word for it.

    `artists` and `album` are ids with names. `heard` is None without plays, `guest_plays` are of
    tracks where an artist is not named first. `at_least`: a gap is open, so plays may be missing.
    """

    kind: Item
    id: str
    sort: str
    name: str
    artist_names: str
    artists: tuple[tuple[str, str], ...]
    album: tuple[str, str] | None
    image_url: str | None
    duration_ms: int | None
    release_date: str | None
    genres: tuple[str, ...]
    total_tracks: int | None
    label: str | None
    heard: Heard | None
    guest_plays: int
    at_least: bool
    as_of: datetime | None


def head(user_id: int, kind: Item, thing_id: str) -> Head:
    """Read what is known of a thing; of one that nobody knows, everything is empty."""
    artist = kind is Item.ARTIST
    sql = HEAD.format(
        about=ABOUT[kind],
        credits="NULL" if artist else CREDITS.format(kind=kind.value),
        guest=GUEST if artist else "0",
        joins=FROM[kind],
    )
    row = db.query_by_name(sql, user=user_id, kind=kind, id=thing_id, ever=EVER)[0]
    return _head(kind, thing_id, row)


def own(user_id: int, kind: Item, thing_ids: Collection[str]) -> frozenset[str]:
    """Tell which things a listener ever played or saved: those have a page of theirs for sure."""
    if not thing_ids:
        return frozenset()
    ids, saved = list(thing_ids), SAVED[kind].value
    rows = db.query_by_name(OWN, user=user_id, kind=kind.value, saved=saved, ids=ids)
    return frozenset(row[0] for row in rows)


def knows(user_id: int, kind: Item, thing_id: str) -> bool:
    """Tell whether a listener's plays, library or top lists ever had to do with a thing.

    Playlists are not among them: `thing_library.playlists` looks there.
    """
    sql = KNOWN.format(tracks=TRACKS[kind])
    row = db.query_by_name(sql, user=user_id, kind=kind, id=thing_id, saved=SAVED[kind])[0]
    return bool(row[0])


def _head(kind: Item, thing_id: str, row: tuple[Any, ...]) -> Head:
    name, sort, artist_names, image_url, album_id, album, *facts = row[:11]
    duration_ms, release_date, genres, total_tracks, label = facts
    credited, guest_plays, plays, ms, first_at, last_at, at_least, as_of = row[11:]
    heard = Heard(plays=plays, ms=ms, first_at=first_at, last_at=last_at) if plays else None
    return Head(
        kind=kind,
        id=thing_id,
        sort=sort,
        name=name or "",
        artist_names=artist_names or "",
        artists=tuple((id_, artist) for id_, artist in credited or ()),
        album=(album_id, album or "") if album_id else None,
        image_url=image_url,
        duration_ms=duration_ms,
        release_date=release_date,
        genres=tuple(genres or ()),
        total_tracks=total_tracks,
        label=label,
        heard=heard,
        guest_plays=int(guest_plays),
        at_least=at_least,
        as_of=as_of,
    )
