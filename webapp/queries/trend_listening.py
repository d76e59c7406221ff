"""When a listener first played what was in a chart.

A thing is the listener's by Spotify's id, a track also by its ISRC, and all of them by what a
person would read: the key of their names (`domain/reports.song_key`).
"""

from collections.abc import Collection
from datetime import datetime

from webapp import db
from webapp.domain.periods import EVER
from webapp.domain.stats import Item
from webapp.queries.appearances import MEMBERS
from webapp.queries.things import SAVED

# Each way is an index scan of its own.
FIRST_PLAYS = f"""
{MEMBERS},
asked AS (
  SELECT b.item_id AS id, i.spotify_id, i.isrc, i.match_key
  FROM members b JOIN trend_items i ON i.id = b.id WHERE i.kind = %(kind)s),
same (id, other) AS (
  SELECT a.id, a.spotify_id FROM asked a WHERE a.spotify_id IS NOT NULL
  UNION SELECT a.id, o.id FROM asked a JOIN {{noun}}s o ON o.match_key = a.match_key
  WHERE a.match_key NOT IN ('', '|'){{more}})
SELECT s.id, min(h.first_at) FROM same s CROSS JOIN LATERAL (
  SELECT h.first_at FROM listening_items h WHERE h.user_id = %(user)s AND h.kind = %(kind)s
    AND h.item_id = s.other AND h.grain = 'ever' AND h.period = %(ever)s OFFSET 0) h
GROUP BY 1
"""  # noqa: S608 - our own text
BY_ISRC = """
  UNION SELECT a.id, o.id FROM asked a JOIN tracks o ON o.isrc = a.isrc
  WHERE a.isrc IS NOT NULL"""

# A thing is known where it was played, saved or followed; of several, what was played most.
KNOWN = f"""
{MEMBERS},
asked AS (
  SELECT i.spotify_id, i.match_key, split_part(i.match_key, '|', 1) AS maker
  FROM members b JOIN trend_items i ON i.id = b.id WHERE i.kind = %(kind)s),
same (kind, saved, id) AS (
  SELECT %(kind)s, %(saved)s, spotify_id FROM asked WHERE spotify_id IS NOT NULL
  UNION SELECT %(kind)s, %(saved)s, o.id FROM asked a JOIN {{noun}}s o
    ON o.match_key = a.match_key WHERE a.match_key NOT IN ('', '|')
  UNION SELECT 'artist', 'followed_artist', o.id FROM asked a JOIN artists o
    ON o.match_key = '|' || a.maker WHERE a.maker <> '')
SELECT s.kind, s.id FROM same s LEFT JOIN listening_items h ON h.user_id = %(user)s
  AND h.kind = s.kind AND h.item_id = s.id AND h.grain = 'ever' AND h.period = %(ever)s
WHERE h.plays IS NOT NULL OR EXISTS (SELECT FROM library_items l
  WHERE l.user_id = %(user)s AND l.kind = s.saved AND l.item_id = s.id)
ORDER BY coalesce(h.plays, 0), s.id DESC
"""  # noqa: S608 - our own text

ENTRIES = f"""
{MEMBERS}
SELECT b.item_id, min(first.seen_at) FROM members b CROSS JOIN LATERAL (
  SELECT min(a.seen_at) AS seen_at FROM trend_appearances a
  WHERE a.item_id = b.id AND a.source = %(source)s AND a.chart = %(chart)s) first
WHERE first.seen_at IS NOT NULL GROUP BY 1
"""  # noqa: S608 - our own text


def first_plays(user_id: int, kind: Item, item_ids: Collection[int]) -> dict[int, datetime]:
    """Tell when a listener first played some things of a kind; who never did is left out."""
    more = BY_ISRC if kind is Item.TRACK else ""
    sql = FIRST_PLAYS.format(noun=kind.value, more=more)
    rows = db.query_by_name(sql, ids=list(item_ids), kind=kind, user=user_id, ever=EVER)
    return dict(rows)


def known(user_id: int, kind: Item, item_id: int) -> dict[Item, str]:
    """Tell under which ids a listener knows a thing, and under `Item.ARTIST` who made it."""
    rows = db.query_by_name(
        KNOWN.format(noun=kind.value),
        ids=[item_id],
        kind=kind.value,
        saved=SAVED[kind].value,
        user=user_id,
        ever=EVER,
    )
    return {Item(found): thing_id for found, thing_id in rows}


def entries(item_ids: Collection[int], source: str, chart: str) -> dict[int, datetime]:
    """Tell when things were first seen in a chart."""
    return dict(db.query_by_name(ENTRIES, ids=list(item_ids), source=source, chart=chart))
