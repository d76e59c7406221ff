"""What a visitor of the browse page asked for, what is shown of it, and where its links lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from flask import abort, request, url_for
from flask_login import current_user

from webapp.domain.trends import (
    ChartState,
    Shelf,
    Source,
    Trend,
    Wish,
    choose,
    found_elsewhere,
    genres_of,
)
from webapp.queries import collection, trend_items
from webapp.services import trend_pages
from webapp.services.trend_pages import Trends
from webapp.views.requests import me, page_number, printable, search_words

PER_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The list as asked for; `rows` is the page of it, `total` counts all that were found.

    `held` are those of the page that are in the listener's collection. `elsewhere` counts what the
    words find on other shelves, where they find nothing on this one.
    """

    wish: Wish
    strange: bool
    rows: tuple[Trend, ...]
    total: int
    page: int
    on_shelf: int
    genres: tuple[tuple[str, int], ...]
    charts: tuple[ChartState, ...]
    as_of: datetime | None
    held: frozenset[int]
    elsewhere: tuple[tuple[Shelf, int], ...]

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, ceil(self.total / PER_PAGE))

    @property
    def first(self) -> int:
        """How many are on the pages before this one."""
        return (self.page - 1) * PER_PAGE

    @property
    def is_narrow(self) -> bool:
        """Whether something was asked for besides the shelf."""
        wish = self.wish
        return bool(wish.words or wish.source or wish.genre or self.strange)

    @property
    def is_ranked(self) -> bool:
        """Whether the order is that of a whole chart, so that a place in it says something."""
        wish = self.wish
        chosen = wish.words or wish.genre or self.strange
        return wish.shelf is not Shelf.RELEASES and not chosen

    @property
    def page_url(self) -> str:
        """The page itself."""
        return self.url(page=self.page)

    def url(self, **changes: Any) -> str:
        """Give the address with something changed; the page goes back to the first."""
        return url_for("browse.index", **_said({**self._query, **changes}))

    def shelf_url(self, shelf: Shelf) -> str:
        """Give the address of another shelf, with nothing else asked for."""
        return url_for("browse.index", **_said({"list": shelf}))

    def elsewhere_url(self, shelf: Shelf) -> str:
        """Give the address of another shelf, with the words alone asked for."""
        return url_for("browse.index", **_said({"list": shelf, "q": self.wish.words}))

    def beside(self, step: int) -> str | None:
        """Give the address of the page before (-1) or after (1), where there is one."""
        page = self.page + step
        return self.url(page=page) if 1 <= page <= self.pages else None

    @property
    def _query(self) -> Mapping[str, Any]:
        return {
            "list": self.wish.shelf,
            "q": self.wish.words,
            "source": self.wish.source,
            "genre": self.wish.genre,
            "new": "1" if self.strange else "",
        }


def look() -> Sight:
    """Read the address and what is stored; 404 where it asks for what there isn't."""
    trends = trend_pages.read()
    shelf, source, page = _shelf(), _source(), page_number()
    here = [trend for trend in trends.items if any(p.shelf is shelf for p in trend.places)]
    strange = current_user.is_authenticated and request.args.get("new") == "1"
    wish = Wish(
        shelf=shelf,
        words=search_words(),
        source=source,
        genre=printable(request.args.get("genre", ""))[:60],
        known=trend_items.heard(me().id, [one.id for one in here]) if strange else frozenset(),
    )
    found = choose(here, wish)
    if page > max(1, ceil(len(found) / PER_PAGE)):
        abort(404)
    return _sight(trends, wish, here, found, page=page, strange=strange)


def _sight(
    trends: Trends,
    wish: Wish,
    here: list[Trend],
    found: list[Trend],
    *,
    page: int,
    strange: bool,
) -> Sight:
    rows = tuple(found[(page - 1) * PER_PAGE : page * PER_PAGE])
    ids = [row.id for row in rows] if current_user.is_authenticated else []
    return Sight(
        wish=wish,
        strange=strange,
        rows=rows,
        held=frozenset(collection.held(me().id, ids)) if ids else frozenset(),
        total=len(found),
        page=page,
        on_shelf=len(here),
        genres=tuple(genres_of(here, wish.shelf)),
        charts=tuple(state for state in trends.charts if state.chart.shelf is wish.shelf),
        as_of=trends.as_of,
        elsewhere=() if found else tuple(found_elsewhere(trends.items, wish)),
    )


def _shelf() -> Shelf:
    text = request.args.get("list") or Shelf.RELEASES
    if text not in set(Shelf):
        abort(404)
    return Shelf(text)


def _source() -> Source | None:
    text = request.args.get("source", "")
    if text and text not in set(Source):
        abort(404)
    return Source(text) if text else None


def _said(query: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is usual."""
    usual = {"list": Shelf.RELEASES, "page": 1}
    return {key: str(value) for key, value in query.items() if value and usual.get(key) != value}
