"""The listener's own choices out of an archive: who may see what, the collection, the blends."""

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.profiles import Level, Privacy, Section
from webapp.queries import collection
from webapp.queries.restored_lines import Staged, run, told

PROFILE = f"""
SELECT l.line, changed_at {told("changed_at timestamptz")} ORDER BY l.number LIMIT 1
"""

NAMES = (
    "kind, name, artist_names, released, image_url, spotify_id, deezer_id, mbid, upc, isrc, genres"
)
COLLECTED = told(
    "kind text, name text, artist_names text, released date, image_url text, spotify_id text,"
    " deezer_id text, mbid uuid, upc text, isrc text, genres text[], added_at timestamptz"
)

# One of the same kind is the same thing by any of its ids; where neither has one, by its names.
KEYS = """
CASE WHEN coalesce(spotify_id, deezer_id, mbid::text) IS NULL
  THEN ARRAY[name || '|' || artist_names]
  ELSE array_remove(ARRAY['spotify:' || spotify_id, 'deezer:' || deezer_id, 'mbid:' || mbid], NULL)
END
"""

# What was taken out here, and is told again, is in again.
ADD_COLLECTION = f"""
WITH told AS (SELECT DISTINCT ON (kind, keys) * FROM (
  SELECT l.number, told.*, {KEYS} AS keys {COLLECTED}) lines ORDER BY kind, keys, number),
stays (id) AS (SELECT coalesce(m.into_id, c.item_id) FROM listener_collection c
  LEFT JOIN trend_merges m ON m.from_id = c.item_id WHERE c.user_id = %(user)s),
here AS (
  SELECT id AS elsewhere, kind, unnest({KEYS}) AS key FROM collected_elsewhere
  WHERE user_id = %(user)s
  UNION ALL SELECT NULL, kind, unnest({KEYS}) FROM trend_items WHERE id IN (
    SELECT id FROM stays UNION SELECT m.from_id FROM trend_merges m JOIN stays ON id = m.into_id)),
met AS (
  SELECT DISTINCT t.number, h.elsewhere FROM (SELECT number, kind, unnest(keys) AS key FROM told) t
  JOIN here h ON (h.kind, h.key) = (t.kind, t.key)),
back AS (UPDATE collected_elsewhere e SET removed = false FROM met
  WHERE e.user_id = %(user)s AND e.id = met.elsewhere AND e.removed RETURNING 1),
new AS (INSERT INTO collected_elsewhere (user_id, {NAMES}, added_at)
  SELECT %(user)s, {NAMES}, added_at FROM told WHERE number NOT IN (SELECT number FROM met)
  ORDER BY number RETURNING 1)
SELECT (SELECT count(*) FROM back) + (SELECT count(*) FROM new)
"""  # noqa: S608 - our own names

AGREED = f"""
SELECT count(*) {told("state text")} AND state = 'agreed'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPrivacy:
    """What an archive says of who may see what, and since when."""

    privacy: Privacy
    changed_at: datetime


def privacy(staged: Staged) -> ToldPrivacy | None:
    """Read who may see what; None where the listener never chose, or it was not told yet."""
    rows = run(PROFILE, staged, "profile")
    if not rows:
        return None
    line, changed_at = rows[0]
    chosen = {section: Level(line[section.value]) for section in Section}
    return ToldPrivacy(privacy=Privacy(shown=line["shown"], chosen=chosen), changed_at=changed_at)


def add_collection(staged: Staged) -> int:
    """Bring what is not in the collection here; return how much."""
    new = int(run(ADD_COLLECTION, staged, "collection")[0][0])
    if new:
        collection.join_charts(staged.user_id)
    return new


def count_blends(staged: Staged) -> int:
    """Count the blends that are told as agreed. None is made anew: that takes both."""
    return int(run(AGREED, staged, "blends")[0][0])
