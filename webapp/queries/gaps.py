"""Gaps in the listening that an import fills."""

from datetime import datetime

from webapp import db

# Spotify's own exports have every play of their span. Others cover what they tell something of.
CLOSE = """
WITH told AS (
  SELECT source, min(ended_at) AS first, max(ended_at) AS last FROM play_reports
  WHERE user_id = %s AND import_id = %s GROUP BY source)
UPDATE listening_gaps g SET closed_at = %s, closed_by = told.source
FROM told
WHERE g.user_id = %s AND g.closed_at IS NULL AND CASE
  WHEN told.source IN ('spotify_extended', 'spotify_account')
    THEN told.first <= g.after_at AND told.last >= g.before_at
  ELSE EXISTS (SELECT 1 FROM play_reports r WHERE r.user_id = g.user_id AND r.import_id = %s
    AND r.source = told.source AND r.ended_at > g.after_at AND r.ended_at < g.before_at) END
"""


def close(user_id: int, import_id: int, now: datetime) -> None:
    """Close the gaps that an import covers."""
    db.query(CLOSE, user_id, import_id, now, user_id, import_id)
