"""A part of the history as its page shows it: days, with plays and gaps in them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_skeleton
from flask_babel import get_locale, gettext

from webapp.domain.days import end_of_day, local_day, start_of_day
from webapp.domain.history import place_of_gap, touches
from webapp.queries.archive import GapRow
from webapp.queries.history import DatedPlay, Part
from webapp.views.formats import clock, day_clock, weekday
from webapp.views.history_listing import HistoryListing

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """A gap among the plays, its ends written out as the listener's clock showed them."""

    after: str
    before: str
    closed_at: datetime | None
    closed_by: str


Line = DatedPlay | GapLine


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySheet:
    """A day: what all of it counts (None: not known), and its lines on this page, newest first."""

    day: date
    name: str
    title: str
    plays: int | None
    minutes: int | None
    at_least: bool
    continued: bool
    lines: Sequence[Line]


def days_of(
    listing: HistoryListing, part: Part, gaps: Sequence[GapRow], *, time_zone: str, today: date
) -> list[DaySheet]:
    """Lay plays and gaps out day by day; a day that was asked for is there even without plays."""
    if not part.plays:
        return []
    near = {play.day for play in part.plays} | {listing.day or part.plays[0].day}
    if listing.filtered:  # plays may be years apart, and the gaps between them are of no concern
        gaps = [gap for gap in gaps if any(_touches(gap, day, time_zone) for day in near)]
    lines: dict[date, list[Line]] = {max(near): []}
    for day, line in _in_order(listing, part, gaps, time_zone):
        # An hour that is lived twice may reach over midnight, so a day can come up again.
        lines.setdefault(day, []).append(line)
    above = _day_above(listing, part, time_zone)
    doubtful = [gap for gap in gaps if gap.closed_at is None]
    return [
        DaySheet(
            day=day,
            name=_name(day, today),
            title=format_skeleton("MMMMd", day, locale=get_locale()),
            plays=_first(found, lambda play: play.day_plays),
            minutes=_first(found, lambda play: _minutes(play.day_ms)),
            at_least=any(_touches(gap, day, time_zone) for gap in doubtful),
            continued=day == above,
            lines=found,
        )
        for day, found in sorted(lines.items(), reverse=True)
    ]


def span_of(
    listing: HistoryListing, part: Part, time_zone: str
) -> tuple[datetime | None, datetime | None]:
    """Tell from when to when the days of a part last, for gaps that touch them."""
    if not part.plays:
        return None, None
    last = listing.day or part.plays[0].day
    since = start_of_day(part.plays[-1].day, time_zone)
    return since, None if listing.newest else end_of_day(last, time_zone)


def _in_order(
    listing: HistoryListing, part: Part, gaps: Sequence[GapRow], time_zone: str
) -> Iterator[tuple[date, Line]]:
    """Go through plays and gaps, newest first; a gap belongs to the day of the play above it."""
    places = _places(listing, part, gaps)
    day = listing.day or part.plays[0].day
    for place, play in enumerate([None, *part.plays]):
        if play is not None:
            day = play.day
            yield day, play
        for gap in places.get(place, []):
            yield day, _gap_line(gap, day, time_zone)


def _places(listing: HistoryListing, part: Part, gaps: Sequence[GapRow]) -> dict[int, list[GapRow]]:
    """Sort gaps by how many plays of the page come before them; leave out those of other pages."""
    ends, at = [play.ended_at for play in part.plays], listing.point.ended_at
    if listing.point.newer:
        upper, lower = ends[0] if part.next else None, at
    else:
        # A gap that reaches into the day that was asked for stands above its plays.
        upper = None if listing.newest or listing.day else ends[0]
        lower = part.next.ended_at if part.next else None
        gaps = [gap for gap in gaps if at is None or gap.after_at < at]
    places: dict[int, list[GapRow]] = {}
    for gap in gaps:
        place = place_of_gap(gap.before_at, ends, upper=upper, lower=lower)
        if place is not None:
            places.setdefault(place, []).append(gap)
    return places


def _day_above(listing: HistoryListing, part: Part, time_zone: str) -> date | None:
    """Tell which day the page before ended with."""
    if listing.day:
        return None
    if listing.point.newer:
        return part.next.day if part.next else None
    ended_at = listing.point.ended_at
    return local_day(ended_at, time_zone) if ended_at else None


def _first(lines: Sequence[Line], read: Callable[[DatedPlay], int | None]) -> int | None:
    """Read what every play of a day tells alike; without one, nothing was counted."""
    return next((read(line) for line in lines if isinstance(line, DatedPlay)), 0)


def _minutes(ms: int | None) -> int | None:
    return None if ms is None else round(ms / MINUTE_MS)


def _touches(gap: GapRow, day: date, time_zone: str) -> bool:
    return touches(gap.after_at, gap.before_at, day, time_zone)


def _gap_line(gap: GapRow, day: date, time_zone: str) -> GapLine:
    same = {local_day(gap.after_at, time_zone), local_day(gap.before_at, time_zone)} == {day}
    write = clock if same else day_clock
    return GapLine(
        after=write(gap.after_at),
        before=write(gap.before_at),
        closed_at=gap.closed_at,
        closed_by=gap.closed_by or "",
    )


def _name(day: date, today: date) -> str:
    if day == today:
        return str(gettext("Today"))
    if day == today - timedelta(days=1):
        return str(gettext("Yesterday"))
    return weekday(day)
