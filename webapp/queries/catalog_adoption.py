"""Artists and albums that were only named give way to the ones of Spotify's with the same name.

They are everybody's, so the smallest id is the one that is meant, as when an import's rows are
resolved. Every function that writes expects to be inside a transaction.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from webapp import db
from webapp.queries import trusted

Noun = Literal["artist", "album"]

NAMED = """
SELECT EXISTS (SELECT FROM plays WHERE track_id LIKE 'name:%%')
  OR EXISTS (SELECT FROM artists WHERE id LIKE 'name:%%')
  OR EXISTS (SELECT FROM albums WHERE id LIKE 'name:%%')
"""

# What only a file told of is meant by nobody but those who use it.
FOUND = """
SELECT n.id, best.id FROM {noun}s n CROSS JOIN LATERAL (
  SELECT r.id FROM {noun}s r WHERE r.match_key = n.match_key AND r.id NOT LIKE 'name:%%'
    AND {spotifys}
  ORDER BY r.id LIMIT 1) best
WHERE n.id LIKE 'name:%%' AND n.match_key <> '' ORDER BY n.id LIMIT %s
"""

# Rows are taken in the order of their ids, as a sync takes them.
MOVE = """
WITH held AS (
  SELECT h.{key}, h.{pointer} FROM {table} h WHERE h.{pointer} = ANY(%s)
  ORDER BY h.{key} FOR NO KEY UPDATE)
UPDATE {table} t SET {pointer} = p.real_id
FROM held JOIN unnest(%s::text[], %s::text[]) AS p (name_id, real_id) ON p.name_id = held.{pointer}
WHERE t.{key} = held.{key} AND t.{pointer} = held.{pointer}
"""
MOVES = {
    "album": (MOVE.format(table="tracks", key="id", pointer="album_id"),),
    "artist": (
        MOVE.format(table="album_artists", key="album_id", pointer="artist_id"),
        MOVE.format(table="track_artists", key="track_id", pointer="artist_id"),
    ),
}

# Whoever refers to one of these at this moment holds it, and it stays for the next time.
HOLD = "SELECT id FROM {noun}s WHERE id = ANY(%s) ORDER BY id FOR UPDATE SKIP LOCKED"
DROP_CREDITS = "DELETE FROM album_artists WHERE album_id = ANY(%s)"
DROP = {
    "album": """
DELETE FROM albums a WHERE a.id = ANY(%s)
  AND NOT EXISTS (SELECT FROM tracks t WHERE t.album_id = a.id)
""",
    "artist": """
DELETE FROM artists a WHERE a.id = ANY(%s)
  AND NOT EXISTS (SELECT FROM track_artists c WHERE c.artist_id = a.id)
  AND NOT EXISTS (SELECT FROM album_artists c WHERE c.artist_id = a.id)
""",
}

# Only who brought something in can have played what is credited to a name.
TOUCHED = """
SELECT p.user_id, array_agg(DISTINCT (p.ended_at AT TIME ZONE u.time_zone)::date)
FROM users u JOIN plays p ON p.user_id = u.id AND p.track_id = ANY(ARRAY(
  SELECT track_id FROM track_artists WHERE artist_id = ANY(%s) AND position = 0))
WHERE EXISTS (SELECT FROM plays b WHERE b.user_id = u.id AND b.source = ANY(%s))
GROUP BY 1
"""

STALE = """
SELECT user_id, array_agg(day) FROM daily_listening WHERE top_artist_id = ANY(%s) GROUP BY 1
"""


def is_any_named() -> bool:
    """Tell whether anything at all is known by its name alone."""
    return bool(db.query(NAMED)[0][0])


def found(noun: Noun, limit: int) -> dict[str, str]:
    """List what is known by its name alone, and by now by an id too: the former to the latter."""
    return dict(db.query(FOUND.format(noun=noun, spotifys=trusted.SPOTIFYS.format(row="r")), limit))


def days_of(artist_ids: Sequence[str], sources: Sequence[str]) -> dict[int, set[date]]:
    """List the days, by listener, that count these artists; plays came from these sources."""
    ids = list(artist_ids)
    days: dict[int, set[date]] = {}
    for user_id, some in [*db.query(TOUCHED, ids, list(sources)), *db.query(STALE, ids)]:
        days.setdefault(user_id, set()).update(some)
    return days


def replace(noun: Noun, pairs: dict[str, str]) -> None:
    """Let what refers to the names refer to the ids, and drop names that nobody refers to."""
    names, ids = list(pairs), list(pairs.values())
    for statement in MOVES[noun]:
        db.query(statement, names, names, ids)
    held = [row[0] for row in db.query(HOLD.format(noun=noun), names)]
    if noun == "album":
        db.query(DROP_CREDITS, held)
    db.query(DROP[noun], held)
