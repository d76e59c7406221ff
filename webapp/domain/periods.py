"""The period a page is about: read from the address, cut into what is added up already.

Days are the listener's own. A period ends today at the latest, and "all time" begins with the
first play, so that every length is one that can be compared.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.domain.stats import Grain

DAY = timedelta(days=1)
WEEKS_4 = timedelta(weeks=4)
MONTHS_6 = 6
DEFAULT = "4w"
ALL = "all"
EVER = date(1, 1, 1)
"""Where the roll-up of everything stands in time."""
OLDEST = date(1990, 1, 1)
"""No source tells of plays before; an address may not either."""


class PeriodError(Exception):
    """An address that names no period; `code` says why: "unknown", "reversed" or "absurd"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `first` to `last`, both included. `key` names it: "4w", "2023", "custom"."""

    key: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def query(self) -> dict[str, str]:
        """What an address needs to name it again."""
        if self.key == "custom":
            return {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return {"period": self.key}

    @property
    def before(self) -> "Period | None":
        """The period to compare with: as long, right before; of a year, the same days of the last.

        Of all time there is none.
        """
        if self.key == ALL:
            return None
        if self.key == "year" or self.key.isdecimal():
            return _custom(_a_year_before(self.first), _a_year_before(self.last))
        last = self.first - DAY
        if self.key == "6m":
            return _custom(_months_before(self.first, MONTHS_6), last)
        return _custom(last - (self.last - self.first), last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A period cut: whole years and months, which are added up already, and spans of days."""

    whole: tuple[tuple[Grain, date], ...]
    edges: tuple[tuple[date, date], ...]


def parse(args: Mapping[str, str], today: date, first_day: date | None) -> Period:
    """Read a period from an address; `first_day` is that of the first play.

    Raises PeriodError: "unknown" for what is no period, "reversed", "absurd" for what lies before
    there was music to stream or ends after today.
    """
    if "from" in args or "to" in args:
        return _between(args.get("from", ""), args.get("to", ""), today)
    key = args.get("period", DEFAULT)
    if key == "4w":
        return Period(key=key, first=today - WEEKS_4 + DAY, last=today)
    if key == "6m":
        return Period(key=key, first=_months_before(today, MONTHS_6) + DAY, last=today)
    if key == "year":
        return Period(key=key, first=today.replace(month=1, day=1), last=today)
    if key == ALL:
        return Period(key=key, first=min(first_day or today, today), last=today)
    return _year(key, today)


def cut(period: Period) -> Pieces:
    """Cut a period into what is added up already and what is not."""
    if period.key == ALL:
        return Pieces(whole=((Grain.EVER, EVER),), edges=())
    months = _whole_months(period)
    if not months:
        return Pieces(whole=(), edges=((period.first, period.last),))
    edges = []
    if period.first < months[0]:
        edges.append((period.first, months[0] - DAY))
    if _last_of_month(months[-1]) < period.last:
        edges.append((_last_of_month(months[-1]) + DAY, period.last))
    return Pieces(whole=_as_years(months), edges=tuple(edges))


def _between(first: str, last: str, today: date) -> Period:
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise PeriodError("unknown") from None
    if begin > end:
        raise PeriodError("reversed")
    if begin < OLDEST or begin > today:
        raise PeriodError("absurd")
    return _custom(begin, min(end, today))


def _year(key: str, today: date) -> Period:
    if not (key.isascii() and key.isdecimal() and len(key) == len("2026")):
        raise PeriodError("unknown")
    if not OLDEST.year <= int(key) <= today.year:
        raise PeriodError("absurd")
    first = date(int(key), 1, 1)
    return Period(key=key, first=first, last=min(first.replace(month=12, day=31), today))


def _custom(first: date, last: date) -> Period:
    return Period(key="custom", first=first, last=last)


def _whole_months(period: Period) -> list[date]:
    month = period.first.replace(day=1)
    if month < period.first:
        month = _last_of_month(month) + DAY
    months = []
    while _last_of_month(month) <= period.last:
        months.append(month)
        month = _last_of_month(month) + DAY
    return months


def _as_years(months: list[date]) -> tuple[tuple[Grain, date], ...]:
    """Take twelve months of a year together."""
    have = set(months)
    whole = {
        month.year for month in months if {date(month.year, m, 1) for m in range(1, 13)} <= have
    }
    years = [(Grain.YEAR, date(year, 1, 1)) for year in sorted(whole)]
    return (*years, *((Grain.MONTH, month) for month in months if month.year not in whole))


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _a_year_before(day: date) -> date:
    return _months_before(day, 12)


def _months_before(day: date, months: int) -> date:
    """Go back some months; where the day is not there, to the last one that is."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
