"""Exports: who asked for one, who works on it, how far it is, and its bytes until it expires."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from webapp import db
from webapp.domain.exports import Status

OPEN = """
INSERT INTO exports (user_id, created_at, updated_at) VALUES (%s, %s, %s)
ON CONFLICT (user_id) WHERE status IN ('PENDING', 'PROCESSING') DO NOTHING RETURNING id
"""

CLAIM = """
UPDATE exports SET status = 'PROCESSING', claim = %s, attempt = attempt + 1, updated_at = %s,
  started_at = coalesce(started_at, %s), lines_done = 0, bytes = 0
WHERE id = %s AND (status = 'PENDING' OR (status = 'PROCESSING' AND updated_at < %s)) RETURNING id
"""

BEAT = """
UPDATE exports SET lines_done = %s, lines_total = %s, bytes = %s, updated_at = %s
WHERE id = %s AND claim = %s AND status = 'PROCESSING' RETURNING id
"""

COMPLETE = """
UPDATE exports SET status = 'COMPLETED', lines_done = lines_total, claim = NULL, updated_at = %s,
  completed_at = %s, expires_at = %s WHERE id = %s
"""

FAIL = """
UPDATE exports SET status = 'FAILED', error = %s, claim = NULL, updated_at = %s,
  completed_at = %s, expires_at = %s
WHERE id = %s AND claim = %s AND status = 'PROCESSING' RETURNING id
"""

RELEASE = """
UPDATE exports SET status = 'PENDING', claim = NULL, updated_at = %s, crashes = crashes + 1
WHERE id = %s AND status = 'PROCESSING' AND (%s::uuid IS NULL OR claim = %s)
"""

ABANDONED = """
SELECT id, attempt FROM exports WHERE (status = 'PROCESSING' AND updated_at < %s)
  OR (status = 'PENDING' AND updated_at < %s) ORDER BY id FOR UPDATE SKIP LOCKED
"""

CONTENTS = """
SELECT (SELECT coalesce(sum(plays), 0) FROM daily_listening WHERE user_id = %(user)s),
  (SELECT count(*) FROM library_events WHERE user_id = %(user)s),
  (SELECT count(*) FROM playlist_versions WHERE user_id = %(user)s),
  (SELECT count(*) FROM top_lists WHERE user_id = %(user)s),
  (SELECT count(*) FROM imports WHERE user_id = %(user)s AND status = 'COMPLETED')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What an archive of a listener would have, in numbers that are had at once."""

    plays: int
    library_events: int
    playlist_versions: int
    top_lists: int
    imports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One export; it can be had until `expires_at`."""

    id: int
    user_id: int
    status: Status
    lines_done: int
    lines_total: int
    bytes: int
    error: str | None
    attempt: int
    crashes: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    expires_at: datetime | None


NAMES = ", ".join(column.name for column in fields(ExportRow))
FIND = f"SELECT {NAMES} FROM exports WHERE id = %s"  # noqa: S608 - our own names
OF_LISTENER = f"""
SELECT {NAMES} FROM exports WHERE user_id = %s AND (expires_at IS NULL OR expires_at > %s)
ORDER BY id DESC
"""  # noqa: S608 - our own names


def contents(user_id: int) -> Contents:
    """Count what there is to take away."""
    row = db.query_by_name(CONTENTS, user=user_id)[0]
    names = [column.name for column in fields(Contents)]
    return Contents(**{name: int(n) for name, n in zip(names, row, strict=True)})


def open_export(user_id: int, now: datetime) -> int | None:
    """Open an export; None if one is under way."""
    rows = db.query(OPEN, user_id, now, now)
    return int(rows[0][0]) if rows else None


def find(export_id: int) -> ExportRow | None:
    """Find an export."""
    rows = db.query(FIND, export_id)
    return _export(rows[0]) if rows else None


def of_listener(user_id: int, now: datetime) -> list[ExportRow]:
    """List a listener's exports that have not expired, newest first."""
    return [_export(row) for row in db.query(OF_LISTENER, user_id, now)]


def claim(export_id: int, claim_id: UUID, now: datetime, stale: timedelta) -> ExportRow | None:
    """Take an export to work on it; None if it is over or someone else works on it.

    What an earlier run made of it goes: it saw another moment.
    """
    with db.transaction():
        if not db.query(CLAIM, str(claim_id), now, now, export_id, now - stale):
            return None
        db.query("DELETE FROM export_parts WHERE export_id = %s", export_id)
    return find(export_id)


def beat(
    export_id: int, claim_id: UUID, *, done: int, total: int, size: int, now: datetime
) -> bool:
    """Write how far it is, and a sign of life; False if the export is no longer ours."""
    return bool(db.query(BEAT, done, total, size, now, export_id, str(claim_id)))


def add_part(export_id: int, part: int, body: bytes) -> None:
    """Keep a piece of the archive."""
    db.query("INSERT INTO export_parts VALUES (%s, %s, %s)", export_id, part, body)


def complete(export_id: int, user_id: int, now: datetime, expires_at: datetime) -> None:
    """End an export well, in a transaction whose beat was ours; earlier ones of the listener go."""
    db.query(COMPLETE, now, now, expires_at, export_id)
    db.query("DELETE FROM exports WHERE user_id = %s AND id < %s", user_id, export_id)


def fail(export_id: int, claim_id: UUID, error: str, now: datetime, expires_at: datetime) -> None:
    """End an export that came to nothing; its row stays for a while, to be shown."""
    if db.query(FAIL, error, now, now, expires_at, export_id, str(claim_id)):
        db.query("DELETE FROM export_parts WHERE export_id = %s", export_id)


def release_crashed(export_id: int, claim_id: UUID | None, now: datetime) -> None:
    """Give back an export whose run broke off (with no claim named: whoever had it)."""
    ours = str(claim_id) if claim_id else None
    db.query(RELEASE, now, export_id, ours, ours)


def abandoned(now: datetime, stale: timedelta, overdue: timedelta) -> list[tuple[int, int]]:
    """List exports (id, attempt) that nobody works on, though somebody should."""
    rows = db.query(ABANDONED, now - stale, now - overdue)
    return [(export_id, attempt) for export_id, attempt in rows]


def iter_parts(export_id: int) -> Iterator[bytes]:
    """Give the archive, piece by piece, each in a statement of its own."""
    part = 0
    while rows := db.query(
        "SELECT body FROM export_parts WHERE export_id = %s AND part = %s", export_id, part
    ):
        yield bytes(rows[0][0])
        part += 1


def remove(export_id: int, user_id: int) -> bool:
    """Remove an export of a listener, made or in the making; False if there is none."""
    return bool(
        db.query(
            "DELETE FROM exports WHERE id = %s AND user_id = %s RETURNING id", export_id, user_id
        )
    )


def expire(now: datetime) -> int:
    """Remove what has expired; return how many."""
    return len(db.query("DELETE FROM exports WHERE expires_at <= %s RETURNING id", now))


def _export(row: tuple[Any, ...]) -> ExportRow:
    values = dict(zip((column.name for column in fields(ExportRow)), row, strict=True))
    values["status"] = Status(values["status"])
    return ExportRow(**values)
