"""The library's log out of an archive: what is told, what of it is here, and bringing the rest."""

from dataclasses import dataclass
from datetime import datetime

from webapp import db
from webapp.domain.syncs import Collection
from webapp.queries import restored_lines
from webapp.queries.restored_lines import Staged, run

COLUMNS = {
    "library_events": "kind text, item_id text, event text, item_added_at timestamptz,"
    " seen_at timestamptz, origin text",
    "playlist_versions": "playlist_id text, event text, snapshot_id text, name text,"
    " description text, owner_id text, owner_name text, public boolean, collaborative boolean,"
    " image_url text, total integer, entries jsonb, content_hash text, seen_at timestamptz,"
    " origin text",
    "top_lists": "kind text, time_range text, item_ids text[], seen_at timestamptz",
    "collection_checks": "collection text, result text, swept boolean, total integer, detail text,"
    " checked_at timestamptz",
    "top_songs_marks": "playlist_id text, year integer, marked_at timestamptz",
}

SAME = {
    "library_events": ("kind", "item_id", "seen_at", "event"),
    "playlist_versions": ("playlist_id", "seen_at", "content_hash"),
    "top_lists": ("kind", "time_range", "seen_at"),
    "collection_checks": ("collection", "checked_at"),
    "top_songs_marks": ("playlist_id",),
}
"""By what a line of an archive is known to be here already."""

HISTORY = ("library_events", "playlist_versions", "top_lists")

MISSING = """
NOT EXISTS (SELECT 1 FROM {table} here WHERE here.user_id = %(user)s AND ({here}) = ({told}))
"""

ADD = """
WITH new AS (INSERT INTO {table} (user_id, {names})
  SELECT %(user)s, {names} {told} AND {missing} ORDER BY l.number RETURNING 1)
SELECT count(*) FROM new
"""

COMPARE = """
SELECT count(*), count(*) FILTER (WHERE missing), max(seen_at)
FROM (SELECT seen_at, {missing} AS missing {told}) compared
"""

FIRST_HERE = """
SELECT min(seen_at) FROM (
  SELECT min(seen_at) FROM library_events WHERE user_id = %(user)s
  UNION ALL SELECT min(seen_at) FROM playlist_versions WHERE user_id = %(user)s
  UNION ALL SELECT min(seen_at) FROM top_lists WHERE user_id = %(user)s) firsts (seen_at)
"""

FIRST_LOOKS = """
SELECT collection, min(checked_at) FROM collection_checks
WHERE user_id = %s AND swept AND result <> 'failed' GROUP BY collection
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What an archive tells of the library's past: entries, how many are not here, the last one."""

    entries: int
    missing: int
    last_at: datetime | None


def compare(staged: Staged) -> Past:
    """Compare an archive's log with what is here."""
    found = [run(_sql(COMPARE, table), staged, table)[0] for table in HISTORY]
    return Past(
        entries=sum(entries for entries, _, _ in found),
        missing=sum(missing for _, missing, _ in found),
        last_at=max((last for _, _, last in found if last), default=None),
    )


def first_here(user_id: int) -> datetime | None:
    """Tell when the library's log here begins."""
    first: datetime | None = db.query_by_name(FIRST_HERE, user=user_id)[0][0]
    return first


def first_looks(user_id: int) -> dict[Collection, datetime]:
    """Tell when each collection was read whole for the first time here."""
    return {Collection(name): at for name, at in db.query(FIRST_LOOKS, user_id)}


def playlists_here(user_id: int) -> frozenset[str]:
    """Name the playlists that the log here knows."""
    rows = db.query(
        "SELECT DISTINCT playlist_id FROM playlist_versions WHERE user_id = %s", user_id
    )
    return frozenset(row[0] for row in rows)


def add(staged: Staged, table: str) -> int:
    """Bring the lines of one log that are not here; return how many."""
    return int(run(_sql(ADD, table), staged, table)[0][0])


def _sql(sql: str, table: str) -> str:
    same = SAME[table]
    return sql.format(
        table=table,
        names=", ".join(column.split()[0] for column in COLUMNS[table].split(", ")),
        told=restored_lines.told(COLUMNS[table]),
        missing=MISSING.format(
            table=table,
            here=", ".join(f"here.{name}" for name in same),
            told=", ".join(f"told.{name}" for name in same),
        ),
    )
