"""Reports become plays: the rules of `domain.plays`, set by set.

One source of one import at a time, inside the caller's transaction, which holds the listener's
plays (`plays.lock`). `domain.plays.match` says what must come out; a test holds the two together.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from webapp import db
from webapp.domain.plays import (
    BY_LENGTH,
    COUNTS_FROM,
    RANK,
    STARTERS,
    STARTS,
    bit,
    tolerance,
)
from webapp.domain.reports import Source

# Copies within the import are few: only those are put in order. The rows stay in theirs.
FROM_ROWS = """
WITH plays AS (SELECT * FROM import_rows WHERE import_id = %s AND source = %s AND told = 'play'),
copies AS (
  SELECT file, number, row_number() OVER (PARTITION BY hash ORDER BY file, number) AS nth
  FROM plays WHERE hash IN (SELECT hash FROM plays GROUP BY hash HAVING count(*) > 1))
SELECT r.file::bigint << 32 | r.number AS id, r.file, r.number, r.at,
  s.track_id, t.isrc, t.match_key, r.ms_played, r.done, r.skipped, r.hash, r.raw, r.context_uri,
  %s::timestamptz AS seen_at, NULL::bigint AS sync_id,
  r.at + CASE WHEN r.is_start
    THEN coalesce(r.ms_played, s.duration_ms, t.duration_ms, 0) ELSE 0 END
    * interval '1 millisecond' AS ended_at,
  CASE WHEN r.is_start THEN r.at
    ELSE r.at - coalesce(r.ms_played, t.duration_ms) * interval '1 millisecond' END AS start_at,
  r.is_start AND coalesce(r.ms_played, s.duration_ms, t.duration_ms) IS NULL AS end_unknown,
  r.ms_played IS NULL OR r.done OR r.ms_played >= %s AS counts,
  p.hash IS NOT NULL OR coalesce(c.nth > 1, false) AS had
FROM plays r
JOIN found_songs s ON s.song = r.song JOIN tracks t ON t.id = s.track_id
LEFT JOIN copies c ON c.file = r.file AND c.number = r.number
LEFT JOIN play_reports p ON p.user_id = %s AND p.hash = r.hash
"""

FROM_REPORTS = """
SELECT r.id, r.file, r.number, r.at, r.track_id, t.isrc, t.match_key, r.ms_played, r.done,
  r.skipped, r.hash, r.raw, r.context_uri, r.seen_at, r.sync_id, r.ended_at,
  CASE WHEN starts THEN r.at ELSE r.ended_at
    - coalesce(r.ms_played, t.duration_ms) * interval '1 millisecond' END AS start_at,
  starts AND r.at = r.ended_at AS end_unknown,
  r.ms_played IS NULL OR r.done OR r.ms_played >= %s AS counts, false AS had
FROM play_reports r JOIN tracks t ON t.id = r.track_id
CROSS JOIN (SELECT %s::boolean AS starts) told
WHERE r.user_id = %s AND r.source = %s AND (%s::bigint[] IS NULL OR r.id = ANY(%s))
"""

# Plays that others told of, about when this source tells of some; a table, so that the planner
# knows how many they are, however many came a moment ago.
OTHERS = """
SELECT p.ended_at, p.track_id, t.isrc, t.match_key, p.end_unknown, w.seconds, p.source,
  w.starts, CASE WHEN p.end_unknown THEN p.ended_at ELSE p.ended_at
    - coalesce(p.ms_played, t.duration_ms) * interval '1 millisecond' END AS start_at
FROM plays p JOIN tracks t ON t.id = p.track_id
JOIN unnest(%s::text[], %s::integer[], %s::boolean[]) AS w (source, seconds, starts)
  ON w.source = p.source
WHERE p.user_id = %s AND p.witnesses & %s = 0
  AND p.ended_at >= (SELECT min(least(start_at, ended_at)) FROM told) - %s
  AND p.ended_at <= (SELECT max(ended_at) FROM told) + %s
"""

# When such a play began its best source told, whatever length it or the catalogue knows; where it
# told no more, the start stands for the end. A table of its own: where the planner expects few, it
# would look at each report for each play.
BEGAN = """
SELECT r.play_ended_at AS ended_at, r.play_track_id AS track_id, r.source, min(r.at) AS at
FROM play_reports r
WHERE r.user_id = %s AND r.source = ANY(%s)
  AND r.at <> r.ended_at
  AND r.play_ended_at >= (SELECT min(ended_at) FROM others WHERE starts)
  AND r.play_ended_at <= (SELECT max(ended_at) FROM others WHERE starts)
GROUP BY 1, 2, 3
"""
BEGIN_AS_TOLD = """
UPDATE others o SET start_at = b.at FROM began b
WHERE o.ended_at = b.ended_at AND o.track_id = b.track_id AND o.source = b.source
  AND o.start_at IS DISTINCT FROM b.at
"""
ANY_STARTS = "SELECT 1 FROM others WHERE starts LIMIT 1"

# Near enough to be worth a look: put into buckets as long as the widest tolerance, what is near
# lies in the same one or the next. Ends are compared with ends; but starts with starts where both
# sources tell those, or where only one of the two knows how long it was.
PAIRS = """
SELECT r.id, o.ended_at, o.track_id, abs(extract(epoch FROM r.{moment} - o.{moment})) AS apart,
  r.track_id <> o.track_id AS other_id
FROM others o CROSS JOIN (VALUES (-1), (0), (1)) AS steps (step)
JOIN told r ON floor(extract(epoch FROM r.{moment}) / {width})::bigint
  = floor(extract(epoch FROM o.{moment}) / {width})::bigint + step
WHERE NOT r.had AND abs(extract(epoch FROM r.{moment} - o.{moment})) <= o.seconds
  AND (r.track_id = o.track_id OR r.isrc = o.isrc
       OR (r.match_key <> '' AND r.match_key = o.match_key))
  AND ((r.end_unknown <> o.end_unknown OR ({starts} AND o.starts))
    AND r.start_at IS NOT NULL AND o.start_at IS NOT NULL) = {by_start}
"""
WIDTH = int(STARTS.total_seconds())
BY_END = PAIRS.format(moment="ended_at", by_start=False, width=WIDTH, starts="%s")
BY_START = PAIRS.format(moment="start_at", by_start=True, width=WIDTH, starts="%s")

ANY_BY_START = """
SELECT 1 WHERE EXISTS (SELECT FROM told WHERE end_unknown)
  OR EXISTS (SELECT FROM others WHERE end_unknown)
  OR (%s AND EXISTS (SELECT FROM others WHERE starts))
"""

LONGEST = timedelta(days=1)
"""Nothing is heard for longer at a stretch: so far apart may be where two lie of which one tells
its start."""

JOINED = """
SELECT id, ended_at, track_id, ended_at AS new_ended_at, track_id AS new_track_id
FROM pairs LIMIT 0
"""

# Who is nearest to each other goes together; then the next nearest of those left.
JOIN_NEAREST = """
WITH ranked AS (
  SELECT id, ended_at, track_id,
    row_number() OVER (PARTITION BY id ORDER BY apart, other_id, ended_at, track_id) AS of_row,
    row_number() OVER (PARTITION BY ended_at, track_id ORDER BY apart, other_id, id) AS of_play
  FROM pairs)
INSERT INTO joined SELECT id, ended_at, track_id, ended_at, track_id FROM ranked
WHERE of_row = 1 AND of_play = 1 RETURNING id
"""

# Two statements, because a join by one thing or another compares all with all.
DROP_ROWS = "DELETE FROM pairs p USING joined j WHERE p.id = j.id"
DROP_PLAYS = """
DELETE FROM pairs p USING joined j WHERE p.ended_at = j.ended_at AND p.track_id = j.track_id
"""

# The best source's word on time and track stands, unless another play has that very name.
RENAME = """
WITH first AS (
  SELECT DISTINCT ON (t.ended_at, t.track_id) j.id, t.ended_at, t.track_id
  FROM joined j JOIN told t ON t.id = j.id ORDER BY t.ended_at, t.track_id, j.id)
UPDATE joined j SET new_ended_at = first.ended_at, new_track_id = first.track_id
FROM first, plays p
WHERE first.id = j.id AND p.user_id = %s AND p.source = ANY(%s)
  AND p.ended_at = j.ended_at AND p.track_id = j.track_id
  AND NOT EXISTS (SELECT 1 FROM plays other WHERE other.user_id = p.user_id
    AND other.ended_at = first.ended_at AND other.track_id = first.track_id)
"""

# Put together beforehand: the planner takes a play's time and track for unrelated, expects a row or
# two, and would look through `told` for each.
SUPPORT = """
WITH t AS MATERIALIZED (
  SELECT j.ended_at AS play_ended_at, j.track_id AS play_track_id, j.new_ended_at, j.new_track_id,
    t.ended_at, t.end_unknown, t.context_uri, t.ms_played
  FROM joined j JOIN told t ON t.id = j.id)
UPDATE plays p SET witnesses = p.witnesses | %s,
  ended_at = t.new_ended_at, track_id = t.new_track_id,
  end_unknown = CASE WHEN t.new_ended_at = t.ended_at THEN t.end_unknown ELSE p.end_unknown END,
  source = CASE WHEN p.source = ANY(%s) THEN %s ELSE p.source END,
  context_uri = coalesce(p.context_uri, t.context_uri),
  ms_played = CASE WHEN p.ms_played IS NULL OR (t.ms_played IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM play_reports r WHERE r.user_id = p.user_id AND r.play_ended_at = p.ended_at
      AND r.play_track_id = p.track_id AND r.ms_played IS NOT NULL AND r.source = ANY(%s)))
    THEN t.ms_played ELSE p.ms_played END
FROM t
WHERE p.user_id = %s AND p.ended_at = t.play_ended_at AND p.track_id = t.play_track_id
"""

FOLLOW = """
UPDATE play_reports r SET play_ended_at = j.new_ended_at, play_track_id = j.new_track_id
FROM joined j
WHERE r.user_id = %s AND r.play_ended_at = j.ended_at AND r.play_track_id = j.track_id
  AND (j.new_ended_at, j.new_track_id) <> (j.ended_at, j.track_id)
"""

# The verdict needs them in the order of time and track, which is that of the keys of plays and
# reports: they are written as they lie.
JUDGED = """
SELECT t.*, coalesce(j.new_ended_at, t.ended_at) AS play_ended_at,
  coalesce(j.new_track_id, t.track_id) AS play_track_id,
  CASE WHEN j.id IS NOT NULL THEN 'merged' WHEN NOT t.counts THEN 'short'
    WHEN p.user_id IS NOT NULL OR row_number() OVER (
      PARTITION BY t.ended_at, t.track_id, j.id IS NULL AND t.counts
      ORDER BY t.ms_played DESC NULLS LAST, t.id) > 1 THEN 'merged'
    ELSE 'new' END AS verdict
FROM told t LEFT JOIN joined j ON j.id = t.id
LEFT JOIN plays p ON p.user_id = %s AND p.ended_at = t.ended_at AND p.track_id = t.track_id
WHERE NOT t.had
"""

NEW_PLAYS = """
INSERT INTO plays
  (user_id, ended_at, track_id, source, context_uri, ms_played, seen_at, sync_id, witnesses,
   end_unknown)
SELECT %s, ended_at, track_id, %s, context_uri, ms_played, seen_at, sync_id, %s, end_unknown
FROM judged WHERE verdict = 'new'
"""

NEW_REPORTS = """
INSERT INTO play_reports (user_id, import_id, file, number, source, at, ended_at, track_id,
  context_uri, ms_played, done, skipped, hash, raw, seen_at, verdict, play_ended_at, play_track_id)
SELECT %s, %s, file, number, %s, at, ended_at, track_id, context_uri, ms_played, done, skipped,
  hash, raw, seen_at, verdict, CASE WHEN verdict <> 'short' THEN play_ended_at END,
  CASE WHEN verdict <> 'short' THEN play_track_id END
FROM judged
"""

REJUDGED = """
UPDATE play_reports r SET verdict = j.verdict,
  play_ended_at = CASE WHEN j.verdict <> 'short' THEN j.play_ended_at END,
  play_track_id = CASE WHEN j.verdict <> 'short' THEN j.play_track_id END
FROM judged j WHERE r.user_id = %s AND r.id = j.id
"""

TOUCHED = """
SELECT DISTINCT (moment AT TIME ZONE u.time_zone)::date FROM users u, (
  SELECT ended_at FROM judged WHERE verdict = 'new'
  UNION ALL SELECT ended_at FROM joined UNION ALL SELECT new_ended_at FROM joined) m (moment)
WHERE u.id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of a source's rows: `had` are exact copies; days are those that changed."""

    new: int = 0
    merged: int = 0
    short: int = 0
    had: int = 0
    days: frozenset[date] = frozenset()


def merge_rows(user_id: int, import_id: int, source: Source, now: datetime) -> Merged:
    """Turn the staged rows of one source into reports and plays; `found_songs` must be there."""
    _make("told", FROM_ROWS, import_id, source, now, _least_ms(), user_id)
    _judge(user_id, source)
    db.query(NEW_PLAYS, user_id, source, bit(source))
    db.query(NEW_REPORTS, user_id, import_id if import_id > 0 else None, source)
    return _merged(user_id)


def judge_again(user_id: int, source: Source, report_ids: list[int] | None = None) -> Merged:
    """Judge what a source told anew, all of it or some reports, whose verdicts must be undone."""
    starts = source in STARTERS
    _make("told", FROM_REPORTS, _least_ms(), starts, user_id, source, report_ids, report_ids)
    _judge(user_id, source)
    db.query(NEW_PLAYS, user_id, source, bit(source))
    db.query(REJUDGED, user_id)
    return _merged(user_id)


def _judge(user_id: int, source: Source) -> None:
    others = [other for other in Source if other is not source]
    worse = [other for other in others if RANK.index(other) > RANK.index(source)]
    seconds = [int(tolerance(source, other).total_seconds()) for other in others]
    starts = [other in STARTERS for other in others]
    span = (STARTS, STARTS + LONGEST)
    _make("others", OTHERS, others, seconds, starts, user_id, bit(source), *span)
    if db.query(ANY_STARTS):
        _make("began", BEGAN, user_id, sorted(STARTERS))
        db.query(BEGIN_AS_TOLD)
    tells_starts = source in STARTERS
    _make("pairs", BY_END, tells_starts)
    if db.query(ANY_BY_START, tells_starts):
        db.query(f"INSERT INTO pairs {BY_START}", tells_starts)
    _make("joined", JOINED)
    while db.query(JOIN_NEAREST):
        db.query(DROP_ROWS)
        db.query(DROP_PLAYS)
    db.query("ANALYZE joined")
    db.query(RENAME, user_id, worse)
    better = list(BY_LENGTH[: BY_LENGTH.index(source)])
    db.query(SUPPORT, bit(source), worse, source, better, user_id)
    db.query(FOLLOW, user_id)
    _make("judged", JUDGED, user_id)


def _merged(user_id: int) -> Merged:
    counts = dict(db.query("SELECT verdict, count(*) FROM judged GROUP BY verdict"))
    had = db.query("SELECT count(*) FROM told WHERE had")[0][0]
    days = frozenset(row[0] for row in db.query(TOUCHED, user_id))
    return Merged(**counts, had=had, days=days)


def _make(table: str, select: str, *values: Any) -> None:
    """Make a table of this transaction, and let the planner know it."""
    db.query(f"DROP TABLE IF EXISTS {table}")
    db.query(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {select}", *values)
    db.query(f"ANALYZE {table}")


def _least_ms() -> int:
    return int(COUNTS_FROM / timedelta(milliseconds=1))
