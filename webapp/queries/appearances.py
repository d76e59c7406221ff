"""Appearances in charts: their weeks, kept as they come, and what is known of one thing.

`trend_weeks` is derived: a week is made anew from its appearances, so no counter can drift. What
was met under several ids counts once, under the one that stayed (`trend_merges`).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from webapp import db
from webapp.domain.appearances import WEEK, Run, Span, Week, run, week_of
from webapp.domain.stats import Item

ITEM_COLUMNS = (
    "i.id, i.kind, i.name, i.artist_names, i.released, i.image_url, i.spotify_id, i.mbid,"
    " i.deezer_id"
)
WIDTH = 9
"""How many columns these are."""

# Ids that stayed, each with all ids that lead to it.
MEMBERS = """
WITH RECURSIVE up (id) AS (
  SELECT unnest(%(ids)s::bigint[])
  UNION SELECT m.into_id FROM up JOIN trend_merges m ON m.from_id = up.id),
members (item_id, id) AS (
  SELECT id, id FROM up WHERE NOT EXISTS (SELECT FROM trend_merges m WHERE m.from_id = up.id)
  UNION SELECT b.item_id, m.from_id FROM members b JOIN trend_merges m ON m.into_id = b.id)
"""

RECORD = f"""
{MEMBERS}
INSERT INTO trend_weeks (item_id, source, chart, week, best, appearances)
SELECT b.item_id, a.source, a.chart, date_trunc('week', a.seen_at AT TIME ZONE 'UTC')::date,
  min(a.position), count(DISTINCT a.seen_at)
FROM members b JOIN trend_appearances a ON a.item_id = b.id {{only}}
GROUP BY 1, 2, 3, 4
ON CONFLICT (source, chart, week, item_id)
DO UPDATE SET best = excluded.best, appearances = excluded.appearances
"""  # noqa: S608 - our own text
ONE_WEEK = RECORD.format(
    only="AND a.source = %(source)s AND a.chart = %(chart)s"
    " AND a.seen_at >= %(since)s AND a.seen_at < %(until)s"
)
ALL_WEEKS = RECORD.format(only="")
FORGET = f"{MEMBERS} DELETE FROM trend_weeks w USING members b WHERE w.item_id = b.id"  # noqa: S608

ITEM = f"""
{MEMBERS}
SELECT {ITEM_COLUMNS} FROM trend_items i WHERE i.id = (SELECT item_id FROM members LIMIT 1)
"""  # noqa: S608 - our own text
BY_SPOTIFY_ID = "SELECT id FROM trend_items WHERE kind = %s AND spotify_id = %s"
# Charts seldom tell Spotify's id: where none has it, what a person would read decides.
BY_NAMES = """
SELECT i.id FROM {noun}s o JOIN trend_items i ON i.kind = %s AND i.match_key = o.match_key
WHERE o.id = %s AND o.match_key NOT IN ('', '|') ORDER BY i.id LIMIT 1
"""

WEEKS = """
SELECT source, chart, week, best, appearances FROM trend_weeks WHERE item_id = %s
ORDER BY source, chart, week
"""

# Both ends of an index for each chart the thing was in: its appearances may be thousands.
SPANS = f"""
{MEMBERS}
SELECT w.source, w.chart, min(first.seen_at), max(last.seen_at),
  (SELECT max(seen_at) FROM trend_appearances l WHERE l.source = w.source AND l.chart = w.chart)
FROM (SELECT DISTINCT source, chart FROM trend_weeks
  WHERE item_id IN (SELECT item_id FROM members)) w
CROSS JOIN members b
CROSS JOIN LATERAL (SELECT min(a.seen_at) AS seen_at FROM trend_appearances a
  WHERE a.item_id = b.id AND a.source = w.source AND a.chart = w.chart) first
CROSS JOIN LATERAL (SELECT max(a.seen_at) AS seen_at FROM trend_appearances a
  WHERE a.item_id = b.id AND a.source = w.source AND a.chart = w.chart) last
GROUP BY 1, 2
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendItem:
    """Something that was in a chart: an album, artist or track, with the ids it is known by."""

    id: int
    kind: str
    name: str
    artists: str
    released: date | None
    image_url: str | None
    spotify_id: str | None
    mbid: str | None
    deezer_id: str | None


def record_weeks(item_ids: Collection[int], source: str, chart: str, seen_at: datetime) -> None:
    """Make anew the week of one look at a chart, for the things it showed (same transaction)."""
    monday = week_of(seen_at)
    since = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    db.query_by_name(
        ONE_WEEK,
        ids=list(item_ids),
        source=source,
        chart=chart,
        since=since,
        until=since + WEEK,
    )


def recount_weeks(item_ids: Collection[int]) -> None:
    """Make all weeks of things anew; call it once two turned out to be the same."""
    with db.transaction():
        db.query_by_name(FORGET, ids=list(item_ids))
        db.query_by_name(ALL_WEEKS, ids=list(item_ids))


def find_item(item_id: int) -> TrendItem | None:
    """Find a thing by its id, or by one that it was met under before."""
    rows = db.query_by_name(ITEM, ids=[item_id])
    return trend_item(rows[0]) if rows else None


def find_by_spotify_id(kind: str, spotify_id: str) -> TrendItem | None:
    """Find a thing by Spotify's id."""
    rows = db.query(BY_SPOTIFY_ID, kind, spotify_id)
    return find_item(rows[0][0]) if rows else None


def find_of_catalogue(kind: Item, thing_id: str) -> TrendItem | None:
    """Find what a thing of the catalogue is in the charts: by Spotify's id, else by its names."""
    found = find_by_spotify_id(kind.value, thing_id)
    if found:
        return found
    rows = db.query(BY_NAMES.format(noun=kind.value), kind.value, thing_id)
    return find_item(rows[0][0]) if rows else None


def history(item_id: int) -> list[Run]:
    """Tell of each chart that a thing (by the id that stayed) was in, by source and name."""
    weeks: defaultdict[tuple[str, str], list[Week]] = defaultdict(list)
    for source, chart, week, best, appearances in db.query(WEEKS, item_id):
        weeks[source, chart].append(Week(week=week, best=best, appearances=appearances))
    spans = db.query_by_name(SPANS, ids=[item_id]) if weeks else []
    found = [
        Span(source=row[0], chart=row[1], first_at=row[2], last_at=row[3], looked_at=row[4])
        for row in sorted(spans)
    ]
    return [run(span, weeks[span.source, span.chart]) for span in found]


def trend_item(row: Sequence[Any]) -> TrendItem:
    """Read a thing from the columns `ITEM_COLUMNS`."""
    return TrendItem(
        id=row[0],
        kind=row[1],
        name=row[2],
        artists=row[3],
        released=row[4],
        image_url=row[5],
        spotify_id=row[6],
        mbid=row[7] and str(row[7]),
        deezer_id=row[8],
    )
