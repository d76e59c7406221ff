"""What was heard in a period, added up from whole years and months and from the days at its edges.

`source` gives the SQL, to stand as `WITH items AS (...)` in a statement whose values have names.
A page that asks for many things of one period does so within `shared`: it is added up once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from webapp import db
from webapp.domain.periods import ALL, DAY, Days, Period, Pieces, cut
from webapp.domain.stats import Item
from webapp.queries import sheets
from webapp.queries.sheets import Sheet

AWAY = timedelta(days=180)
"""What was not heard for so long comes back when it is."""

ONE = """
SELECT item_id, plays, ms FROM listening_items
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
SELECT i.item_id, i.plays, i.ms
FROM unnest(%(grains)s::text[], %(periods)s::date[]) AS piece (grain, period)
JOIN listening_items i ON i.user_id = %(user)s AND i.kind = %(kind)s
  AND i.grain = piece.grain AND i.period = piece.period
"""
# The window is for the index; which plays belong to a day only the time zone tells.
EDGES = """
SELECT {name}, 1, coalesce(p.ms_played, t.duration_ms, 0)
FROM unnest(%(edge_days)s::date[], %(edge_ends)s::date[], %(edge_from)s::timestamptz[],
  %(edge_until)s::timestamptz[]) AS edge (first, last, since, until)
JOIN plays p ON p.user_id = %(user)s AND p.ended_at >= edge.since AND p.ended_at <= edge.until
  AND (p.ended_at AT TIME ZONE %(zone)s)::date BETWEEN edge.first AND edge.last
LEFT JOIN tracks t ON t.id = p.track_id {artists}
"""
# Why floats: see `sheets.SUMS`.
ADDED_UP = """
SELECT item_id, sum(plays) AS plays, sum(ms::float8)::bigint AS ms
FROM ({parts}) part (item_id, plays, ms)
WHERE item_id IS NOT NULL GROUP BY item_id
"""

PAIR = """
SELECT item_id, sum(plays) AS plays, sum(ms) AS ms, sum(was_plays) AS was_plays,
  sum(was_ms) AS was_ms
FROM (SELECT item_id, plays, ms, 0 AS was_plays, 0 AS was_ms FROM ({now}) now
  UNION ALL SELECT item_id, 0, 0, plays, ms FROM ({was}) was) part GROUP BY item_id
"""
ALONE = "SELECT item_id, plays, ms, 0 AS was_plays, 0 AS was_ms FROM ({now}) now"

HEARD = "SELECT min(day), max(day) FROM daily_listening WHERE user_id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A query for (item_id, plays, ms), and its values by name.

    `stands`: it is added up already, so that a statement may read it more than once.
    """

    sql: str
    values: dict[str, Any]
    stands: bool


@dataclass(slots=True, kw_only=True)
class _Block:
    """What those within a `shared` block have in common."""

    depth: int
    before: bool
    lately: bool
    sheets: list[Sheet] = field(default_factory=list)
    heard: dict[int, Days | None] = field(default_factory=dict)


_block: ContextVar[_Block | None] = ContextVar("block", default=None)


@contextmanager
def shared(*, before: bool = True, lately: bool = False) -> Iterator[None]:
    """Add each period up once, for all who ask within the block.

    `before`: somebody will ask of the period before, too; `lately`: and what is `fresh`.
    """
    outer = _block.get()
    if outer is not None and (outer.lately or not lately):
        yield
        return
    block = _Block(depth=outer.depth + 1 if outer else 0, before=before, lately=lately)
    token = _block.set(block)
    try:
        yield
    finally:
        _block.reset(token)
        if block.sheets:
            sheets.drop(block.sheets)


def source(
    user_id: int, period: Period, kind: Item, time_zone: str, prefix: str = ""
) -> tuple[str, dict[str, Any]]:
    """Write the query for (item_id, plays, ms), and its values by name.

    `prefix` keeps the names apart where a statement holds two periods.
    """
    found = find(user_id, period, kind, time_zone, prefix)
    return found.sql, found.values


def find(user_id: int, period: Period, kind: Item, time_zone: str, prefix: str = "") -> Source:
    """Find the same as `source`, and whether it is added up already."""
    base: dict[str, Any] = {"user": user_id, "kind": kind, "zone": time_zone}
    sheet = _find_sheet(user_id, period, time_zone)
    if sheet is not None:
        part = sheets.NOW if sheet.is_about(period) else sheets.BEFORE
        sql, values, stands = part.format(name=sheet.name, kind=kind), base, True
    else:
        pieces = _cut(user_id, period)
        stands = _is_one(pieces)
        sql, values = _one(pieces, base) if stands else _added_up(pieces, kind, base)
    if prefix:
        sql = sql.replace("%(", f"%({prefix}")
        values = {f"{prefix}{name}": value for name, value in values.items()}
    return Source(sql=sql, values=values, stands=stands)


def pair(
    user_id: int, period: Period, before: Period | None, kind: Item, time_zone: str
) -> tuple[str, dict[str, Any]]:
    """Write the query for (item_id, plays, ms, was_plays, was_ms), and its values by name.

    What was is the period before; what was heard in either of the two is there.
    """
    now, values = source(user_id, period, kind, time_zone)
    if before is None:
        return ALONE.format(now=now), values
    sheet = _find_sheet(user_id, period, time_zone)
    if sheet is not None and sheet.is_about(period) and sheet.is_after(before):
        return sheets.PAIR.format(name=sheet.name, kind=kind), values
    was, more = source(user_id, before, kind, time_zone, prefix="was_")
    return PAIR.format(now=now, was=was), values | more


def fresh(user_id: int, period: Period, kind: Item, time_zone: str) -> tuple[str, dict[str, Any]]:
    """Write the query for (item_id, plays, ms) of what was not heard in the half year before.

    To be asked within `shared(lately=True)`, of tracks or artists; not of all time.
    """
    block = _block.get()
    if block is None or not block.lately:
        raise RuntimeError("asked outside of shared(lately=True)")
    about = (one for one in block.sheets if one.user_id == user_id and one.is_about(period))
    sheet = next(about, None) or _make_sheet(block, user_id, period, time_zone)
    base = {"user": user_id, "kind": kind, "zone": time_zone}
    return sheets.FRESH.format(name=sheet.name, kind=kind), base


def _find_sheet(user_id: int, period: Period, time_zone: str) -> Sheet | None:
    """Find the sheet that holds a period, or make it where one is worth its while."""
    block = _block.get()
    if block is None or period.key == ALL:
        return None
    for sheet in block.sheets:
        if sheet.user_id == user_id and (sheet.is_about(period) or sheet.is_after(period)):
            return sheet
    apart = [period, *([period.before] if block.before and period.before else [])]
    if not block.lately and all(_is_one(_cut(user_id, one)) for one in apart):
        return None
    return _make_sheet(block, user_id, period, time_zone)


def _make_sheet(block: _Block, user_id: int, period: Period, time_zone: str) -> Sheet:
    ago = Period(key="custom", first=period.first - AWAY, last=period.first - DAY)
    sheet = Sheet(
        name=f"sheet_{block.depth}_{len(block.sheets)}",
        user_id=user_id,
        time_zone=time_zone,
        period=period,
        before=period.before if block.before else None,
        lately=ago if block.lately else None,
    )
    sheets.make(sheet, _heard(user_id))
    block.sheets.append(sheet)
    return sheet


def _cut(user_id: int, period: Period) -> Pieces:
    pieces = cut(period)
    return pieces if _is_one(pieces) else cut(period, _heard(user_id))


def _heard(user_id: int) -> Days | None:
    """Tell the first and the last day with plays."""
    block = _block.get()
    if block is not None and user_id in block.heard:
        return block.heard[user_id]
    first, last = db.query(HEARD, user_id)[0]
    heard = (first, last) if first else None
    if block is not None:
        block.heard[user_id] = heard
    return heard


def _is_one(pieces: Pieces) -> bool:
    return len(pieces.whole) == 1 and not pieces.edges


def _one(pieces: Pieces, base: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    grain, start = pieces.whole[0]
    return ONE, {**base, "grain": grain, "period": start}


def _added_up(pieces: Pieces, kind: Item, base: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    values = dict(base)
    parts = []
    if pieces.whole:
        parts.append(WHOLE)
        values |= {
            "grains": [grain for grain, _ in pieces.whole],
            "periods": [start for _, start in pieces.whole],
        }
    if pieces.edges:
        parts.append(EDGES.format(name=NAMES[kind], artists=ARTISTS if kind is Item.ARTIST else ""))
        values |= sheets.edge_window(pieces.edges, base["zone"])
    return ADDED_UP.format(parts=" UNION ALL ".join(parts)), values
