"""The listening history: plays from any point on, both ways, filtered, each with its day.

A part of it is one statement, and quick at any point of a million plays. Plays of some tracks are
looked for in two steps. First among the plays nearest to the point: common words find enough there.
If not, each track tells its own next play; only the tracks that come first can be on the page, so
only their plays are read. Either way the number of index reads is bounded.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp import db
from webapp.queries.lines import PAGE_SIZE, TRACK, WIDTH, TrackLine, track_line
from webapp.queries.search import condition

NEAR = 2000
"""How many plays are looked through before each track is asked for its own."""

HERE = """
p.user_id = %s AND (p.ended_at, p.track_id) {beyond} (coalesce(%s, 'infinity'::timestamptz), %s)
"""

ANY_TRACK = """
found AS (
  SELECT p.ended_at, p.track_id, p.source FROM plays p WHERE {here}
  ORDER BY p.ended_at {order}, p.track_id {order} LIMIT {limit})
"""

SOME_TRACKS = """
wanted AS MATERIALIZED (
  SELECT t.id FROM tracks t LEFT JOIN albums a ON a.id = t.album_id WHERE {tracks}),
nearest AS MATERIALIZED (
  SELECT p.ended_at, p.track_id FROM plays p WHERE {here}
  ORDER BY p.ended_at {order}, p.track_id {order} LIMIT {near}),
near AS MATERIALIZED (
  SELECT ended_at, track_id FROM nearest WHERE track_id IN (SELECT id FROM wanted)
  ORDER BY ended_at {order}, track_id {order} LIMIT {limit}),
enough AS MATERIALIZED (
  SELECT (SELECT count(*) FROM near) = {limit} OR (SELECT count(*) FROM nearest) < {near} AS yes),
first AS MATERIALIZED (
  SELECT w.id FROM wanted w CROSS JOIN LATERAL (
    SELECT p.ended_at FROM plays p WHERE {here} AND p.track_id = w.id
    ORDER BY p.ended_at {order} LIMIT 1) p
  WHERE NOT (SELECT yes FROM enough)
  ORDER BY p.ended_at {order}, w.id {order} LIMIT {limit}),
far AS (
  SELECT p.ended_at, p.track_id FROM first CROSS JOIN LATERAL (
    SELECT p.ended_at, p.track_id FROM plays p WHERE {here} AND p.track_id = first.id
    ORDER BY p.ended_at {order} LIMIT {limit}) p
  ORDER BY p.ended_at {order}, p.track_id {order} LIMIT {limit}),
either AS (
  SELECT ended_at, track_id FROM near WHERE (SELECT yes FROM enough)
  UNION ALL SELECT ended_at, track_id FROM far),
found AS (
  SELECT p.ended_at, p.track_id, p.source FROM either e
  JOIN plays p ON p.user_id = %s AND p.ended_at = e.ended_at AND p.track_id = e.track_id)
"""

PLAYS = """
WITH {found}
SELECT f.track_id, {track}, f.ended_at, f.source, local.day, d.plays, d.ms, named.ids, named.names
FROM found f
CROSS JOIN LATERAL (SELECT (f.ended_at AT TIME ZONE %s)::date AS day) local
LEFT JOIN LATERAL (
  SELECT plays, ms FROM daily_listening WHERE user_id = %s AND day = local.day LIMIT 1) d ON true
LEFT JOIN tracks t ON t.id = f.track_id
LEFT JOIN albums a ON a.id = t.album_id
LEFT JOIN LATERAL (
  SELECT array_agg(c.artist_id ORDER BY c.position) AS ids,
    array_agg(r.name ORDER BY c.position) AS names
  FROM track_artists c JOIN artists r ON r.id = c.artist_id WHERE c.track_id = f.track_id) named
  ON true
ORDER BY f.ended_at {order}, f.track_id {order}
"""

BY_ARTIST = "t.id IN (SELECT track_id FROM track_artists WHERE artist_id = %s)"

NAMES = """
SELECT (SELECT name FROM artists WHERE id = %s), (SELECT name FROM albums WHERE id = %s)
"""

# One step for each source, however many plays it has.
SOURCES = """
WITH RECURSIVE seen AS (
  (SELECT source FROM plays WHERE user_id = %s ORDER BY source LIMIT 1)
  UNION ALL
  SELECT (SELECT p.source FROM plays p WHERE p.user_id = %s AND p.source > seen.source
    ORDER BY p.source LIMIT 1) FROM seen WHERE seen.source IS NOT NULL)
SELECT source FROM seen WHERE source IS NOT NULL
"""

SUMMARY = """
SELECT coalesce(sum(plays), 0)::bigint, coalesce(sum(ms), 0)::bigint, min(day),
  (SELECT count(*) FROM listening_gaps WHERE user_id = %s AND closed_at IS NULL),
  (SELECT count(*) FROM listening_gaps WHERE user_id = %s AND closed_at IS NOT NULL)
FROM daily_listening WHERE user_id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place between plays: those before it are older; without an end it is after all."""

    ended_at: datetime | None = None
    track_id: str = ""
    newer: bool = False
    """Whether the plays after it are wanted, the nearest ones, instead of those before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which plays are wanted; what is empty does not matter."""

    words: str = ""
    artist_id: str = ""
    album_id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPlay:
    """A play, and what the whole of its day counts, where that is known.

    `artists` are ids and names; without them, the track's own line tells who it is by.
    """

    track: TrackLine
    artists: tuple[tuple[str, str], ...]
    ended_at: datetime
    source: str
    day: date
    day_plays: int | None
    day_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some plays, newest first; `next` is the one that comes after them, the way it was asked."""

    plays: tuple[DatedPlay, ...]
    next: DatedPlay | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that is kept of a listener, in numbers."""

    plays: int
    ms: int
    first_day: date | None
    open_gaps: int
    closed_gaps: int


def part(
    user_id: int,
    time_zone: str,
    filters: Filters,
    point: Point,
    *,
    size: int = PAGE_SIZE,
    near: int = NEAR,
) -> Part:
    """Read the plays on one side of a point, the nearest `size` of them."""
    here, at = _here(user_id, filters, point)
    some, values = _tracks(filters)
    words = {"here": here, "order": _order(point), "limit": size + 1, "near": near}
    if some:
        found = SOME_TRACKS.format(tracks=" AND ".join(some), **words)
        values = [*values, *at * 3, user_id]
    else:
        found, values = ANY_TRACK.format(**words), at
    sql = PLAYS.format(found=found, track=TRACK, order=_order(point))
    plays = [_play(row) for row in db.query(sql, *values, time_zone, user_id)]
    shown = plays[:size]
    return Part(
        plays=tuple(reversed(shown) if point.newer else shown),
        next=plays[size] if plays[size:] else None,
    )


def names(filters: Filters) -> tuple[str | None, str | None]:
    """Name the artist and the album that are asked for."""
    artist, album = db.query(NAMES, filters.artist_id, filters.album_id)[0]
    return artist, album


def sources(user_id: int) -> list[str]:
    """Name the sources that a listener's plays come from."""
    return [row[0] for row in db.query(SOURCES, user_id, user_id)]


def summary(user_id: int) -> Summary:
    """Count what is kept, from days and gaps."""
    plays, ms, first_day, open_gaps, closed = db.query(SUMMARY, user_id, user_id, user_id)[0]
    return Summary(plays=plays, ms=ms, first_day=first_day, open_gaps=open_gaps, closed_gaps=closed)


def _here(user_id: int, filters: Filters, point: Point) -> tuple[str, list[Any]]:
    """Write the condition for a listener's plays beyond a point, of a source."""
    sql = HERE.format(beyond=">" if point.newer else "<").strip()
    values: list[Any] = [user_id, point.ended_at, point.track_id]
    if filters.source:
        return f"{sql} AND p.source = %s", [*values, filters.source]
    return sql, values


def _tracks(filters: Filters) -> tuple[list[str], list[Any]]:
    """Write the conditions that tracks must meet, if any."""
    found, values = condition(filters.words, "t.name", "t.artist_names", "a.name")
    asked: list[tuple[str, list[Any], bool]] = [
        (found, values, bool(values)),
        (BY_ARTIST, [filters.artist_id], bool(filters.artist_id)),
        ("t.album_id = %s", [filters.album_id], bool(filters.album_id)),
    ]
    kept = [(sql, needed) for sql, needed, matters in asked if matters]
    return [sql for sql, _ in kept], [value for _, needed in kept for value in needed]


def _order(point: Point) -> str:
    return "ASC" if point.newer else "DESC"


def _play(row: tuple[Any, ...]) -> DatedPlay:
    ended_at, source, day, plays, ms, ids, artists = row[WIDTH:]
    return DatedPlay(
        track=track_line(row),
        artists=tuple(zip(ids or (), artists or (), strict=True)),
        ended_at=ended_at,
        source=source,
        day=day,
        day_plays=plays,
        day_ms=ms,
    )
