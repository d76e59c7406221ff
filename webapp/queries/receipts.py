"""The receipt of an import: what became of each row, in totals and row by row.

Rows that tell of plays are reports, and carry their verdict. What else a file had is kept as
spans of numbers: copies of rows we had, speech, and what could not be read.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

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
SELECT lines.file, coalesce(f.name, ''), number, outcome, reason, ended_at, t.artist_names, t.name,
  ms_played
FROM (
  SELECT file, number, verdict AS outcome, '' AS reason, ended_at, track_id, ms_played
  FROM play_reports WHERE user_id = %s AND import_id = %s
  UNION ALL
  SELECT l.file, n, l.outcome, l.reason, NULL, NULL, NULL
  FROM import_left_out l, generate_series(l.first_number, l.last_number) AS n
  WHERE l.import_id = %s) lines
LEFT JOIN import_files f ON f.import_id = %s AND f.file = lines.file
LEFT JOIN tracks t ON t.id = lines.track_id
ORDER BY lines.file, number
"""

NOTE_ROWS = """
UPDATE import_files f SET rows = told.rows FROM (
  SELECT file, max(last_number) AS rows FROM import_raw
  WHERE user_id = %s AND import_id = %s GROUP BY file) told
WHERE f.import_id = %s AND f.file = told.file
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one row; names and times where the row told of a play that is kept.

    `outcome` is a verdict where a listener overruled the receipt: "set_aside" is one more.
    """

    file: int
    name: str
    number: int
    outcome: str
    reason: str
    ended_at: datetime | None
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


def note_rows(user_id: int, import_id: int) -> None:
    """Note how many rows each file had."""
    db.query(NOTE_ROWS, user_id, import_id, import_id)


def iter_lines(user_id: int, import_id: int) -> Iterator[Line]:
    """Give what became of every row, file by file in its order, however many there are."""
    names = [field.name for field in fields(Line)]
    for row in db.iterate(LINES, user_id, import_id, import_id, import_id):
        yield Line(**dict(zip(names, row, strict=True)))
