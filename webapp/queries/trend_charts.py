"""The charts themselves: which there are, what stands in them now, and their weeks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp import db
from webapp.domain.appearances import Place
from webapp.queries.appearances import ITEM_COLUMNS, WIDTH, TrendItem, trend_item

# One step along the index for each chart, however many appearances there are.
CHARTS = """
WITH RECURSIVE named (source, chart) AS (
  (SELECT source, chart FROM trend_appearances ORDER BY source, chart LIMIT 1)
  UNION ALL
  SELECT n.source, n.chart FROM named c CROSS JOIN LATERAL (
    SELECT a.source, a.chart FROM trend_appearances a
    WHERE (a.source, a.chart) > (c.source, c.chart) ORDER BY a.source, a.chart LIMIT 1) n),
charts AS (
  SELECT c.source, c.chart, first.seen_at AS first_at, last.seen_at AS last_at FROM named c
  CROSS JOIN LATERAL (SELECT min(a.seen_at) AS seen_at FROM trend_appearances a
    WHERE a.source = c.source AND a.chart = c.chart) first
  CROSS JOIN LATERAL (SELECT max(a.seen_at) AS seen_at FROM trend_appearances a
    WHERE a.source = c.source AND a.chart = c.chart) last)
"""
ALL = f"{CHARTS} SELECT source, chart, first_at, last_at FROM charts ORDER BY 1, 2"  # noqa: S608

# What turned out to be the same is told once, as what it is now, at its best place.
STANDINGS = f"""
{CHARTS}
SELECT c.source, c.chart, min(a.position), {ITEM_COLUMNS} FROM charts c
JOIN trend_appearances a ON a.source = c.source AND a.chart = c.chart AND a.seen_at = c.last_at
LEFT JOIN trend_merges m ON m.from_id = a.item_id
JOIN trend_items i ON i.id = coalesce(m.into_id, a.item_id)
WHERE a.position <= %(most)s AND (%(source)s = '' OR c.source = %(source)s)
  AND (%(chart)s = '' OR c.chart = %(chart)s)
GROUP BY c.source, c.chart, i.id ORDER BY c.source, c.chart, 3, i.id
"""  # noqa: S608 - our own text

LONGEST = """
SELECT item_id, count(*), min(best), min(week), max(week) FROM trend_weeks
WHERE source = %s AND chart = %s
GROUP BY item_id ORDER BY 2 DESC, 3, item_id LIMIT %s
"""

PLACES = """
SELECT item_id, week, best FROM trend_weeks
WHERE source = %s AND chart = %s AND week >= %s ORDER BY week, best, item_id
"""

ITEMS = f"SELECT {ITEM_COLUMNS} FROM trend_items i WHERE i.id = ANY(%s)"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A list of a source, and the first and newest look at it."""

    source: str
    chart: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands at a place of a chart now."""

    source: str
    chart: str
    position: int
    item: TrendItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How long a thing was in a chart: weeks, its peak, its first and last week."""

    item_id: int
    weeks: int
    peak: int
    first: date
    last: date


def charts() -> list[Chart]:
    """List all charts ever looked at, by source and name."""
    return [
        Chart(source=source, chart=chart, first_at=first, last_at=last)
        for source, chart, first, last in db.query(ALL)
    ]


def standings(source: str = "", chart: str = "", *, most: int) -> list[Standing]:
    """Tell what the newest look at each chart showed, up to a place; an empty name is any."""
    rows = db.query_by_name(STANDINGS, source=source, chart=chart, most=most)
    return [
        Standing(source=row[0], chart=row[1], position=row[2], item=trend_item(row[3:]))
        for row in rows
    ]


def longest(source: str, chart: str, most: int) -> list[Stay]:
    """List what was in a chart for most weeks; of equals the higher peak first."""
    return [
        Stay(item_id=item_id, weeks=weeks, peak=peak, first=first, last=last)
        for item_id, weeks, peak, first, last in db.query(LONGEST, source, chart, most)
    ]


def places(source: str, chart: str, since: date) -> list[Place]:
    """List the best places of each week from a Monday on, oldest first."""
    rows = db.query(PLACES, source, chart, since)
    return [Place(item_id=item_id, week=week, best=best) for item_id, week, best in rows]


def items(item_ids: Collection[int]) -> dict[int, TrendItem]:
    """Read things by the ids that stayed."""
    rows: list[tuple[Any, ...]] = db.query(ITEMS, list(item_ids)) if item_ids else []
    return {row[0]: trend_item(row[:WIDTH]) for row in rows}
