"""How an artist, album or track was listened to: its places, days, tracks, and other versions.

All but the days of a year come from the roll-ups, and of those days only a thing's own plays are
read. A place is found by counting what has more plays, up to `MOST`, along an index.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from webapp import db
from webapp.domain.days import start_of_day
from webapp.domain.periods import EVER
from webapp.domain.stats import Grain, Item
from webapp.domain.things import MOST, Place, rank_behind
from webapp.queries.lines import TRACK, WIDTH, TrackLine, track_line
from webapp.queries.things import TRACKS

# An artist's own plays are those of tracks that name them first.
OWN = {
    Item.TRACK: "SELECT %(id)s::text AS id",
    Item.ALBUM: "SELECT id FROM tracks WHERE album_id = %(id)s",
    Item.ARTIST: (
        "SELECT track_id AS id FROM track_artists WHERE artist_id = %(id)s AND position = 0"
    ),
}

PLACES = """
SELECT i.grain, i.period, i.plays, i.ms, (SELECT count(*) FROM (
  SELECT FROM listening_items o WHERE o.user_id = i.user_id AND o.kind = i.kind
    AND o.grain = i.grain AND o.period = i.period AND o.plays > i.plays
  LIMIT %(most)s) ahead)
FROM listening_items i
WHERE i.user_id = %(user)s AND i.kind = %(kind)s AND i.item_id = %(id)s
  AND (i.grain <> 'month' OR i.period >= %(since)s)
"""

# Plays of a few weeks are read as they are, and each track's owner is looked up once.
LATELY = """
WITH heard AS MATERIALIZED (
  SELECT p.track_id, count(*) AS plays FROM plays p
  WHERE p.user_id = %(user)s AND p.ended_at >= %(since)s
    AND (p.ended_at AT TIME ZONE %(zone)s)::date >= %(first)s
  GROUP BY 1)
SELECT plays, count(*) FROM ({items}) items WHERE item_id IS NOT NULL GROUP BY 1
"""
LATELY_OF = {
    Item.TRACK: "SELECT track_id AS item_id, plays FROM heard",
    Item.ALBUM: """
  SELECT one.item_id, sum(h.plays) AS plays FROM heard h CROSS JOIN LATERAL (
    SELECT t.album_id AS item_id FROM tracks t WHERE t.id = h.track_id OFFSET 0) one GROUP BY 1
""",
    Item.ARTIST: """
  SELECT one.item_id, sum(h.plays) AS plays FROM heard h CROSS JOIN LATERAL (
    SELECT c.artist_id AS item_id FROM track_artists c
    WHERE c.track_id = h.track_id AND c.position = 0 OFFSET 0) one GROUP BY 1
""",
}

# One look for each track: planners think that a listener's tracks are worth reading all.
COUNTED = """
FROM ({tracks}) mine CROSS JOIN LATERAL (
  SELECT h.plays, h.ms, h.last_at FROM listening_items h
  WHERE h.user_id = %(user)s AND h.kind = 'track' AND h.item_id = mine.id
    AND h.grain = 'ever' AND h.period = %(ever)s OFFSET 0) h
"""

# Only tracks that were heard since are looked up among the plays.
DAYS = """
SELECT (p.ended_at AT TIME ZONE %(zone)s)::date AS day, count(*)
{counted} CROSS JOIN LATERAL (
  SELECT p.ended_at FROM plays p WHERE p.user_id = %(user)s AND p.track_id = mine.id
    AND p.ended_at >= %(since)s AND h.last_at >= %(since)s OFFSET 0) p
GROUP BY 1 ORDER BY 1
"""

PLAYED_AT = """
SELECT p.ended_at, min(p.track_id) FROM ({own}) mine
JOIN plays p ON p.user_id = %(user)s AND p.track_id = mine.id AND p.ended_at = ANY(%(ends)s)
GROUP BY 1
"""

HEARD_TRACKS = """
SELECT h.id, {track}, h.plays, h.ms, h.total
FROM (SELECT mine.id, h.plays, h.ms, count(*) OVER () AS total {counted}
  ORDER BY h.plays DESC, h.ms DESC, mine.id LIMIT %(limit)s) h (id, plays, ms, total)
LEFT JOIN tracks t ON t.id = h.id LEFT JOIN albums a ON a.id = t.album_id
ORDER BY h.plays DESC, h.ms DESC, h.id
"""

# What is theirs on an album: a compilation has plays of others as well.
HEARD_ALBUMS = """
SELECT a.id, a.name, a.artist_names, a.image_url, a.release_year, own.plays, own.ms, own.total
FROM (
  SELECT t.album_id, sum(h.plays) AS plays, sum(h.ms) AS ms, count(*) OVER () AS total
  {counted} JOIN tracks t ON t.id = mine.id AND t.album_id IS NOT NULL
  GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1 LIMIT %(limit)s) own
JOIN albums a ON a.id = own.album_id ORDER BY own.plays DESC, own.ms DESC, a.id
"""

# Of what others brought into the catalogue, nothing is shown.
VERSIONS = """
SELECT o.id, {track}, coalesce(h.plays, 0), coalesce(h.ms, 0), count(*) OVER ()
FROM (
  SELECT o.id FROM tracks me JOIN tracks o ON o.isrc = me.isrc WHERE me.id = %(id)s
  UNION SELECT o.id FROM tracks me JOIN tracks o ON o.match_key = me.match_key
  WHERE me.id = %(id)s AND me.match_key <> '') o
LEFT JOIN listening_items h ON h.user_id = %(user)s AND h.kind = 'track' AND h.item_id = o.id
  AND h.grain = 'ever' AND h.period = %(ever)s
JOIN tracks t ON t.id = o.id LEFT JOIN albums a ON a.id = t.album_id
WHERE o.id <> %(id)s AND (h.plays IS NOT NULL OR EXISTS (SELECT FROM library_items l
  WHERE l.user_id = %(user)s AND l.kind = 'saved_track' AND l.item_id = o.id))
ORDER BY coalesce(h.plays, 0) DESC, coalesce(h.ms, 0) DESC, o.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackCount:
    """A track, its plays over all time, and how long they lasted."""

    track: TrackLine
    plays: int
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumCount:
    """An album, and the plays of an artist's tracks on it."""

    id: str
    name: str
    artists: str
    image_url: str | None
    release_year: int | None
    plays: int
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Some tracks, most played first, and how many there are."""

    rows: tuple[TrackCount, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Albums:
    """Some albums, most played first, and how many there are."""

    rows: tuple[AlbumCount, ...] = ()
    total: int = 0


def places(user_id: int, kind: Item, thing_id: str, since: date) -> dict[tuple[Grain, date], Place]:
    """Find a thing's places: ever, in each year, and in each month from `since` on."""
    rows = db.query_by_name(PLACES, user=user_id, kind=kind, id=thing_id, since=since, most=MOST)
    return {
        (Grain(grain), period): Place(
            grain=Grain(grain), period=period, plays=plays, ms=ms, rank=rank_behind(ahead)
        )
        for grain, period, plays, ms, ahead in rows
    }


def counts_since(user_id: int, kind: Item, first: date, time_zone: str) -> dict[int, int]:
    """Tell how many things of a kind have how many plays since a day some weeks ago."""
    rows = db.query_by_name(
        LATELY.format(items=LATELY_OF[kind]),
        user=user_id,
        first=first,
        since=start_of_day(first, time_zone),
        zone=time_zone,
    )
    return {int(plays): count for plays, count in rows}


def days(
    user_id: int, kind: Item, thing_id: str, since: datetime, time_zone: str
) -> dict[date, int]:
    """Count a thing's plays by day, from a moment on."""
    sql = DAYS.format(counted=COUNTED.format(tracks=OWN[kind]))
    rows = db.query_by_name(sql, user=user_id, id=thing_id, since=since, zone=time_zone, ever=EVER)
    return dict(rows)


def tracks_played_at(
    user_id: int, kind: Item, thing_id: str, ends: Collection[datetime]
) -> dict[datetime, str]:
    """Name the tracks of a thing whose plays ended at these times."""
    sql = PLAYED_AT.format(own=OWN[kind])
    return dict(db.query_by_name(sql, user=user_id, id=thing_id, ends=list(ends)))


def tracks(user_id: int, kind: Item, thing_id: str, limit: int) -> Tracks:
    """List the tracks of an artist or album that were heard."""
    sql = HEARD_TRACKS.format(track=TRACK, counted=COUNTED.format(tracks=TRACKS[kind]))
    return _tracks(sql, user_id, thing_id, limit)


def versions(user_id: int, track_id: str, limit: int) -> Tracks:
    """List other tracks of a listener's that are the same song: same ISRC, or same names."""
    return _tracks(VERSIONS.format(track=TRACK), user_id, track_id, limit)


def albums(user_id: int, artist_id: str, limit: int) -> Albums:
    """List the albums on which an artist's own tracks were heard."""
    sql = HEARD_ALBUMS.format(counted=COUNTED.format(tracks=OWN[Item.ARTIST]))
    rows = db.query_by_name(sql, user=user_id, id=artist_id, ever=EVER, limit=limit)
    return Albums(
        rows=tuple(
            AlbumCount(
                id=row[0],
                name=row[1],
                artists=row[2],
                image_url=row[3],
                release_year=row[4],
                plays=int(row[5]),
                ms=int(row[6]),
            )
            for row in rows
        ),
        total=rows[0][7] if rows else 0,
    )


def _tracks(sql: str, user_id: int, thing_id: str, limit: int) -> Tracks:
    rows = db.query_by_name(sql, user=user_id, id=thing_id, ever=EVER, limit=limit)
    found = tuple(
        TrackCount(track=track_line(row), plays=row[WIDTH], ms=row[WIDTH + 1]) for row in rows
    )
    return Tracks(rows=found, total=rows[0][WIDTH + 2] if rows else 0)
