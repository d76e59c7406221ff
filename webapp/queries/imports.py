"""Imports: what was sent, who works on it, how far it is, what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import IntegrityError
from psycopg2.extras import Json

from webapp import db
from webapp.domain.imports import Phase, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One import. `origin` is where its rows come from; `account` names one at a service.

    An account's pages have no size before they come: there `bytes_` counts rows. `resume_at` is
    when the service may be asked again.
    """

    id: int
    user_id: int
    status: Status
    origin: str
    account: str | None
    phase: Phase
    rows_done: int
    bytes_total: int
    bytes_done: int
    receipt: dict[str, int] | None
    error: str | None
    error_detail: str | None
    attempt: int
    crashes: int
    created_at: datetime
    started_at: datetime | None
    read_at: datetime | None
    updated_at: datetime
    completed_at: datetime | None
    resume_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file of an import, itself or inside an archive; `refusal` says why it isn't read."""

    file: int
    upload: int
    name: str
    kind: str
    bytes: int
    rows: int | None
    refusal: str | None


NAMES = ", ".join(column.name for column in fields(ImportRow))
FILE_NAMES = ", ".join(column.name for column in fields(FileRow))
OF_LISTENER = f"""
SELECT {NAMES} FROM imports WHERE user_id = %s ORDER BY created_at DESC, id DESC LIMIT %s
"""  # noqa: S608 - our own names


def add(user_id: int, origin: str, account: str | None, now: datetime) -> int:
    """Open an import; return its id."""
    rows = db.query(
        "INSERT INTO imports (user_id, origin, account, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING id",
        user_id,
        origin,
        account,
        now,
        now,
    )
    return int(rows[0][0])


def add_part(import_id: int, upload: int, part: int, body: bytes) -> None:
    """Keep a piece of what was sent."""
    db.query("INSERT INTO import_uploads VALUES (%s, %s, %s, %s)", import_id, upload, part, body)


def add_files(import_id: int, files: Sequence[FileRow]) -> None:
    """Note what was found in what was sent."""
    db.insert_values(
        f"INSERT INTO import_files (import_id, {FILE_NAMES}) VALUES %s",  # noqa: S608 - our own names
        [(import_id, *(getattr(row, c.name) for c in fields(FileRow))) for row in files],
    )
    read = sum(row.bytes for row in files if row.refusal is None)
    db.query("UPDATE imports SET bytes_total = %s WHERE id = %s", read, import_id)


def iter_parts(import_id: int, upload: int) -> Iterator[bytes]:
    """Give back the pieces of what was sent, in order."""
    part = 0
    while rows := db.query(
        "SELECT body FROM import_uploads WHERE import_id = %s AND upload = %s AND part = %s",
        import_id,
        upload,
        part,
    ):
        yield bytes(rows[0][0])
        part += 1


def upload_names(import_id: int) -> list[tuple[int, str]]:
    """List what was sent: its number, and a name to show."""
    return [
        (upload, name)
        for upload, name in db.query(
            "SELECT DISTINCT ON (u.upload) u.upload, coalesce(f.name, '') FROM import_uploads u"
            " LEFT JOIN import_files f ON f.import_id = u.import_id AND f.upload = u.upload"
            " WHERE u.import_id = %s ORDER BY u.upload, f.file",
            import_id,
        )
    ]


def files(import_id: int) -> list[FileRow]:
    """List the files of an import."""
    sql = f"SELECT {FILE_NAMES} FROM import_files WHERE import_id = %s ORDER BY file"  # noqa: S608 - our own names
    names = [column.name for column in fields(FileRow)]
    return [FileRow(**dict(zip(names, row, strict=True))) for row in db.query(sql, import_id)]


def find(import_id: int, user_id: int | None = None) -> ImportRow | None:
    """Find an import; with a listener, only theirs."""
    rows = db.query(
        f"SELECT {NAMES} FROM imports WHERE id = %s AND (%s IS NULL OR user_id = %s)",  # noqa: S608 - our own names
        import_id,
        user_id,
        user_id,
    )
    return _import(rows[0]) if rows else None


def of_listener(user_id: int, limit: int) -> list[ImportRow]:
    """List a listener's imports, newest first."""
    sql = f"SELECT {NAMES} FROM imports WHERE user_id = %s ORDER BY id DESC LIMIT %s"  # noqa: S608 - our own names
    return [_import(row) for row in db.query(sql, user_id, limit)]


def start(import_id: int, now: datetime) -> bool:
    """Let a found import begin; False if another one of the listener is under way."""
    try:
        rows = db.query(
            "UPDATE imports i SET status = 'PENDING', updated_at = %s"
            " WHERE id = %s AND status = 'FOUND' AND NOT EXISTS (SELECT 1 FROM imports o"
            "  WHERE o.user_id = i.user_id AND o.status IN ('PENDING', 'PROCESSING')) RETURNING id",
            now,
            import_id,
        )
    except IntegrityError:  # both were started at the same moment, and the other one came first
        return False
    return bool(rows)


def is_free(import_id: int, user_id: int) -> bool:
    """Lock an import of a listener unless it is over, or being merged at this moment.

    A worker that reads holds the row for as long as a batch takes: that is waited for.
    """
    rows = db.query(
        "SELECT id FROM imports WHERE id = %s AND user_id = %s"
        " AND (status IN ('FOUND', 'PENDING') OR (status = 'PROCESSING' AND phase = 'reading'))"
        " FOR UPDATE",
        import_id,
        user_id,
    )
    return bool(rows)


def claim(import_id: int, claim_id: UUID, now: datetime, stale: timedelta) -> ImportRow | None:
    """Take an import to work on it; None if it is over or someone else works on it.

    A worker that fell silent counts as one that crashed, or silent ones would follow each other
    for ever.
    """
    rows = db.query(
        "UPDATE imports SET status = 'PROCESSING', claim = %s, attempt = attempt + 1,"
        " crashes = crashes + (status = 'PROCESSING')::integer,"
        " updated_at = %s, started_at = coalesce(started_at, %s), resume_at = NULL"
        " WHERE id = %s AND ((status = 'PENDING' AND coalesce(resume_at <= %s, true))"
        " OR (status = 'PROCESSING' AND updated_at < %s)) RETURNING id",
        str(claim_id),
        now,
        now,
        import_id,
        now,
        now - stale,
    )
    return find(import_id) if rows else None


def beat(
    import_id: int, claim_id: UUID, *, rows_done: int, bytes_done: int, phase: Phase, now: datetime
) -> bool:
    """Write how far it is, and a sign of life; False if the import is no longer ours."""
    found = db.query(
        "UPDATE imports SET rows_done = %s, bytes_done = %s, phase = %s, updated_at = %s,"
        " read_at = CASE WHEN %s = 'merging' THEN coalesce(read_at, %s) END"
        " WHERE id = %s AND claim = %s AND status = 'PROCESSING' RETURNING id",
        rows_done,
        bytes_done,
        phase,
        now,
        phase,
        now,
        import_id,
        str(claim_id),
    )
    return bool(found)


def finish(
    import_id: int,
    claim_id: UUID | None,
    status: Status,
    now: datetime,
    *,
    receipt: dict[str, int] | None = None,
    error: str | None = None,
    detail: str | None = None,
) -> bool:
    """End an import and forget what was sent; False if it is no longer ours (None: whoever's)."""
    found = db.query(
        "UPDATE imports SET status = %s, receipt = %s, error = %s, error_detail = %s, claim = NULL,"
        " updated_at = %s, completed_at = %s WHERE id = %s"
        " AND status IN ('FOUND', 'PENDING', 'PROCESSING')"
        " AND (%s::uuid IS NULL OR claim = %s) RETURNING id",
        status,
        Json(receipt) if receipt is not None else None,
        error,
        detail,
        now,
        now,
        import_id,
        str(claim_id) if claim_id else None,
        str(claim_id) if claim_id else None,
    )
    if found:
        db.query("DELETE FROM import_uploads WHERE import_id = %s", import_id)
    return bool(found)


def release_crashed(import_id: int, claim_id: UUID | None, now: datetime) -> None:
    """Give back an import whose run broke off (with no claim named: whoever had it)."""
    db.query(
        "UPDATE imports SET status = 'PENDING', claim = NULL, updated_at = %s,"
        " crashes = crashes + 1"
        " WHERE id = %s AND status = 'PROCESSING' AND (%s::uuid IS NULL OR claim = %s)",
        now,
        import_id,
        str(claim_id) if claim_id else None,
        str(claim_id) if claim_id else None,
    )


def abandoned(now: datetime, stale: timedelta, overdue: timedelta) -> list[tuple[int, int]]:
    """List imports (id, attempt) that nobody works on, though somebody should."""
    rows = db.query(
        "SELECT id, attempt FROM imports WHERE (status = 'PROCESSING' AND updated_at < %s)"
        " OR (status = 'PENDING' AND coalesce(resume_at, updated_at) < %s)"
        " ORDER BY id FOR UPDATE SKIP LOCKED",
        now - stale,
        now - overdue,
    )
    return [(row[0], row[1]) for row in rows]


def _import(row: tuple[Any, ...]) -> ImportRow:
    values = dict(zip((column.name for column in fields(ImportRow)), row, strict=True))
    values["status"], values["phase"] = Status(values["status"]), Phase(values["phase"])
    return ImportRow(**values)
