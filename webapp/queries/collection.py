"""What listeners took out of the charts into their own collection.

What was collected elsewhere, and came along in an archive, is the listener's alone: ids below zero
(`collected_elsewhere`), until a chart here tells of the same thing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from webapp import db
from webapp.queries import appearances
from webapp.queries.appearances import ITEM_COLUMNS, WIDTH, TrendItem, trend_item

ADD = """
INSERT INTO listener_collection (user_id, item_id, added_at) VALUES (%s, %s, %s)
ON CONFLICT DO NOTHING
"""
# What turned out to be the same as something else may be there under its former id.
SAME = (
    "item_id = %(item)s OR item_id IN (SELECT from_id FROM trend_merges WHERE into_id = %(item)s)"
)
REMOVE = f"DELETE FROM listener_collection WHERE user_id = %(user)s AND ({SAME})"  # noqa: S608
MARK = """
UPDATE collected_elsewhere SET removed = %(removed)s WHERE user_id = %(user)s AND id = %(item)s
"""
HELD = """
SELECT DISTINCT coalesce(m.into_id, c.item_id) FROM listener_collection c
LEFT JOIN trend_merges m ON m.from_id = c.item_id
WHERE c.user_id = %(user)s AND coalesce(m.into_id, c.item_id) = ANY(%(ids)s)
UNION ALL SELECT id FROM collected_elsewhere
WHERE user_id = %(user)s AND id = ANY(%(ids)s) AND NOT removed
"""
LISTED = f"""
SELECT {ITEM_COLUMNS}, i.added_at, count(*) OVER () FROM (
  SELECT {ITEM_COLUMNS}, one.added_at FROM (
    SELECT coalesce(m.into_id, c.item_id) AS id, min(c.added_at) AS added_at
    FROM listener_collection c LEFT JOIN trend_merges m ON m.from_id = c.item_id
    WHERE c.user_id = %(user)s GROUP BY 1) one
  JOIN trend_items i ON i.id = one.id
  UNION ALL SELECT {ITEM_COLUMNS}, i.added_at FROM collected_elsewhere i
  WHERE i.user_id = %(user)s AND NOT i.removed) i
ORDER BY i.added_at DESC, abs(i.id) DESC, i.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - our own text
ELSEWHERE = f"SELECT {ITEM_COLUMNS} FROM collected_elsewhere i WHERE i.user_id = %s AND i.id = %s"  # noqa: S608

# Ids alone decide: names that an archive tells prove nothing.
JOIN_CHARTS = """
WITH met AS (
  SELECT e.user_id, e.id, e.removed, e.added_at, same.item_id
  FROM collected_elsewhere e CROSS JOIN LATERAL (
    SELECT coalesce(m.into_id, i.id) AS item_id
    FROM trend_items i LEFT JOIN trend_merges m ON m.from_id = i.id
    WHERE i.kind = e.kind
      AND (i.spotify_id = e.spotify_id OR i.deezer_id = e.deezer_id OR i.mbid = e.mbid)
    ORDER BY i.id LIMIT 1) same
  WHERE %(user)s::bigint IS NULL OR e.user_id = %(user)s),
gone AS (DELETE FROM collected_elsewhere e USING met
  WHERE (e.user_id, e.id) = (met.user_id, met.id))
INSERT INTO listener_collection AS here (user_id, item_id, added_at)
SELECT user_id, item_id, min(added_at) FROM met WHERE NOT removed GROUP BY 1, 2
ON CONFLICT (user_id, item_id) DO UPDATE
SET added_at = least(here.added_at, excluded.added_at)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Something in a listener's collection."""

    item: TrendItem
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A page of a collection, newest first, and how much there is in all."""

    rows: tuple[Collected, ...]
    total: int


def find(user_id: int, item_id: int) -> TrendItem | None:
    """Find a thing that is in the collection, or may be: of the charts, or the listener's own."""
    if item_id >= 0:
        return appearances.find_item(item_id)
    rows = db.query(ELSEWHERE, user_id, item_id)
    return trend_item(rows[0]) if rows else None


def add(user_id: int, item_id: int, now: datetime) -> None:
    """Put a thing in; what is there stays as it is."""
    if item_id < 0:
        db.query_by_name(MARK, removed=False, user=user_id, item=item_id)
    else:
        db.query(ADD, user_id, item_id, now)


def remove(user_id: int, item_id: int) -> None:
    """Take a thing out, if it is there."""
    if item_id < 0:
        db.query_by_name(MARK, removed=True, user=user_id, item=item_id)
    else:
        db.query_by_name(REMOVE, user=user_id, item=item_id)


def held(user_id: int, item_ids: Collection[int]) -> set[int]:
    """Tell which of some things are in."""
    rows = db.query_by_name(HELD, user=user_id, ids=list(item_ids))
    return {item_id for (item_id,) in rows}


def shelf(user_id: int, limit: int, offset: int) -> Shelf:
    """List a page; beyond the end it is empty and tells no total."""
    rows = db.query_by_name(LISTED, user=user_id, limit=limit, offset=offset)
    found = (Collected(item=trend_item(row[:WIDTH]), added_at=row[WIDTH]) for row in rows)
    return Shelf(rows=tuple(found), total=rows[0][WIDTH + 1] if rows else 0)


def join_charts(user_id: int | None = None) -> None:
    """Let what was collected elsewhere, by one or by all, be what charts here tell of.

    For whoever has just written what charts tell of, or what an archive had.
    """
    db.query_by_name(JOIN_CHARTS, user=user_id)
