"""What MusicBrainz said of albums: of those in charts, and of those that listeners saved."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp import db
from webapp.domain.matching import Album, Way

TREND, SAVED = "trend:", "spotify:"

# What was looked up and needs nothing more has no `retry_at`. Albums without a row are due too.
DUE = f"""
SELECT s.key, s.trending, s.name, s.artists, s.year, s.tracks, s.kind, s.spotify_id, s.barcode,
  s.given, s.pictured, m.how, m.mbid, m.release_group, m.score, m.cover_url,
  coalesce(m.retry_at, %(now)s)
FROM (
  SELECT '{TREND}' || t.id AS key, true AS trending, t.name, t.artist_names AS artists,
    extract(year FROM t.released)::integer AS year, NULL::integer AS tracks, '' AS kind,
    t.spotify_id, t.upc AS barcode, t.mbid AS given, t.image_url IS NOT NULL AS pictured,
    t.last_seen_at AS newest
  FROM trend_items t
  WHERE t.kind = 'album' AND NOT EXISTS (SELECT FROM trend_merges g WHERE g.from_id = t.id)
  UNION ALL
  SELECT '{SAVED}' || a.id, false, a.name, a.artist_names, a.release_year, a.total_tracks,
    a.album_type, a.id, a.upc, NULL, a.image_url IS NOT NULL, a.fetched_at
  FROM albums a
  WHERE a.id IN (SELECT item_id FROM library_items WHERE kind = 'saved_album')
) s LEFT JOIN album_matches m ON m.album_key = s.key
WHERE m.album_key IS NULL
  OR m.retry_at <= %(now)s AND (m.release_group IS NULL OR NOT s.pictured)
ORDER BY s.trending DESC, s.newest DESC, s.key LIMIT %(limit)s
"""  # noqa: S608 - our own names

KEEP = """
INSERT INTO album_matches
  (album_key, mbid, release_group, how, score, cover_url, checked_at, retry_at)
VALUES %s ON CONFLICT (album_key) DO UPDATE SET mbid = excluded.mbid,
  release_group = excluded.release_group, how = excluded.how, score = excluded.score,
  cover_url = excluded.cover_url, checked_at = excluded.checked_at, retry_at = excluded.retry_at
"""

# Spotify's own picture, where it comes later, takes the place of this one.
PICTURE = """
UPDATE albums a SET image_url = told.image_url
FROM (VALUES %s) AS told (id, image_url) WHERE a.id = told.id AND a.image_url IS NULL
"""

# Whose release group another thing has already is left out: they are to become one.
TEACH = """
UPDATE trend_items i SET mbid = coalesce(i.mbid, told.mbid),
  image_url = coalesce(i.image_url, told.image_url)
FROM (VALUES %s) AS told (id, mbid, image_url)
WHERE i.id = told.id AND NOT EXISTS (SELECT FROM trend_merges m WHERE m.from_id = i.id)
  AND NOT EXISTS (SELECT FROM trend_items o
    WHERE o.kind = i.kind AND o.mbid = told.mbid AND o.id <> i.id)
RETURNING i.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many albums were found, were not, and how many are to be looked up now."""

    found: int
    missed: int
    due: int


def due(now: datetime, limit: int) -> list[Album]:
    """List albums to be looked up: first what trends, newest first, then what listeners saved."""
    return [_album(row) for row in db.query_by_name(DUE, now=now, limit=limit)]


def keep(albums: Sequence[Album], now: datetime) -> None:
    """Keep how far we are with albums; a saved one without a picture gets its cover."""
    rows = [
        (
            album.key,
            _text(album.mbid),
            _text(album.release_group),
            album.how and album.how.value,
            album.score,
            album.cover_url,
            now,
            album.retry_at,
        )
        for album in albums
    ]
    db.insert_values(KEEP, rows)
    covered = [album for album in albums if album.cover_url and not album.trending]
    pictures = sorted((album.key.removeprefix(SAVED), album.cover_url) for album in covered)
    db.insert_values(PICTURE, pictures)


def teach(albums: Sequence[Album]) -> list[Album]:
    """Let things in charts know their release groups and covers; give those that are another thing.

    Take `trend_items.lock` first.
    """
    told = {
        album.release_group: album
        for album in reversed(albums)
        if album.trending and album.release_group
    }
    rows = [(trend_id(one.key), str(group), one.cover_url) for group, one in told.items()]
    taught = {
        row[0] for row in db.insert_returning(TEACH, rows, "(%s::bigint, %s::uuid, %s::text)")
    }
    return [
        album
        for album in albums
        if album.trending and album.release_group and trend_id(album.key) not in taught
    ]


def standing(now: datetime, limit: int) -> Standing:
    """Count what was found and missed, and what is due, up to a limit."""
    rows = db.query(
        "SELECT count(release_group), count(*) FILTER (WHERE release_group IS NULL"
        " AND retry_at > %s) FROM album_matches",
        now,
    )
    found, missed = rows[0]
    return Standing(found=found, missed=missed, due=len(due(now, limit)))


def trend_id(key: str) -> int:
    """Read the id of a thing in charts out of its key."""
    return int(key.removeprefix(TREND))


@contextmanager
def holding() -> Iterator[bool]:
    """Hold the right to look albums up; False if another process holds it.

    The lock is the connection's: when the process dies, so does the lock.
    """
    held = bool(db.query("SELECT pg_try_advisory_lock(hashtextextended('matches', 0))")[0][0])
    try:
        yield held
    finally:
        if held:
            db.query("SELECT pg_advisory_unlock(hashtextextended('matches', 0))")


def _album(row: tuple[Any, ...]) -> Album:
    key, trending, name, artists, year, tracks, kind, spotify_id, barcode, *rest = row
    given, pictured, how, mbid, group, score, cover_url, retry_at = rest
    return Album(
        key=key,
        trending=trending,
        name=name,
        artists=artists,
        year=year,
        tracks=tracks,
        kind=kind,
        spotify_id=spotify_id,
        barcode=barcode,
        given=_uuid(given),
        pictured=pictured,
        how=Way(how) if how else None,
        mbid=_uuid(mbid),
        release_group=_uuid(group),
        score=score,
        cover_url=cover_url,
        retry_at=retry_at,
    )


def _uuid(value: Any) -> UUID | None:
    """Read an id, whether the driver gives texts or UUIDs."""
    return UUID(str(value)) if value else None


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
