"""Rows on their way in: copied as they are read, then named by what the catalogue knows."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from webapp import db
from webapp.queries import trusted

ROWS = (
    "file, number, source, told, reason, at, is_start, song, ms_played, done, skipped, hash,"
    " context_uri, raw"
)
SONGS = "song, track_id, title, artist, album, isrc, duration_ms, match_key, artist_key, album_key"

# The song a row without an id is about: the one it turned out to be before, one the catalogue
# has (of several the one the listener played most, else the smallest id), or one named after
# itself.
RESOLVE = f"""
CREATE TEMP TABLE found_songs ON COMMIT DROP AS
SELECT s.song, s.title, s.artist, s.album, s.match_key, s.artist_key, s.album_key, s.isrc,
  s.duration_ms,
  coalesce(s.track_id, a.track_id, known.id, 'name:' || md5(s.match_key)) AS track_id
FROM import_songs s
LEFT JOIN adoptions a ON s.track_id IS NULL AND a.user_id = %(user)s
  AND a.name_id = 'name:' || md5(s.match_key)
LEFT JOIN LATERAL (
  SELECT t.id FROM tracks t
  WHERE s.track_id IS NULL AND s.match_key <> '' AND t.match_key = s.match_key
    AND t.kind = 'track' AND t.id NOT LIKE 'name:%%'
    AND {trusted.TRACK.format(row="t", user="%(user)s")}
  ORDER BY CASE WHEN count(*) OVER () > 1 THEN (SELECT count(*) FROM plays p
    WHERE p.user_id = %(user)s AND p.track_id = t.id) END DESC, t.id LIMIT 1) known ON true
WHERE s.import_id = %(import)s
"""  # noqa: S608 - our own text

# Whom a name means, of those who may be meant; what the catalogue lacks is named after itself,
# until a service tells more of it.
BEST_OF = """
CREATE TEMP TABLE found_{noun}s ON COMMIT DROP AS
SELECT s.match_key, s.name, s.artist, coalesce((array_agg(n.id ORDER BY n.id LIKE 'name:%%',
  n.fetched_at = '-infinity', n.id))[1], 'name:' || md5(s.match_key)) AS id
FROM (SELECT {noun}_key AS match_key, min({noun}) AS name, min(artist) AS artist
  FROM found_songs WHERE {noun}_key <> '' GROUP BY 1) s
LEFT JOIN {noun}s n ON n.match_key = s.match_key AND {meant}
GROUP BY s.match_key, s.name, s.artist
"""
BEST = {
    noun: BEST_OF.format(noun=noun, meant=meant.format(row="n", user="%(user)s"))
    for noun, meant in (("artist", trusted.ARTIST), ("album", trusted.ALBUM))
}

ARTISTS = """
INSERT INTO artists (id, name, is_full, raw, fetched_at, match_key)
SELECT id, name, false, '{}', '-infinity'::timestamptz, match_key FROM found_artists f
WHERE id LIKE 'name:%%' AND NOT EXISTS (SELECT 1 FROM artists a WHERE a.id = f.id)
ORDER BY id ON CONFLICT (id) DO NOTHING
"""

ALBUMS = """
INSERT INTO albums (id, name, artist_names, album_type, is_full, raw, fetched_at, match_key)
SELECT id, name, artist, 'album', false, '{}', '-infinity'::timestamptz, match_key
FROM found_albums f
WHERE id LIKE 'name:%%' AND NOT EXISTS (SELECT 1 FROM albums a WHERE a.id = f.id)
ORDER BY id ON CONFLICT (id) DO NOTHING
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

# Plays of a track that was here without an artist count for one from now on: it is noted.
NOTE_CREDITED = """
INSERT INTO recounts (track_id) SELECT DISTINCT t.id
FROM found_songs s JOIN tracks t ON t.id = s.track_id
WHERE s.artist_key <> '' AND NOT EXISTS (SELECT FROM track_artists c WHERE c.track_id = t.id)
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

# Rows of a million, in the columns of `ROWS`: what is put in here never has to be escaped.
NULL = r"\N"
PLAY_LINE = "%s\t%s\t%s\t%s\tplay\t\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\\N\t\\N\n"
"""import_id, file, number, source, at, is_start, song, ms_played, done, skipped, hash."""
OTHER_LINE = "%s\t%s\t%s\t%s\t%s\t%s\t\\N\tf\t\\N\t\\N\tf\t\\N\t\\N\t\\N\t\\N\n"
"""import_id, file, number, source, told, reason."""

ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_escaped = re.compile(r"[\\\t\n\r]").search


def copy_songs(import_id: int, songs: Iterable[Sequence[Any]]) -> None:
    """Stage songs, in the columns of `SONGS`; a number names one within its import."""
    copy_song_lines("".join(song_line(import_id, song) for song in songs))


def copy_rows(import_id: int, rows: Iterable[Sequence[Any]]) -> None:
    """Stage rows, in the columns of `ROWS`."""
    copy_row_lines("".join(_line(import_id, row) for row in rows))


def song_line(import_id: int, song: Sequence[Any]) -> str:
    """Write a song, in the columns of `SONGS`, as COPY's text format has it."""
    return _line(import_id, song)


def copy_song_lines(lines: str) -> None:
    """Stage songs that `song_line` wrote."""
    if lines:
        db.copy(f"COPY import_songs (import_id, {SONGS}) FROM STDIN", lines)


def copy_row_lines(lines: str) -> None:
    """Stage rows that `PLAY_LINE` and `OTHER_LINE` made."""
    db.copy(f"COPY import_rows (import_id, {ROWS}) FROM STDIN", lines)


def make_room() -> None:
    """Let this transaction sort in memory what millions of rows bring, and sample less of it."""
    db.query("SET LOCAL work_mem = '64MB'")
    db.query("SET LOCAL default_statistics_target = 20")


def introduce() -> None:
    """Let the planner know what is staged, which came a moment ago.

    In a transaction of its own: until that ends, nobody else can.
    """
    with db.transaction():
        db.query("SET LOCAL default_statistics_target = 20")
        db.query("ANALYZE import_rows, import_songs")


def favour_indexes() -> None:
    """Let this transaction look up its few rows one by one, among however many plays."""
    db.query("SET LOCAL random_page_cost = 1.1")


def resolve(import_id: int, user_id: int) -> None:
    """Find or make the tracks that a listener's staged songs are, for this transaction."""
    db.query("DROP TABLE IF EXISTS found_songs, found_artists, found_albums")
    db.query_by_name(RESOLVE, **{"user": user_id, "import": import_id})
    db.query("ANALYZE found_songs")
    for noun, best in BEST.items():
        db.query_by_name(best, user=user_id)
        db.query(f"ANALYZE found_{noun}s")
    for statement in (ARTISTS, ALBUMS, NOTE_CREDITED, TRACKS, OF_ALBUMS, OF_TRACKS):
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
