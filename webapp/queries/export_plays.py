"""Plays to take away, in order of time, however many: a few thousand at a time, nothing held.

Each batch goes on behind the last play of the one before, so that nobody's slow download keeps a
transaction open.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from webapp import db
from webapp.domain.play_formats import TakenPlay

AT_A_TIME = 2000
BEGINNING = (datetime.min.replace(tzinfo=UTC), "")

BATCH = """
SELECT p.ended_at, p.track_id, coalesce(t.kind, 'track'), coalesce(t.name, ''),
  coalesce(t.artist_names, ''), coalesce((SELECT r.name FROM track_artists c
    JOIN artists r ON r.id = c.artist_id WHERE c.track_id = t.id AND c.position = 0),
    t.artist_names, ''),
  coalesce(a.name, ''), p.ms_played, t.duration_ms, t.isrc, p.source, p.context_uri
FROM plays p LEFT JOIN tracks t ON t.id = p.track_id LEFT JOIN albums a ON a.id = t.album_id
WHERE p.user_id = %s AND (p.ended_at, p.track_id) > (%s, %s)
ORDER BY p.ended_at, p.track_id LIMIT %s
"""


def iter_batches(user_id: int, size: int = AT_A_TIME) -> Iterator[list[TakenPlay]]:
    """Give all plays of a listener, oldest first."""
    last = BEGINNING
    while rows := db.query(BATCH, user_id, *last, size):
        yield [TakenPlay(*row) for row in rows]
        last = rows[-1][:2]
