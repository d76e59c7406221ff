"""The catalogue: artists, albums, tracks, and who made them. Upserted, a batch at a time."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from webapp import db
from webapp.domain.catalog import Album, Artist, Catalog, Track, names_of

ARTISTS = """
INSERT INTO artists
  (id, name, image_url, genres, popularity, followers, is_full, raw, fetched_at)
VALUES %s
ON CONFLICT (id) DO UPDATE SET
  name = CASE WHEN excluded.name = '' THEN artists.name ELSE excluded.name END,
  image_url = coalesce(excluded.image_url, artists.image_url),
  genres = CASE WHEN excluded.is_full THEN excluded.genres ELSE artists.genres END,
  popularity = coalesce(excluded.popularity, artists.popularity),
  followers = coalesce(excluded.followers, artists.followers),
  is_full = artists.is_full OR excluded.is_full,
  raw = CASE WHEN excluded.is_full OR NOT artists.is_full THEN excluded.raw ELSE artists.raw END,
  fetched_at = excluded.fetched_at
WHERE excluded.is_full >= artists.is_full AND (
  excluded.is_full > artists.is_full
  OR artists.fetched_at < excluded.fetched_at - %s
  OR (artists.name, artists.image_url) IS DISTINCT FROM
     (excluded.name, coalesce(excluded.image_url, artists.image_url)))
"""

ALBUMS = """
INSERT INTO albums
  (id, name, artist_names, album_type, release_date, release_precision, release_year,
   total_tracks, image_url, upc, label, popularity, is_full, raw, fetched_at)
VALUES %s
ON CONFLICT (id) DO UPDATE SET
  name = CASE WHEN excluded.name = '' THEN albums.name ELSE excluded.name END,
  artist_names = CASE WHEN excluded.artist_names = '' THEN albums.artist_names
                      ELSE excluded.artist_names END,
  album_type = excluded.album_type,
  release_date = coalesce(excluded.release_date, albums.release_date),
  release_precision = coalesce(excluded.release_precision, albums.release_precision),
  release_year = coalesce(excluded.release_year, albums.release_year),
  total_tracks = coalesce(excluded.total_tracks, albums.total_tracks),
  image_url = coalesce(excluded.image_url, albums.image_url),
  upc = coalesce(excluded.upc, albums.upc),
  label = coalesce(excluded.label, albums.label),
  popularity = coalesce(excluded.popularity, albums.popularity),
  is_full = albums.is_full OR excluded.is_full,
  raw = CASE WHEN excluded.is_full OR NOT albums.is_full THEN excluded.raw ELSE albums.raw END,
  fetched_at = excluded.fetched_at
WHERE excluded.is_full >= albums.is_full AND (
  excluded.is_full > albums.is_full
  OR albums.fetched_at < excluded.fetched_at - %s
  OR (albums.name, albums.image_url) IS DISTINCT FROM
     (excluded.name, coalesce(excluded.image_url, albums.image_url)))
"""

TRACKS = """
INSERT INTO tracks
  (id, name, artist_names, kind, album_id, duration_ms, explicit, disc_number, track_number,
   isrc, popularity, raw, fetched_at)
VALUES %s
ON CONFLICT (id) DO UPDATE SET
  name = CASE WHEN excluded.name = '' THEN tracks.name ELSE excluded.name END,
  artist_names = CASE WHEN excluded.artist_names = '' THEN tracks.artist_names
                      ELSE excluded.artist_names END,
  kind = excluded.kind,
  album_id = coalesce(excluded.album_id, tracks.album_id),
  duration_ms = coalesce(excluded.duration_ms, tracks.duration_ms),
  explicit = excluded.explicit,
  disc_number = coalesce(excluded.disc_number, tracks.disc_number),
  track_number = coalesce(excluded.track_number, tracks.track_number),
  isrc = coalesce(excluded.isrc, tracks.isrc),
  popularity = coalesce(excluded.popularity, tracks.popularity),
  raw = tracks.raw || excluded.raw,
  fetched_at = excluded.fetched_at
WHERE tracks.fetched_at < excluded.fetched_at - %s
  OR (tracks.isrc IS NULL AND excluded.isrc IS NOT NULL)
  OR (tracks.album_id IS NULL AND excluded.album_id IS NOT NULL)
  OR (tracks.name, tracks.duration_ms) IS DISTINCT FROM
     (excluded.name, coalesce(excluded.duration_ms, tracks.duration_ms))
"""

CREDITS = """
INSERT INTO {noun}_artists ({noun}_id, position, artist_id) VALUES %s
ON CONFLICT ({noun}_id, position) DO UPDATE SET artist_id = excluded.artist_id
WHERE {noun}_artists.artist_id <> excluded.artist_id
"""


def store(catalog: Catalog, now: datetime, fresh: timedelta) -> None:
    """Upsert a batch: at most five statements for up to a thousand of each kind.

    A stub never overwrites a whole object, and a row that is younger than `fresh` and tells the
    same is left alone. Rows come sorted by id, so that concurrent writers can't deadlock.
    """
    _upsert(ARTISTS, [_artist(row, now) for row in catalog.artists], fresh)
    _upsert(ALBUMS, [_album(row, now) for row in catalog.albums], fresh)
    _upsert(TRACKS, [_track(row, now) for row in catalog.tracks], fresh)
    db.insert_values(CREDITS.format(noun="album"), _credits(catalog.albums))
    db.insert_values(CREDITS.format(noun="track"), _credits(catalog.tracks))


def _upsert(sql: str, rows: list[tuple[Any, ...]], fresh: timedelta) -> None:
    if rows:
        head, _, tail = sql.rpartition("%s")
        db.insert_values(f"{head}interval '{int(fresh.total_seconds())} seconds'{tail}", rows)


def _artist(artist: Artist, now: datetime) -> tuple[Any, ...]:
    return (
        artist.id,
        artist.name,
        artist.image_url,
        list(artist.genres),
        artist.popularity,
        artist.followers,
        artist.full,
        _json(artist.raw),
        now,
    )


def _album(album: Album, now: datetime) -> tuple[Any, ...]:
    return (
        album.id,
        album.name,
        names_of(album.artists),
        album.album_type,
        album.release_date,
        album.release_precision,
        album.release_year,
        album.total_tracks,
        album.image_url,
        album.upc,
        album.label,
        album.popularity,
        album.full,
        _json(album.raw),
        now,
    )


def _track(track: Track, now: datetime) -> tuple[Any, ...]:
    return (
        track.id,
        track.name,
        track.artist_names,
        track.kind,
        track.album.id if track.album else None,
        track.duration_ms,
        track.explicit,
        track.disc_number,
        track.track_number,
        track.isrc,
        track.popularity,
        _json(track.raw),
        now,
    )


def _credits(things: Iterable[Album | Track]) -> list[tuple[str, int, str]]:
    return [
        (thing.id, position, artist.id)
        for thing in things
        for position, artist in enumerate(thing.artists)
    ]


def _json(raw: Any) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
