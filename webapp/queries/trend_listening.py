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


def entries(item_ids: Collection[int], source: str, chart: str) -> dict[int, datetime]:
    """Tell when things were first seen in a chart."""
    return dict(db.query_by_name(ENTRIES, ids=list(item_ids), source=source, chart=chart))
