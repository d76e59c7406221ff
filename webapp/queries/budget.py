"""What must outlive Redis about the call budget, and what the app was found able to do."""

from dataclasses import dataclass
from datetime import datetime

from webapp import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What the app was found to be able to do, or not."""

    name: str
    available: bool
    detail: str
    checked_at: datetime


def find_block(now: datetime) -> tuple[datetime, str] | None:
    """Tell until when nobody may call, and why; None if everybody may."""
    rows = db.query("SELECT blocked_until, why FROM call_blocks WHERE blocked_until > %s", now)
    return (rows[0][0], rows[0][1]) if rows else None


def block(until: datetime, why: str, now: datetime) -> None:
    """Let nobody call before `until`; a longer block that stands already stays."""
    db.query(
        "INSERT INTO call_blocks (blocked_until, why, set_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (id) DO UPDATE SET blocked_until = excluded.blocked_until,"
        " why = excluded.why, set_at = excluded.set_at"
        " WHERE call_blocks.blocked_until < excluded.blocked_until",
        until,
        why,
        now,
    )


def capability(name: str, since: datetime) -> bool | None:
    """Tell what a probe made after `since` found; None if there was none."""
    rows = db.query(
        "SELECT available FROM capabilities WHERE name = %s AND checked_at >= %s", name, since
    )
    return bool(rows[0][0]) if rows else None


def capabilities() -> list[Capability]:
    """List what was found out."""
    rows = db.query("SELECT name, available, detail, checked_at FROM capabilities ORDER BY name")
    return [
        Capability(name=name, available=available, detail=detail, checked_at=at)
        for name, available, detail, at in rows
    ]


def remember_capability(name: str, *, available: bool, detail: str, now: datetime) -> None:
    """Keep what a probe found."""
    db.query(
        "INSERT INTO capabilities (name, available, detail, checked_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET available = excluded.available,"
        " detail = excluded.detail, checked_at = excluded.checked_at",
        name,
        available,
        detail,
        now,
    )
