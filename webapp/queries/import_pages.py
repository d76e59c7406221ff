"""What pages tell of imports beyond the import itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp import db
from webapp.domain.imports import Outcome

FILES = """
SELECT import_id, (array_agg(name ORDER BY refusal IS NOT NULL, file))[1], count(*),
  coalesce(array_agg(DISTINCT kind) FILTER (WHERE refusal IS NULL), '{}')
FROM import_files WHERE import_id = ANY(%s) GROUP BY import_id
"""

BROUGHT = """
SELECT count(*), coalesce(sum((receipt ->> 'new')::bigint), 0), coalesce(sum((
  SELECT sum(n::bigint) FROM jsonb_each_text(receipt) AS part (outcome, n)
  WHERE outcome = ANY(%s))), 0)
FROM imports WHERE user_id = %s AND status = 'COMPLETED'
"""

REASONS = """
SELECT outcome, reason, sum(last_number - first_number + 1) AS n FROM import_left_out
WHERE import_id = %s AND reason <> '' GROUP BY outcome, reason ORDER BY n DESC, reason
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNames:
    """Which files an import has: the first one by name, how many, and the kinds that are read."""

    first: str
    count: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What all completed imports of a listener came to."""

    imports: int
    rows: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why rows of an import tell of no play, and how many."""

    outcome: Outcome
    reason: str
    rows: int


def file_names(import_ids: Sequence[int]) -> dict[int, FileNames]:
    """Name the files of several imports."""
    rows = db.query(FILES, list(import_ids)) if import_ids else []
    return {
        import_id: FileNames(first=first, count=count, kinds=tuple(kinds))
        for import_id, first, count, kinds in rows
    }


def brought(user_id: int) -> Brought:
    """Add up what a listener's imports brought."""
    imports, new, rows = db.query(BROUGHT, [outcome.value for outcome in Outcome], user_id)[0]
    return Brought(imports=imports, rows=int(rows), new=int(new))


def reasons(import_id: int) -> list[Reason]:
    """List why rows were left out, the most frequent first."""
    return [
        Reason(outcome=Outcome(outcome), reason=reason, rows=int(rows))
        for outcome, reason, rows in db.query(REASONS, import_id)
    ]


def under_way(user_id: int) -> int | None:
    """Name the import of a listener that is being worked on, or is about to."""
    rows = db.query(
        "SELECT id FROM imports WHERE user_id = %s AND status IN ('PENDING', 'PROCESSING')",
        user_id,
    )
    return rows[0][0] if rows else None


def undecided(user_id: int) -> int:
    """Count what a listener sent and has not let begin."""
    rows = db.query("SELECT count(*) FROM imports WHERE user_id = %s AND status = 'FOUND'", user_id)
    return int(rows[0][0])


def gaps_closed_at(user_id: int, moment: datetime) -> list[tuple[datetime, datetime]]:
    """List the gaps that were closed at a moment: an import closes its own when it completes."""
    rows = db.query(
        "SELECT after_at, before_at FROM listening_gaps WHERE user_id = %s AND closed_at = %s"
        " ORDER BY after_at DESC",
        user_id,
        moment,
    )
    return [(after, before) for after, before in rows]


def forget_undecided(now: datetime, after: timedelta) -> int:
    """Throw away what was sent long ago and never let begin; tell how many."""
    rows = db.query(
        "WITH old AS (UPDATE imports SET status = 'CANCELLED', updated_at = %s, completed_at = %s"
        "  WHERE status = 'FOUND' AND created_at < %s RETURNING id),"
        " sent AS (DELETE FROM import_uploads WHERE import_id IN (SELECT id FROM old))"
        " SELECT count(*) FROM old",
        now,
        now,
        now - after,
    )
    return int(rows[0][0])
