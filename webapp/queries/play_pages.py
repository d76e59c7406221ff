"""What the page of one play tells: the play, those around it, and the rows that told of it."""

import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import db
from webapp.queries.decisions import ReportRow
from webapp.queries.lines import TRACK, WIDTH, TrackLine, track_line

PLAYS = f"""
SELECT p.track_id, {TRACK}, p.ended_at, p.source, p.ms_played
FROM plays p
LEFT JOIN tracks t ON t.id = p.track_id
LEFT JOIN albums a ON a.id = t.album_id
WHERE p.user_id = %s AND p.ended_at BETWEEN %s AND %s
ORDER BY p.ended_at, p.track_id
"""  # noqa: S608 - our own columns

TRACKS = f"""
SELECT t.id, {TRACK} FROM tracks t LEFT JOIN albums a ON a.id = t.album_id WHERE t.id = ANY(%s)
"""  # noqa: S608 - our own columns

RAW = """
SELECT w.import_id, w.file, array_agg(w.number), r.first_number, min(r.body)
FROM unnest(%s::bigint[], %s::smallint[], %s::integer[]) AS w (import_id, file, number)
JOIN import_raw r ON r.user_id = %s AND r.import_id = w.import_id AND r.file = w.file
  AND w.number BETWEEN r.first_number AND r.last_number
GROUP BY w.import_id, w.file, r.first_number
"""

SENT = """
SELECT id, raw FROM play_reports WHERE user_id = %s AND id = ANY(%s) AND raw IS NOT NULL
"""

NAMES = """
SELECT import_id, file, name FROM import_files WHERE import_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A play that counts; `ms_played` is what was heard of it, where anyone knows."""

    track: TrackLine
    ended_at: datetime
    source: str
    ms_played: int | None


def plays_between(user_id: int, since: datetime, until: datetime) -> list[Play]:
    """List the plays that ended from one time to another, both included."""
    return [
        Play(
            track=track_line(row),
            ended_at=row[WIDTH],
            source=row[WIDTH + 1],
            ms_played=row[WIDTH + 2],
        )
        for row in db.query(PLAYS, user_id, since, until)
    ]


def tracks(ids: Collection[str]) -> dict[str, TrackLine]:
    """Find tracks by their ids."""
    return {row[0]: track_line(row) for row in db.query(TRACKS, list(ids))} if ids else {}


def raw_of(user_id: int, reports: Sequence[ReportRow]) -> dict[int, dict[str, Any]]:
    """Read what reports were told as, by their ids; those of an import lie packed by the thousand.

    What Spotify's recently-played told was never a row.
    """
    at = {(r.import_id, r.file, r.number): r.id for r in reports if r.import_id is not None}
    alone = [report.id for report in reports if report.import_id is None]
    found: dict[int, dict[str, Any]] = dict(db.query(SENT, user_id, alone) if alone else [])
    columns = [list(column) for column in zip(*at, strict=True)]
    for import_id, file, numbers, first, body in db.query(RAW, *columns, user_id) if at else []:
        kept = json.loads(zlib.decompress(body))
        found |= {at[import_id, file, number]: kept[number - first] for number in numbers}
    return found


def file_names(import_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """Name the files of imports, by import and file."""
    rows = db.query(NAMES, list(import_ids)) if import_ids else []
    return {(import_id, file): name for import_id, file, name in rows}
