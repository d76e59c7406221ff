"""When the music of a period was released."""

from dataclasses import dataclass

from webapp import db
from webapp.domain.periods import Period
from webapp.domain.stats import Item
from webapp.queries import spans

YEARS = """
WITH items AS ({items})
SELECT a.release_year, sum(i.plays)::bigint, sum(i.ms)::bigint
FROM items i JOIN albums a ON a.id = i.item_id
WHERE a.release_year IS NOT NULL GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseYear:
    """What was heard of the albums of a year."""

    year: int
    plays: int
    ms: int


def release_years(user_id: int, period: Period, time_zone: str) -> list[ReleaseYear]:
    """Count plays by the year that their album came out, as far as it is known."""
    items, values = spans.source(user_id, period, Item.ALBUM, time_zone)
    rows = db.query_by_name(YEARS.format(items=items), **values)
    return [ReleaseYear(year=year, plays=plays, ms=ms) for year, plays, ms in rows]
