"""What the pages about trends show, from what is stored alone: nothing here asks outside."""

from dataclasses import dataclass, replace
from datetime import datetime

from webapp.domain.trend_documents import chart_state, from_document
from webapp.domain.trends import CHARTS, TRENDING, ChartState, Kind, Trend, by_the_same
from webapp.queries import trend_items, trends
from webapp.queries.trends import Cached
from webapp.services.trends import is_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """Everything that is in charts now, and how each chart stands; `as_of` None: nothing yet."""

    items: tuple[Trend, ...]
    charts: tuple[ChartState, ...]
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A thing, what else its maker has in charts now, and the maker, where the charts have them."""

    item: Trend
    others: tuple[Trend, ...]
    maker: Trend | None


NOTHING = Trends(items=(), charts=tuple(ChartState(chart=one) for one in CHARTS), as_of=None)
_latest: list[tuple[str, Trends]] = [("", NOTHING)]
"""What this process read last, with its stamp: it changes four times a day."""


def read() -> Trends:
    """Read what was published last; unpacked once in every process."""
    stamp, latest = _latest[0]
    found = trends.find_unless(TRENDING, stamp)
    if found is None:
        _latest[0] = ("", NOTHING)
        return NOTHING
    told = found.metadata["stamp"]
    if told != stamp:
        latest = _unpacked(found)
        _latest[0] = (told, latest)
    return latest


def are_old(now: datetime) -> bool:
    """Say whether a visitor's look should start a refresh.

    As long as what this process read last is fresh, nothing is asked: charts only get younger.
    """
    return is_due(_latest[0][1].charts, now) and is_due(read().charts, now)


def _unpacked(found: Cached) -> Trends:
    return Trends(
        items=tuple(from_document(document) for document in found.data["items"]),
        charts=tuple(chart_state(document) for document in found.metadata["charts"]),
        as_of=found.fetched_at if found.metadata["as_of"] else None,
    )


def find(kind: Kind, item_id: int) -> Found | None:
    """Find what is or was in a chart, under the id it goes by now, with its places."""
    found = trend_items.shown([item_id]).get(item_id)
    if found is None or found.kind is not kind:
        return None
    items = read().items
    standing = next((item for item in items if item.id == found.id), None)
    item = replace(found, places=standing.places) if standing else found
    return Found(item=item, others=tuple(by_the_same(items, item)), maker=_maker(items, item))


def _maker(items: tuple[Trend, ...], made: Trend) -> Trend | None:
    if made.kind is Kind.ARTIST or not made.maker_key:
        return None
    artists = (one for one in items if one.kind is Kind.ARTIST)
    return next((one for one in artists if one.maker_key == made.maker_key), None)
