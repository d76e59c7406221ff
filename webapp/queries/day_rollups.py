"""Hours of the day, sessions and skips, each made anew for the days that changed.

Days and hours are the listener's. A session is a run of plays with less than half an hour of
silence between the end of one and the start of the next; it may go past midnight. Whether a play
was skipped only some sources tell. The caller holds the listeners' plays (`plays.lock`).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from webapp import db
from webapp.queries import rhythm_rollups

SILENCE = timedelta(minutes=30)
"""What parts two sessions; a common choice for streams of actions (Jones and Klinkner, 2008)."""

WRITE_HOURS = """
INSERT INTO hourly_listening (user_id, day, hour, plays, ms)
SELECT p.user_id, (p.ended_at AT TIME ZONE u.time_zone)::date,
  extract(hour FROM p.ended_at AT TIME ZONE u.time_zone), count(*),
  coalesce(sum(coalesce(p.ms_played, t.duration_ms)), 0)
FROM {plays} LEFT JOIN tracks t ON t.id = p.track_id
GROUP BY 1, 2, 3
ON CONFLICT (user_id, day, hour) DO UPDATE SET plays = excluded.plays, ms = excluded.ms
"""
# As in `plays.TOUCHED`: the window is for the index, the time zone tells which plays are meant.
TOUCHED = """
unnest(%s::bigint[], %s::date[]) AS touched (user_id, day)
JOIN users u ON u.id = touched.user_id
CROSS JOIN LATERAL (
  SELECT * FROM {log} p WHERE p.user_id = touched.user_id
    AND p.ended_at >= touched.day::timestamp AT TIME ZONE 'UTC' - interval '16 hours'
    AND p.ended_at < touched.day::timestamp AT TIME ZONE 'UTC' + interval '40 hours'
    AND (p.ended_at AT TIME ZONE u.time_zone)::date = touched.day OFFSET 0) p
"""
ALL = "{log} p JOIN users u ON u.id = p.user_id AND u.id = %s"
HOURS_OF_DAYS = WRITE_HOURS.format(plays=TOUCHED.format(log="plays"))
HOURS_OF_ALL = WRITE_HOURS.format(plays=ALL.format(log="plays"))

WRITE_SKIPS = """
INSERT INTO daily_skips (user_id, day, told, skipped)
SELECT p.user_id, (p.ended_at AT TIME ZONE u.time_zone)::date, count(*),
  count(*) FILTER (WHERE p.skipped)
FROM {reports} WHERE p.skipped IS NOT NULL GROUP BY 1, 2
"""
SKIPS_OF_DAYS = WRITE_SKIPS.format(reports=TOUCHED.format(log="play_reports"))
SKIPS_OF_ALL = WRITE_SKIPS.format(reports=ALL.format(log="play_reports"))

# Sessions that reach into some days, and all the time they and those days cover. A play may have
# begun hours before its day: two days more than the time zones ask for leave room for that.
NEAR = """
SELECT t.user_id, least(t.lo, min(s.started_at)), greatest(t.hi, max(s.ended_at))
FROM (
  SELECT user_id, min(day)::timestamp AT TIME ZONE 'UTC' - interval '40 hours' AS lo,
    max(day)::timestamp AT TIME ZONE 'UTC' + interval '64 hours' AS hi
  FROM unnest(%s::bigint[], %s::date[]) AS x (user_id, day) GROUP BY 1) t
LEFT JOIN listening_sessions s ON s.user_id = t.user_id AND s.started_at < t.hi
  AND s.started_at >= coalesce((SELECT max(b.started_at) FROM listening_sessions b
    WHERE b.user_id = t.user_id AND b.started_at <= t.lo), '-infinity')
GROUP BY t.user_id, t.lo, t.hi
"""
END_SESSIONS = """
DELETE FROM listening_sessions s
USING unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS x (user_id, lo, hi)
WHERE s.user_id = x.user_id AND s.started_at >= x.lo AND s.started_at <= x.hi
RETURNING s.user_id, s.started_at
"""
# A session begins with its first play's start. Plays are in order of their ends, so the latest end
# before a play is that of the one before it.
SESSIONS = """
INSERT INTO listening_sessions (user_id, started_at, ended_at, plays, ms)
SELECT user_id, min(started_at) FILTER (WHERE is_first), max(ended_at), count(*), sum(ms)
FROM (
  SELECT *, sum(is_first::integer)
    OVER (PARTITION BY user_id ORDER BY ended_at, track_id) AS session
  FROM (
    SELECT p.user_id, p.ended_at, p.track_id, p.ms,
      p.ended_at - p.ms * interval '1 millisecond' AS started_at,
      coalesce(p.ended_at - p.ms * interval '1 millisecond' - lag(p.ended_at) OVER w >= %s, true)
        AS is_first
    FROM ({plays}) p WINDOW w AS (PARTITION BY p.user_id ORDER BY p.ended_at, p.track_id)) told) n
GROUP BY user_id, session
"""
LENGTH = "p.user_id, p.ended_at, p.track_id, coalesce(p.ms_played, t.duration_ms, 0) AS ms"
PLAYS_WITHIN = f"""
SELECT {LENGTH}
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS x (user_id, lo, hi)
CROSS JOIN LATERAL (SELECT * FROM plays p WHERE p.user_id = x.user_id AND p.ended_at >= x.lo
  AND p.ended_at <= x.hi OFFSET 0) p LEFT JOIN tracks t ON t.id = p.track_id
"""  # noqa: S608 - our own names
SESSIONS_WITHIN = SESSIONS.format(plays=PLAYS_WITHIN) + "RETURNING user_id, started_at"
SESSIONS_OF_ALL = SESSIONS.format(
    plays=f"""
SELECT {LENGTH} FROM plays p LEFT JOIN tracks t ON t.id = p.track_id WHERE p.user_id = %s
"""  # noqa: S608 - our own names
)


def count_added(days: Sequence[tuple[int, date]]) -> None:
    """Count days that plays were added to, each with its listener; no play went."""
    columns = [user_id for user_id, _ in days], [day for _, day in days]
    db.query(HOURS_OF_DAYS, *columns)
    rhythm_rollups.count_changed(days, _count_sessions(*columns))


def count_days(user_id: int, days: Collection[date]) -> None:
    """Count days of a listener on which plays came, went or changed."""
    touched = sorted(days)
    columns = [user_id] * len(touched), touched
    for table in ("hourly_listening", "daily_skips"):
        db.query(
            f"DELETE FROM {table} WHERE user_id = %s AND day = ANY(%s)",  # noqa: S608 - our names
            user_id,
            touched,
        )
    db.query(HOURS_OF_DAYS, *columns)
    db.query(SKIPS_OF_DAYS, *columns)
    began = _count_sessions(*columns)
    rhythm_rollups.count_changed([(user_id, day) for day in touched], began)


def count_all(user_id: int) -> None:
    """Count everything of a listener anew."""
    for table in ("hourly_listening", "daily_skips", "listening_sessions"):
        db.query(f"DELETE FROM {table} WHERE user_id = %s", user_id)  # noqa: S608 - our names
    db.query(HOURS_OF_ALL, user_id)
    db.query(SKIPS_OF_ALL, user_id)
    db.query(SESSIONS_OF_ALL, SILENCE, user_id)
    rhythm_rollups.count_all(user_id)


def _count_sessions(user_ids: list[int], days: list[date]) -> list[tuple[int, datetime]]:
    """Make sessions anew; tell when those began that were there, or are there now."""
    spans = db.query(NEAR, user_ids, days)
    columns = [list(column) for column in zip(*spans, strict=True)]
    gone = db.query(END_SESSIONS, *columns)
    made = db.query(SESSIONS_WITHIN, SILENCE, *columns)
    return [(user_id, began) for user_id, began in {*gone, *made}]
