"""Since when an artist, album or track is in a listener's library, and in which playlists."""

from dataclasses import dataclass
from datetime import datetime

from webapp import db
from webapp.domain.library import Entry, Event, Origin
from webapp.domain.stats import Item
from webapp.queries.things import SAVED, TRACKS

MOST_ENTRIES = 200

LOG = """
SELECT event, item_id, seen_at, item_added_at, origin FROM (
  SELECT * FROM library_events WHERE user_id = %s AND kind = %s AND item_id = %s
  ORDER BY seen_at DESC, id DESC LIMIT %s) newest
ORDER BY seen_at, id
"""

# A version stands until the next one of its playlist: that is when a track had left it. When it
# came, Spotify told with the entry; the first version of ours to hold it may be much later.
PLAYLISTS = """
WITH mine AS MATERIALIZED ({tracks}),
held AS (
  SELECT playlist_id, min(seen_at) AS seen_at, (array_agg(id ORDER BY seen_at, id))[1] AS first_id,
    (array_agg(id ORDER BY seen_at DESC, id DESC))[1] AS last_id, max(seen_at) AS last_at
  FROM playlist_versions
  WHERE user_id = %(user)s AND listed_tracks(entries) && ARRAY(SELECT id FROM mine)
    AND event = 'seen'
  GROUP BY playlist_id)
SELECT h.playlist_id, p.name, p.image_url, p.owner_id, p.owner_name, p.gone, h.seen_at,
  (SELECT min((e->>1)::timestamptz) FROM playlist_versions v
    CROSS JOIN jsonb_array_elements(v.entries) e
    WHERE v.user_id = %(user)s AND v.id = h.first_id AND e->>0 IN (SELECT id FROM mine)),
  (SELECT v.seen_at FROM playlist_versions v WHERE v.user_id = %(user)s
    AND v.playlist_id = h.playlist_id AND (v.seen_at, v.id) > (h.last_at, h.last_id)
    ORDER BY v.seen_at, v.id LIMIT 1) AS until,
  (SELECT count(*) FROM playlist_versions v CROSS JOIN jsonb_array_elements(v.entries) e
    WHERE v.user_id = %(user)s AND v.id = h.last_id AND e->>0 IN (SELECT id FROM mine)),
  count(*) OVER ()
FROM held h JOIN playlists p ON p.user_id = %(user)s AND p.playlist_id = h.playlist_id
ORDER BY until DESC NULLS FIRST, h.last_at DESC, h.playlist_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A playlist that holds a thing, or held it.

    `added_at` is when Spotify says it was put there, `seen_at` when Backspin first saw it there,
    `until` when it was seen to have left, or the playlist with it (`gone`). `entries`: how often
    it, or how many tracks of it, stand there; where it left, stood there last.
    """

    playlist_id: str
    name: str
    image_url: str | None
    owner_id: str
    owner_name: str
    gone: bool
    seen_at: datetime
    added_at: datetime | None
    until: datetime | None
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listings:
    """Some of these playlists, those that hold it now first, and how many there are."""

    rows: tuple[Listed, ...] = ()
    total: int = 0


def log(user_id: int, kind: Item, thing_id: str) -> list[Entry]:
    """Read what the library's log tells of a thing, oldest first; of very many, the newest."""
    rows = db.query(LOG, user_id, SAVED[kind], thing_id, MOST_ENTRIES)
    return [
        Entry(
            event=Event(event),
            item_id=item,
            seen_at=seen_at,
            added_at=added_at,
            origin=Origin(origin),
        )
        for event, item, seen_at, added_at, origin in rows
    ]


def playlists(user_id: int, kind: Item, thing_id: str, limit: int) -> Listings:
    """List the playlists that hold a thing or ever held it, in whatever version was seen."""
    sql = PLAYLISTS.format(tracks=TRACKS[kind])
    rows = db.query_by_name(sql, user=user_id, id=thing_id, limit=limit)
    return Listings(
        rows=tuple(
            Listed(
                playlist_id=row[0],
                name=row[1],
                image_url=row[2],
                owner_id=row[3],
                owner_name=row[4],
                gone=row[5],
                seen_at=row[6],
                added_at=row[7],
                until=row[8],
                entries=row[9],
            )
            for row in rows
        ),
        total=rows[0][10] if rows else 0,
    )
