"""Syncs: the rows that are the truth about every run."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from webapp import db
from webapp.domain.sweeps import Body
from webapp.domain.syncs import Cause, Checked, Collection, LastSync, Mode, Status, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRow:
    """One collection of a sync, as a page shows it."""

    name: Collection
    status: Status
    done: int
    total: int | None
    current: str | None
    error: str | None
    added: int
    removed: int
    unchanged: bool
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRow:
    """A sync, as a page shows it."""

    id: int
    user_id: int
    cause: Cause
    status: Status
    mode: Mode
    progress: int
    error: str | None
    waiting: Waiting | None
    resume_at: datetime | None
    attempt: int
    crashes: int
    calls: int
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    completed_at: datetime | None
    collections: tuple[CollectionRow, ...]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in {Status.COMPLETED, Status.FAILED}

    @property
    def partly_failed(self) -> bool:
        """Whether a part failed, or was passed over, while others came home."""
        return any(part.status is Status.FAILED for part in self.collections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the engine writes about a collection while it runs."""

    name: Collection
    status: Status
    done: int
    total: int | None
    current: str | None = None
    error: str | None = None
    error_detail: str | None = None
    added: int = 0
    removed: int = 0
    unchanged: bool = False
    skipped: int = 0


SELECT = """
SELECT s.id, s.user_id, s.cause, s.status, s.mode, s.progress, s.error, s.waiting, s.resume_at,
  s.attempt, s.crashes, s.calls, s.created_at, s.started_at, s.updated_at, s.completed_at,
  (SELECT json_agg(json_build_array(c.name, c.status, c.done, c.total, c.current, c.error,
                                    c.added, c.removed, c.unchanged, c.skipped)
                   ORDER BY c.position)
   FROM sync_collections c WHERE c.sync_id = s.id)
FROM syncs s
"""


NEWEST_OF_EACH = "WHERE s.id IN (SELECT max(id) FROM syncs GROUP BY user_id) ORDER BY s.id"


def open_sync(user_id: int, cause: Cause, names: Iterable[Collection], now: datetime) -> int | None:
    """Open a sync in a transaction; None if one is under way already (also in a race)."""
    rows = db.query(
        "INSERT INTO syncs (user_id, cause, created_at, updated_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (user_id) WHERE status IN ('PENDING', 'PROCESSING') DO NOTHING RETURNING id",
        user_id,
        cause,
        now,
        now,
    )
    if not rows:
        return None
    sync_id = int(rows[0][0])
    db.insert_values(
        "INSERT INTO sync_collections (sync_id, name, position) VALUES %s",
        [(sync_id, name, list(Collection).index(name)) for name in names],
    )
    return sync_id


def find(sync_id: int, user_id: int) -> SyncRow | None:
    """Find a listener's own sync."""
    return _first(SELECT + "WHERE s.id = %s AND s.user_id = %s", sync_id, user_id)


def latest(user_id: int) -> SyncRow | None:
    """Find the newest sync of a listener."""
    return _first(SELECT + "WHERE s.user_id = %s ORDER BY s.id DESC LIMIT 1", user_id)


def active(user_id: int) -> SyncRow | None:
    """Find the sync that is under way, if any."""
    return _first(
        SELECT + "WHERE s.user_id = %s AND s.status IN ('PENDING', 'PROCESSING')", user_id
    )


def recent(limit: int, user_id: int | None = None) -> list[SyncRow]:
    """List the newest syncs, of one listener or of all."""
    rows = db.query(
        SELECT + "WHERE %s::bigint IS NULL OR s.user_id = %s ORDER BY s.id DESC LIMIT %s",
        user_id,
        user_id,
        limit,
    )
    return [_sync(row) for row in rows]


def latest_of_all() -> dict[int, SyncRow]:
    """Find the newest sync of every listener."""
    rows = db.query(SELECT + NEWEST_OF_EACH)
    return {sync.user_id: sync for sync in map(_sync, rows)}


def last_ended(user_id: int) -> LastSync | None:
    """Tell when the last sync ended and whether all of it worked."""
    rows = db.query(
        "SELECT completed_at, status = 'FAILED' OR EXISTS (SELECT FROM sync_collections"
        " WHERE sync_id = id AND status = 'FAILED') FROM syncs"
        " WHERE user_id = %s AND completed_at IS NOT NULL ORDER BY id DESC LIMIT 1",
        user_id,
    )
    return LastSync(completed_at=rows[0][0], failed=rows[0][1]) if rows else None


def failed_collections(user_id: int) -> list[Collection]:
    """Name the parts of the last ended sync that failed, or were never reached."""
    rows = db.query(
        "SELECT name FROM sync_collections WHERE status <> 'COMPLETED' AND sync_id ="
        " (SELECT id FROM syncs WHERE user_id = %s AND completed_at IS NOT NULL"
        "  ORDER BY id DESC LIMIT 1) ORDER BY position",
        user_id,
    )
    return [Collection(row[0]) for row in rows]


def claim(sync_id: int, claim_id: UUID, now: datetime, stale: timedelta) -> SyncRow | None:
    """Take a sync to work on it; None if it is over or someone else works on it."""
    rows = db.query(
        "UPDATE syncs SET status = 'PROCESSING', claim = %s, attempt = attempt + 1,"
        " waiting = NULL, resume_at = NULL, updated_at = %s,"
        " started_at = coalesce(started_at, %s)"
        " WHERE id = %s AND (status = 'PENDING'"
        "  OR (status = 'PROCESSING' AND updated_at < %s)) RETURNING id",
        str(claim_id),
        now,
        now,
        sync_id,
        now - stale,
    )
    return _first(SELECT + "WHERE s.id = %s", sync_id) if rows else None


def beat(sync_id: int, claim_id: UUID, *, progress: int, calls: int, now: datetime) -> bool:
    """Write a heartbeat; False if the sync is no longer ours."""
    rows = db.query(
        "UPDATE syncs SET progress = greatest(progress, %s), calls = calls + %s, updated_at = %s"
        " WHERE id = %s AND claim = %s AND status = 'PROCESSING' RETURNING id",
        progress,
        calls,
        now,
        sync_id,
        str(claim_id),
    )
    return bool(rows)


def release(
    sync_id: int, claim_id: UUID, now: datetime, waiting: Waiting | None, resume_at: datetime | None
) -> bool:
    """Give a sync back, to be gone on with; False if it is no longer ours."""
    rows = db.query(
        "UPDATE syncs SET status = 'PENDING', mode = 'queued', claim = NULL, waiting = %s,"
        " resume_at = %s, updated_at = %s"
        " WHERE id = %s AND claim = %s AND status = 'PROCESSING' RETURNING id",
        waiting,
        resume_at,
        now,
        sync_id,
        str(claim_id),
    )
    return bool(rows)


def release_crashed(sync_id: int, claim_id: UUID | None, now: datetime) -> None:
    """Give back a sync whose run broke off (with no claim named: whoever had it), and count it."""
    db.query(
        "UPDATE syncs SET status = 'PENDING', mode = 'queued', claim = NULL, updated_at = %s,"
        " crashes = crashes + 1"
        " WHERE id = %s AND status = 'PROCESSING' AND (%s::uuid IS NULL OR claim = %s)",
        now,
        sync_id,
        str(claim_id) if claim_id else None,
        str(claim_id) if claim_id else None,
    )


def set_mode(sync_id: int, mode: Mode) -> None:
    """Note where the work is done."""
    db.query("UPDATE syncs SET mode = %s WHERE id = %s", mode, sync_id)


def set_waiting(sync_id: int, waiting: Waiting | None, now: datetime) -> None:
    """Note what a pending sync waits for."""
    db.query(
        "UPDATE syncs SET waiting = %s, resume_at = NULL, updated_at = %s"
        " WHERE id = %s AND status = 'PENDING'",
        waiting,
        now,
        sync_id,
    )


def finish(
    sync_id: int,
    claim_id: UUID | None,
    status: Status,
    now: datetime,
    *,
    error: str | None = None,
    detail: str | None = None,
) -> bool:
    """End a sync and drop its pages; False if it is no longer ours (None: whoever had it)."""
    rows = db.query(
        "UPDATE syncs SET status = %s, error = %s, error_detail = %s, completed_at = %s,"
        " updated_at = %s, claim = NULL, waiting = NULL, resume_at = NULL,"
        " progress = CASE WHEN %s = 'COMPLETED' THEN 100 ELSE progress END"
        " WHERE id = %s AND status IN ('PENDING', 'PROCESSING')"
        " AND (%s::uuid IS NULL OR claim = %s) RETURNING id",
        status,
        error,
        detail,
        now,
        now,
        status,
        sync_id,
        str(claim_id) if claim_id else None,
        str(claim_id) if claim_id else None,
    )
    if rows:
        db.query("DELETE FROM sync_pages WHERE sync_id = %s", sync_id)
    return bool(rows)


def write_progress(sync_id: int, parts: Sequence[Progress]) -> None:
    """Write how far collections have come, all in one statement."""
    if not parts:
        return
    db.insert_values(
        "UPDATE sync_collections c SET status = v.status, done = v.done, total = v.total::int,"
        " current = v.current, error = v.error, error_detail = v.detail, added = v.added,"
        " removed = v.removed, unchanged = v.unchanged, skipped = v.skipped"
        " FROM (VALUES %s) v (sync_id, name, status, done, total, current, error, detail, added,"
        " removed, unchanged, skipped) WHERE c.sync_id = v.sync_id AND c.name = v.name",
        [
            (
                sync_id,
                part.name,
                part.status,
                part.done,
                part.total,
                part.current,
                part.error,
                part.error_detail,
                part.added,
                part.removed,
                part.unchanged,
                part.skipped,
            )
            for part in parts
        ],
    )


def store_pages(sync_id: int, pages: Sequence[tuple[Collection, str, Body]]) -> None:
    """Keep fetched pages until their collection settles."""
    db.insert_values(
        "INSERT INTO sync_pages (sync_id, collection, page_key, body) VALUES %s"
        " ON CONFLICT (sync_id, collection, page_key) DO UPDATE SET body = excluded.body",
        [(sync_id, name, key, _body_json(body)) for name, key, body in pages],
    )


def stored_pages(sync_id: int) -> dict[tuple[Collection, str], Body]:
    """Read what was fetched before."""
    rows = db.query("SELECT collection, page_key, body FROM sync_pages WHERE sync_id = %s", sync_id)
    return {(Collection(name), key): Body(**body) for name, key, body in rows}


def drop_pages(sync_id: int, name: Collection) -> None:
    """Forget the pages of a collection that has settled."""
    db.query("DELETE FROM sync_pages WHERE sync_id = %s AND collection = %s", sync_id, name)


def checks(user_id: int) -> dict[Collection, Checked]:
    """Tell when each collection was last looked at, and last read whole."""
    rows = db.query(
        "SELECT collection, max(checked_at), max(checked_at) FILTER (WHERE swept),"
        " (array_agg(total ORDER BY id DESC))[1]"
        " FROM collection_checks WHERE user_id = %s AND result <> 'failed' GROUP BY collection",
        user_id,
    )
    return {
        Collection(name): Checked(looked_at=looked, swept_at=swept, total=total)
        for name, looked, swept, total in rows
    }


def add_check(
    user_id: int,
    name: Collection,
    *,
    result: str,
    swept: bool,
    total: int | None,
    detail: str | None,
    now: datetime,
    sync_id: int | None,
) -> None:
    """Remember a look."""
    db.query(
        "INSERT INTO collection_checks"
        " (user_id, collection, result, swept, total, detail, checked_at, sync_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        user_id,
        name,
        result,
        swept,
        total,
        detail,
        now,
        sync_id,
    )


def stale(now: datetime, stale_after: timedelta) -> list[int]:
    """List running syncs that have been silent for too long."""
    rows = db.query(
        "SELECT id FROM syncs WHERE status = 'PROCESSING' AND updated_at < %s", now - stale_after
    )
    return [row[0] for row in rows]


def overdue(now: datetime, overdue_after: timedelta) -> list[tuple[int, int]]:
    """List pending syncs (id, attempt) that should have been taken by now."""
    rows = db.query(
        "SELECT s.id, s.attempt FROM syncs s JOIN users u ON u.id = s.user_id"
        " WHERE s.status = 'PENDING' AND u.state = 'active'"
        " AND s.waiting IS DISTINCT FROM 'reconnect' AND coalesce(s.resume_at, s.updated_at) < %s",
        now - overdue_after,
    )
    return [(row[0], row[1]) for row in rows]


def _first(sql: str, *values: Any) -> SyncRow | None:
    rows = db.query(sql, *values)
    return _sync(rows[0]) if rows else None


def _sync(row: tuple[Any, ...]) -> SyncRow:
    return SyncRow(
        id=row[0],
        user_id=row[1],
        cause=Cause(row[2]),
        status=Status(row[3]),
        mode=Mode(row[4]),
        progress=row[5],
        error=row[6],
        waiting=Waiting(row[7]) if row[7] else None,
        resume_at=row[8],
        attempt=row[9],
        crashes=row[10],
        calls=row[11],
        created_at=row[12],
        started_at=row[13],
        updated_at=row[14],
        completed_at=row[15],
        collections=tuple(_collection(part) for part in row[16] or ()),
    )


def _collection(part: list[Any]) -> CollectionRow:
    name, status, done, total, current, error, added, removed, unchanged, skipped = part
    return CollectionRow(
        name=Collection(name),
        status=Status(status),
        done=done,
        total=total,
        current=current,
        error=error,
        added=added,
        removed=removed,
        unchanged=unchanged,
        skipped=skipped,
    )


def _body_json(body: Body) -> str:
    content = {"rows": body.rows, "total": body.total, "more": body.more, "after": body.after}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
