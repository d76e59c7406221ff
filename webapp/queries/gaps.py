"""Gaps in the listening that an import covers."""

from datetime import datetime
from typing import Any

from webapp import db
from webapp.domain.gaps import EXPORTS, FileSpan, spans
from webapp.domain.plays import STARTERS
from webapp.domain.reports import Source

ANY_OPEN = "SELECT 1 FROM listening_gaps WHERE user_id = %s AND closed_at IS NULL LIMIT 1"

# Rows that were known count as well: a second export repeats the first.
FILES = """
SELECT r.source, coalesce(f.upload, r.file), coalesce(f.name, ''), r.first, r.last
FROM (
  SELECT source, file, min(at) AS first, max(at) AS last FROM import_rows
  WHERE import_id = %s AND told = 'play' AND source = ANY(%s) GROUP BY source, file) r
LEFT JOIN import_files f ON f.import_id = %s AND f.file = r.file
"""

CLOSE = """
UPDATE listening_gaps g SET closed_at = %s, closed_by = %s
WHERE g.user_id = %s AND g.closed_at IS NULL AND g.after_at >= %s AND g.before_at <= %s
"""

# Nobody knows what a scrobbler missed. It covers a gap if it told of a play at its beginning or
# before, of one at its end or after, and of one within: all that it ever told counts. A report lies
# where its play does, or those at the edges would lie within.
SCROBBLED = """
WITH told AS (
  SELECT source, min(play_ended_at) AS first, max(play_ended_at) AS last FROM play_reports
  WHERE user_id = %s AND source = ANY(%s) GROUP BY source),
covered AS (
  SELECT DISTINCT ON (o.after_at, o.before_at) o.after_at, o.before_at, told.source
  FROM listening_gaps o JOIN told ON told.first <= o.after_at AND told.last >= o.before_at
  WHERE o.user_id = %s AND o.closed_at IS NULL AND EXISTS (
    SELECT FROM play_reports r WHERE r.user_id = o.user_id AND r.source = told.source
      AND r.play_ended_at > o.after_at AND r.play_ended_at < o.before_at)
  ORDER BY o.after_at, o.before_at, array_position(%s, told.source))
UPDATE listening_gaps g SET closed_at = %s, closed_by = covered.source FROM covered
WHERE g.user_id = %s AND g.after_at = covered.after_at AND g.before_at = covered.before_at
"""


def close(user_id: int, import_id: int, now: datetime) -> None:
    """Close the gaps that are covered with an import, whose rows must still be staged."""
    if not db.query(ANY_OPEN, user_id):
        return
    rows = db.query(FILES, import_id, list(EXPORTS), import_id)
    for span in spans(_file(row) for row in rows):
        db.query(CLOSE, now, span.source, user_id, span.first, span.last)
    scrobblers = [source for source in Source if source in STARTERS]
    db.query(SCROBBLED, user_id, scrobblers, user_id, scrobblers, now, user_id)


def _file(row: tuple[Any, ...]) -> FileSpan:
    source, upload, name, first, last = row
    return FileSpan(source=Source(source), upload=upload, name=name, first=first, last=last)
