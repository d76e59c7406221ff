"""What listeners took out of the charts into their own collection."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from webapp import db
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
HELD = """
SELECT DISTINCT coalesce(m.into_id, c.item_id) FROM listener_collection c
LEFT JOIN trend_merges m ON m.from_id = c.item_id
WHERE c.user_id = %s AND coalesce(m.into_id, c.item_id) = ANY(%s)
"""
LISTED = f"""
SELECT {ITEM_COLUMNS}, one.added_at, count(*) OVER () FROM (
  SELECT coalesce(m.into_id, c.item_id) AS id, min(c.added_at) AS added_at
  FROM listener_collection c LEFT JOIN trend_merges m ON m.from_id = c.item_id
  WHERE c.user_id = %s GROUP BY 1) one
JOIN trend_items i ON i.id = one.id
ORDER BY one.added_at DESC, i.id DESC LIMIT %s OFFSET %s
"""  # noqa: S608 - our own text


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


def add(user_id: int, item_id: int, now: datetime) -> None:
    """Put a thing in; what is there stays as it is."""
    db.query(ADD, user_id, item_id, now)


def remove(user_id: int, item_id: int) -> None:
    """Take a thing out, if it is there."""
    db.query_by_name(REMOVE, user=user_id, item=item_id)


def held(user_id: int, item_ids: Collection[int]) -> set[int]:
    """Tell which of some things are in."""
    return {item_id for (item_id,) in db.query(HELD, user_id, list(item_ids))}


def shelf(user_id: int, limit: int, offset: int) -> Shelf:
    """List a page; beyond the end it is empty and tells no total."""
    rows = db.query(LISTED, user_id, limit, offset)
    found = (Collected(item=trend_item(row[:WIDTH]), added_at=row[WIDTH]) for row in rows)
    return Shelf(rows=tuple(found), total=rows[0][WIDTH + 1] if rows else 0)
