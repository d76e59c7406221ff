"""A listener's everything as lines of an archive, read from one moment of the database.

PostgreSQL writes the JSON: what it wrote it reads again to the same values, and writes the same.
Ids are put in order by their bytes, so that no install's collation shows.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.db import Snapshot
from webapp.domain.profiles import Level, Section

# What is exported of the imports, numbered: bringing back an archive is no import of its own.
IMPORTS = """
CREATE TEMP TABLE told_imports ON COMMIT DROP AS
SELECT i.id, row_number() OVER (ORDER BY i.created_at, i.id) AS number FROM imports i
WHERE i.user_id = %(user)s AND i.status IN ('COMPLETED', 'FAILED', 'CANCELLED')
  AND NOT coalesce((SELECT bool_and(f.kind = 'backspin') FROM import_files f
    WHERE f.import_id = i.id AND f.refusal IS NULL), false)
"""

TRACKS = """
CREATE TEMP TABLE told_tracks ON COMMIT DROP AS
SELECT t.id, t.album_id FROM tracks t WHERE t.id IN (
  SELECT track_id FROM play_reports WHERE user_id = %(user)s
  UNION SELECT play_track_id FROM play_reports WHERE user_id = %(user)s
  UNION SELECT name_id FROM adoptions WHERE user_id = %(user)s
  UNION SELECT track_id FROM adoptions WHERE user_id = %(user)s
  UNION SELECT item_id FROM library_events WHERE user_id = %(user)s AND kind = 'saved_track'
  UNION SELECT unnest(item_ids) FROM top_lists WHERE user_id = %(user)s AND kind = 'tracks'
  UNION SELECT entry->>0 FROM playlist_versions v, jsonb_array_elements(v.entries) AS e (entry)
    WHERE v.user_id = %(user)s)
"""

ALBUMS = """
CREATE TEMP TABLE told_albums ON COMMIT DROP AS
SELECT a.id FROM albums a WHERE a.id IN (
  SELECT album_id FROM told_tracks
  UNION SELECT item_id FROM library_events WHERE user_id = %(user)s AND kind = 'saved_album')
"""

ARTISTS = """
CREATE TEMP TABLE told_artists ON COMMIT DROP AS
SELECT a.id FROM artists a WHERE a.id IN (
  SELECT c.artist_id FROM track_artists c JOIN told_tracks t ON t.id = c.track_id
  UNION SELECT c.artist_id FROM album_artists c JOIN told_albums t ON t.id = c.album_id
  UNION SELECT unnest(item_ids) FROM top_lists WHERE user_id = %(user)s AND kind = 'artists'
  UNION SELECT item_id FROM library_events WHERE user_id = %(user)s AND kind = 'followed_artist')
"""

CREDIT = """
ARRAY(SELECT c.artist_id FROM {noun}_artists c WHERE c.{noun}_id = t.id ORDER BY c.position)
"""

FILES = """
coalesce((SELECT json_agg(row_to_json(f) ORDER BY f.file) FROM (
  SELECT file, upload, name, kind, bytes, rows, refusal FROM import_files
  WHERE import_id = t.id) f), '[]')
"""

LEVELS = ", ".join(
    f"coalesce(t.levels->>'{section.value}', '{Level.ONLY_ME.value}') AS \"{section.value}\""
    for section in Section
)

# What turned out to be the same is told once, as what stayed, with the ids that any of it had.
KNOWN_AS = """
coalesce(i.{name}, (SELECT o.{name} FROM trend_merges m JOIN trend_items o ON o.id = m.from_id
  WHERE m.into_id = i.id AND o.{name} IS NOT NULL ORDER BY o.id LIMIT 1)) AS {name}
"""
LEARNED = "released, image_url, spotify_id, deezer_id, mbid, upc, isrc"
COLLECTED = f"kind, name, artist_names, {LEARNED}, genres, added_at"
COLLECTION = f"""
(SELECT i.id, i.kind, i.name, i.artist_names,
  {", ".join(KNOWN_AS.format(name=name) for name in LEARNED.split(", "))}, i.genres, one.added_at
FROM (SELECT coalesce(m.into_id, c.item_id) AS id, min(c.added_at) AS added_at
  FROM listener_collection c LEFT JOIN trend_merges m ON m.from_id = c.item_id
  WHERE c.user_id = %(user)s GROUP BY 1) one JOIN trend_items i ON i.id = one.id
UNION ALL SELECT e.id, {COLLECTED} FROM collected_elsewhere e
WHERE e.user_id = %(user)s AND NOT e.removed) t
"""  # noqa: S608 - our own names

# What the listener's own page shows, and no more: nobody learns from an archive that somebody
# declined, or what was taken back.
BLENDS = """
(SELECT b.id, b.created_at AS invited_at,
  CASE WHEN own AND b.state = 'declined' THEN 'invited' ELSE b.state END AS state, own AS mine,
  CASE WHEN own AND b.state <> 'agreed' THEN b.invited_name ELSE u.username END AS name,
  CASE WHEN own AND b.state <> 'agreed' THEN NULL ELSE u.display_name END AS display_name,
  CASE WHEN b.state = 'agreed' THEN b.changed_at END AS since,
  CASE WHEN b.state = 'invited' THEN b.expires_at END AS expires_at
FROM blends b CROSS JOIN LATERAL (SELECT b.inviter_id = %(user)s AS own) mine
LEFT JOIN users u ON u.id = CASE WHEN own THEN b.invited_id ELSE b.inviter_id END
WHERE %(user)s IN (b.inviter_id, b.invited_id) AND b.state <> 'revoked') t
"""

LINES = """
SELECT (SELECT row_to_json(line) FROM (SELECT {columns}) line)::text FROM {rows} ORDER BY {order}
"""

OWN = "{table} t WHERE t.user_id = %(user)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the lines of a member come from; `size` of them are fetched at a time."""

    columns: str
    rows: str
    order: str
    size: int = 2000

    @property
    def sql(self) -> str:
        """Write the statement."""
        return LINES.format(columns=self.columns, rows=self.rows, order=self.order)


def _log(table: str, columns: str, order: str = "t.id", size: int = 2000) -> Source:
    return Source(columns=columns, rows=OWN.format(table=table), order=order, size=size)


def _things(noun: str, columns: str) -> Source:
    rows = f"{noun}s t JOIN told_{noun}s told ON told.id = t.id"
    return Source(columns=columns, rows=rows, order='t.id COLLATE "C"', size=500)


SOURCES: Mapping[str, Source] = {
    "artists": _things(
        "artist",
        "t.id, t.name, t.image_url, t.genres, t.popularity, t.followers, t.is_full, t.raw",
    ),
    "albums": _things(
        "album",
        "t.id, t.name, t.artist_names, t.album_type, t.release_date, t.release_precision,"
        " t.release_year, t.total_tracks, t.image_url, t.upc, t.label, t.popularity, t.is_full,"
        f" {CREDIT.format(noun='album')} AS artists, t.raw",
    ),
    "tracks": _things(
        "track",
        "t.id, t.name, t.artist_names, t.kind, t.album_id, t.duration_ms, t.explicit,"
        " t.disc_number, t.track_number, t.isrc, t.popularity,"
        f" {CREDIT.format(noun='track')} AS artists, t.raw",
    ),
    "library_events": _log(
        "library_events", "t.kind, t.item_id, t.event, t.item_added_at, t.seen_at, t.origin"
    ),
    "playlist_versions": _log(
        "playlist_versions",
        "t.playlist_id, t.event, t.snapshot_id, t.name, t.description, t.owner_id, t.owner_name,"
        " t.public, t.collaborative, t.image_url, t.total, t.entries, t.content_hash, t.seen_at,"
        " t.origin",
        size=10,
    ),
    "top_lists": _log("top_lists", "t.kind, t.time_range, t.item_ids, t.seen_at"),
    "collection_checks": _log(
        "collection_checks", "t.collection, t.result, t.swept, t.total, t.detail, t.checked_at"
    ),
    "top_songs_marks": _log(
        "top_songs_marks", "t.playlist_id, t.year, t.marked_at", 't.playlist_id COLLATE "C"'
    ),
    "imports": Source(
        columns="told.number, t.status, t.origin, t.account, t.phase, t.rows_done, t.bytes_total,"
        " t.bytes_done, t.receipt, t.error, t.error_detail, t.created_at, t.started_at, t.read_at,"
        f" t.updated_at, t.completed_at, {FILES} AS files",
        rows="imports t JOIN told_imports told ON told.id = t.id",
        order="told.number",
        size=20,
    ),
    "import_left_out": Source(
        columns='told.number AS "import", t.file, t.first_number, t.last_number, t.outcome,'
        " t.reason",
        rows="import_left_out t JOIN told_imports told ON told.id = t.import_id",
        order="told.number, t.file, t.first_number",
    ),
    "play_reports": Source(
        columns='t.hash, told.number AS "import", t.file, t.number, t.source, t.at, t.ended_at,'
        " t.track_id, t.context_uri, t.ms_played, t.done, t.skipped, t.raw, t.seen_at, t.verdict,"
        " t.play_ended_at, t.play_track_id",
        rows="play_reports t LEFT JOIN told_imports told ON told.id = t.import_id"
        " WHERE t.user_id = %(user)s",
        order="t.id",
    ),
    "play_decisions": Source(
        columns="r.hash AS report, t.wish, t.decided_at",
        rows="play_decisions t JOIN play_reports r ON r.user_id = t.user_id AND r.id = t.report_id"
        " WHERE t.user_id = %(user)s",
        order="t.id",
    ),
    "adoptions": _log("adoptions", "t.name_id, t.track_id", 't.name_id COLLATE "C"'),
    "listening_gaps": _log(
        "listening_gaps",
        "t.after_at, t.before_at, t.found_at, t.closed_at, t.closed_by",
        "t.after_at, t.before_at",
    ),
    "archive_state": _log(
        "archive_states", "t.every_minutes, t.polled_at, t.last_new, t.last_gap_at", "t.user_id"
    ),
    "profile": _log("profiles", f"t.shown, {LEVELS}, t.changed_at", "t.user_id"),
    "collection": Source(
        columns=", ".join(f"t.{name}" for name in COLLECTED.split(", ")),
        rows=COLLECTION,
        order="t.added_at, abs(t.id), t.id",
    ),
    "blends": Source(
        columns="t.state, t.mine, t.name, t.display_name, t.invited_at, t.since, t.expires_at",
        rows=BLENDS,
        order="t.id",
    ),
}

RAW = """
SELECT told.number, t.file, t.first_number, t.last_number, t.body
FROM import_raw t JOIN told_imports told ON told.id = t.import_id
WHERE t.user_id = %(user)s ORDER BY told.number, t.file, t.first_number
"""
RAW_MEMBER = "import_rows"
LONGEST_LINE = 8 << 20
"""Rows of an import go into lines of about this size, so that who reads them needs no more."""

COUNT = """
SELECT (SELECT count(*) FROM told_artists) + (SELECT count(*) FROM told_albums)
  + (SELECT count(*) FROM told_tracks)
  + (SELECT count(*) FROM play_reports WHERE user_id = %(user)s)
  + (SELECT count(*) FROM library_events WHERE user_id = %(user)s)
  + (SELECT count(*) FROM playlist_versions WHERE user_id = %(user)s)
  + (SELECT count(*) FROM collection_checks WHERE user_id = %(user)s)
"""


def prepare(snapshot: Snapshot, user_id: int) -> int:
    """Find out what belongs to a listener; return about how many lines that makes."""
    for statement in (IMPORTS, TRACKS, ALBUMS, ARTISTS):
        snapshot.query(statement, user=user_id)
    for table in ("told_imports", "told_tracks", "told_albums", "told_artists"):
        snapshot.query(f"ANALYZE {table}")
    return int(snapshot.query(COUNT, user=user_id)[0][0])


def iter_lines(snapshot: Snapshot, member: str, user_id: int) -> Iterator[list[str]]:
    """Give the lines of a member, some at a time; `prepare` goes first."""
    if member == RAW_MEMBER:
        yield from _iter_raw(snapshot, user_id)
        return
    source = SOURCES[member]
    for rows in snapshot.iterate(source.sql, size=source.size, user=user_id):
        yield [row[0] for row in rows]


def _iter_raw(snapshot: Snapshot, user_id: int) -> Iterator[list[str]]:
    for rows in snapshot.iterate(RAW, size=1, user=user_id):
        for number, file, first, last, body in rows:
            told = zlib.decompress(body).decode()
            if len(told) <= LONGEST_LINE:
                yield [_raw_line(number, file, first, last, told)]
            else:
                yield from _iter_split(number, file, first, json.loads(told))


def _iter_split(number: int, file: int, first: int, rows: list[Any]) -> Iterator[list[str]]:
    """Give rows that are too much for one line in lines of their own."""
    for place, row in enumerate(rows, first):
        told = json.dumps([row], separators=(",", ":"))
        yield [_raw_line(number, file, place, place, told)]


def _raw_line(number: int, file: int, first: int, last: int, told: str) -> str:
    head = f'"import":{number},"file":{file},"first_number":{first},"last_number":{last}'
    return f'{{{head},"rows":{told}}}'
