"""Syncs as pages and services read them: the rows that are the truth about every run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import db
from webapp.domain.syncs import Cause, Collection, LastSync, Mode, Status, Waiting


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


SELECT = """
SELECT s.id, s.user_id, s.cause, s.status, s.mode, s.progress, s.error, s.waiting, s.resume_at,
  s.attempt, s.crashes, s.calls, s.created_at, s.started_at, s.updated_at, s.completed_at,
  (SELECT json_agg(json_build_array(c.name, c.status, c.done, c.total, c.current, c.error,
                                    c.added, c.removed, c.unchanged, c.skipped)
                   ORDER BY c.position)
   FROM sync_collections c WHERE c.sync_id = s.id)
FROM syncs s
"""


NEWEST_OF_EACH = """
JOIN unnest(%s::bigint[]) AS wanted (user_id) ON s.id = (
  SELECT id FROM syncs WHERE user_id = wanted.user_id ORDER BY id DESC LIMIT 1)
"""


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


def by_id(sync_id: int) -> SyncRow | None:
    """Find a sync, whoever's it is."""
    return _first(SELECT + "WHERE s.id = %s", sync_id)


def latest(user_id: int) -> SyncRow | None:
    """Find the newest sync of a listener."""
    return _first(SELECT + "WHERE s.user_id = %s ORDER BY s.id DESC LIMIT 1", user_id)


def active(user_id: int) -> SyncRow | None:
    """Find the sync that is under way, if any."""
    return _first(
        SELECT + "WHERE s.user_id = %s AND s.status IN ('PENDING', 'PROCESSING')", user_id
    )


def lock_active(user_id: int) -> None:
    """Let no running sync of a listener write until the transaction ends."""
    db.query(
        "SELECT id FROM syncs WHERE user_id = %s AND status IN ('PENDING', 'PROCESSING')"
        " ORDER BY id FOR UPDATE",
        user_id,
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


def latest_of(user_ids: list[int]) -> dict[int, SyncRow]:
    """Find the newest sync of each of these listeners."""
    rows = db.query(SELECT + NEWEST_OF_EACH, user_ids)
    return {sync.user_id: sync for sync in map(_sync, rows)}


def last_ended(user_id: int) -> LastSync | None:
    """Tell when the last sync ended and whether all of it worked; weekly ones are too small."""
    rows = db.query(
        "SELECT completed_at, status = 'FAILED' OR EXISTS (SELECT FROM sync_collections"
        " WHERE sync_id = id AND status = 'FAILED') FROM syncs"
        " WHERE user_id = %s AND completed_at IS NOT NULL AND cause <> 'weekly'"
        " ORDER BY id DESC LIMIT 1",
        user_id,
    )
    return LastSync(completed_at=rows[0][0], failed=rows[0][1]) if rows else None


def failed_collections(user_id: int) -> list[Collection]:
    """Name the parts of the last ended sync that failed, or were never reached."""
    rows = db.query(
        "SELECT name FROM sync_collections WHERE status <> 'COMPLETED' AND sync_id ="
        " (SELECT id FROM syncs WHERE user_id = %s AND completed_at IS NOT NULL"
        "  AND cause <> 'weekly' ORDER BY id DESC LIMIT 1) ORDER BY position",
        user_id,
    )
    return [Collection(row[0]) for row in rows]


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
