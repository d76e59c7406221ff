"""Whom the archive asks, how it went, and where plays may be missing."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from webapp import db
from webapp.domain.accounts import State
from webapp.domain.archive import Breaker, FailureKind, Gap
from webapp.queries.plays import SPOTIFY

DUE = """
SELECT s.user_id FROM archive_states s JOIN users u ON u.id = s.user_id
WHERE s.due_at <= %s AND u.state = 'active' AND (s.retry_at IS NULL OR s.retry_at <= %s)
ORDER BY s.due_at, s.user_id
"""

COUNT_DUE = f"SELECT count(*) FROM ({DUE}) waiting"  # noqa: S608 - our own statement

STANDINGS = """
SELECT u.id, u.state, s.due_at, s.every_minutes, s.last_gap_at,
  s.failures, s.failure_kind, s.failure_message, s.retry_at, newest.ended_at
FROM users u JOIN archive_states s ON s.user_id = u.id
LEFT JOIN LATERAL (
  SELECT ended_at FROM plays WHERE user_id = u.id AND source = %s AND ended_at <= %s
  ORDER BY ended_at DESC LIMIT 1) newest ON true
WHERE u.id = ANY(%s) ORDER BY u.id
"""

ENROL = """
INSERT INTO archive_states (user_id, due_at) VALUES (%s, %s)
ON CONFLICT (user_id) DO UPDATE SET due_at = excluded.due_at, failures = 0, failure_kind = NULL,
  failure_message = NULL, failed_at = NULL, retry_at = NULL
"""

ASKED = """
INSERT INTO archive_states
  (user_id, due_at, every_minutes, polled_at, last_new, last_gap_at) VALUES %s
ON CONFLICT (user_id) DO UPDATE SET
  due_at = excluded.due_at, every_minutes = excluded.every_minutes,
  polled_at = excluded.polled_at, last_new = excluded.last_new,
  last_gap_at = coalesce(excluded.last_gap_at, archive_states.last_gap_at),
  failures = 0, failure_kind = NULL, failure_message = NULL, failed_at = NULL, retry_at = NULL
"""

FAILED = """
UPDATE archive_states s SET failures = told.failures, failure_kind = told.kind,
  failure_message = told.message, failed_at = told.failed_at, retry_at = told.retry_at
FROM (VALUES %s) AS told (user_id, failures, kind, message, failed_at, retry_at)
WHERE s.user_id = told.user_id
"""

ADD_GAP = """
INSERT INTO listening_gaps (user_id, after_at, before_at, found_at) VALUES %s
ON CONFLICT (user_id, after_at, before_at) DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveState:
    """How the archive stands with one listener."""

    user_id: int
    due_at: datetime
    every_minutes: int
    polled_at: datetime | None
    """When Spotify last answered."""
    last_new: int
    last_gap_at: datetime | None
    failures: int
    """How often in a row it failed."""
    failure_kind: FailureKind | None
    failure_message: str | None
    failed_at: datetime | None
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What must be known of a listener before asking: `newest` is the end of the newest play."""

    user_id: int
    state: State
    due_at: datetime
    every_minutes: int
    last_gap_at: datetime | None
    breaker: Breaker | None
    newest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer came: when to ask again, and what it brought."""

    user_id: int
    due_at: datetime
    every_minutes: int
    new: int
    gap: Gap | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Plays may be missing between two ends of plays; `closed_by` names what filled it."""

    after_at: datetime
    before_at: datetime
    found_at: datetime
    closed_at: datetime | None
    closed_by: str | None


NAMES = ", ".join(column.name for column in fields(ArchiveState))


def enrol(user_id: int, due_at: datetime) -> None:
    """Ask for a listener's plays from now on, with nothing held against them."""
    db.query(ENROL, user_id, due_at)


def due(now: datetime) -> list[int]:
    """List active listeners whose time has come, longest waiting first, but who cools down."""
    return [row[0] for row in db.query(DUE, now, now)]


def count_due(now: datetime) -> int:
    """Count them."""
    return int(db.query(COUNT_DUE, now, now)[0][0])


def standings(user_ids: Sequence[int], until: datetime) -> list[Standing]:
    """Read how listeners stand, in the order of their ids; plays after `until` don't count."""
    rows = db.query(STANDINGS, SPOTIFY, until, list(user_ids))
    return [
        Standing(
            user_id=user_id,
            state=State(state),
            due_at=due_at,
            every_minutes=every,
            last_gap_at=gap_at,
            breaker=_breaker(failures, kind, message, retry_at),
            newest=newest,
        )
        for user_id, state, due_at, every, gap_at, failures, kind, message, retry_at, newest in rows
    ]


def record_asked(rows: Sequence[Asked], now: datetime) -> None:
    """Note that Spotify answered: failures are forgotten, gaps remembered."""
    db.insert_values(
        ASKED,
        [
            (row.user_id, row.due_at, row.every_minutes, now, row.new, now if row.gap else None)
            for row in rows
        ],
    )
    gaps = [(row.user_id, row.gap.after, row.gap.before, now) for row in rows if row.gap]
    db.insert_values(ADD_GAP, gaps)


def record_failures(breakers: Sequence[tuple[int, Breaker]], now: datetime) -> None:
    """Note failures in a row, and until when each listener is left alone."""
    db.insert_values(
        FAILED,
        [(user_id, b.failures, b.kind, b.message, now, b.retry_at) for user_id, b in breakers],
    )


def find(user_id: int) -> ArchiveState | None:
    """Read how the archive stands with a listener."""
    rows = db.query(f"SELECT {NAMES} FROM archive_states WHERE user_id = %s", user_id)  # noqa: S608 - our own names
    return _state(rows[0]) if rows else None


def states(user_ids: Sequence[int]) -> dict[int, ArchiveState]:
    """Read the same of many."""
    rows = db.query(
        f"SELECT {NAMES} FROM archive_states WHERE user_id = ANY(%s)",  # noqa: S608 - our own names
        list(user_ids),
    )
    return {row[0]: _state(row) for row in rows}


def gaps(
    user_id: int, since: datetime | None = None, until: datetime | None = None
) -> list[GapRow]:
    """List gaps that touch a span of time (all of it by default), newest first."""
    rows = db.query(
        "SELECT after_at, before_at, found_at, closed_at, closed_by FROM listening_gaps"
        " WHERE user_id = %s AND before_at >= coalesce(%s, '-infinity'::timestamptz)"
        " AND after_at <= coalesce(%s, 'infinity'::timestamptz) ORDER BY after_at DESC",
        user_id,
        since,
        until,
    )
    return [
        GapRow(after_at=after, before_at=before, found_at=found, closed_at=closed, closed_by=by)
        for after, before, found, closed, by in rows
    ]


def _breaker(
    failures: int, kind: str | None, message: str | None, retry_at: datetime | None
) -> Breaker | None:
    if kind is None or retry_at is None:
        return None
    return Breaker(
        kind=FailureKind(kind), failures=failures, message=message or "", retry_at=retry_at
    )


def _state(row: tuple[object, ...]) -> ArchiveState:
    values = dict(zip((column.name for column in fields(ArchiveState)), row, strict=True))
    kind = values["failure_kind"]
    values["failure_kind"] = FailureKind(str(kind)) if kind else None
    return ArchiveState(**values)  # type: ignore[arg-type]  # as the columns are
