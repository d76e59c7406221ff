"""Playlists and what is in them, a page at a time, now or at a moment in the past.

Entries stay in the order of their version, with their repeats and holes, and are cut out in SQL:
a playlist of 10,000 entries costs a page as much as one of 100.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import db
from webapp.queries.lines import TRACK, WIDTH, Slice, TrackLine, Wanted, track_line
from webapp.queries.search import condition, folded

NOW = """
SELECT playlist_id, name, owner_id, owner_name, image_url, total, readable, seen_at
FROM playlists WHERE user_id = %s AND NOT gone
"""

THEN = """
SELECT playlist_id, name, owner_id, owner_name, image_url, total, readable, seen_at FROM (
  SELECT DISTINCT ON (playlist_id) playlist_id, name, owner_id, owner_name, image_url,
    coalesce(jsonb_array_length(entries), total) AS total, entries IS NOT NULL AS readable,
    seen_at, event
  FROM playlist_versions WHERE user_id = %s AND seen_at <= %s
  ORDER BY playlist_id, seen_at DESC, id DESC) last
WHERE event = 'seen'
"""

PLAYLISTS = """
SELECT p.*, count(*) OVER () FROM ({source}) p WHERE {found} ORDER BY {order} LIMIT %s OFFSET %s
"""

SHEET = """
WITH version AS (
  SELECT * FROM playlist_versions
  WHERE user_id = %s AND playlist_id = %s AND seen_at <= coalesce(%s, 'infinity'::timestamptz)
  ORDER BY seen_at DESC, id DESC LIMIT 1)
SELECT v.id, v.playlist_id, v.name, v.description, v.owner_id, v.owner_name, v.public,
  v.collaborative, v.image_url, coalesce(jsonb_array_length(v.entries), v.total),
  v.entries IS NOT NULL, v.seen_at, v.event = 'gone', v.origin <> 'spotify',
  (SELECT sum(t.duration_ms) FROM jsonb_array_elements(v.entries) e JOIN tracks t ON t.id = e->>0)
FROM version v
"""

CUT = """
jsonb_array_elements(jsonb_path_query_array(v.entries, '$[$first to $last]',
  jsonb_build_object('first', %s::int, 'last', %s::int))) WITH ORDINALITY AS e (entry, place)
"""

ENTRIES = """
SELECT coalesce(e.entry->>0, ''), {track}, e.place + %s, e.entry->>0 IS NULL,
  (e.entry->>1)::timestamptz, e.entry->>2, {total}
FROM playlist_versions v CROSS JOIN LATERAL {entries}
LEFT JOIN tracks t ON t.id = e.entry->>0 LEFT JOIN albums a ON a.id = t.album_id
WHERE v.user_id = %s AND v.id = %s AND {found} ORDER BY e.place
"""

ALL = "jsonb_array_elements(v.entries) WITH ORDINALITY AS e (entry, place)"

PLAYLIST_SORTS = {
    "changed": f"p.seen_at DESC, {folded('p.name')}, p.playlist_id",
    "title": f"{folded('p.name')}, p.playlist_id",
    "size": f"p.total DESC NULLS LAST, {folded('p.name')}, p.playlist_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistRow:
    """A playlist; `total` is None where not even that was told, `seen_at` its last change."""

    id: str
    name: str
    owner_id: str
    owner_name: str
    image_url: str | None
    total: int | None
    readable: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistSheet:
    """A version of a playlist without its entries.

    `gone`: it has left the library. `of_file`: a file of account data told it.
    """

    version_id: int
    id: str
    name: str
    description: str
    owner_id: str
    owner_name: str
    public: bool | None
    collaborative: bool
    image_url: str | None
    total: int | None
    readable: bool
    seen_at: datetime
    gone: bool
    of_file: bool
    duration_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """A position in a playlist, from 1; `track` is None where Spotify withdrew what was there."""

    position: int
    track: TrackLine | None
    added_at: datetime | None
    added_by: str | None


def playlists(user_id: int, wanted: Wanted) -> Slice[PlaylistRow]:
    """Read the playlists that are (or were) there, ordered as one of `PLAYLIST_SORTS`."""
    found, values = condition(wanted.words, "p.name", "p.owner_name")
    order = PLAYLIST_SORTS[wanted.sort or "changed"]
    source, moment = (NOW, []) if wanted.moment is None else (THEN, [wanted.moment])
    sql = PLAYLISTS.format(source=source, found=found, order=order)
    rows = db.query(sql, user_id, *moment, *values, wanted.size, wanted.offset)
    total = rows[0][-1] if rows else 0
    made = tuple(_playlist(row) for row in rows)
    return Slice(rows=made, total=total, page=wanted.page, size=wanted.size)


def find_sheet(user_id: int, playlist_id: str, moment: datetime | None) -> PlaylistSheet | None:
    """Find the newest version of a listener's playlist, or the one of a moment."""
    rows = db.query(SHEET, user_id, playlist_id, moment)
    return _sheet(rows[0]) if rows else None


def entries(user_id: int, sheet: PlaylistSheet, wanted: Wanted) -> Slice[EntryRow]:
    """Read the entries of a version; with words, those that match, at their own positions."""
    if wanted.words:
        return _found_entries(user_id, sheet, wanted)
    first, last = wanted.offset, wanted.offset + wanted.size - 1
    sql = ENTRIES.format(track=TRACK, total="0", entries=CUT, found="true")
    rows = db.query(sql, first, first, last, user_id, sheet.version_id)
    made, total = tuple(_entry(row) for row in rows), sheet.total if sheet.readable else 0
    return Slice(rows=made, total=total or 0, page=wanted.page, size=wanted.size)


def _found_entries(user_id: int, sheet: PlaylistSheet, wanted: Wanted) -> Slice[EntryRow]:
    found, values = condition(wanted.words, "t.name", "t.artist_names", "a.name")
    sql = ENTRIES.format(track=TRACK, total="count(*) OVER ()", entries=ALL, found=found)
    part = (wanted.size, wanted.offset)
    rows = db.query(f"{sql} LIMIT %s OFFSET %s", 0, user_id, sheet.version_id, *values, *part)
    made, total = tuple(_entry(row) for row in rows), rows[0][-1] if rows else 0
    return Slice(rows=made, total=total, page=wanted.page, size=wanted.size)


def _playlist(row: tuple[Any, ...]) -> PlaylistRow:
    return PlaylistRow(
        id=row[0],
        name=row[1],
        owner_id=row[2],
        owner_name=row[3],
        image_url=row[4],
        total=row[5],
        readable=row[6],
        seen_at=row[7],
    )


def _sheet(row: tuple[Any, ...]) -> PlaylistSheet:
    return PlaylistSheet(
        version_id=row[0],
        id=row[1],
        name=row[2],
        description=row[3],
        owner_id=row[4],
        owner_name=row[5],
        public=row[6],
        collaborative=row[7],
        image_url=row[8],
        total=row[9],
        readable=row[10],
        seen_at=row[11],
        gone=row[12],
        of_file=row[13],
        duration_ms=int(row[14]) if row[14] is not None else None,
    )


def _entry(row: tuple[Any, ...]) -> EntryRow:
    position, is_hole, added_at, added_by = row[WIDTH : WIDTH + 4]
    return EntryRow(
        position=position,
        track=None if is_hole else track_line(row),
        added_at=added_at,
        added_by=added_by,
    )
