"""A thing's past in charts, as the pages of trends and of things tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext, ngettext
from flask_login import current_user

from webapp.domain import charts
from webapp.domain.appearances import WEEK, Run, days_ahead
from webapp.domain.charts import RankChart, Series
from webapp.domain.stats import Item
from webapp.domain.trends import CHARTS, Shelf
from webapp.queries import appearances, trend_listening
from webapp.queries.appearances import TrendItem
from webapp.views.browse_words import CHARTS as CHART_NAMES
from webapp.views.formats import UNKNOWN, day, day_of_year, number
from webapp.views.requests import me

YEAR = 52
"""So many weeks are drawn, counted back from the last one."""
PLACED = frozenset(
    (chart.source.value, chart.name) for chart in CHARTS if chart.shelf is not Shelf.RELEASES
)
"""Charts whose places say something; lists of new releases are in no such order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSight:
    """A thing in one chart; without places that say something there is no peak and no picture."""

    run: Run
    name: str
    placed: bool
    picture: RankChart | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendHistory:
    """All its charts. `own` is the listener's first play, and a sentence about it."""

    item: TrendItem
    runs: tuple[RunSight, ...]
    own_at: datetime | None
    own: str


def trend_history(item: TrendItem | None) -> TrendHistory | None:
    """Tell of a thing; None where no chart ever showed it."""
    runs = appearances.history(item.id) if item else []
    if item is None or not runs:
        return None
    own_at = first_play(item)
    return TrendHistory(
        item=item,
        runs=tuple(_sight(item, run) for run in runs),
        own_at=own_at,
        own=own_sentence(own_at, min(run.entered_at for run in runs)) if own_at else "",
    )


def first_play(item: TrendItem) -> datetime | None:
    """Tell when who reads this first played a thing."""
    if not current_user.is_authenticated:
        return None
    return trend_listening.first_plays(me().id, Item(item.kind), [item.id]).get(item.id)


def own_sentence(first_at: datetime, entered_at: datetime) -> str:
    """Say who was first: the listener, or the charts."""
    days = days_ahead(first_at, entered_at, me().time_zone)
    if days > 0:
        text = ngettext(
            "You played it %(n)s day before it charted.",
            "You played it %(n)s days before it charted.",
            days,
            n=number(days),
        )
    elif days < 0:
        text = ngettext(
            "You first played it %(n)s day after it charted.",
            "You first played it %(n)s days after it charted.",
            -days,
            n=number(-days),
        )
    else:
        text = gettext("You first played it on the day it charted.")
    return str(text)


def chart_name(source: str, chart: str) -> str:
    """Name a chart; one that is no longer read keeps its bare name."""
    return str(CHART_NAMES.get((source, chart), f"{source}: {chart}"))


def _sight(item: TrendItem, run: Run) -> RunSight:
    placed = (run.source, run.chart) in PLACED
    said = gettext(
        "Highest in the week of %(week)s, at No. %(place)s.",
        week=day(run.peak_week),
        place=number(run.peak),
    )
    return RunSight(
        run=run,
        name=chart_name(run.source, run.chart),
        placed=placed,
        picture=_picture(item.name, run) if placed and len(run.weeks) > 1 else None,
        said=str(said),
    )


def _picture(name: str, run: Run) -> RankChart:
    """Draw the best place of each week; weeks without one stay empty."""
    last = run.weeks[-1].week
    weeks = _weeks(max(run.weeks[0].week, last - (YEAR - 1) * WEEK), last)
    best = {week.week: week.best for week in run.weeks}
    places = [best.get(week) for week in weeks]
    texts = [gettext("No. %(n)s", n=number(place)) if place else UNKNOWN for place in places]
    return charts.ranks([Series(name, places, texts)], [day_of_year(week) for week in weeks])


def _weeks(first: date, last: date) -> Sequence[date]:
    return [first + at * WEEK for at in range((last - first) // WEEK + 1)]
