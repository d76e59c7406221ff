"""A top list with its movement: how far each item has moved since the list before."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from webapp import db
from webapp.domain.provider import TimeRange
from webapp.domain.syncs import Collection

TopKind = Literal["tracks", "artists"]
Movement = int | Literal["new"] | None

CHECKED = {"tracks": Collection.TOP_TRACKS, "artists": Collection.TOP_ARTISTS}

LISTS = """
WITH lists AS (
  SELECT time_range, item_ids, seen_at,
    row_number() OVER (PARTITION BY time_range ORDER BY seen_at DESC, id DESC) AS age
  FROM top_lists WHERE user_id = %s AND kind = %s AND time_range = ANY(%s)),
ranked AS (
  SELECT l.time_range, l.age, l.seen_at, u.item_id, u.rank
  FROM lists l, unnest(l.item_ids) WITH ORDINALITY AS u (item_id, rank) WHERE l.age <= 2)
SELECT now.item_id, now.rank, earlier.rank, {columns}, now.time_range, now.seen_at,
  (SELECT seen_at FROM lists WHERE age = 2 AND time_range = now.time_range),
  (SELECT max(checked_at) FROM collection_checks
   WHERE user_id = %s AND collection = %s AND result <> 'failed')
FROM ranked now
LEFT JOIN ranked earlier ON earlier.age = 2 AND earlier.time_range = now.time_range
  AND earlier.item_id = now.item_id
{joins}
WHERE now.age = 1 AND now.rank <= %s ORDER BY now.time_range, now.rank
"""

COLUMNS = {
    "tracks": "coalesce(t.name, ''), coalesce(t.artist_names, ''), coalesce(a.name, ''),"
    " a.image_url, t.duration_ms",
    "artists": "coalesce(a.name, ''), coalesce(array_to_string(a.genres, ', '), ''), '',"
    " a.image_url, NULL",
}
JOINS = {
    "tracks": "LEFT JOIN tracks t ON t.id = now.item_id LEFT JOIN albums a ON a.id = t.album_id",
    "artists": "LEFT JOIN artists a ON a.id = now.item_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TopRow:
    """A place in a list. `change`: places up (+) or down (-), "new", None without a list before.

    `about` is who made a track, or the genres of an artist.
    """

    id: str
    rank: int
    change: Movement
    name: str
    about: str
    album: str
    image_url: str | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopList:
    """A list as of `checked_at`; it has looked like this since `seen_at`, and before it another."""

    rows: tuple[TopRow, ...] = ()
    checked_at: datetime | None = None
    seen_at: datetime | None = None
    before_at: datetime | None = None


def top_lists(
    user_id: int, kind: TopKind, time_ranges: AbstractSet[TimeRange], limit: int = 50
) -> dict[TimeRange, TopList]:
    """Read the newest lists of a kind in one statement; a range without one has an empty list."""
    sql = LISTS.format(columns=COLUMNS[kind], joins=JOINS[kind])
    rows = db.query(sql, user_id, kind, list(time_ranges), user_id, CHECKED[kind], limit)
    return {r: _list([row for row in rows if row[8] == r]) for r in time_ranges}


def _list(rows: list[tuple[Any, ...]]) -> TopList:
    if not rows:
        return TopList()
    seen_at, before_at, checked_at = rows[0][9:]
    return TopList(
        rows=tuple(_row(row, compared=before_at is not None) for row in rows),
        checked_at=checked_at,
        seen_at=seen_at,
        before_at=before_at,
    )


def _row(row: tuple[Any, ...], *, compared: bool) -> TopRow:
    item_id, rank, rank_before, name, about, album, image_url, duration_ms = row[:8]
    return TopRow(
        id=item_id,
        rank=rank,
        change=movement(rank, rank_before, compared=compared),
        name=name,
        about=about,
        album=album,
        image_url=image_url,
        duration_ms=duration_ms,
    )


def movement(rank: int, rank_before: int | None, *, compared: bool) -> Movement:
    """Say how an item moved, if there is a list before to compare with."""
    if not compared:
        return None
    return "new" if rank_before is None else rank_before - rank
