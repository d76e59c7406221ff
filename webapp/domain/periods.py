"""The period a page is about: read from the address, cut into what is added up already.

Days are the listener's own. A period ends today at the latest, and "all time" begins with the
first play, so that every length is one that can be compared.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.domain.stats import Grain

DAY = timedelta(days=1)
WEEKS_4 = timedelta(weeks=4)
MONTHS_6 = 6
MANY_DAYS = 10
"""Rather than so many days of plays more, a month is added up besides."""
MOST_OF_A_YEAR = 10
"""From so many months on it is less to add up the year and take away the rest of it."""
DEFAULT = "4w"
ALL = "all"
EVER = date(1, 1, 1)
"""Where the roll-up of everything stands in time."""
OLDEST = date(1990, 1, 1)
"""No source tells of plays before; an address may not either."""

Days = tuple[date, date]
"""From a day to a day, both included."""
Whole = tuple[Grain, date]
"""A year or a month, or all time: where it begins."""


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

    whole: tuple[Whole, ...]
    edges: tuple[Days, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Pieces of several periods, each with how often it counts for each of them: 1, 0 or -1."""

    whole: dict[Whole, list[int]]
    edges: dict[Days, list[int]]


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


def comparable(period: Period, first_day: date | None) -> Period | None:
    """Give the period to compare with, if plays are kept from all of it.

    `first_day` is that of the first play: a part would say that more was heard since, whatever was.
    """
    before = period.before
    return before if before and first_day and before.first >= first_day else None


def cut(period: Period, heard: Days | None = None) -> Pieces:
    """Cut a period into what is added up already and what is not.

    `heard` are the first and the last day with plays: beyond them a period may as well go on, up
    to whole months and years.
    """
    if period.key == ALL or (heard and period.first <= heard[0] and heard[1] <= period.last):
        return Pieces(whole=((Grain.EVER, EVER),), edges=())
    first, last = _stretched(period, heard) if heard else (period.first, period.last)
    months = _whole_months(first, last)
    if not months:
        return Pieces(whole=(), edges=((first, last),))
    edges = []
    if first < months[0]:
        edges.append((first, months[0] - DAY))
    if _last_of_month(months[-1]) < last:
        edges.append((_last_of_month(months[-1]) + DAY, last))
    return Pieces(whole=_as_years(months), edges=tuple(edges))


def cut_together(periods: Sequence[Period | None], heard: Days | None) -> Shares:
    """Cut periods, as far as they are given, so that what they have in common is one piece.

    The longer part of a month may be what the month leaves without the shorter one, and most months
    of a year what it leaves without a few.
    """
    whole: dict[Whole, list[int]] = defaultdict(lambda: [0] * len(periods))
    edges: dict[Days, list[int]] = defaultdict(lambda: [0] * len(periods))
    for place, period in enumerate(periods):
        pieces = cut(period, heard) if period else Pieces(whole=(), edges=())
        for piece, times in _with_years(pieces.whole):
            whole[piece][place] += times
        for edge in pieces.edges:
            for part in _by_month(edge):
                edges[part][place] += 1
    for longer in list(edges):
        month, shorter = (Grain.MONTH, longer[0].replace(day=1)), _rest_of_month(longer)
        if shorter and _is_less(longer, shorter, known=month in whole or shorter in edges):
            for place, times in enumerate(edges.pop(longer)):
                whole[month][place] += times
                edges[shorter][place] -= times
    return Shares(
        whole={piece: times for piece, times in whole.items() if any(times)},
        edges={edge: times for edge, times in edges.items() if any(times)},
    )


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


def _stretched(period: Period, heard: Days) -> Days:
    first, last = period.first, period.last
    if first <= heard[0]:
        first = first.replace(month=1, day=1)
    if last >= heard[1]:
        last = last.replace(month=12, day=31)
    return first, last


def _by_month(days: Days) -> list[Days]:
    """Part days where a month ends."""
    first, last = days
    parts = []
    while (end := _last_of_month(first)) < last:
        parts.append((first, end))
        first = end + DAY
    return [*parts, (first, last)]


def _rest_of_month(days: Days) -> Days | None:
    """Give the other part of a month, if days begin or end it."""
    first, last = days
    if first.day == 1:
        return last + DAY, _last_of_month(last)
    return (first.replace(day=1), first - DAY) if last == _last_of_month(last) else None


def _is_less(longer: Days, shorter: Days, *, known: bool) -> bool:
    """Whether it is less to read a month without the shorter part than to read the longer one."""
    saved = (longer[1] - longer[0]).days - (shorter[1] - shorter[0]).days
    return saved >= (1 if known else MANY_DAYS)


def _with_years(whole: Sequence[Whole]) -> list[tuple[Whole, int]]:
    """Put years, less the months that are missing, in place of most of their months."""
    months = {start for grain, start in whole if grain is Grain.MONTH}
    found: dict[Whole, int] = dict.fromkeys(whole, 1)
    for year in sorted({month.year for month in months}):
        of_year = [date(year, number, 1) for number in range(1, 13)]
        if len(months.intersection(of_year)) >= MOST_OF_A_YEAR:
            found[Grain.YEAR, of_year[0]] = 1
            for month in of_year:
                found[Grain.MONTH, month] = 0 if month in months else -1
    return list(found.items())


def _whole_months(first: date, last: date) -> list[date]:
    month = first.replace(day=1)
    if month < first:
        month = _last_of_month(month) + DAY
    months = []
    while _last_of_month(month) <= last:
        months.append(month)
        month = _last_of_month(month) + DAY
    return months


def _as_years(months: list[date]) -> tuple[Whole, ...]:
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
