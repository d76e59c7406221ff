"""Where a listener's plays came, went or changed: what has to be counted anew."""

from dataclasses import dataclass
from datetime import date, datetime

from webapp import db

# A report that only agrees changes no number. What the tables hold, `queries/merging` says.
MERGED = """
SELECT m.track_id, m.ended_at, m.went, m.ended_at AT TIME ZONE u.time_zone
FROM users u, (
  SELECT ended_at, track_id, false FROM judged WHERE verdict = 'new'
  UNION ALL SELECT ended_at, track_id, true FROM joined
  WHERE (new_ended_at, new_track_id) <> (ended_at, track_id)
  UNION ALL SELECT j.new_ended_at, j.new_track_id, false FROM joined j JOIN told t ON t.id = j.id
  WHERE (j.new_ended_at, j.new_track_id) <> (j.ended_at, j.track_id) OR t.ms_played IS NOT NULL
) m (ended_at, track_id, went) WHERE u.id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A play that came or changed, or one that `went`; `local` is its end on the listener's clock.

    A play that moved is two: it went here, and came there.
    """

    user_id: int
    track_id: str
    ended_at: datetime
    local: datetime
    went: bool = False

    @property
    def day(self) -> date:
        """The listener's day it belongs to."""
        return self.local.date()


def merged(user_id: int) -> list[Touched]:
    """List what merging reports touched just now, inside the same transaction."""
    return [
        Touched(user_id=user_id, track_id=track, ended_at=ended, local=local, went=went)
        for track, ended, went, local in db.query(MERGED, user_id)
    ]
