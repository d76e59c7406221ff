"""The one period control of a page: read from the address, offered as links and as two dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, g, request, url_for
from flask_babel import LazyString, gettext, lazy_gettext

from webapp.domain.days import local_day
from webapp.domain.periods import DEFAULT, Period, PeriodError, parse
from webapp.queries import listening
from webapp.views.errors import answer
from webapp.views.requests import me, wiring

NAMES: dict[str, LazyString] = {
    "4w": lazy_gettext("4 weeks"),
    "6m": lazy_gettext("6 months"),
    "year": lazy_gettext("This year"),
    "all": lazy_gettext("All time"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A period to choose: its name, where it leads, whether it is the one that is shown."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodControl:
    """What to choose from: usual periods, single years, and any two dates.

    `kept` are values of the address that have to stay when another period is chosen.
    """

    period: Period
    usual: tuple[Choice, ...]
    years: tuple[Choice, ...]
    action: str
    kept: tuple[tuple[str, str], ...]
    earliest: date | None
    latest: date


def today() -> date:
    """Tell which day it is for the signed-in listener."""
    return local_day(wiring().clock(), me().time_zone)


def asked_period(args: Mapping[str, str] | None = None, default: str = DEFAULT) -> Period:
    """Read the period of the signed-in listener's page; answers 400 where it makes no sense."""
    given = request.args if args is None else args
    if not {"period", "from", "to"} & set(given):
        given = {"period": default}
    # One who left both dates empty chose none.
    if not any(given.get(name) for name in ("period", "from", "to")):
        given = {"period": default}
    try:
        return parse(given, today(), _first_day())
    except PeriodError as error:
        abort(answer(400, title=_title(), text=_sentence(error.code)))


def control(
    period: Period,
    endpoint: str,
    path: Mapping[str, Any] | None = None,
    kept: Mapping[str, Any] | None = None,
) -> PeriodControl:
    """Offer periods for a page; `path` and `kept` are what else its address holds."""
    path, kept = path or {}, kept or {}

    def choice(key: str, name: str) -> Choice:
        url = url_for(endpoint, **path, **kept, period=key)
        return Choice(name=name, url=url, is_current=key == period.key)

    return PeriodControl(
        period=period,
        usual=tuple(choice(key, str(name)) for key, name in NAMES.items()),
        years=tuple(choice(str(year), str(year)) for year in listening.years(me().id)),
        action=url_for(endpoint, **path),
        kept=tuple(kept.items()),
        earliest=_first_day(),
        latest=today(),
    )


def _first_day() -> date | None:
    if "first_day" not in g:
        g.first_day = listening.first_day(me().id)
    found: date | None = g.first_day
    return found


def _title() -> str:
    return str(gettext("This is no period"))


def _sentence(code: str) -> str:
    if code == "reversed":
        return str(gettext("It ends before it begins. Exchange the two dates."))
    if code == "absurd":
        return str(gettext("Choose dates between 1990 and today."))
    return str(gettext("Choose one of those that the page offers, or two dates."))
