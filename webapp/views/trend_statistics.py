"""The statistics of charts: longest in, fastest up, how much they change, and how much is yours."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import get_locale, gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

from webapp.cache import versions
from webapp.cache.versions import Kept
from webapp.domain import charts
from webapp.domain.appearances import Churn, week_of
from webapp.domain.charts import ColumnChart, Point
from webapp.domain.trends import CHARTS, Shelf
from webapp.queries import trend_charts
from webapp.queries.appearances import TrendItem
from webapp.queries.trend_charts import Chart
from webapp.services import trend_statistics
from webapp.services.trend_statistics import Statistics
from webapp.views.browse_thing import page_of
from webapp.views.browse_words import NAMES, SHELVES
from webapp.views.formats import day, day_of_year, number, percent
from webapp.views.fragments import page
from webapp.views.release import release
from webapp.views.requests import me, wiring
from webapp.views.security import limited
from webapp.views.trend_history import PLACED, chart_name
from webapp.views.trend_refresh import refresh_if_old

blueprint = Blueprint("trend_statistics", __name__, url_prefix="/browse")
MOST_NAMED = 24
SHELF_OF = {(chart.source.value, chart.name): chart.shelf for chart in CHARTS}
SOURCES = {source.value: name for source, name in NAMES.items()}
NOBODY = 0
"""Whose what belongs to all is kept as; listeners count from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnSight:
    """The picture of change, and its sentence."""

    chart: ColumnChart
    said: str


@blueprint.get("/statistics")
@limited("600/minute")
def index() -> Response:
    """Show a chart's statistics: `?source=&chart=`, else the first."""
    refresh_if_old()
    known = trend_charts.charts()
    chart = asked_chart(known)
    if chart is None:
        return page("trends/statistics.html", found=None, choices=[])
    taste = trend_statistics.taste(chart, me()) if current_user.is_authenticated else None
    return page(
        "trends/statistics.html",
        found=chart,
        taste=taste,
        past=_past(chart, wiring().clock()),
        choices=_choices(known, chart),
        name=chart_name(chart.source, chart.chart),
        placed=(chart.source, chart.chart) in PLACED,
        thing_url=thing_url,
        most_named=MOST_NAMED,
    )


def asked_chart(known: list[Chart]) -> Chart | None:
    """Find the chart that the address names; 404 where it names none, None before the first."""
    source, chart = (request.args.get(name, "") for name in ("source", "chart"))
    if not (source or chart):
        placed = [one for one in known if (one.source, one.chart) in PLACED]
        return next(iter(placed or known), None)
    return next(
        (one for one in known if (one.source, one.chart) == (source, chart)), None
    ) or abort(404)


def thing_url(item: TrendItem) -> str | None:
    """Give the page of a thing.

    What was collected elsewhere (its id is below zero) is in no chart here, so has none.
    """
    return page_of(item) if item.id > 0 else None


def _url(chart: Chart) -> str:
    return url_for("trend_statistics.index", source=chart.source, chart=chart.chart)


def _choices(known: list[Chart], chosen: Chart) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Give the charts by source, each in a word, with its address and whether it is the one."""
    found: dict[str, list[tuple[Shelf | None, Chart]]] = {}
    for one in known:
        found.setdefault(one.source, []).append((SHELF_OF.get((one.source, one.chart)), one))
    order = [*Shelf, None]
    return [
        (
            SOURCES.get(source, source),
            [
                (str(SHELVES[shelf]) if shelf else one.chart, _url(one), one == chosen)
                for shelf, one in sorted(charts, key=lambda pair: order.index(pair[0]))
            ],
        )
        for source, charts in found.items()
    ]


def _past(chart: Chart, now: datetime) -> Markup:
    """Give what a chart's past tells, the same for all listeners; kept until the next look.

    Pictures and names that were learned since come within the hour that a body is kept.
    """
    redis, this_week = wiring().redis, week_of(now)
    slot = versions.stamp("trend statistics", chart.source, chart.chart, get_locale())
    stamp = versions.stamp(release(), chart.last_at, this_week)
    kept = versions.find(redis, NOBODY, slot)
    if kept is not None and kept.stamp == stamp:
        return Markup(kept.body.decode())  # noqa: S704 - our own template made it
    found = trend_statistics.read(chart, now)
    made = render_template(
        "trends/_past.html",
        found=found,
        placed=(chart.source, chart.chart) in PLACED,
        churn=_churn(found, this_week),
        thing_url=thing_url,
    )
    versions.keep(redis, NOBODY, slot, Kept(stamp=stamp, body=made.encode()))
    return Markup(made)  # noqa: S704 - our own template made it


def _churn(found: Statistics, this_week: date) -> ChurnSight | None:
    known = [change for change in found.churn if change.share is not None]
    if not known:
        return None
    points = [
        Point(
            day_of_year(change.week),
            round(100 * (change.share or 0)),
            _share_text(change),
            running=change.week == this_week,
        )
        for change in known
    ]
    most = max(known, key=lambda change: (change.share or 0, change.week))
    said = gettext(
        "Most newcomers in the week of %(week)s: %(share)s.",
        week=day(most.week),
        share=percent(most.share),
    )
    return ChurnSight(chart=charts.columns(points), said=str(said))


def _share_text(change: Churn) -> str:
    came = change.came or 0
    text = ngettext(
        "%(share)s: %(n)s newcomer",
        "%(share)s: %(n)s newcomers",
        came,
        share=percent(change.share),
        n=number(came),
    )
    return str(text)
