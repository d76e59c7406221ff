"""The whole install in numbers, without names: for the operator's pages and for a monitor.

Everything here is one statement and stays cheap as the install grows: what is open is found by
its index, and of syncs that ended only the newest are looked at.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from webapp import db
from webapp.domain.archive import FailureKind
from webapp.domain.syncs import ASKED_FOR, Collection, Status, Waiting

NEWEST_SYNCS = 50_000
"""Of so many syncs, the newest, those that ended lately are counted."""

LISTENERS = """
SELECT count(*) FILTER (WHERE u.state = 'active'),
  count(*) FILTER (WHERE u.state = 'needs_reconnect'),
  count(*) FILTER (WHERE u.state = 'disconnected'),
  count(*) FILTER (WHERE waits), min(s.due_at) FILTER (WHERE waits),
  count(*) FILTER (WHERE s.polled_at > %s),
  coalesce(sum(60 / s.every_minutes) FILTER (WHERE u.state = 'active'), 0)
FROM users u LEFT JOIN archive_states s ON s.user_id = u.id
CROSS JOIN LATERAL (SELECT u.state = 'active' AND s.due_at <= %s
  AND (s.retry_at IS NULL OR s.retry_at <= %s) AS waits) w
"""

BREAKERS = """
SELECT s.failure_kind, count(*), count(*) FILTER (WHERE s.retry_at > %s), max(s.failures),
  min(s.retry_at) FILTER (WHERE s.retry_at > %s)
FROM archive_states s JOIN users u ON u.id = s.user_id
WHERE s.failure_kind IS NOT NULL AND u.state = 'active' GROUP BY 1 ORDER BY 1
"""

# Pages of 50; of playlists, one call each is a guess.
OPEN_SYNCS = """
SELECT s.cause = ANY(%s), s.waiting, count(*), min(s.created_at), min(s.resume_at),
  coalesce(sum(rest.calls), 0)
FROM syncs s LEFT JOIN LATERAL (
  SELECT sum(CASE WHEN c.name LIKE 'top%%' THEN 3
    WHEN c.name = 'playlists' THEN greatest(1, c.total - c.done)
    ELSE greatest(1, ceil((c.total - c.done) / 50.0)) END) AS calls
  FROM sync_collections c
  WHERE c.sync_id = s.id AND c.status IN ('PENDING', 'PROCESSING')) rest ON true
WHERE s.status IN ('PENDING', 'PROCESSING') GROUP BY 1, 2 ORDER BY 1 DESC, 2 NULLS FIRST
"""

LATELY = """
WITH lately AS (
  SELECT id, status,
    extract(epoch FROM completed_at - coalesce(started_at, created_at)) AS seconds FROM syncs
  WHERE id > (SELECT coalesce(max(id), 0) FROM syncs) - %s AND completed_at > %s)
"""

ENDED_SYNCS = (
    LATELY
    + """
SELECT status, count(*), percentile_cont(ARRAY[0.5, 0.9, 1]) WITHIN GROUP (ORDER BY seconds)
FROM lately GROUP BY status
"""
)

COLLECTIONS = (
    LATELY
    + """
SELECT c.name, count(*) FILTER (WHERE c.status = 'COMPLETED'),
  count(*) FILTER (WHERE c.status = 'FAILED'), sum(c.added), sum(c.removed)
FROM lately s JOIN sync_collections c ON c.sync_id = s.id GROUP BY c.name
"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """How many there are in each state, and how the archive keeps up with them."""

    active: int
    needs_reconnect: int
    disconnected: int
    due: int
    """Whose turn has come, cooling ones left out."""
    due_since: datetime | None
    polled: int
    """Of whom Spotify told in the last hour."""
    steady: int
    """Calls an hour that the archive takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakers:
    """Listeners whose archive fails; `cooling` ones are left alone until `next_at` or later."""

    kind: FailureKind
    failing: int
    cooling: int
    most_failures: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSyncs:
    """Syncs that are not over: behind `asked` ones stands a person; `calls` are still to make."""

    asked: bool
    waiting: Waiting | None
    syncs: int
    since: datetime
    resume_at: datetime | None
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSyncs:
    """Syncs that ended so, and how many seconds they took, pauses included."""

    status: Status
    syncs: int
    median: float
    ninetieth: float
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFigures:
    """What syncs that ended lately made of a collection."""

    name: Collection
    completed: int
    failed: int
    added: int
    removed: int


def listeners(now: datetime) -> Listeners:
    """Count listeners."""
    row = db.query(LISTENERS, now - timedelta(hours=1), now, now)[0]
    return Listeners(**dict(zip((column.name for column in fields(Listeners)), row, strict=True)))


def breakers(now: datetime) -> list[Breakers]:
    """Count active listeners whose archive fails."""
    return [
        Breakers(kind=FailureKind(kind), failing=n, cooling=cooling, most_failures=most, next_at=at)
        for kind, n, cooling, most, at in db.query(BREAKERS, now, now)
    ]


def open_syncs() -> list[OpenSyncs]:
    """Count syncs under way or waiting, those that somebody waits for first."""
    return [
        OpenSyncs(
            asked=asked,
            waiting=Waiting(waiting) if waiting else None,
            syncs=count,
            since=since,
            resume_at=resume_at,
            calls=int(calls),
        )
        for asked, waiting, count, since, resume_at, calls in db.query(OPEN_SYNCS, list(ASKED_FOR))
    ]


def ended_syncs(since: datetime) -> list[EndedSyncs]:
    """Count syncs that ended, and take their time."""
    return [
        EndedSyncs(status=Status(status), syncs=count, median=half, ninetieth=most, longest=longest)
        for status, count, (half, most, longest) in db.query(ENDED_SYNCS, NEWEST_SYNCS, since)
    ]


def collections(since: datetime) -> list[CollectionFigures]:
    """Count what syncs that ended brought, by collection."""
    return [
        CollectionFigures(
            name=Collection(name), completed=done, failed=failed, added=added, removed=removed
        )
        for name, done, failed, added, removed in db.query(COLLECTIONS, NEWEST_SYNCS, since)
    ]


def open_gaps() -> int:
    """Count the places where plays may be missing."""
    return _number("SELECT count(*) FROM listening_gaps WHERE closed_at IS NULL")


def plays_kept() -> int:
    """Count all plays, by their days; slow in a large install."""
    return _number("SELECT coalesce(sum(plays), 0) FROM daily_listening")


def _number(sql: str, *values: Any) -> int:
    return int(db.query(sql, *values)[0][0])
