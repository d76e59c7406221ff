"""Who works on a sync: claims, signs of life, handing back, ending."""

from datetime import datetime, timedelta
from uuid import UUID

from webapp import db
from webapp.domain.syncs import Mode, Status, Waiting
from webapp.queries.syncs import SyncRow, by_id


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
    return by_id(sync_id) if rows else None


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
