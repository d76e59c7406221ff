"""Reports of plays and all that hangs on them, out of an archive: what of it is missing here."""

from collections import Counter
from datetime import datetime

from webapp import db
from webapp.domain.errors import ExportError, ExportFault
from webapp.queries.restored_lines import Staged, run, told

IMPORTS = told(
    "number integer, status text, origin text, account text, phase text, rows_done integer,"
    " bytes_total bigint, bytes_done bigint, receipt jsonb, error text, error_detail text,"
    " created_at timestamptz, started_at timestamptz, read_at timestamptz, updated_at timestamptz,"
    " completed_at timestamptz, files jsonb",
    "{join}",
)
OF_NEW = "JOIN restored_imports i ON i.number = told.{number} AND i.new"

# An import is known by when its files came, and how much. Ids of new ones follow their order.
NUMBER_IMPORTS = f"""
CREATE TEMP TABLE restored_imports ON COMMIT DROP AS
SELECT number, coalesce(known, nextval(pg_get_serial_sequence('imports', 'id'))) AS id,
  known IS NULL AS new
FROM (SELECT told.number, (SELECT min(i.id) FROM imports i WHERE i.user_id = %(user)s
    AND i.id <> l.import_id AND (i.created_at, i.origin, i.bytes_total)
      = (told.created_at, told.origin, told.bytes_total)) AS known
  {IMPORTS.format(join="")} ORDER BY told.number) numbered
"""  # noqa: S608 - our own names

NAMES = (
    "status, origin, account, phase, rows_done, bytes_total, bytes_done, receipt, error,"
    " error_detail, created_at, started_at, read_at, updated_at, completed_at"
)
ADD_IMPORTS = f"""
INSERT INTO imports (id, user_id, {NAMES}) OVERRIDING SYSTEM VALUE
SELECT i.id, %(user)s, {NAMES} {IMPORTS.format(join=OF_NEW.format(number="number"))}
"""

FILES = """
CROSS JOIN LATERAL jsonb_to_recordset(told.files) AS f (file smallint, upload smallint, name text,
  kind text, bytes bigint, rows integer, refusal text)
"""
ADD_FILES = f"""
INSERT INTO import_files (import_id, file, upload, name, kind, bytes, rows, refusal)
SELECT i.id, f.file, f.upload, f.name, f.kind, f.bytes, f.rows, f.refusal
{IMPORTS.format(join=OF_NEW.format(number="number") + FILES)}
"""

SPAN = '"import" integer, file smallint, first_number integer, last_number integer'
OF_NEW_IMPORT = OF_NEW.format(number='"import"')
ADD_RAW = f"""
INSERT INTO import_raw (user_id, import_id, file, first_number, last_number, body)
SELECT %(user)s, i.id, told.file, first_number, last_number, l.body {told(SPAN, OF_NEW_IMPORT)}
"""

ADD_LEFT_OUT = f"""
INSERT INTO import_left_out (import_id, file, first_number, last_number, outcome, reason)
SELECT i.id, told.file, first_number, last_number, outcome, reason
{told(SPAN + ", outcome text, reason text", OF_NEW_IMPORT)}
"""

REPORTS = told(
    'hash uuid, "import" integer, file smallint, number integer, source text, at timestamptz,'
    " ended_at timestamptz, track_id text, context_uri text, ms_played integer, done boolean,"
    " skipped boolean, raw jsonb, seen_at timestamptz, verdict text, play_ended_at timestamptz,"
    " play_track_id text",
    'LEFT JOIN restored_imports i ON i.number = told."import"',
)
ADD_REPORTS = f"""
WITH new AS (
  INSERT INTO play_reports (user_id, import_id, file, number, source, at, ended_at, track_id,
    context_uri, ms_played, done, skipped, hash, raw, seen_at, verdict, play_ended_at,
    play_track_id)
  SELECT %(user)s, i.id, told.file, told.number, source, at, ended_at, track_id, context_uri,
    ms_played, done, skipped, hash, raw, seen_at, verdict, play_ended_at, play_track_id
  {REPORTS} ORDER BY l.number ON CONFLICT (user_id, hash) DO NOTHING RETURNING verdict)
SELECT verdict, count(*) FROM new GROUP BY verdict
"""  # noqa: S608 - our own names

# A report tells of a track that is known, by an import that is told, and of a play if it has one.
LOST = f"""
SELECT 1 {REPORTS} AND (
  NOT EXISTS (SELECT 1 FROM tracks t WHERE t.id = track_id)
  OR (play_track_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM tracks t WHERE t.id = play_track_id))
  OR (play_track_id IS NULL) <> (play_ended_at IS NULL)
  OR (play_track_id IS NULL) <> (verdict IN ('short', 'set_aside'))
  OR (told."import" IS NOT NULL AND i.id IS NULL)) LIMIT 1
"""  # noqa: S608 - our own names

# What was said of a report here stands.
ADD_DECISIONS = f"""
INSERT INTO play_decisions (user_id, report_id, wish, decided_at)
SELECT %(user)s, r.id, wish, decided_at
{
    told(
        "report uuid, wish text, decided_at timestamptz",
        "JOIN play_reports r ON r.user_id = %(user)s AND r.hash = told.report",
    )
} AND NOT EXISTS (SELECT 1 FROM play_decisions here
  WHERE here.user_id = %(user)s AND here.report_id = r.id)
ORDER BY l.number
"""  # noqa: S608 - our own names

ADD_ADOPTIONS = f"""
INSERT INTO adoptions (user_id, name_id, track_id) SELECT %(user)s, name_id, track_id
{told("name_id text, track_id text")} ON CONFLICT DO NOTHING
"""

INSIDE = """
EXISTS (SELECT 1 FROM play_reports r
  WHERE r.user_id = g.user_id AND r.ended_at > g.after_at AND r.ended_at < g.before_at)
"""

NOTE_GAPS = f"""
CREATE TEMP TABLE bare_gaps ON COMMIT DROP AS SELECT g.* FROM listening_gaps g
WHERE g.user_id = %(user)s AND g.closed_at IS NULL AND NOT {INSIDE}
"""  # noqa: S608 - our own names

# A gap that was noticed here is filled by what an archive tells in it.
CLOSE_GAPS = f"""
UPDATE listening_gaps g SET closed_at = %(now)s, closed_by = 'backspin' FROM bare_gaps b
WHERE g.user_id = %(user)s AND (g.after_at, g.before_at) = (b.after_at, b.before_at) AND {INSIDE}
"""  # noqa: S608 - our own names

ADD_GAPS = f"""
INSERT INTO listening_gaps (user_id, after_at, before_at, found_at, closed_at, closed_by)
SELECT %(user)s, after_at, before_at, found_at, closed_at, closed_by
{
    told(
        "after_at timestamptz, before_at timestamptz, found_at timestamptz, closed_at timestamptz,"
        " closed_by text"
    )
} ON CONFLICT DO NOTHING
"""

# Who was not asked yet here goes on as they were asked there.
ADD_STATE = f"""
INSERT INTO archive_states (user_id, due_at, every_minutes, polled_at, last_new, last_gap_at)
SELECT %(user)s, %(now)s, every_minutes, polled_at, last_new, last_gap_at
{
    told("every_minutes integer, polled_at timestamptz, last_new integer, last_gap_at timestamptz")
} LIMIT 1
ON CONFLICT (user_id) DO UPDATE SET every_minutes = excluded.every_minutes,
  polled_at = excluded.polled_at, last_new = excluded.last_new,
  last_gap_at = excluded.last_gap_at WHERE archive_states.polled_at IS NULL
"""

COUNT = """
SELECT count(*) FROM import_lines
WHERE import_id = %(import)s AND file = %(file)s AND member = %(member)s
"""


def has_reports(user_id: int) -> bool:
    """Tell whether anybody told of plays of a listener here."""
    return bool(db.query("SELECT 1 FROM play_reports WHERE user_id = %s LIMIT 1", user_id))


def add_imports(staged: Staged) -> None:
    """Bring imports with their files, their rows as told, and what was left out of them."""
    db.query("DROP TABLE IF EXISTS restored_imports")
    run(NUMBER_IMPORTS, staged, "imports")
    db.query("ANALYZE restored_imports")
    run(ADD_IMPORTS, staged, "imports")
    run(ADD_FILES, staged, "imports")
    run(ADD_RAW, staged, "import_rows")
    run(ADD_LEFT_OUT, staged, "import_left_out")


def add_reports(staged: Staged) -> Counter[str]:
    """Bring reports, as they stood; count them by verdict, and as `had` those that are here.

    The imports and the catalogue go first. Raises ExportError: `incomplete`.
    """
    if run(LOST, staged, "play_reports"):
        raise ExportError(ExportFault.INCOMPLETE, file="play_reports.jsonl")
    new = Counter({verdict: int(n) for verdict, n in run(ADD_REPORTS, staged, "play_reports")})
    told_of = int(run(COUNT, staged, "play_reports")[0][0])
    return new + Counter(had=told_of - new.total())


def add_decisions(staged: Staged) -> None:
    """Bring what the listener said of reports, and what their songs turned out to be."""
    run(ADD_DECISIONS, staged, "play_decisions")
    run(ADD_ADOPTIONS, staged, "adoptions")


def note_gaps(staged: Staged) -> None:
    """Remember the gaps in which nobody told of anything; before the reports come."""
    db.query("DROP TABLE IF EXISTS bare_gaps")
    db.query_by_name(NOTE_GAPS, user=staged.user_id)


def add_gaps(staged: Staged, now: datetime) -> None:
    """Bring gaps; of those that were noticed here some may be filled now."""
    db.query_by_name(CLOSE_GAPS, user=staged.user_id, now=now)
    run(ADD_GAPS, staged, "listening_gaps")


def add_state(staged: Staged, now: datetime) -> None:
    """Bring how Spotify was asked."""
    run(ADD_STATE, staged, "archive_state", now=now)
