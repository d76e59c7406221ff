"""What the pages about trends show, from what is stored alone: nothing here asks outside."""

from dataclasses import dataclass, replace
from datetime import datetime

from webapp.domain.trend_documents import chart_state, from_document
from webapp.domain.trends import CHARTS, TRENDING, ChartState, Kind, Trend
from webapp.queries import trend_items, trends
from webapp.queries.trends import Cached


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """Everything that is in charts now, and how each chart stands; `as_of` None: nothing yet."""

    items: tuple[Trend, ...]
    charts: tuple[ChartState, ...]
    as_of: datetime | None


NOTHING = Trends(items=(), charts=tuple(ChartState(chart=one) for one in CHARTS), as_of=None)
_latest: list[tuple[str, Trends]] = [("", NOTHING)]
"""What this process read last, with its stamp: it changes four times a day."""


def read() -> Trends:
    """Read what was published last; unpacked once in every process."""
    stamp, latest = _latest[0]
    found = trends.find_unless(TRENDING, stamp)
    if found is None:
        return NOTHING
    told = found.metadata["stamp"]
    if told != stamp:
        latest = _unpacked(found)
        _latest[0] = (told, latest)
    return latest


def _unpacked(found: Cached) -> Trends:
    return Trends(
        items=tuple(from_document(document) for document in found.data["items"]),
        charts=tuple(chart_state(document) for document in found.metadata["charts"]),
        as_of=found.fetched_at if found.metadata["as_of"] else None,
    )


def find_album(item_id: int) -> Trend | None:
    """Find an album that is or was in a chart, under the id it goes by now, with its places."""
    found = trend_items.shown([item_id]).get(item_id)
    if found is None or found.kind is not Kind.ALBUM:
        return None
    standing = next((item for item in read().items if item.id == found.id), None)
    return replace(found, places=standing.places) if standing else found
