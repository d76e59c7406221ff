"""Rows on their way in: copied as they are read, then named by what the catalogue knows."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from webapp import db

ROWS = (
    "file, number, source, told, reason, at, is_start, song, ms_played, done, skipped, hash,"
    " context_uri, raw"
)
SONGS = "song, track_id, title, artist, album, isrc, duration_ms, match_key, artist_key, album_key"

# The song a row without an id is about: the one it turned out to be before, one the catalogue
# has (of several the one the listener played most, else the smallest id), or one named after
# itself.
RESOLVE = """
CREATE TEMP TABLE found_songs ON COMMIT DROP AS
SELECT s.song, s.title, s.artist, s.album, s.match_key, s.artist_key, s.album_key, s.isrc,
  s.duration_ms,
  coalesce(s.track_id, a.track_id, known.id, 'name:' || md5(s.match_key)) AS track_id
FROM import_songs s
LEFT JOIN adoptions a ON s.track_id IS NULL AND a.user_id = %s
  AND a.name_id = 'name:' || md5(s.match_key)
LEFT JOIN LATERAL (
  SELECT t.id FROM tracks t
  WHERE s.track_id IS NULL AND s.match_key <> '' AND t.match_key = s.match_key
    AND t.kind = 'track' AND t.id NOT LIKE 'name:%%'
  ORDER BY CASE WHEN count(*) OVER () > 1 THEN (SELECT count(*) FROM plays p
    WHERE p.user_id = %s AND p.track_id = t.id) END DESC, t.id LIMIT 1) known ON true
WHERE s.import_id = %s
"""

# What the catalogue lacks is named after itself, until a service tells more of it.
ARTISTS = """
INSERT INTO artists (id, name, is_full, raw, fetched_at, match_key)
SELECT 'name:' || md5(artist_key), min(artist), false, '{}', '-infinity'::timestamptz, artist_key
FROM found_songs s
WHERE artist_key <> '' AND NOT EXISTS (SELECT 1 FROM artists WHERE match_key = s.artist_key)
GROUP BY artist_key ORDER BY 1 ON CONFLICT (id) DO NOTHING
"""

ALBUMS = """
INSERT INTO albums (id, name, artist_names, album_type, is_full, raw, fetched_at, match_key)
SELECT 'name:' || md5(album_key), min(album), min(artist), 'album', false, '{}',
  '-infinity'::timestamptz, album_key
FROM found_songs s
WHERE album_key <> '' AND NOT EXISTS (SELECT 1 FROM albums WHERE match_key = s.album_key)
GROUP BY album_key ORDER BY 1 ON CONFLICT (id) DO NOTHING
"""

BEST = """
CREATE TEMP TABLE found_{noun}s ON COMMIT DROP AS
SELECT n.match_key, (array_agg(n.id ORDER BY n.id LIKE 'name:%%', n.id))[1] AS id
FROM {noun}s n WHERE n.match_key IN (SELECT {noun}_key FROM found_songs WHERE {noun}_key <> '')
GROUP BY n.match_key
"""

TRACKS = """
INSERT INTO tracks (id, name, artist_names, kind, album_id, duration_ms, explicit, isrc, raw,
  fetched_at, match_key)
SELECT DISTINCT ON (s.track_id) s.track_id, s.title, s.artist, 'track', a.id, s.duration_ms, false,
  s.isrc, '{}', '-infinity'::timestamptz, s.match_key
FROM found_songs s LEFT JOIN found_albums a ON a.match_key = s.album_key
WHERE NOT EXISTS (SELECT 1 FROM tracks t WHERE t.id = s.track_id)
ORDER BY s.track_id, s.song ON CONFLICT (id) DO NOTHING
"""

CREDITS = """
INSERT INTO {noun}_artists ({noun}_id, position, artist_id)
SELECT {id}, 0, min(a.id) FROM found_songs s
JOIN found_artists a ON a.match_key = s.artist_key {join}
WHERE NOT EXISTS (SELECT 1 FROM {noun}_artists c WHERE c.{noun}_id = {id})
GROUP BY {id} ORDER BY {id} ON CONFLICT DO NOTHING
"""

OF_ALBUMS = CREDITS.format(
    noun="album", id="b.id", join="JOIN found_albums b ON b.match_key = s.album_key"
)
OF_TRACKS = CREDITS.format(noun="track", id="s.track_id", join="")

ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_escaped = re.compile(r"[\\\t\n\r]").search


def copy_songs(import_id: int, songs: Iterable[Sequence[Any]]) -> None:
    """Stage songs, in the columns of `SONGS`; a number names one within its import."""
    lines = "".join(_line(import_id, song) for song in songs)
    db.copy(f"COPY import_songs (import_id, {SONGS}) FROM STDIN", lines)


def copy_rows(import_id: int, rows: Iterable[Sequence[Any]]) -> None:
    """Stage rows, in the columns of `ROWS`."""
    lines = "".join(_line(import_id, row) for row in rows)
    db.copy(f"COPY import_rows (import_id, {ROWS}) FROM STDIN", lines)


def make_room() -> None:
    """Let this transaction sort in memory what millions of rows bring, and sample less of it."""
    db.query("SET LOCAL work_mem = '64MB'")
    db.query("SET LOCAL default_statistics_target = 20")


def favour_indexes() -> None:
    """Let this transaction look up its few rows one by one, among however many plays."""
    db.query("SET LOCAL random_page_cost = 1.1")


def resolve(import_id: int, user_id: int) -> None:
    """Find or make the tracks that a listener's staged songs are, for this transaction."""
    db.query("DROP TABLE IF EXISTS found_songs, found_artists, found_albums")
    db.query(RESOLVE, user_id, user_id, import_id)
    db.query("ANALYZE found_songs")
    db.query(ARTISTS)
    db.query(ALBUMS)
    for noun in ("artist", "album"):
        db.query(BEST.format(noun=noun))
        db.query(f"ANALYZE found_{noun}s")
    for statement in (TRACKS, OF_ALBUMS, OF_TRACKS):
        db.query(statement)


def progress(import_id: int) -> tuple[int, dict[int, int], int]:
    """Tell what is staged: rows in all, the last number of each file, the last song."""
    files = db.query(
        "SELECT file, count(*), max(number) FROM import_rows WHERE import_id = %s GROUP BY file",
        import_id,
    )
    songs = db.query(
        "SELECT coalesce(max(song), -1) FROM import_songs WHERE import_id = %s", import_id
    )
    rows = sum(count for _, count, _ in files)
    return rows, {file: last for file, _, last in files}, int(songs[0][0])


def sources(import_id: int) -> list[str]:
    """List the sources that have staged rows."""
    rows = db.query("SELECT DISTINCT source FROM import_rows WHERE import_id = %s", import_id)
    return [row[0] for row in rows]


def add_raw(user_id: int, import_id: int, file: int, numbers: tuple[int, int], body: bytes) -> None:
    """Keep rows as they were told, first number to last, packed."""
    db.query(
        "INSERT INTO import_raw VALUES (%s, %s, %s, %s, %s, %s)",
        user_id,
        import_id,
        file,
        *numbers,
        body,
    )


def drop_raw(user_id: int, import_id: int) -> None:
    """Forget rows as they were told: the import came to nothing."""
    db.query("DELETE FROM import_raw WHERE user_id = %s AND import_id = %s", user_id, import_id)


def drop(import_id: int) -> None:
    """Forget what was staged."""
    db.query("DELETE FROM import_rows WHERE import_id = %s", import_id)
    db.query("DELETE FROM import_songs WHERE import_id = %s", import_id)


def _line(import_id: int, values: Sequence[Any]) -> str:
    return "\t".join((str(import_id), *map(_field, values))) + "\n"


def _field(value: Any) -> str:
    """Write a value as COPY's text format has it."""
    if value is None:
        return r"\N"
    if value.__class__ is str:
        return value.translate(ESCAPES) if _escaped(value) else value
    return str(value)
