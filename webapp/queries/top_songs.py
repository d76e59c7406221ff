"""Which playlists may be Top Songs, what is in them, and what was played most in a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import db
from webapp.domain.top_songs import Listed, Mark, Song

LISTED = """
SELECT p.playlist_id, p.name, v.description, p.owner_id, p.owner_name, p.image_url, p.total,
  p.readable, p.gone, p.seen_at, m.marked_at, m.year
FROM playlists p
JOIN playlist_versions v ON v.user_id = p.user_id AND v.id = p.version_id
LEFT JOIN top_songs_marks m ON m.user_id = p.user_id AND m.playlist_id = p.playlist_id
WHERE p.user_id = %s ORDER BY p.name, p.playlist_id
"""

SONG = """
t.id, coalesce(t.isrc, t.id), t.name, t.artist_names, a.image_url, t.duration_ms, t.explicit,
a.release_year,
(SELECT json_agg(json_build_array(r.id, r.name) ORDER BY c.position)
 FROM track_artists c JOIN artists r ON r.id = c.artist_id WHERE c.track_id = t.id)
"""

SONGS = f"""
SELECT {SONG}, p.playlist_id
FROM playlists p
JOIN playlist_versions v ON v.user_id = p.user_id AND v.id = p.version_id
CROSS JOIN LATERAL jsonb_array_elements(v.entries) WITH ORDINALITY AS e (entry, place)
JOIN tracks t ON t.id = e.entry->>0 LEFT JOIN albums a ON a.id = t.album_id
WHERE p.user_id = %s AND p.playlist_id = ANY(%s) ORDER BY p.playlist_id, e.place
"""  # noqa: S608 - the columns are ours

PLAYED = f"""
WITH counted AS (
  SELECT (array_agg(t.id ORDER BY p.ended_at DESC, t.id))[1] AS track_id, count(*) AS plays,
    max(p.ended_at) AS last, sum(count(*)) OVER () AS all_plays
  FROM plays p JOIN tracks t ON t.id = p.track_id
  WHERE p.user_id = %s AND p.ended_at >= %s AND p.ended_at < %s
  GROUP BY coalesce(t.isrc, t.id)
  ORDER BY plays DESC, last DESC, track_id LIMIT %s)
SELECT {SONG}, counted.plays, counted.all_plays
FROM counted JOIN tracks t ON t.id = counted.track_id LEFT JOIN albums a ON a.id = t.album_id
ORDER BY counted.plays DESC, counted.last DESC, t.id
"""  # noqa: S608 - the columns are ours

YEARS = """
SELECT y.year FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[]) AS y (year, start, stop)
WHERE EXISTS (SELECT FROM plays p
  WHERE p.user_id = %s AND p.ended_at >= y.start AND p.ended_at < y.stop) ORDER BY y.year
"""

MARK = """
INSERT INTO top_songs_marks (user_id, playlist_id, year, marked_at)
SELECT user_id, playlist_id, %s, %s FROM playlists WHERE user_id = %s AND playlist_id = %s
ON CONFLICT (user_id, playlist_id) DO UPDATE
SET year = excluded.year, marked_at = excluded.marked_at
RETURNING playlist_id
"""

WIDTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A year as instants: from `start` to just before `stop`, as the listener's clock has it."""

    year: int
    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The songs played most in a year, and how many plays of that year there are in all."""

    songs: tuple[Song, ...]
    plays: int


def listed(user_id: int) -> list[Listed]:
    """List every playlist there is or was, with what the listener said about it."""
    return [_listed(row) for row in db.query(LISTED, user_id)]


def songs(user_id: int, playlist_ids: Sequence[str]) -> dict[str, list[Song]]:
    """Read the newest entries of playlists, in order; positions that hold nothing are left out."""
    found: dict[str, list[Song]] = {id_: [] for id_ in playlist_ids}
    for row in db.query(SONGS, user_id, list(playlist_ids)):
        found[row[WIDTH]].append(_song(row))
    return found


def played(user_id: int, span: Span, limit: int) -> Played:
    """Rank the songs of a year by plays; of equals, the one heard last comes first."""
    rows = db.query(PLAYED, user_id, span.start, span.stop, limit)
    return Played(
        songs=tuple(_song(row, plays=row[WIDTH]) for row in rows),
        plays=int(rows[0][WIDTH + 1]) if rows else 0,
    )


def first_and_last_play(user_id: int) -> tuple[datetime, datetime] | None:
    """Tell how far the plays reach."""
    rows = db.query("SELECT min(ended_at), max(ended_at) FROM plays WHERE user_id = %s", user_id)
    first, last = rows[0]
    return (first, last) if first else None


def years_with_plays(user_id: int, spans: Sequence[Span]) -> list[int]:
    """Tell which of some years have plays."""
    years = [span.year for span in spans]
    starts = [span.start for span in spans]
    stops = [span.stop for span in spans]
    return [row[0] for row in db.query(YEARS, years, starts, stops, user_id)]


def mark(user_id: int, playlist_id: str, year: int | None, now: datetime) -> bool:
    """Note the year of a playlist (None: it is no Top Songs); False if there is no such one."""
    return bool(db.query(MARK, year, now, user_id, playlist_id))


def unmark(user_id: int, playlist_id: str) -> None:
    """Forget what was said of a playlist."""
    db.query(
        "DELETE FROM top_songs_marks WHERE user_id = %s AND playlist_id = %s", user_id, playlist_id
    )


def _listed(row: tuple[Any, ...]) -> Listed:
    marked_at, year = row[10:12]
    return Listed(
        id=row[0],
        name=row[1],
        description=row[2],
        owner_id=row[3],
        owner_name=row[4],
        image_url=row[5],
        total=row[6],
        readable=row[7],
        gone=row[8],
        seen_at=row[9],
        mark=Mark(year=year, marked_at=marked_at) if marked_at else None,
    )


def _song(row: tuple[Any, ...], plays: int | None = None) -> Song:
    return Song(
        id=row[0],
        key=row[1],
        name=row[2],
        artist_names=row[3],
        image_url=row[4],
        duration_ms=row[5],
        explicit=row[6],
        release_year=row[7],
        artists=tuple((artist_id, name) for artist_id, name in row[8] or ()),
        plays=plays,
    )
