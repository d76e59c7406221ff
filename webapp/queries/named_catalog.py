"""Things that a file names and the catalogue lacks: written by their names, until Spotify tells.

Tracks go the way of an import's rows (`staging.resolve`); these are the others. Whatever is known
already stays as it is.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from webapp import db
from webapp.queries import trusted

ARTISTS = """
INSERT INTO artists (id, name, is_full, raw, fetched_at, match_key)
SELECT id, name, false, '{}', '-infinity'::timestamptz, match_key
FROM unnest(%s::text[], %s::text[], %s::text[]) AS told (id, name, match_key)
ORDER BY id ON CONFLICT (id) DO NOTHING
"""

# As `staging.resolve` names the artists of an import's rows.
MISSING_ARTISTS = f"""
INSERT INTO artists (id, name, is_full, raw, fetched_at, match_key)
SELECT 'name:' || md5(told.key), told.name, false, '{{}}', '-infinity'::timestamptz, told.key
FROM unnest(%s::text[], %s::text[]) AS told (key, name) CROSS JOIN (SELECT %s::bigint AS id) me
WHERE NOT EXISTS (SELECT 1 FROM artists n
  WHERE n.match_key = told.key AND {trusted.ARTIST.format(row="n", user="me.id")})
ORDER BY 1 ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 - our own text

ALBUMS = """
INSERT INTO albums (id, name, artist_names, album_type, is_full, raw, fetched_at, match_key)
SELECT id, name, artist, 'album', false, '{}', '-infinity'::timestamptz, match_key
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS told (id, name, artist, match_key)
ORDER BY id ON CONFLICT (id) DO NOTHING
"""

ALBUM_CREDITS = f"""
INSERT INTO album_artists (album_id, position, artist_id)
SELECT told.id, 0, best.id FROM unnest(%s::text[], %s::text[]) AS told (id, artist_key)
CROSS JOIN (SELECT %s::bigint AS id) me
CROSS JOIN LATERAL (SELECT a.id FROM artists a WHERE a.match_key = told.artist_key
  AND {trusted.ARTIST.format(row="a", user="me.id")}
  ORDER BY a.id LIKE 'name:%%', a.fetched_at = '-infinity', a.id LIMIT 1) best
WHERE NOT EXISTS (SELECT 1 FROM album_artists c WHERE c.album_id = told.id)
ORDER BY told.id ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own text

OTHERS = """
INSERT INTO tracks (id, name, artist_names, kind, explicit, raw, fetched_at)
SELECT id, name, artist, kind, false, '{}', '-infinity'::timestamptz
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS told (id, name, artist, kind)
ORDER BY id ON CONFLICT (id) DO NOTHING
"""


def add_artists(artists: Iterable[tuple[str, str, str]]) -> None:
    """Write artists: id, name, key."""
    _write(ARTISTS, artists, 3)


def add_missing_artists(user_id: int, artists: Iterable[tuple[str, str]]) -> None:
    """Write artists that nobody has an id of: key, name."""
    _write(MISSING_ARTISTS, artists, 2, user_id)


def add_albums(albums: Iterable[tuple[str, str, str, str]]) -> None:
    """Write albums: id, name, artist, key."""
    _write(ALBUMS, albums, 4)


def credit_albums(user_id: int, albums: Iterable[tuple[str, str]]) -> None:
    """Credit albums that have no artist yet: id, the artist's key."""
    _write(ALBUM_CREDITS, albums, 2, user_id)


def add_others(others: Iterable[tuple[str, str, str, str]]) -> None:
    """Write episodes and local files: id, name, artist or show, kind."""
    _write(OTHERS, others, 4)


def found_songs() -> dict[int, str]:
    """Tell which tracks the staged songs are, after `staging.resolve`."""
    return dict(db.query("SELECT song, track_id FROM found_songs"))


def _write(sql: str, rows: Iterable[Sequence[Any]], width: int, *more: Any) -> None:
    columns = list(zip(*{row[0]: row for row in rows}.values(), strict=True))
    if len(columns) == width:
        db.query(sql, *(list(column) for column in columns), *more)
