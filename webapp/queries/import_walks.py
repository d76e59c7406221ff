"""How far an import has read an account, and when it may go on."""

from dataclasses import astuple, fields
from datetime import datetime
from uuid import UUID

from webapp import db
from webapp.domain.import_accounts import Walk

NAMES = ", ".join(column.name for column in fields(Walk))

KEEP = f"""
INSERT INTO import_walks (import_id, {NAMES}) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (import_id) DO UPDATE SET ({NAMES}) = ROW
  (excluded.until, excluded.since, excluded.total, excluded.place, excluded.stumbles)
"""  # noqa: S608 - our own names

REACHED = """
SELECT max(w.until) FROM import_walks w JOIN imports i ON i.id = w.import_id
WHERE i.user_id = %s AND i.origin = %s AND lower(i.account) = lower(%s) AND i.status = 'COMPLETED'
"""


def find(import_id: int) -> Walk | None:
    """Find how far an import is; None before its first call."""
    rows = db.query(f"SELECT {NAMES} FROM import_walks WHERE import_id = %s", import_id)  # noqa: S608 - our own names
    names = [column.name for column in fields(Walk)]
    return Walk(**dict(zip(names, rows[0], strict=True))) if rows else None


def keep(import_id: int, walk: Walk, total: int) -> None:
    """Write how far an import is, and of how much; with what it brought, in one transaction."""
    db.query(KEEP, import_id, *astuple(walk))
    db.query("UPDATE imports SET bytes_total = %s WHERE id = %s", total, import_id)


def reached(user_id: int, origin: str, account: str) -> datetime | None:
    """Tell up to when a listener's account was read by the newest import that came to its end."""
    found: datetime | None = db.query(REACHED, user_id, origin, account)[0][0]
    return found


def pause(import_id: int, claim: UUID, until: datetime, now: datetime) -> bool:
    """Let go of an import until a time; False if it is no longer ours."""
    rows = db.query(
        "UPDATE imports SET status = 'PENDING', claim = NULL, resume_at = %s, updated_at = %s"
        " WHERE id = %s AND claim = %s AND status = 'PROCESSING' RETURNING id",
        until,
        now,
        import_id,
        str(claim),
    )
    return bool(rows)
