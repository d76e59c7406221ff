"""What the top of every page asks the database, in one statement."""

from dataclasses import dataclass
from datetime import datetime

from webapp import db

NEWS = """
SELECT b.blocked_until, b.why, CASE WHEN %s THEN (
  SELECT count(*) FROM users
  WHERE state = 'needs_reconnect' AND state_reason = 'not_allowlisted') ELSE 0 END,
  (SELECT count(*) FROM blends WHERE invited_id = %s AND state = 'invited')
FROM (SELECT true) always LEFT JOIN call_blocks b ON b.blocked_until > %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Until when nobody may call Spotify, and why; `strangers` only the operator can let in.

    `invitations` to blends wait for this listener's answer.
    """

    blocked_until: datetime | None
    why: str | None
    strangers: int
    invitations: int


def news(user_id: int, now: datetime, *, operator: bool) -> News:
    """Read what concerns everybody, this listener, and for the operator, the unknown."""
    until, why, strangers, invitations = db.query(NEWS, operator, user_id, now)[0]
    return News(blocked_until=until, why=why, strangers=strangers, invitations=invitations)
