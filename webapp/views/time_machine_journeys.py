"""Where a listener travels: the two days in an address, and the addresses of other days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from flask import abort, request, url_for
from flask_babel import gettext, ngettext

from webapp.domain.days import end_of_day, local_day
from webapp.domain.time_machine_days import (
    HALF_YEAR,
    MONTH,
    YEAR,
    Known,
    Leap,
    Shelf,
    Span,
    first_known,
    first_told,
    landing,
    leaps,
)
from webapp.queries import time_machine
from webapp.services.time_machine import span_of
from webapp.views.errors import answer
from webapp.views.listings import DAY, long_date
from webapp.views.requests import me, printable, wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Two days, the earlier one first; `now_day` is None for this moment.

    A day stands for its end where the listener lives: `then` and `now`.
    """

    then_day: date
    now_day: date | None
    then: datetime
    now: datetime
    today: date
    known: Mapping[Shelf, Known]
    leaps: tuple[Leap, ...]

    @property
    def query(self) -> dict[str, str]:
        """What an address needs to name it again."""
        query = {"at": self.then_day.isoformat()}
        return query | {"to": self.now_day.isoformat()} if self.now_day else query

    @property
    def same(self) -> bool:
        """Whether it leads nowhere: both days are one."""
        return self.then_day == (self.now_day or self.today)

    @property
    def spans(self) -> dict[Shelf, Span]:
        """The two moments as each shelf knows them."""
        return {shelf: span_of(one, self.then, self.now) for shelf, one in self.known.items()}

    @property
    def first(self) -> datetime | None:
        """When Backspin looked first."""
        return first_known(self.known)

    @property
    def early(self) -> bool:
        """Whether it leads to before the first look at anything."""
        return self.first is None or self.then < self.first

    def url(self, endpoint: str, **values: Any) -> str:
        """Give the address of a page of this journey; first pages go without their number."""
        if values.get("page") == 1:
            del values["page"]
        query: dict[str, Any] = {**self.query, **values}
        return url_for(endpoint, **query)

    def leap_url(self, leap: Leap) -> str:
        """Give the address of the start page at another day."""
        to = self.query.get("to")
        return url_for("time_machine.index", at=leap.day.isoformat(), to=to)


def asked_journey() -> Journey | None:
    """Read the address; None before anything is known. 400 with the reason for what is no day."""
    account, clock = me(), wiring().clock()
    today = local_day(clock, account.time_zone)
    at, to = _asked_day("at", today), _asked_day("to", today)
    if at is None:
        at = _default_day(today)
    then_day, now_day = _in_order(at or today, None if to == today else to)
    then = end_of_day(then_day, account.time_zone)
    now = end_of_day(now_day, account.time_zone) if now_day else clock
    known = time_machine.known(account.id, then, now)
    first, told = first_known(known), first_told(known)
    if first is None or told is None:
        return None
    first_day, told_day = (local_day(moment, account.time_zone) for moment in (first, told))
    return Journey(
        then_day=then_day,
        now_day=now_day,
        then=then,
        now=now,
        today=today,
        known=known,
        leaps=tuple(leaps(today, first_day, told_day)),
    )


def leap_name(leap: Leap) -> str:
    """Say how far a leap goes."""
    names = {
        0: gettext("The first day"),
        MONTH: gettext("A month ago"),
        HALF_YEAR: gettext("Half a year ago"),
    }
    years = leap.months // YEAR
    told = names.get(leap.months)
    return str(told or ngettext("%(n)s year ago", "%(n)s years ago", years, n=years))


def _default_day(today: date) -> date | None:
    account, clock = me(), wiring().clock()
    first = first_known(time_machine.known(account.id, clock, clock))
    return landing(today, local_day(first, account.time_zone)) if first else None


def _in_order(then: date, now: date | None) -> tuple[date, date | None]:
    """Put the earlier day first: a difference is told forwards."""
    return (now, then) if now and now < then else (then, now)


def _asked_day(name: str, today: date) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        shown = printable(text)[:40]
        _refuse(gettext("“%(text)s” is not a day. Write it as 2026-03-31.", text=shown))
    if day > today:
        told = gettext("%(day)s has not come yet. This machine goes back only.", day=long_date(day))
        _refuse(told)
    return day


def _refuse(text: str) -> NoReturn:
    abort(answer(400, title=gettext("There is no such day"), text=text))
