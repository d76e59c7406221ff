"""Tracks whose album, first artist or length changed after their plays were counted."""

from datetime import date

from webapp import db

TAKE = """
DELETE FROM recounts WHERE id IN (SELECT id FROM recounts ORDER BY id LIMIT %s)
RETURNING track_id
"""

DAYS = """
SELECT u.id, array_agg(DISTINCT (p.ended_at AT TIME ZONE u.time_zone)::date)
FROM users u JOIN plays p ON p.user_id = u.id AND p.track_id = ANY(%s) GROUP BY 1 ORDER BY 1
"""


def take(limit: int) -> set[str]:
    """Take tracks off the list; whoever rolls back puts them on again."""
    return {row[0] for row in db.query(TAKE, limit)}


def days_of(track_ids: set[str]) -> dict[int, set[date]]:
    """List the days, by listener, on which these tracks were played."""
    return {user_id: set(days) for user_id, days in db.query(DAYS, sorted(track_ids))}
