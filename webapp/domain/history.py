"""The history page, decided: where a gap stands among plays, which days it makes uncertain."""

from collections.abc import Sequence
from datetime import date, datetime

from webapp.domain.days import local_day


def place_of_gap(
    before_at: datetime,
    ends: Sequence[datetime],
    *,
    upper: datetime | None = None,
    lower: datetime | None = None,
) -> int | None:
    """Tell how many of a page's plays come before a gap; None if it stands on another page.

    `before_at` is the end of the play on the newer side of the gap, `ends` are those of the plays
    on the page, newest first. `upper` is where the page begins, unless it has all that is newer;
    `lower` is the end of the next older play, unless there is none. So each gap stands on one
    page, whichever plays are shown.
    """
    if upper is not None and before_at > upper:
        return None
    if lower is not None and before_at <= lower:
        return None
    return sum(end >= before_at for end in ends)


def touches(after_at: datetime, before_at: datetime, day: date, time_zone: str) -> bool:
    """Tell whether plays of a listener's day may be among those that a gap swallowed."""
    return local_day(after_at, time_zone) <= day <= local_day(before_at, time_zone)
