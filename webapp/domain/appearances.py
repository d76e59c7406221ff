"""What a thing's appearances in a chart come to. The words are used in one sense everywhere.

* An **appearance** is one look at a chart in which the thing had a place. Charts are looked at
  some times a day, so a thing may appear often in one week.
* A **week** runs from Monday to Sunday, in UTC. A thing's place in a week is its best one.
* **Entry** is the first look that showed it; **exit** the last one, once a later look at the same
  chart did without it. Who came back keeps the first entry, and has no exit while there.
* **Peak** is the best place ever, and its week the first one with that place.
* **Weeks in chart** counts the weeks with at least one appearance, in a row or not.
* A **climb** is how many places the week's best is better than that of the week before. Newcomers
  don't climb, and neither does a thing that was away for a week.
* **Churn** is the share of a week's things that were not there the week before. It isn't known
  where nobody looked at the chart in the week before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from webapp.domain.days import local_day

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week (its Monday) of one thing in one chart: the best place, and how often it was there."""

    week: date
    best: int
    appearances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The first and last look at a chart that showed a thing, and the newest look of all."""

    source: str
    chart: str
    first_at: datetime
    last_at: datetime
    looked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One thing in one chart; `left_at` is None while it is there. `weeks` come oldest first."""

    source: str
    chart: str
    entered_at: datetime
    left_at: datetime | None
    peak: int
    peak_week: date
    weeks: tuple[Week, ...]

    @property
    def weeks_in_chart(self) -> int:
        """Count the weeks with an appearance."""
        return len(self.weeks)

    @property
    def appearances(self) -> int:
        """Count the looks that showed it."""
        return sum(week.appearances for week in self.weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A thing's best place in a week of one chart."""

    item_id: int
    week: date
    best: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """How a thing rose from the week before to `week`."""

    item_id: int
    week: date
    before: int
    after: int

    @property
    def places(self) -> int:
        """How many places it rose."""
        return self.before - self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """A week's change: who came and who went since the week before; None where that isn't known."""

    week: date
    size: int
    came: int | None
    went: int | None

    @property
    def share(self) -> float | None:
        """The share of newcomers."""
        return None if self.came is None else self.came / self.size


def week_of(moment: datetime) -> date:
    """Give the Monday of the week, in UTC, that a moment is in."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def run(span: Span, weeks: Sequence[Week]) -> Run:
    """Sum up a thing's weeks in a chart, oldest first, at least one."""
    best = min(weeks, key=lambda week: (week.best, week.week))
    return Run(
        source=span.source,
        chart=span.chart,
        entered_at=span.first_at,
        left_at=span.last_at if span.last_at < span.looked_at else None,
        peak=best.best,
        peak_week=best.week,
        weeks=tuple(weeks),
    )


def climbs(places: Iterable[Place]) -> list[Climb]:
    """Find who rose from one week to the next: most places first, then the newest, then by id."""
    best = {(place.item_id, place.week): place.best for place in places}
    found = [
        Climb(item_id=item_id, week=week, before=before, after=after)
        for (item_id, week), after in best.items()
        if (before := best.get((item_id, week - WEEK), after)) > after
    ]
    return sorted(found, key=lambda climb: (-climb.places, -climb.week.toordinal(), climb.item_id))


def churn(places: Iterable[Place]) -> list[Churn]:
    """Tell each week's change, oldest first."""
    weeks: dict[date, set[int]] = {}
    for place in places:
        weeks.setdefault(place.week, set()).add(place.item_id)
    return [_change(weeks, week) for week in sorted(weeks)]


def days_ahead(first_play: datetime, entered_at: datetime, time_zone: str) -> int:
    """Count the listener's days from their first play to the entry; below zero if it came after."""
    return (local_day(entered_at, time_zone) - local_day(first_play, time_zone)).days


def _change(weeks: Mapping[date, set[int]], week: date) -> Churn:
    here, before = weeks[week], weeks.get(week - WEEK)
    return Churn(
        week=week,
        size=len(here),
        came=None if before is None else len(here - before),
        went=None if before is None else len(before - here),
    )
