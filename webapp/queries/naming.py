"""Keys by which names meet: written when an import needs them, not while a sync is in a hurry."""

from webapp import db
from webapp.domain.reports import song_key

AT_A_TIME = 5000

# What somebody writes at this moment is left for the next time: two who name while they hold
# other rows could wait for each other.
UNNAMED = """
SELECT t.id, t.name, coalesce((SELECT r.name FROM {noun}_artists c
  JOIN artists r ON r.id = c.artist_id WHERE c.{noun}_id = t.id AND c.position = 0), '')
FROM {noun}s t WHERE t.match_key IS NULL ORDER BY t.id LIMIT %s FOR NO KEY UPDATE OF t SKIP LOCKED
"""

UNNAMED_ARTISTS = """
SELECT id, name, '' FROM artists WHERE match_key IS NULL ORDER BY id LIMIT %s
FOR NO KEY UPDATE SKIP LOCKED
"""

NAME = """
UPDATE {noun}s t SET match_key = k.match_key
FROM unnest(%s::text[], %s::text[]) AS k (id, match_key) WHERE k.id = t.id
"""


def name_catalogue() -> None:
    """Give a key to everything in the catalogue that has none since its name changed."""
    for noun in ("artist", "album", "track"):
        select = UNNAMED_ARTISTS if noun == "artist" else UNNAMED.format(noun=noun)
        while rows := db.query(select, AT_A_TIME):
            keys = [song_key(artist, name) for _, name, artist in rows]
            db.query(NAME.format(noun=noun), [row[0] for row in rows], keys)
