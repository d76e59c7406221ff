"""Charts put straight into the tables, as refreshes would leave them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from webapp import db
from webapp.queries import appearances

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
DEEZER, ALBUMS = "deezer", "albums"


def met(name: str, kind: str = "album", artist: str = "Nia Osei", **ids: str) -> int:
    """Add a thing that was met in a chart; `ids` are further columns."""
    columns = {"spotify_id": None, "isrc": None, "image_url": None, "match_key": "", **ids}
    rows = db.query(
        "INSERT INTO trend_items (kind, name, artist_names, first_seen_at, last_seen_at,"
        " spotify_id, isrc, image_url, match_key)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        *(kind, name, artist, MONDAY, MONDAY),
        *(columns[key] for key in ("spotify_id", "isrc", "image_url", "match_key")),
    )
    return int(rows[0][0])


def charted(
    seen_at: datetime,
    item_ids: Sequence[int] | Mapping[int, int],
    source: str = DEEZER,
    chart: str = ALBUMS,
) -> None:
    """Look at a chart: the first is at place 1, unless places are given (id: place)."""
    placed: Iterable[tuple[int, int]] = (
        item_ids.items()
        if isinstance(item_ids, Mapping)
        else ((item, place) for place, item in enumerate(item_ids, start=1))
    )
    rows = [(item, source, chart, place, seen_at) for item, place in placed]
    db.insert_values(
        "INSERT INTO trend_appearances (item_id, source, chart, position, seen_at) VALUES %s", rows
    )
    appearances.record_weeks([row[0] for row in rows], source, chart, seen_at)


def merged(younger: int, older: int) -> None:
    """Find that two things are the same."""
    db.query("INSERT INTO trend_merges VALUES (%s, %s)", younger, older)
    appearances.recount_weeks([younger, older])
