"""A long list as its address asks for it: words, order, page, and a day in the past."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import format_date, gettext

from webapp.domain.days import end_of_day, local_day
from webapp.queries.lines import Slice, Wanted
from webapp.views.errors import answer
from webapp.views.fragments import fragment, page
from webapp.views.requests import me, page_number, printable, search_words, wiring

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list page is asked for, and the addresses of its variants.

    `endpoint` is the page's; the list alone, as a fragment, is at `<endpoint>_list`.
    """

    endpoint: str
    path: Mapping[str, Any]
    sorts: tuple[str, ...]
    sort: str
    words: str
    number: int
    day: date | None
    moment: datetime | None

    @property
    def wanted(self) -> Wanted:
        """The same, as queries take it."""
        return Wanted(words=self.words, sort=self.sort, page=self.number, moment=self.moment)

    @property
    def page_url(self) -> str:
        """The page itself."""
        return self.url(page=self.number)

    @property
    def bare_url(self) -> str:
        """The page with nothing asked for: where forms go."""
        return url_for(self.endpoint, **self.path)

    @property
    def list_url(self) -> str:
        """The list alone, with nothing asked for."""
        return url_for(f"{self.endpoint}_list", **self.path)

    @property
    def now_url(self) -> str:
        """The same list as it is today."""
        return self.url(at=None)

    @property
    def all_url(self) -> str:
        """The list without the search."""
        return self.url(q="")

    @property
    def kept(self) -> dict[str, str]:
        """What a search carries along."""
        query = {"sort": self._sort, "at": self._at}
        return {name: value for name, value in query.items() if value}

    def url(self, **changes: Any) -> str:
        """Give the address with something changed; the page goes back to the first."""
        query = {"q": self.words, "sort": self._sort, "at": self._at, **changes}
        if query.get("page") == 1:
            del query["page"]
        return url_for(self.endpoint, **self.path, **{k: v for k, v in query.items() if v})

    def sort_url(self, sort: str) -> str:
        """Give the address of the list in another order."""
        return self.url(sort=None if sort == self.sorts[0] else sort)

    def prev_url(self, part: Slice[Any]) -> str | None:
        """Give the address of the page before."""
        return self.url(page=part.page - 1) if part.page > 1 else None

    def next_url(self, part: Slice[Any]) -> str | None:
        """Give the address of the page after."""
        return self.url(page=part.page + 1) if part.page < part.pages else None

    @property
    def _sort(self) -> str:
        return "" if self.sort == self.sorts[0] else self.sort

    @property
    def _at(self) -> str:
        return self.day.isoformat() if self.day else ""


def asked(endpoint: str, sorts: Sequence[str], **path: str) -> Listing:
    """Read the address; 404 where it asks for an order, page or day that there isn't."""
    sort = request.args.get("sort") or sorts[0]
    if sort not in sorts:
        abort(404)
    day = asked_day()
    return Listing(
        endpoint=endpoint,
        path=path,
        sorts=tuple(sorts),
        sort=sort,
        words=search_words(),
        number=page_number(),
        day=day,
        moment=end_of_day(day, me().time_zone) if day else None,
    )


def asked_day(name: str = "at") -> date | None:
    """Read a day that has begun where the listener lives; 404 with the reason otherwise."""
    text = request.args.get(name, "")
    if not text:
        return None
    day = _day(text)
    if day is None:
        _no_such_day(
            gettext("“%(text)s” is not a day. Write it as 2026-03-31.", text=printable(text)[:40])
        )
    elif day > local_day(wiring().clock(), me().time_zone):
        _no_such_day(
            gettext("%(day)s has not come yet. Choose a day of the past.", day=long_date(day))
        )
    return day


def long_date(day: date) -> str:
    """Write a day out: 3 March 2026."""
    return str(format_date(day, "long"))


def show(template: str, listing: Listing, part: Slice[Any], **context: Any) -> Response:
    """Answer the page of a list."""
    _check(part)
    return page(template, listing=listing, part=part, **context)


def show_list(template: str, listing: Listing, part: Slice[Any], **context: Any) -> Response:
    """Answer the list alone; the browser's address becomes the page's."""
    _check(part)
    response = fragment(template, listing=listing, part=part, **context)
    response.headers["HX-Push-Url"] = listing.page_url
    return response


def _check(part: Slice[Any]) -> None:
    if part.beyond:
        abort(404)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def _no_such_day(text: str) -> None:
    abort(answer(404, title=gettext("There is no such day"), text=text))
