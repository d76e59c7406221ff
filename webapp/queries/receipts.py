"""The receipt of an import: what became of each row, in totals and row by row.

Rows that tell of plays are reports, and carry their verdict. What else a file had is kept as
spans of numbers: copies of rows we had, speech, and what could not be read.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from webapp import db
from webapp.domain.imports import Outcome

SPANS = """
INSERT INTO import_left_out (import_id, file, first_number, last_number, outcome, reason)
SELECT %s, file, min(number), max(number), outcome, reason FROM (
  SELECT file, number, outcome, reason, number - row_number() OVER (
    PARTITION BY file, outcome, reason ORDER BY number) AS island
  FROM ({rows}) r) numbered
GROUP BY file, outcome, reason, island
"""

COPIES = SPANS.format(
    rows="SELECT file, number, 'had' AS outcome, '' AS reason FROM told WHERE had"
)
OTHERS = SPANS.format(
    rows="SELECT file, number, told AS outcome, reason FROM import_rows"
    " WHERE import_id = %s AND told <> 'play'"
)

TOTALS = """
SELECT outcome, sum(n) FROM (
  SELECT CASE verdict WHEN 'set_aside' THEN 'merged' ELSE verdict END AS outcome, count(*) AS n
  FROM play_reports WHERE user_id = %s AND import_id = %s GROUP BY verdict
  UNION ALL SELECT outcome, sum(last_number - first_number + 1)
  FROM import_left_out WHERE import_id = %s GROUP BY outcome) parts
GROUP BY outcome
"""

LINES = """
SELECT file, number, outcome, reason, ended_at, artist_names, name, ms_played FROM (
  SELECT r.file, r.number, r.verdict AS outcome, '' AS reason, r.ended_at, t.artist_names, t.name,
    r.ms_played
  FROM play_reports r LEFT JOIN tracks t ON t.id = r.track_id
  WHERE r.user_id = %s AND r.import_id = %s AND r.file = %s AND r.number BETWEEN %s AND %s
  UNION ALL
  SELECT l.file, n, l.outcome, l.reason, NULL, NULL, NULL, NULL
  FROM import_left_out l, generate_series(
    greatest(l.first_number, %s), least(l.last_number, %s)) AS n
  WHERE l.import_id = %s AND l.file = %s) lines
ORDER BY number
"""

AT_A_TIME = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one row; names and times where the row told of a play that is kept."""

    file: int
    number: int
    outcome: str
    reason: str
    ended_at: object
    artist: str | None
    title: str | None
    ms_played: int | None


def leave_out_copies(import_id: int) -> None:
    """Note the rows we had, of the source that was merged last."""
    db.query(COPIES, import_id)


def leave_out_others(import_id: int) -> None:
    """Note speech and what could not be read."""
    db.query(OTHERS, import_id, import_id)


def totals(user_id: int, import_id: int) -> Counter[Outcome]:
    """Count outcomes; a listener's later word on a row does not change the sum."""
    rows = db.query(TOTALS, user_id, import_id, import_id)
    return Counter({Outcome(outcome): int(count) for outcome, count in rows})


def iter_lines(user_id: int, import_id: int, file: int, rows: int) -> Iterator[Line]:
    """Give what became of every row of a file, in its order, some thousands at a time."""
    for first in range(1, rows + 1, AT_A_TIME):
        last = min(rows, first + AT_A_TIME - 1)
        span = (first, last)
        found = db.query(LINES, user_id, import_id, file, *span, *span, import_id, file)
        for row in found:
            yield Line(
                file=row[0],
                number=row[1],
                outcome=row[2],
                reason=row[3],
                ended_at=row[4],
                artist=row[5],
                title=row[6],
                ms_played=row[7],
            )
