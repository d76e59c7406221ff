"""Tables of this connection in which a period is added up, beside what it is compared with.

A row is a track, album or artist heard in the period or in the one before. The days at the edges
are read from plays once for all three; roll-ups are read by their index alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from webapp import db
from webapp.domain.days import end_of_day, start_of_day
from webapp.domain.periods import Days, Period, cut_together
from webapp.domain.stats import Item

TWICE = timedelta(hours=2)
"""Where a clock is set back at midnight, a day begins twice: the index looks so much further."""

# Each piece counts for the period (now), the one before (was) and the half year before (lately):
# once, not at all, or against it.
EDGES = """
CREATE TEMP TABLE {name}_edges AS
SELECT p.track_id AS track, t.album_id AS album, c.artist_id AS artist,
  coalesce(p.ms_played, t.duration_ms, 0) AS ms, edge.now, edge.was, edge.lately
FROM unnest(%(edge_days)s::date[], %(edge_ends)s::date[], %(edge_from)s::timestamptz[],
  %(edge_until)s::timestamptz[], %(edge_now)s::integer[], %(edge_was)s::integer[],
  %(edge_lately)s::integer[]) AS edge (first, last, since, until, now, was, lately)
JOIN plays p ON p.user_id = %(user)s AND p.ended_at >= edge.since AND p.ended_at <= edge.until
  AND (p.ended_at AT TIME ZONE %(zone)s)::date BETWEEN edge.first AND edge.last
LEFT JOIN tracks t ON t.id = p.track_id
LEFT JOIN track_artists c ON c.track_id = p.track_id AND c.position = 0
"""
# Milliseconds are added up as floats: exact up to 2^53, and without the numerics that bigints take.
SUMS = """
CREATE TEMP TABLE {name}_{kind} AS
SELECT part.item_id, sum(part.plays * part.now) AS plays,
  sum(part.ms::float8 * part.now)::bigint AS ms, sum(part.plays * part.was) AS was_plays,
  sum(part.ms::float8 * part.was)::bigint AS was_ms, sum(part.plays * part.lately) > 0 AS lately
FROM (
  SELECT i.item_id, i.plays, i.ms, piece.now, piece.was, piece.lately
  FROM unnest(%(grains)s::text[], %(periods)s::date[], %(now)s::integer[], %(was)s::integer[],
    %(lately)s::integer[]) AS piece (grain, period, now, was, lately)
  JOIN listening_items i ON i.user_id = %(user)s AND i.kind = '{kind}'
    AND i.grain = piece.grain AND i.period = piece.period
  UNION ALL SELECT {kind}, 1, ms, now, was, lately FROM {name}_edges WHERE {kind} IS NOT NULL
) part {needed}
GROUP BY part.item_id
HAVING sum(part.plays * part.now) > 0 OR sum(part.plays * part.was) > 0
"""
# Nobody asks whether an album was heard lately.
ALBUMS = "WHERE part.now <> 0 OR part.was <> 0"
TABLES = ("edges", *Item)

NOW = "SELECT item_id, plays, ms FROM {name}_{kind} WHERE plays > 0"
BEFORE = "SELECT item_id, was_plays AS plays, was_ms AS ms FROM {name}_{kind} WHERE was_plays > 0"
PAIR = "SELECT item_id, plays, ms, was_plays, was_ms FROM {name}_{kind}"
FRESH = "SELECT item_id, plays, ms FROM {name}_{kind} WHERE plays > 0 AND NOT lately"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet holds of a listener: a period, and as far as wanted what lies before it."""

    name: str
    user_id: int
    time_zone: str
    period: Period
    before: Period | None
    lately: Period | None

    def is_about(self, period: Period) -> bool:
        """Whether a period is the one it is about."""
        return _days(self.period) == _days(period)

    def is_after(self, period: Period) -> bool:
        """Whether it has a period as the one before."""
        return self.before is not None and _days(self.before) == _days(period)


def make(sheet: Sheet, heard: Days | None) -> None:
    """Add up; `heard` are the listener's first and last day with plays."""
    shares = cut_together((sheet.period, sheet.before, sheet.lately), heard)
    # One that a failure left behind on this connection is of another time.
    statements = [_drop([sheet]), EDGES.format(name=sheet.name)]
    for kind in Item:
        needed = ALBUMS if kind is Item.ALBUM else ""
        statements.append(SUMS.format(name=sheet.name, kind=kind, needed=needed))
    db.query_by_name(
        ";".join(statements),
        user=sheet.user_id,
        zone=sheet.time_zone,
        grains=[grain for grain, _ in shares.whole],
        periods=[start for _, start in shares.whole],
        **_times("", shares.whole.values()),
        **edge_window(list(shares.edges), sheet.time_zone),
        **_times("edge_", shares.edges.values()),
    )


def drop(sheets: Sequence[Sheet]) -> None:
    """Let go of sheets."""
    db.query(_drop(sheets))


def edge_window(edges: Sequence[Days], time_zone: str) -> dict[str, Any]:
    """Give the values by which an index finds the plays of some days."""
    return {
        "edge_days": [first for first, _ in edges],
        "edge_ends": [last for _, last in edges],
        "edge_from": [start_of_day(first, time_zone) - TWICE for first, _ in edges],
        "edge_until": [end_of_day(last, time_zone) + TWICE for _, last in edges],
    }


def _times(prefix: str, shares: Collection[list[int]]) -> dict[str, list[int]]:
    return {
        f"{prefix}{name}": [times[place] for times in shares]
        for place, name in enumerate(("now", "was", "lately"))
    }


def _drop(sheets: Sequence[Sheet]) -> str:
    names = (f"{sheet.name}_{table}" for sheet in sheets for table in TABLES)
    return f"DROP TABLE IF EXISTS {', '.join(names)}"


def _days(period: Period) -> Days:
    return period.first, period.last
