"""Days, hours of the day, sessions and skips, each made anew where plays changed.

Days and hours are the listener's. A session is a run of plays with less than half an hour of
silence between the end of one and the start of the next; it may go past midnight. Whether a play
was skipped only some sources tell. The caller holds the listeners' plays (`plays.lock`).
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from webapp import db
from webapp.queries import rhythm_rollups
from webapp.queries.touched import Touched

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
# Wherever a listener lives, their day lies within these 56 hours: that is for the index, which
# OFFSET 0 makes sure of: where one listener has most of the plays, the planner would read them all.
# Which plays belong to a day only the time zone tells; some days begin twice, or not at all.
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
# Plays are read once for both. What a track is, is looked up for each play, however many the
# planner expects.
DAYS_AND_HOURS = f"""
WITH heard AS MATERIALIZED (
  SELECT p.user_id, touched.day, extract(hour FROM p.ended_at AT TIME ZONE u.time_zone) AS hour,
    p.track_id, coalesce(p.ms_played,
      (SELECT duration_ms FROM tracks WHERE id = p.track_id)) AS ms,
    (SELECT artist_id FROM track_artists WHERE track_id = p.track_id AND position = 0) AS artist_id
  FROM {TOUCHED.format(log="plays")}),
hours AS (
  INSERT INTO hourly_listening (user_id, day, hour, plays, ms)
  SELECT user_id, day, hour, count(*), coalesce(sum(ms), 0) FROM heard GROUP BY 1, 2, 3
  ON CONFLICT (user_id, day, hour) DO UPDATE SET plays = excluded.plays, ms = excluded.ms)
INSERT INTO daily_listening
  (user_id, day, plays, ms, tracks, artists, top_track_id, top_artist_id)
SELECT user_id, day, count(*), coalesce(sum(ms), 0), count(DISTINCT track_id),
  count(DISTINCT artist_id), mode() WITHIN GROUP (ORDER BY track_id),
  mode() WITHIN GROUP (ORDER BY artist_id)
FROM heard GROUP BY 1, 2
ON CONFLICT (user_id, day) DO UPDATE SET
  plays = excluded.plays, ms = excluded.ms, tracks = excluded.tracks, artists = excluded.artists,
  top_track_id = excluded.top_track_id, top_artist_id = excluded.top_artist_id
"""  # noqa: S608 - our own names
FORGET_HOURS = """
WITH went AS (SELECT * FROM unnest(%s::bigint[], %s::date[], %s::integer[]) x (user_id, day, hour)),
hours AS (
  DELETE FROM hourly_listening h USING went
  WHERE h.user_id = went.user_id AND h.day = went.day AND h.hour = went.hour)
DELETE FROM daily_listening d USING went WHERE d.user_id = went.user_id AND d.day = went.day
"""
HOURS_OF_ALL = WRITE_HOURS.format(plays=ALL.format(log="plays"))

WRITE_SKIPS = """
INSERT INTO daily_skips (user_id, day, told, skipped)
SELECT p.user_id, (p.ended_at AT TIME ZONE u.time_zone)::date, count(*),
  count(*) FILTER (WHERE p.skipped)
FROM {reports} WHERE p.skipped IS NOT NULL GROUP BY 1, 2
"""
SKIPS_OF_DAYS = WRITE_SKIPS.format(reports=TOUCHED.format(log="play_reports"))
SKIPS_OF_ALL = WRITE_SKIPS.format(reports=ALL.format(log="play_reports"))

# Plays that changed can't change more than the sessions of the plays before and after them, and
# what lies between. Sessions lie apart, so the last that begins before a play ends is the play's.
# Where the session before ended before anything changed, it stands as it is: some never end, and
# each look would read them from their beginning. Then plays are read since its end alone.
SPAN = """
SELECT x.user_id, coalesce(s.started_at, '-infinity') AS lo, s.ended_at < x.first AS stands,
  coalesce(CASE WHEN s.ended_at < x.first THEN s.ended_at + interval '1 microsecond'
    ELSE s.started_at END, '-infinity') AS since,
  coalesce((SELECT s.ended_at FROM listening_sessions s WHERE s.user_id = x.user_id
    AND s.started_at <= (SELECT min(p.ended_at) FROM plays p
      WHERE p.user_id = x.user_id AND p.ended_at > x.last)
    ORDER BY s.started_at DESC LIMIT 1), 'infinity') AS hi
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS x (user_id, first, last)
LEFT JOIN LATERAL (SELECT * FROM listening_sessions s WHERE s.user_id = x.user_id
  AND s.started_at <= (SELECT max(p.ended_at) FROM plays p
    WHERE p.user_id = x.user_id AND p.ended_at < x.first)
  ORDER BY s.started_at DESC LIMIT 1) s ON true
"""
# A session begins with its first play's start. Plays are in order of their ends, so the latest end
# before a play is that of the one before it. A session that stands counts as one long play.
RUNS = """
SELECT user_id, min(started_at) FILTER (WHERE is_first), max(ended_at), sum(plays), sum(ms)::bigint
FROM (
  SELECT *, sum(is_first::integer)
    OVER (PARTITION BY user_id ORDER BY ended_at, track_id) AS session
  FROM (
    SELECT p.*, coalesce(p.started_at - lag(p.ended_at) OVER w >= %s, true) AS is_first
    FROM ({plays}) p WINDOW w AS (PARTITION BY p.user_id ORDER BY p.ended_at, p.track_id)) told) n
GROUP BY user_id, session
"""
SESSIONS = f"INSERT INTO listening_sessions (user_id, started_at, ended_at, plays, ms) {RUNS}"
LENGTHS = """
SELECT l.user_id, l.ended_at, l.track_id, 1 AS plays, l.ms,
  l.ended_at - l.ms * interval '1 millisecond' AS started_at
FROM ({lengths}) l
"""
PLAYS_WITHIN = LENGTHS.format(
    lengths="""
SELECT p.* FROM span CROSS JOIN LATERAL (
  SELECT user_id, ended_at, track_id,
    coalesce(ms_played, (SELECT duration_ms FROM tracks WHERE id = track_id), 0) AS ms
  FROM plays WHERE user_id = span.user_id AND ended_at >= span.since AND ended_at <= span.hi
  OFFSET 0) p
"""
)
STANDING = """
SELECT s.user_id, s.ended_at, '', s.plays, s.ms, s.started_at
FROM span JOIN listening_sessions s ON s.user_id = span.user_id AND s.started_at = span.lo
WHERE span.stands
"""
# What differs is written. Gives each month, and the group of lengths, whose sessions changed.
SOME_SESSIONS = f"""
WITH span AS MATERIALIZED ({SPAN}),
was AS MATERIALIZED (
  SELECT s.user_id, s.started_at, s.ended_at, s.plays, s.ms FROM span
  CROSS JOIN LATERAL (SELECT * FROM listening_sessions s WHERE s.user_id = span.user_id
    AND s.started_at >= span.lo AND s.started_at <= span.hi OFFSET 0) s),
now (user_id, started_at, ended_at, plays, ms) AS MATERIALIZED (
  {RUNS.format(plays=f"{PLAYS_WITHIN} UNION ALL {STANDING}")}),
gone AS (
  DELETE FROM listening_sessions s USING was
  WHERE s.user_id = was.user_id AND s.started_at = was.started_at
    AND (was.user_id, was.started_at) NOT IN (SELECT user_id, started_at FROM now)),
written AS (
  INSERT INTO listening_sessions AS s (user_id, started_at, ended_at, plays, ms)
  SELECT * FROM now
  ON CONFLICT (user_id, started_at) DO UPDATE
    SET ended_at = excluded.ended_at, plays = excluded.plays, ms = excluded.ms
    WHERE (s.ended_at, s.plays, s.ms) <> (excluded.ended_at, excluded.plays, excluded.ms))
SELECT DISTINCT s.user_id, date_trunc('month', s.started_at AT TIME ZONE
    (SELECT time_zone FROM users WHERE id = s.user_id))::date,
  width_bucket({rhythm_rollups.LENGTH}, %s::float8[]) - 1
FROM ((TABLE was EXCEPT TABLE now) UNION ALL (TABLE now EXCEPT TABLE was)) s
"""  # noqa: S608 - our own names
SESSIONS_OF_ALL = SESSIONS.format(
    plays=LENGTHS.format(
        lengths="""
SELECT p.user_id, p.ended_at, p.track_id, coalesce(p.ms_played, t.duration_ms, 0) AS ms
FROM plays p LEFT JOIN tracks t ON t.id = p.track_id WHERE p.user_id = %s
"""
    )
)


def count_touched(touched: Collection[Touched]) -> None:
    """Count what plays of any listeners touched, when they came, went or changed.

    Skips are left alone: reports that tell of them come in files, with whole days.
    """
    went = [(play.user_id, play.day, play.local.hour) for play in touched if play.went]
    if went:
        db.query(FORGET_HOURS, *_columns(went))
    db.query(DAYS_AND_HOURS, *_columns(sorted({(play.user_id, play.day) for play in touched})))
    ends: dict[int, list[datetime]] = {}
    for play in touched:
        ends.setdefault(play.user_id, []).append(play.ended_at)
    spans = [(user_id, min(those), max(those)) for user_id, those in ends.items()]
    hours = [(play.user_id, play.day, play.local.hour) for play in touched]
    rhythm_rollups.count_changed(hours, _count_sessions(spans))


def count_days(user_id: int, days: Collection[date]) -> None:
    """Count days of a listener on which plays came, went or changed."""
    touched = sorted(days)
    columns = [user_id] * len(touched), touched
    for table in ("daily_listening", "hourly_listening", "daily_skips"):
        db.query(
            f"DELETE FROM {table} WHERE user_id = %s AND day = ANY(%s)",  # noqa: S608 - our names
            user_id,
            touched,
        )
    db.query(DAYS_AND_HOURS, *columns)
    db.query(SKIPS_OF_DAYS, *columns)
    # A play may have begun hours before its day: that is more than time zones ask for.
    first = datetime.combine(touched[0], time.min, UTC) - timedelta(hours=40)
    last = datetime.combine(touched[-1], time.min, UTC) + timedelta(hours=64)
    hours = [(user_id, day, hour) for day in touched for hour in range(24)]
    rhythm_rollups.count_changed(hours, _count_sessions([(user_id, first, last)]))


def count_all(user_id: int) -> None:
    """Count everything of a listener anew."""
    for table in ("hourly_listening", "daily_skips", "listening_sessions"):
        db.query(f"DELETE FROM {table} WHERE user_id = %s", user_id)  # noqa: S608 - our names
    db.query(HOURS_OF_ALL, user_id)
    db.query(SKIPS_OF_ALL, user_id)
    db.query(SESSIONS_OF_ALL, SILENCE, user_id)
    rhythm_rollups.count_all(user_id)


def _count_sessions(spans: Sequence[tuple[int, datetime, datetime]]) -> list[tuple[int, date, int]]:
    """Make sessions anew between the first and the last of a listener's ends of plays.

    Gives whose lengths are to be counted: the listener, the month, the group of lengths.
    """
    return db.query(SOME_SESSIONS, *_columns(spans), SILENCE, rhythm_rollups.SECONDS)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
