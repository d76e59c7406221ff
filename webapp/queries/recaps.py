"""Which months there is something to tell of."""

from dataclasses import dataclass
from datetime import date

from webapp import db

MONTHS = """
SELECT date_trunc('month', day)::date, sum(plays)::bigint, sum(ms)::bigint FROM daily_listening
WHERE user_id = %s GROUP BY 1 ORDER BY 1 DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month with plays, named by its first day."""

    first: date
    plays: int
    ms: int


def months(user_id: int) -> list[Month]:
    """List the months that have plays, the newest first."""
    return [
        Month(first=first, plays=plays, ms=ms) for first, plays, ms in db.query(MONTHS, user_id)
    ]
