"""What was heard in a period, added up from whole years and months and from the days at its edges.

`source` gives the SQL, to stand as `WITH items AS (...)` in a statement whose values have names.
A page that asks for many things of one period does so within `shared`: it is added up once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from webapp import db
from webapp.domain.days import end_of_day, start_of_day
from webapp.domain.periods import Period, cut
from webapp.domain.stats import Item

ONE = """
SELECT item_id, plays, ms, first_at, last_at FROM listening_items
WHERE user_id = %(user)s AND kind = %(kind)s AND grain = %(grain)s AND period = %(period)s
"""
# A play at the edge counts for what its track counts for.
NAMES = {
    Item.TRACK: "p.track_id AS item_id",
    Item.ALBUM: "t.album_id AS item_id",
    Item.ARTIST: "c.artist_id AS item_id",
}
ARTISTS = "LEFT JOIN track_artists c ON c.track_id = p.track_id AND c.position = 0"

WHOLE = """
SELECT i.item_id, i.plays, i.ms, i.first_at, i.last_at
FROM unnest(%(grains)s::text[], %(periods)s::date[]) AS piece (grain, period)
JOIN listening_items i ON i.user_id = %(user)s AND i.kind = %(kind)s
  AND i.grain = piece.grain AND i.period = piece.period
"""
# The window is for the index; which plays belong to a day only the time zone tells.
EDGES = """
SELECT {name}, 1, coalesce(p.ms_played, t.duration_ms, 0), p.ended_at, p.ended_at
FROM unnest(%(edge_days)s::date[], %(edge_ends)s::date[], %(edge_from)s::timestamptz[],
  %(edge_until)s::timestamptz[]) AS edge (first, last, since, until)
JOIN plays p ON p.user_id = %(user)s AND p.ended_at >= edge.since AND p.ended_at <= edge.until
  AND (p.ended_at AT TIME ZONE %(zone)s)::date BETWEEN edge.first AND edge.last
LEFT JOIN tracks t ON t.id = p.track_id {artists}
"""
ADDED_UP = """
SELECT item_id, sum(plays) AS plays, sum(ms) AS ms, min(first_at) AS first_at,
  max(last_at) AS last_at
FROM ({parts}) part (item_id, plays, ms, first_at, last_at)
WHERE item_id IS NOT NULL GROUP BY item_id
"""


# One that a failure left behind on this connection is of another time.
MAKE = """
DROP TABLE IF EXISTS {table};
CREATE TEMP TABLE {table} AS {sql}
"""
MADE = "SELECT item_id, plays, ms, first_at, last_at FROM {table}"

Key = tuple[int, date, date, Item, str]
_made: ContextVar[dict[Key, str] | None] = ContextVar("made", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCount:
    """A track, album or artist in a period: plays, milliseconds, first and last play."""

    item_id: str
    plays: int
    ms: int
    first_at: datetime
    last_at: datetime


@contextmanager
def shared() -> Iterator[None]:
    """Add each period up once, in a table of this connection, for all who ask within the block."""
    if _made.get() is not None:
        yield
        return
    made: dict[Key, str] = {}
    token = _made.set(made)
    try:
        yield
    finally:
        _made.reset(token)
        if made:
            db.query(f"DROP TABLE IF EXISTS {', '.join(made.values())}")


def items(user_id: int, period: Period, kind: Item, time_zone: str) -> list[ItemCount]:
    """Count everything of a kind that was heard in a period, most played first."""
    sql, values = source(user_id, period, kind, time_zone)
    rows = db.query_by_name(f"{sql} ORDER BY plays DESC, ms DESC, item_id", **values)
    return [
        ItemCount(item_id=item, plays=int(plays), ms=int(ms), first_at=first_at, last_at=last_at)
        for item, plays, ms, first_at, last_at in rows
    ]


def source(
    user_id: int, period: Period, kind: Item, time_zone: str, prefix: str = ""
) -> tuple[str, dict[str, Any]]:
    """Write the query for (item_id, plays, ms, first_at, last_at), and its values by name.

    `prefix` keeps the names apart where a statement holds two periods.
    """
    base: dict[str, Any] = {"user": user_id, "kind": kind, "zone": time_zone}
    if is_one_piece(period):
        grain, start = cut(period).whole[0]
        return _named(ONE, {**base, "grain": grain, "period": start}, prefix)
    made = _made.get()
    if made is None:
        return _named(*_added_up(user_id, period, kind, time_zone), prefix)
    key = (user_id, period.first, period.last, kind, time_zone)
    if key not in made:
        made[key] = f"added_up_{len(made)}"
        sql, values = _added_up(user_id, period, kind, time_zone)
        db.query_by_name(MAKE.format(table=made[key], sql=sql), **values)
    return _named(MADE.format(table=made[key]), base, prefix)


def is_one_piece(period: Period) -> bool:
    """Tell whether a period stands added up as it is: a month, a year, all time."""
    pieces = cut(period)
    return len(pieces.whole) == 1 and not pieces.edges


def _added_up(
    user_id: int, period: Period, kind: Item, time_zone: str
) -> tuple[str, dict[str, Any]]:
    pieces = cut(period)
    values: dict[str, Any] = {"user": user_id, "kind": kind, "zone": time_zone}
    parts = []
    if pieces.whole:
        parts.append(WHOLE)
        values |= {
            "grains": [grain for grain, _ in pieces.whole],
            "periods": [start for _, start in pieces.whole],
        }
    if pieces.edges:
        parts.append(EDGES.format(name=NAMES[kind], artists=ARTISTS if kind is Item.ARTIST else ""))
        values |= _edge_values(pieces.edges, time_zone)
    return ADDED_UP.format(parts=" UNION ALL ".join(parts)), values


def _edge_values(edges: tuple[tuple[date, date], ...], time_zone: str) -> dict[str, Any]:
    hour = timedelta(hours=2)  # where a clock is set back at midnight, a day begins twice
    return {
        "edge_days": [first for first, _ in edges],
        "edge_ends": [last for _, last in edges],
        "edge_from": [start_of_day(first, time_zone) - hour for first, _ in edges],
        "edge_until": [end_of_day(last, time_zone) + hour for _, last in edges],
    }


def _named(sql: str, values: dict[str, Any], prefix: str) -> tuple[str, dict[str, Any]]:
    if prefix:
        sql = sql.replace("%(", f"%({prefix}")
    return sql, {f"{prefix}{name}": value for name, value in values.items()}
