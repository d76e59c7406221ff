"""The seven collections as numbers, each with what changed and as of when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext, lazy_gettext, ngettext

from webapp.domain.syncs import Collection
from webapp.queries.overview import CollectionCount

TOGETHER = timedelta(hours=1)
"""Readings closer than this to the newest one say no time of their own."""

LABELS = {
    Collection.TOP_TRACKS: lazy_gettext("top tracks"),
    Collection.TOP_ARTISTS: lazy_gettext("top artists"),
    Collection.RECENTLY_PLAYED: lazy_gettext("plays kept"),
    Collection.PLAYLISTS: lazy_gettext("playlists"),
    Collection.SAVED_TRACKS: lazy_gettext("saved tracks"),
    Collection.SAVED_ALBUMS: lazy_gettext("saved albums"),
    Collection.FOLLOWED_ARTISTS: lazy_gettext("followed artists"),
}
ORDER = (
    Collection.SAVED_TRACKS,
    Collection.SAVED_ALBUMS,
    Collection.FOLLOWED_ARTISTS,
    Collection.PLAYLISTS,
    Collection.RECENTLY_PLAYED,
    Collection.TOP_TRACKS,
    Collection.TOP_ARTISTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """One number: `news` says what the last reading brought, `own_time` when it was, if not now."""

    key: str
    label: str
    count: int
    news: str
    own_time: datetime | None
    pending: bool
    read: bool


def count_views(
    counts: Mapping[Collection, CollectionCount], coming: frozenset[Collection]
) -> list[CountView]:
    """Make the numbers, library first; `coming` are those that are being fetched now."""
    newest = max((c.checked_at for c in counts.values() if c.checked_at), default=None)
    return [_view(counts[name], newest, pending=name in coming) for name in ORDER]


def _view(part: CollectionCount, newest: datetime | None, *, pending: bool) -> CountView:
    late = part.checked_at and newest and newest - part.checked_at > TOGETHER
    return CountView(
        key=part.name.value,
        label=str(LABELS[part.name]),
        count=part.count,
        news=_news(part),
        own_time=part.checked_at if late else None,
        pending=pending,
        read=part.checked_at is not None,
    )


def _news(part: CollectionCount) -> str:
    """Say what changed; the first reading is no change."""
    if part.before_at is None:
        return ""
    if part.name is Collection.PLAYLISTS:
        came = ngettext("%(num)s changed", "%(num)s changed", part.added)
    else:
        came = ngettext("%(num)s new", "%(num)s new", part.added)
    gone = ngettext("%(num)s gone", "%(num)s gone", part.removed)
    news = [str(text) for count, text in ((part.added, came), (part.removed, gone)) if count]
    return ", ".join(news) or str(gettext("nothing new"))
