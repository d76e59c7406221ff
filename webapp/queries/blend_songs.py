"""Songs for blends and recommendations: favourites of two, what others play, what was left behind.

A recording counts as one song however many albums it is on: songs are told apart by title and
artists. Only music is recommended, no episodes and no local files.
"""

from collections.abc import Sequence
from datetime import datetime

from webapp import db
from webapp.domain.blend_lists import Candidate
from webapp.domain.periods import Period
from webapp.domain.recommendations import Offer, OldFavourite
from webapp.domain.stats import Item
from webapp.queries import spans
from webapp.queries.likeness import Listener
from webapp.queries.lines import TRACK, TrackLine, track_line

FAVOURITES = 300
"""So many tracks of each, and of both, may come on a list."""
OFFERED = 150
"""So many tracks of each partner are looked through for what is new to a listener."""

SONG = "lower(t.name) || chr(31) || lower(t.artist_names)"
CANDIDATES = f"""
WITH heard AS MATERIALIZED (
  SELECT item_id, coalesce(l.plays, 0) AS left_plays, coalesce(r.plays, 0) AS right_plays
  FROM ({{left}}) l FULL JOIN ({{right}}) r USING (item_id)),
pool AS (
  (SELECT * FROM heard WHERE left_plays > 0
   ORDER BY left_plays DESC, item_id LIMIT %(limit)s)
  UNION (SELECT * FROM heard WHERE right_plays > 0
   ORDER BY right_plays DESC, item_id LIMIT %(limit)s)
  UNION (SELECT * FROM heard WHERE left_plays > 0 AND right_plays > 0
   ORDER BY left_plays::float8 * right_plays DESC, item_id LIMIT %(limit)s))
SELECT {SONG}, t.id, t.artist_names, left_plays, right_plays
FROM pool JOIN tracks t ON t.id = pool.item_id WHERE t.kind = 'track'
ORDER BY left_plays + right_plays DESC, t.id
"""  # noqa: S608 - our own names
OFFERS = f"""
SELECT {SONG}, t.id, t.artist_names, i.user_id, i.plays
FROM unnest(%(partners)s::bigint[]) AS partner (id)
CROSS JOIN LATERAL (
  SELECT * FROM listening_items WHERE user_id = partner.id AND kind = 'track' AND grain = 'ever'
  ORDER BY plays DESC, ms DESC, item_id LIMIT %(limit)s) i
JOIN tracks t ON t.id = i.item_id AND t.kind = 'track'
WHERE NOT EXISTS (SELECT FROM listening_items e WHERE e.user_id = %(me)s AND e.kind = 'track'
    AND e.item_id = t.id AND e.grain = 'ever')
  AND NOT EXISTS (SELECT FROM tracks same JOIN listening_items e ON e.item_id = same.id
    AND e.user_id = %(me)s AND e.kind = 'track' AND e.grain = 'ever'
    WHERE same.isrc = t.isrc)
ORDER BY i.user_id, i.plays DESC, t.id
"""  # noqa: S608 - our own names
LEFT_BEHIND = """
SELECT i.item_id, t.artist_names, i.plays, i.first_at, i.last_at
FROM listening_items i JOIN tracks t ON t.id = i.item_id AND t.kind = 'track'
WHERE i.user_id = %s AND i.kind = 'track' AND i.grain = 'ever' AND i.plays >= %s
  AND i.last_at < %s ORDER BY i.plays DESC, i.item_id LIMIT %s
"""
LINES = f"""
SELECT t.id, {TRACK} FROM tracks t LEFT JOIN albums a ON a.id = t.album_id WHERE t.id = ANY(%s)
"""  # noqa: S608 - our own names


def candidates(left: Listener, right: Listener, period: Period) -> list[Candidate]:
    """Read the favourites of two in a period, each with how often the other played it."""
    left_sql, left_values = spans.source(left.id, period, Item.TRACK, left.time_zone, "l_")
    right_sql, right_values = spans.source(right.id, period, Item.TRACK, right.time_zone, "r_")
    sql = CANDIDATES.format(left=left_sql, right=right_sql)
    rows = db.query_by_name(sql, limit=FAVOURITES, **left_values, **right_values)
    return [
        Candidate(
            song=song,
            track_id=track_id,
            artist=artist,
            left_plays=left_plays,
            right_plays=right_plays,
        )
        for song, track_id, artist, left_plays, right_plays in rows
    ]


def offers(me: int, partners: Sequence[int]) -> list[Offer]:
    """Read favourites of blend partners, of all time, that a listener has never heard."""
    rows = db.query_by_name(OFFERS, me=me, partners=list(partners), limit=OFFERED)
    return [
        Offer(song=song, track_id=track_id, artist=artist, partner_id=partner_id, plays=plays)
        for song, track_id, artist, partner_id, plays in rows
    ]


def left_behind(me: int, plays: int, before: datetime, limit: int) -> list[OldFavourite]:
    """Read tracks that a listener played so often at least, and not since `before`."""
    rows = db.query(LEFT_BEHIND, me, plays, before, limit)
    return [
        OldFavourite(
            track_id=track_id, artist=artist, plays=times, first_at=first_at, last_at=last_at
        )
        for track_id, artist, times, first_at, last_at in rows
    ]


def lines(track_ids: Sequence[str]) -> dict[str, TrackLine]:
    """Read what a list shows of some tracks."""
    return {row[0]: track_line(row) for row in db.query(LINES, list(track_ids))}
