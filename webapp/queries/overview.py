"""The seven collections at a glance: how much is there, since when we know it, what changed."""

from dataclasses import dataclass
from datetime import datetime

from webapp import db
from webapp.domain.library import Kind
from webapp.domain.syncs import Collection

COUNTS = """
WITH items AS (
  SELECT kind, count(*) AS n FROM library_items WHERE user_id = %s GROUP BY kind),
tops AS (
  SELECT kind, max(cardinality(item_ids)) AS n FROM (
    SELECT DISTINCT ON (kind, time_range) kind, item_ids FROM top_lists
    WHERE user_id = %s ORDER BY kind, time_range, seen_at DESC, id DESC) l GROUP BY kind),
counts (name, n) AS (
  SELECT 'top_' || kind, n FROM tops
  UNION ALL SELECT kind || 's', n FROM items
  UNION ALL SELECT 'recently_played', sum(plays) FROM daily_listening WHERE user_id = %s
  UNION ALL SELECT 'playlists', count(*) FROM playlists WHERE user_id = %s AND NOT gone)
SELECT c.name, coalesce(n.n, 0), last.checked_at, part.added, part.removed, before.checked_at
FROM unnest(%s::text[]) WITH ORDINALITY AS c (name, place)
LEFT JOIN counts n ON n.name = c.name
LEFT JOIN LATERAL (
  SELECT checked_at, sync_id FROM collection_checks
  WHERE user_id = %s AND collection = c.name AND result <> 'failed'
  ORDER BY checked_at DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (
  SELECT checked_at FROM collection_checks
  WHERE user_id = %s AND collection = c.name AND result <> 'failed'
    AND checked_at < last.checked_at
  ORDER BY checked_at DESC LIMIT 1) before ON true
LEFT JOIN sync_collections part ON part.sync_id = last.sync_id AND part.name = c.name
ORDER BY c.place
"""

COVERS = """
SELECT item.kind, coalesce(t_album.image_url, album.image_url, artist.image_url)
FROM unnest(%s) AS wanted (kind)
CROSS JOIN LATERAL (
  SELECT kind, item_id, added_at FROM library_items
  WHERE user_id = %s AND kind = wanted.kind
  ORDER BY added_at DESC NULLS LAST, item_id LIMIT %s) item
LEFT JOIN tracks track ON item.kind = 'saved_track' AND track.id = item.item_id
LEFT JOIN albums t_album ON t_album.id = track.album_id
LEFT JOIN albums album ON item.kind = 'saved_album' AND album.id = item.item_id
LEFT JOIN artists artist ON item.kind = 'followed_artist' AND artist.id = item.item_id
ORDER BY item.kind, item.added_at DESC NULLS LAST, item.item_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionCount:
    """A collection: `checked_at` is None before its first reading, `before_at` until its second.

    `added` and `removed` are what the last reading brought, compared with the one before.
    """

    name: Collection
    count: int
    checked_at: datetime | None
    added: int
    removed: int
    before_at: datetime | None


def counts(user_id: int) -> dict[Collection, CollectionCount]:
    """Count the seven collections, in their order; plays are all that were kept."""
    rows = db.query(COUNTS, *[user_id] * 4, list(Collection), *[user_id] * 2)
    return {
        Collection(name): CollectionCount(
            name=Collection(name),
            count=int(count),
            checked_at=checked_at,
            added=added or 0,
            removed=removed or 0,
            before_at=before_at,
        )
        for name, count, checked_at, added, removed, before_at in rows
    }


def covers(user_id: int, limit: int) -> dict[Kind, tuple[str, ...]]:
    """Read the newest pictures of each kind of thing in a library, each once."""
    found: dict[Kind, dict[str, None]] = {kind: {} for kind in Kind}
    for kind, image_url in db.query(COVERS, list(Kind), user_id, limit):
        if image_url:
            found[Kind(kind)][image_url] = None
    return {kind: tuple(urls) for kind, urls in found.items()}
