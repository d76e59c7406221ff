"""What the statistics page is asked for, and what its cards have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from flask import abort, request, url_for

from webapp.domain.days import local_day
from webapp.domain.periods import Period, comparable
from webapp.domain.stats import By
from webapp.domain.stats_buckets import Bucket, Step, buckets, step_of
from webapp.queries import listening
from webapp.queries.listening import Totals
from webapp.views.periods import asked_period
from webapp.views.requests import MAX_PAGE_DIGITS, me, wiring

YEAR = timedelta(days=364)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A listener's period as the page shows it; what several cards need is read once."""

    user_id: int
    time_zone: str
    today: date
    first_day: date | None
    period: Period
    by: By
    pages: Mapping[str, int]

    @cached_property
    def totals(self) -> Totals:
        """What the period comes to."""
        return listening.totals(self.user_id, self.period, self.time_zone)

    @property
    def step(self) -> Step:
        """How long the columns of its pictures are."""
        return step_of(self.period.first, self.period.last)

    @property
    def buckets(self) -> list[Bucket]:
        """Its columns."""
        return buckets(self.period.first, self.period.last, self.step)

    @property
    def compared(self) -> Period | None:
        """The period before, if all of it lies after the first play."""
        return comparable(self.period, self.first_day)

    @property
    def year(self) -> Period:
        """The 365 days that end with the period."""
        return Period(key="custom", first=self.period.last - YEAR, last=self.period.last)

    def amount(self, plays: int, ms: int) -> int:
        """Choose what is counted."""
        return plays if self.by is By.PLAYS else ms

    def page_of(self, card: str) -> int:
        """Tell which page of a card's list is asked for."""
        return self.pages.get(card, 1)

    def url(self, **changes: Any) -> str:
        """Give the address of the page with something changed."""
        return url_for("stats.index", **self._query(changes))

    def card_url(self, card: str, **changes: Any) -> str:
        """Give the address of one card alone."""
        return url_for("stats.card_alone", name=card, **self._query(changes))

    def period_url(self, first: date, last: date) -> str:
        """Give the address of some days' statistics."""
        days = {"from": first.isoformat(), "to": last.isoformat()}
        return url_for("stats.index", **self._query({"period": None, **days}))

    def _query(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        query = {**self.period.query, "by": self.by, **changes}
        return {
            name: value
            for name, value in query.items()
            if value is not None and (name, value) not in {("by", By.PLAYS), ("page", 1)}
        }


def asked_sight(pages: Mapping[str, int]) -> Sight:
    """Read the address: 400 where it names no period, 404 no order."""
    period = asked_period()
    by = request.args.get("by", By.PLAYS)
    if by not in set(By):
        abort(404)
    account = me()
    return Sight(
        user_id=account.id,
        time_zone=account.time_zone,
        today=local_day(wiring().clock(), account.time_zone),
        first_day=listening.first_day(account.id),
        period=period,
        by=By(by),
        pages=pages,
    )


def asked_page(name: str) -> int:
    """Read a page's number: 1 where it is absent, 404 where it is none."""
    text = request.args.get(name, "1")
    sound = text.isascii() and text.isdecimal() and len(text) <= MAX_PAGE_DIGITS
    if not sound or int(text) < 1:
        abort(404)
    return int(text)
