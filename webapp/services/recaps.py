"""Recaps: what is worth telling of a period, read once for the page and the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain.days import SMALLEST, end_of_day, local_day, start_of_day
from webapp.domain.periods import Period, comparable
from webapp.domain.profiles import Section
from webapp.domain.recaps import Edition, Peak, edition, peak, peak_hour
from webapp.domain.stats import By, Item
from webapp.domain.stats_buckets import Step, buckets, gather, step_of
from webapp.domain.stats_streaks import Run, longest, runs
from webapp.queries import archive, finds, history, listening, spans, tops
from webapp.queries.finds import Discoveries, Rediscoveries
from webapp.queries.history import DatedPlay, Filters, Point
from webapp.queries.listening import Day
from webapp.queries.tops import Ranking

BEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Whose listening is told of, where they live, and the version of their data.

    `sections` are those that whoever asks may see: a recap tells nothing that another one closes.
    """

    user_id: int
    username: str
    display_name: str
    time_zone: str
    data_version: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a period comes to; `at_least`: plays may be missing, because a gap is open."""

    plays: int
    ms: int
    days: int | None
    at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recap:
    """A period told: `parts` are its days, weeks or months with milliseconds, `hours` plays.

    `before_ms` is None where there is no period to compare with. What there is none of is None.
    `has_past`: plays are kept from before, so that not everything was new or came back.
    What `sections` close is not there: without the calendar no days and hours, without the history
    no first play, and no day may be told of a find.
    """

    edition: Edition
    sections: tuple[Section, ...]
    totals: Totals
    before_ms: int | None
    has_past: bool
    tops: Mapping[Item, Ranking]
    found: Discoveries
    back: Rediscoveries
    step: Step
    parts: tuple[tuple[date, int], ...]
    peak: Peak | None
    hours: tuple[int, ...]
    peak_hour: int | None
    streak: Run | None
    first_play: DatedPlay | None
    as_of: datetime | None


def find_edition(teller: Teller, key: str, now: datetime) -> Edition:
    """Read a recap's name; raises PeriodError where there is no such period."""
    return edition(key, local_day(now, teller.time_zone), listening.first_day(teller.user_id))


@spans.shared(lately=True)
def tell(teller: Teller, chosen: Edition) -> Recap:
    """Read all that a recap tells; what is not to be seen is not even read."""
    user_id, zone, period = teller.user_id, teller.time_zone, chosen.period
    daily, dated = (one in teller.sections for one in (Section.CALENDAR, Section.HISTORY))
    days = listening.days(user_id, period)
    hours = _hours(user_id, period) if daily else ()
    step = step_of(period.first, period.last)
    parts = _parts(period, days, step) if daily else []
    state = archive.find(user_id)
    began = listening.first_day(user_id)
    compared = comparable(period, began)
    return Recap(
        edition=chosen,
        sections=teller.sections,
        totals=_totals(user_id, period, days, zone, daily=daily),
        before_ms=_ms(user_id, compared),
        has_past=began is not None and began < period.first,
        tops={
            item: tops.top(
                user_id, period, item, By.PLAYS, zone, limit=BEST, is_compared=compared is not None
            )
            for item in Item
        },
        found=finds.discoveries(
            user_id, period, Item.ARTIST, zone, begins=[period.first], limit=BEST
        ),
        back=finds.rediscoveries(user_id, period, Item.ARTIST, zone, limit=BEST),
        step=step,
        parts=tuple((first, ms) for first, _, ms, _ in parts),
        peak=peak(parts),
        hours=hours,
        peak_hour=peak_hour(hours),
        streak=longest(runs([day.day for day in days], zone)) if daily else None,
        first_play=_first_play(user_id, period, zone) if days and dated else None,
        as_of=state.polled_at if state else None,
    )


def _totals(user_id: int, period: Period, days: list[Day], zone: str, *, daily: bool) -> Totals:
    gaps = archive.gaps(user_id, start_of_day(period.first, zone), end_of_day(period.last, zone))
    return Totals(
        plays=sum(day.plays for day in days),
        ms=sum(day.ms for day in days),
        days=len(days) if daily else None,
        at_least=any(gap.closed_at is None for gap in gaps),
    )


def _hours(user_id: int, period: Period) -> tuple[int, ...]:
    found = [0] * 24
    for cell in listening.hours(user_id, period):
        found[cell.hour] += cell.plays
    return tuple(found)


def _parts(period: Period, days: list[Day], step: Step) -> list[tuple[date, date, int, int]]:
    """Cut a period into (first, last, ms, plays)."""
    cut = buckets(period.first, period.last, step)
    ms = gather(((day.day, day.ms) for day in days), cut)
    plays = gather(((day.day, day.plays) for day in days), cut)
    return [
        (bucket.first, bucket.last, its_ms, its_plays)
        for bucket, its_ms, its_plays in zip(cut, ms, plays, strict=True)
    ]


def _ms(user_id: int, period: Period | None) -> int | None:
    return sum(day.ms for day in listening.days(user_id, period)) if period else None


def _first_play(user_id: int, period: Period, zone: str) -> DatedPlay | None:
    before = start_of_day(period.first, zone) - SMALLEST
    found = history.part(user_id, zone, Filters(), Point(ended_at=before, newer=True), size=1).plays
    return found[0] if found else None
