"""What the top of every page asks the database, in one statement."""

from dataclasses import dataclass
from datetime import datetime

from webapp import db

NEWS = """
SELECT b.blocked_until, b.why, CASE WHEN %s THEN (
  SELECT count(*) FROM users
  WHERE state = 'needs_reconnect' AND state_reason = 'not_allowlisted') ELSE 0 END
FROM (SELECT true) always LEFT JOIN call_blocks b ON b.blocked_until > %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Until when nobody may call Spotify, and why; `strangers` only the operator can let in."""

    blocked_until: datetime | None
    why: str | None
    strangers: int


def news(now: datetime, *, operator: bool) -> News:
    """Read what concerns everybody, and for the operator, whom Spotify does not know yet."""
    until, why, strangers = db.query(NEWS, operator, now)[0]
    return News(blocked_until=until, why=why, strangers=strangers)
