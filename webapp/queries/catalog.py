"""The catalogue: artists, albums, tracks, and who made them. Upserted, a batch at a time.

A batch travels as one JSON document: PostgreSQL parses it faster than thousands of literals, and
we write it faster than we could quote them.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from webapp import db
from webapp.domain.catalog import Album, Artist, Catalog, Thing, Track, names_of

ARTISTS = """
INSERT INTO artists
  (id, name, image_url, genres, popularity, followers, is_full, raw, fetched_at)
SELECT id, name, image_url, genres, popularity, followers, is_full, raw, %s
FROM jsonb_to_recordset(%s) AS told (id text, name text, image_url text, genres text[],
  popularity integer, followers integer, is_full boolean, raw jsonb)
ON CONFLICT (id) DO UPDATE SET
  name = CASE WHEN excluded.name = '' THEN artists.name ELSE excluded.name END,
  match_key = CASE WHEN excluded.name IN ('', artists.name) THEN artists.match_key END,
  image_url = coalesce(excluded.image_url, artists.image_url),
  genres = CASE WHEN excluded.is_full THEN excluded.genres ELSE artists.genres END,
  popularity = coalesce(excluded.popularity, artists.popularity),
  followers = coalesce(excluded.followers, artists.followers),
  is_full = artists.is_full OR excluded.is_full,
  raw = CASE WHEN excluded.is_full OR NOT artists.is_full THEN excluded.raw ELSE artists.raw END,
  fetched_at = excluded.fetched_at
WHERE (excluded.is_full >= artists.is_full OR artists.fetched_at = '-infinity') AND (
  excluded.is_full > artists.is_full
  OR artists.fetched_at < excluded.fetched_at - %s
  OR (artists.name, artists.image_url) IS DISTINCT FROM
     (excluded.name, coalesce(excluded.image_url, artists.image_url)))
"""

ALBUMS = """
INSERT INTO albums
  (id, name, artist_names, album_type, release_date, release_precision, release_year,
   total_tracks, image_url, upc, label, popularity, is_full, raw, fetched_at)
SELECT id, name, artist_names, album_type, release_date, release_precision, release_year,
  total_tracks, image_url, upc, label, popularity, is_full, raw, %s
FROM jsonb_to_recordset(%s) AS told (id text, name text, artist_names text, album_type text,
  release_date text, release_precision text, release_year integer, total_tracks integer,
  image_url text, upc text, label text, popularity integer, is_full boolean, raw jsonb)
ON CONFLICT (id) DO UPDATE SET
  name = CASE WHEN excluded.name = '' THEN albums.name ELSE excluded.name END,
  match_key = CASE WHEN excluded.name IN ('', albums.name) THEN albums.match_key END,
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
WHERE (excluded.is_full >= albums.is_full OR albums.fetched_at = '-infinity') AND (
  excluded.is_full > albums.is_full
  OR albums.fetched_at < excluded.fetched_at - %s
  OR (albums.name, albums.image_url) IS DISTINCT FROM
     (excluded.name, coalesce(excluded.image_url, albums.image_url)))
"""

# Plays of a track that was here without an artist count for one from now on: it is noted.
TRACKS = """
WITH told AS MATERIALIZED (
  SELECT told.*, %s AS fetched_at
  FROM jsonb_to_recordset(%s) AS told (id text, name text, artist_names text, kind text,
    album_id text, duration_ms integer, explicit boolean, disc_number integer,
    track_number integer, isrc text, popularity integer, raw jsonb, credited boolean)),
noted AS (
  INSERT INTO recounts (track_id) SELECT t.id FROM told JOIN tracks t ON t.id = told.id
  WHERE told.credited
    AND NOT EXISTS (SELECT FROM track_artists c WHERE c.track_id = t.id AND c.position = 0))
INSERT INTO tracks
  (id, name, artist_names, kind, album_id, duration_ms, explicit, disc_number, track_number,
   isrc, popularity, raw, fetched_at)
SELECT id, name, artist_names, kind, album_id, duration_ms, explicit, disc_number, track_number,
  isrc, popularity, raw, fetched_at
FROM told
ON CONFLICT (id) DO UPDATE SET
  name = CASE WHEN excluded.name = '' THEN tracks.name ELSE excluded.name END,
  match_key = CASE WHEN excluded.name IN ('', tracks.name) THEN tracks.match_key END,
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
INSERT INTO {noun}_artists ({noun}_id, position, artist_id)
SELECT id, position - 1, artist_id
FROM jsonb_to_recordset(%s) AS told (id text, artist_ids text[]),
  unnest(artist_ids) WITH ORDINALITY AS credit (artist_id, position)
ON CONFLICT ({noun}_id, position) DO UPDATE SET artist_id = excluded.artist_id
WHERE {noun}_artists.artist_id <> excluded.artist_id
"""

KNOWN = """
SELECT id, fetched_at > %s AND isrc IS NOT NULL AND album_id IS NOT NULL, duration_ms IS NULL
FROM tracks WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Of some tracks, those that are there and were read lately, and those without a length."""

    whole: frozenset[str]
    """There is little to learn of these."""
    lengthless: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Told:
    """What a run has stored already: much of a library stands on many of its pages.

    A thing that would be written again exactly when `store` would leave its row alone is no news.
    """

    _marks: dict[str, int] = field(default_factory=dict)

    def news(self, catalog: Catalog) -> Catalog:
        """Leave out what was told before; call it once per batch, and store the answer."""
        return Catalog(
            artists=self._new(catalog.artists, _artist_mark),
            albums=self._new(catalog.albums, _album_mark),
            tracks=self._new(catalog.tracks, _track_mark),
        )

    def _new(
        self, things: Iterable[Thing], mark_of: Callable[[Thing], tuple[Any, ...]]
    ) -> tuple[Thing, ...]:
        marked = [(thing, hash(mark_of(thing))) for thing in things]
        new = [(thing, mark) for thing, mark in marked if self._marks.get(thing.id) != mark]
        self._marks.update((thing.id, mark) for thing, mark in new)
        return tuple(thing for thing, _ in new)


def store(catalog: Catalog, now: datetime, fresh: timedelta) -> None:
    """Upsert a batch in at most five statements.

    A stub never overwrites a whole object that Spotify told, and a row that is younger than
    `fresh` and tells the same is left alone. Rows come sorted by id, so that concurrent writers
    can't deadlock.
    """
    _upsert(ARTISTS, [_artist(row) for row in catalog.artists], now, fresh)
    _upsert(ALBUMS, [_album(row) for row in catalog.albums], now, fresh)
    _upsert(TRACKS, [_track(row) for row in catalog.tracks], now, fresh)
    _credit("album", catalog.albums)
    _credit("track", catalog.tracks)


def known_tracks(track_ids: Iterable[str], since: datetime) -> Known:
    """Tell what there is of some tracks."""
    wanted = list(track_ids)
    rows = db.query(KNOWN, since, wanted) if wanted else []
    return Known(
        whole=frozenset(track_id for track_id, whole, _ in rows if whole),
        lengthless=frozenset(track_id for track_id, _, lengthless in rows if lengthless),
    )


def _artist_mark(artist: Artist) -> tuple[Any, ...]:
    return ("artist", artist.full, artist.name, artist.image_url)


def _album_mark(album: Album) -> tuple[Any, ...]:
    credit = (artist.id for artist in album.artists)
    return ("album", album.full, album.name, album.image_url, *credit)


def _track_mark(track: Track) -> tuple[Any, ...]:
    credit = (artist.id for artist in track.artists)
    whole = (track.isrc is not None, track.album is not None)
    return ("track", whole, track.name, track.duration_ms, *credit)


def _upsert(sql: str, rows: Sequence[Any], now: datetime, fresh: timedelta) -> None:
    if rows:
        db.query(sql, now, _json(rows), fresh)


def _credit(noun: str, things: Iterable[Album | Track]) -> None:
    rows = [
        {"id": thing.id, "artist_ids": [artist.id for artist in thing.artists]} for thing in things
    ]
    if rows:
        db.query(CREDITS.format(noun=noun), _json(rows))


def _artist(artist: Artist) -> dict[str, Any]:
    return {
        "id": artist.id,
        "name": artist.name,
        "image_url": artist.image_url,
        "genres": artist.genres,
        "popularity": artist.popularity,
        "followers": artist.followers,
        "is_full": artist.full,
        "raw": artist.raw,
    }


def _album(album: Album) -> dict[str, Any]:
    return {
        "id": album.id,
        "name": album.name,
        "artist_names": names_of(album.artists),
        "album_type": album.album_type,
        "release_date": album.release_date,
        "release_precision": album.release_precision,
        "release_year": album.release_year,
        "total_tracks": album.total_tracks,
        "image_url": album.image_url,
        "upc": album.upc,
        "label": album.label,
        "popularity": album.popularity,
        "is_full": album.full,
        "raw": album.raw,
    }


def _track(track: Track) -> dict[str, Any]:
    return {
        "id": track.id,
        "name": track.name,
        "artist_names": track.artist_names,
        "kind": track.kind,
        "album_id": track.album.id if track.album else None,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "disc_number": track.disc_number,
        "track_number": track.track_number,
        "isrc": track.isrc,
        "popularity": track.popularity,
        "raw": track.raw,
        "credited": bool(track.artists),
    }


def _json(value: Any) -> str:
    # Escaped: one emoji would make each letter of the whole document four bytes wide here.
    return json.dumps(value, separators=(",", ":"))
