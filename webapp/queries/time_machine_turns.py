"""When the log began and ceased to have one thing: in the library, and in each playlist."""

from typing import Any

from webapp import db
from webapp.domain.library import Origin
from webapp.domain.time_machine_moments import Turn
from webapp.queries.time_machine_things import SHAPES, Noun

MOST_TURNS = 500
"""More are not told: who saves something a thousand times gets the latest of it."""

# That something is gone, only a look that read everything knows.
SAVED = """
SELECT e.event = 'added', e.seen_at, e.item_added_at, e.origin,
  (SELECT max(c.checked_at) FROM collection_checks c
   WHERE c.user_id = e.user_id AND c.collection = e.kind || 's' AND c.result <> 'failed'
     AND c.checked_at < e.seen_at AND (e.event = 'added' OR c.swept))
FROM library_events e WHERE e.user_id = %s AND e.kind = %s AND e.item_id = %s
ORDER BY e.seen_at DESC, e.id DESC LIMIT %s
"""

# A version that could not be read says nothing of what is in it. To contain is quick to tell, but
# it also finds the id in other places of an entry.
LISTED = """
WITH told AS MATERIALIZED (
  SELECT v.id, v.playlist_id, v.seen_at, v.origin, v.name, v.event,
    CASE WHEN v.entries @> jsonb_build_array(jsonb_build_array(%s::text)) THEN
      jsonb_path_query_first(v.entries, '$[*] ? (@[0] == $id)',
        jsonb_build_object('id', %s::text)) END AS entry
  FROM playlist_versions v
  WHERE v.user_id = %s AND (v.entries IS NOT NULL OR v.event = 'gone')),
turns AS (
  SELECT *, event = 'seen' AND entry IS NOT NULL AS there,
    lag(event = 'seen' AND entry IS NOT NULL, 1, false) OVER (
      PARTITION BY playlist_id ORDER BY seen_at, id) AS was_there
  FROM told)
SELECT there, seen_at, (entry->>1)::timestamptz, origin,
  (SELECT max(c.checked_at) FROM collection_checks c
   WHERE c.user_id = %s AND c.collection = 'playlists' AND c.result <> 'failed'
     AND c.checked_at < seen_at),
  playlist_id, name, event = 'gone'
FROM turns WHERE there <> was_there
ORDER BY seen_at DESC, id DESC LIMIT %s
"""


def turns(user_id: int, noun: Noun, item_id: str) -> list[Turn]:
    """Read the turns of a thing, as they were seen; none: it was never a listener's own."""
    rows = db.query(SAVED, user_id, SHAPES[noun].kind, item_id, MOST_TURNS)
    if noun is Noun.TRACK:
        rows += db.query(LISTED, item_id, item_id, user_id, user_id, MOST_TURNS)
    return [_turn(row) for row in reversed(rows)]


def _turn(row: tuple[Any, ...]) -> Turn:
    playlist_id, playlist, closed = row[5:] or (None, "", False)
    return Turn(
        there=row[0],
        seen_at=row[1],
        told_at=row[2],
        origin=Origin(row[3]),
        looked_at=row[4],
        playlist_id=playlist_id,
        playlist=playlist,
        closed=closed,
    )
