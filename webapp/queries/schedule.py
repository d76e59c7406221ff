"""What the schedule did: one row for each entry and period."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import db

COLUMNS = "r.name, r.period, r.started_at, r.ended_at, r.outcome, r.detail"

LATEST = f"""
SELECT {COLUMNS} FROM unnest(%s::text[]) AS wanted (name), LATERAL (
  SELECT * FROM schedule_runs WHERE name = wanted.name ORDER BY started_at DESC LIMIT 1) r
"""  # noqa: S608 - our own names

RECENT = f"""
SELECT {COLUMNS} FROM schedule_runs r
WHERE r.name = %s AND (NOT %s OR r.outcome = 'failed') ORDER BY r.started_at DESC LIMIT %s
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of an entry; without an end it is under way, or its process is gone."""

    name: str
    period: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    """`ok` or `failed`; None before the end."""
    detail: str


@contextmanager
def holding(name: str, period: str) -> Iterator[bool]:
    """Hold a run for the length of a block; False if another process holds it.

    The lock is the connection's: when the process dies, so does the lock.
    """
    key = f"schedule {name} {period}"
    held = bool(db.query("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)[0][0])
    try:
        yield held
    finally:
        if held:
            db.query("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def begin_run(name: str, period: str, now: datetime) -> bool:
    """Open the row of a run; False if this period ended well already.

    A run that failed, or was killed, starts anew.
    """
    rows = db.query(
        "INSERT INTO schedule_runs (name, period, started_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (name, period) DO UPDATE SET"
        " started_at = excluded.started_at, ended_at = NULL, outcome = NULL, detail = ''"
        " WHERE schedule_runs.outcome IS DISTINCT FROM 'ok' RETURNING true",
        name,
        period,
        now,
    )
    return bool(rows)


def end_run(name: str, period: str, outcome: str, detail: str, now: datetime) -> None:
    """Close the row of a run that is under way: `ok` or `failed`, and a sentence about it."""
    db.query(
        "UPDATE schedule_runs SET ended_at = %s, outcome = %s, detail = %s"
        " WHERE name = %s AND period = %s AND ended_at IS NULL",
        now,
        outcome,
        detail,
        name,
        period,
    )


def latest(names: Sequence[str]) -> dict[str, Run]:
    """Find the newest run of each entry that ever ran."""
    return {row[0]: _run(row) for row in db.query(LATEST, list(names))}


def recent(name: str, limit: int, *, failed: bool = False) -> list[Run]:
    """List an entry's newest runs, or only those that failed."""
    return [_run(row) for row in db.query(RECENT, name, failed, limit)]


def prune(before: datetime) -> int:
    """Forget runs that started before a moment; return how many."""
    rows = db.query(
        "WITH gone AS (DELETE FROM schedule_runs WHERE started_at < %s RETURNING 1)"
        " SELECT count(*) FROM gone",
        before,
    )
    return int(rows[0][0])


def _run(row: tuple[Any, ...]) -> Run:
    name, period, started_at, ended_at, outcome, detail = row
    return Run(
        name=name,
        period=period,
        started_at=started_at,
        ended_at=ended_at,
        outcome=outcome,
        detail=detail,
    )
