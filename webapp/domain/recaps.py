"""Recaps: which periods have one, and what of a period is worth telling."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.domain.periods import Period, PeriodError, parse

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
FEW_PLAYS = 20
"""Of fewer, lists and peaks would say more than there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A recap's period, under the name that its address has: "2025", "2025-03", "4w"."""

    key: str
    period: Period
    over: bool
    """Whether nothing can be added to it but by late or imported plays."""

    @property
    def is_month(self) -> bool:
        """Tell a month of a year."""
        return MONTH.fullmatch(self.key) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The part of a period that was heard most, and how much of it that is: 0 to 1."""

    first: date
    last: date
    ms: int
    plays: int
    share: float


def edition(key: str, today: date, first_day: date | None) -> Edition:
    """Read a recap's name; raises PeriodError for what is none, or lies ahead."""
    month = MONTH.fullmatch(key)
    if month:
        period = _month(int(month[1]), int(month[2]), today, first_day)
    else:
        period = parse({"period": key}, today, first_day)
    return Edition(key=key, period=period, over=period.last < today)


def neighbours(
    chosen: Edition, today: date, first_day: date | None
) -> tuple[str | None, str | None]:
    """Name the recaps before and after a year or a month, as far as there are plays for them."""
    earliest = first_day or today
    if chosen.is_month:
        first = chosen.period.first
        before, after = _month_key(first, -1), _month_key(first, 1)
        limits = (_month_key(earliest, 0), _month_key(today, 0))
    elif chosen.key.isdecimal():
        before, after = (f"{int(chosen.key) + step:04}" for step in (-1, 1))
        limits = (f"{earliest.year:04}", f"{today.year:04}")
    else:
        return None, None
    return before if before >= limits[0] else None, after if after <= limits[1] else None


def peak(parts: Sequence[tuple[date, date, int, int]]) -> Peak | None:
    """Choose the part (first, last, ms, plays) with most listening; of equal ones, the first."""
    whole_ms = sum(ms for _, _, ms, _ in parts)
    whole_plays = sum(plays for _, _, _, plays in parts)
    if len(parts) < 2 or not whole_plays:  # noqa: PLR2004 - one part is the whole
        return None
    first, last, ms, plays = max(parts, key=lambda part: (part[2], part[3], -part[0].toordinal()))
    share = ms / whole_ms if whole_ms else plays / whole_plays
    return Peak(first=first, last=last, ms=ms, plays=plays, share=share)


def peak_hour(hours: Sequence[int]) -> int | None:
    """Choose the hour of the day with most plays; of equal ones, the first."""
    most = max(hours, default=0)
    return hours.index(most) if most else None


def _month(year: int, month: int, today: date, first_day: date | None) -> Period:
    if not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        raise PeriodError("unknown")
    if not year:
        raise PeriodError("absurd")
    days = {"from": f"{year:04}-{month:02}-01"}
    days["to"] = f"{year:04}-{month:02}-{monthrange(year, month)[1]}"
    return parse(days, today, first_day)


def _month_key(day: date, later: int) -> str:
    year, month0 = divmod(day.year * 12 + day.month - 1 + later, 12)
    return f"{year:04}-{month0 + 1:02}"
