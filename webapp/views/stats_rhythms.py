"""Cards about how much and when: totals, time, calendar, clock, streaks, sessions, this day."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from webapp.domain import charts
from webapp.domain.charts import Point
from webapp.domain.stats import By
from webapp.domain.stats_buckets import Step
from webapp.domain.stats_shares import share
from webapp.domain.stats_streaks import Run, current, longest, runs
from webapp.queries import listening, rhythms
from webapp.queries.listening import Totals
from webapp.queries.rhythms import LENGTHS, Sessions
from webapp.views.formats import day_of_year, hours, number, percent, weekday
from webapp.views.stats_sight import Sight
from webapp.views.stats_wording import (
    Figure,
    amount_text,
    amount_texts,
    bucket_label,
    change_of,
    days_text,
    length_text,
    span_text,
)

HOUR_MS = 3_600_000
MOST_LINKS = 60
RUNS = 3
MORNING = 6
"""The hour at which the night ends."""


def totals(sight: Sight) -> dict[str, Any]:
    """Sum up the period, and how that differs from the one before."""
    now, compared = sight.totals, sight.compared
    before = listening.totals(sight.user_id, compared, sight.time_zone) if compared else None
    return {
        "totals": now,
        "figures": _figures(now, before),
        "compared": span_text(compared.first, compared.last) if compared else None,
        "first_day": sight.first_day,
        "sentence": _sentence(now, sight.period.days),
    }


def over_time(sight: Sight) -> dict[str, Any]:
    """Draw how much was heard on each day, in each week or month."""
    cut, by, step = sight.buckets, sight.by, sight.step
    begins = [bucket.first for bucket in cut]
    found = rhythms.amounts(sight.user_id, sight.period, begins)
    linked = len(cut) <= MOST_LINKS
    points = [
        Point(
            label=bucket_label(bucket, step),
            value=count if by is By.PLAYS else length / HOUR_MS,
            text=amount_text(by, count, length),
            url=_bucket_url(sight, bucket.first, bucket.last) if linked and count else None,
            running=step is not Step.DAY and bucket.last == sight.today,
        )
        for bucket, (count, length) in zip(cut, found, strict=True)
    ]
    peak = max(points, key=lambda point: point.value, default=None)
    return {
        "chart": charts.columns(points),
        "step": step,
        "peak": peak if peak and peak.value else None,
        "by": by,
    }


def calendar(sight: Sight) -> dict[str, Any]:
    """Draw the 365 days that end with the period."""
    by, year = sight.by, sight.year
    days = listening.days(sight.user_id, year)
    texts = dict(zip((day.day for day in days), amount_texts(by, days), strict=True))
    amounts = {day.day: sight.amount(day.plays, day.ms) for day in days}
    chart = charts.calendar(amounts, year.first, year.last, texts)
    return {
        "chart": chart,
        "last": year.last,
        "heard": len(days),
        "days": year.days,
        "best": chart.best,
    }


def clock(sight: Sight) -> dict[str, Any]:
    """Draw the hours of the week."""
    cells = listening.hours(sight.user_id, sight.period)
    places = [(cell.weekday, cell.hour) for cell in cells]
    amounts = (sight.amount(cell.plays, cell.ms) for cell in cells)
    chart = charts.clock(
        dict(zip(places, amounts, strict=True)),
        dict(zip(places, amount_texts(sight.by, cells), strict=True)),
    )
    plays, best = sum(cell.plays for cell in cells), chart.peak
    night = sum(cell.plays for cell in cells if cell.hour < MORNING)
    return {
        "chart": chart,
        "best": f"{weekday(best.weekday)}, {best.hour:02}:00" if best else None,
        "night": percent(share(night, plays)),
        "time_zone": sight.time_zone,
    }


def streaks(sight: Sight) -> dict[str, Any]:
    """Find the longest runs of days within the period, and the one that goes on."""
    heard = rhythms.heard_days(sight.user_id, sight.period.last)
    ever = runs(heard, sight.time_zone)
    inside = ever
    if heard and heard[0] < sight.period.first:
        inside = runs((day for day in heard if day >= sight.period.first), sight.time_zone)
    ends_today = sight.period.last == sight.today
    return {
        "longest": _run(longest(inside)),
        "current": _run(current(ever, sight.today, sight.time_zone) if ends_today else None),
        "ends_today": ends_today,
        "others": [_run(run) for run in _next_best(inside)],
        "heard": sum(run.days for run in inside),
        "days": sight.period.days,
    }


def sessions(sight: Sight) -> dict[str, Any]:
    """Tell how long is listened at a stretch."""
    found = rhythms.sessions(sight.user_id, sight.period, sight.time_zone)
    return {
        "found": found,
        "usual": length_text(found.usual),
        "mean": length_text(found.mean),
        "longest": length_text(found.longest.ended_at - found.longest.started_at)
        if found.longest
        else "",
        "chart": charts.bars(_lengths(found)),
    }


def same_day(sight: Sight) -> dict[str, Any]:
    """Look at the day and month of today in the years before."""
    return {
        "today": day_of_year(sight.today),
        "days": rhythms.same_days(sight.user_id, _years_before(sight.today, sight.first_day)),
    }


def _figures(now: Totals, before: Totals | None) -> list[Figure]:
    counted = [
        (gettext("plays"), "plays"),
        (gettext("listened"), "ms"),
        (gettext("days with music"), "days"),
        (gettext("different artists"), "artists"),
        (gettext("different albums"), "albums"),
        (gettext("different tracks"), "tracks"),
    ]
    return [_figure(str(label), name, now, before) for label, name in counted]


def _figure(label: str, name: str, now: Totals, before: Totals | None) -> Figure:
    write = hours if name == "ms" else number
    value = getattr(now, name)
    if before is None:
        return Figure(label=label, text=write(value))
    was = getattr(before, name)
    change = change_of(value, was, write(abs(value - was)))
    return Figure(label=label, text=write(value), change=change)


def _sentence(now: Totals, days: int) -> str:
    if now.days == days:
        text = gettext("%(hours)s of music, and not a day without.", hours=hours(now.ms))
    else:
        text = ngettext(
            "%(hours)s of music, on %(n)s of %(all)s days.",
            "%(hours)s of music, on %(n)s of %(all)s days.",
            now.days,
            hours=hours(now.ms),
            n=number(now.days),
            all=number(days),
        )
    return str(text)


def _bucket_url(sight: Sight, first: date, last: date) -> str:
    if first == last:
        return url_for("history.index", day=first)
    return sight.period_url(first, last)


def _run(run: Run | None) -> dict[str, str] | None:
    if run is None:
        return None
    return {"days": days_text(run.days), "span": span_text(run.first, run.last)}


def _next_best(found: list[Run]) -> list[Run]:
    """Choose what comes after the longest; a day or two is no streak."""
    ranked = sorted(found, key=lambda run: (-run.days, -run.last.toordinal()))
    return [run for run in ranked[1 : RUNS + 1] if run.days > 2]  # noqa: PLR2004 - see above


def _lengths(found: Sessions) -> list[Point]:
    labels = [_range(begin, end) for begin, end in pairwise(LENGTHS)]
    labels.append(str(gettext("over %(n)s h", n=_hours(LENGTHS[-1]))))
    return [
        Point(
            label=label,
            value=count,
            text=str(ngettext("%(n)s session", "%(n)s sessions", count, n=number(count))),
        )
        for label, count in zip(labels, found.lengths, strict=True)
    ]


def _range(begin: timedelta, end: timedelta) -> str:
    if end <= timedelta(hours=1):
        first, last = (round(moment / timedelta(minutes=1)) for moment in (begin, end))
        return str(gettext("%(first)s to %(last)s min", first=first, last=last))
    return str(gettext("%(first)s to %(last)s h", first=_hours(begin), last=_hours(end)))


def _hours(length: timedelta) -> int:
    return round(length / timedelta(hours=1))


def _years_before(day: date, first: date | None) -> list[date]:
    """List the same day of each year since the first play; 29 February has few."""
    years = range(first.year if first else day.year, day.year)
    leap = (day.month, day.day) == (2, 29)
    return [day.replace(year=y) for y in years if not leap or _is_leap(y)]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
