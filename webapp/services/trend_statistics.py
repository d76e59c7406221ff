"""What a chart's past tells: who stayed, who rose, how much it changes, and whose it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.accounts import Account
from webapp.domain.appearances import WEEK, Churn, Climb, churn, climbs, days_ahead, week_of
from webapp.domain.stats import Item
from webapp.queries import trend_charts, trend_listening
from webapp.queries.appearances import TrendItem
from webapp.queries.trend_charts import Chart, Standing, Stay

YEAR = 52
"""So many weeks are looked back for climbs and churn."""
MOST = 10
LONGEST_CHART = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a listener played of a chart: since when, and how many days before it charted."""

    standing: Standing
    first_at: datetime
    days_ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """How much of a chart as it is now a listener has played."""

    size: int
    met: tuple[Met, ...]

    @property
    def share(self) -> float | None:
        """The share that was played."""
        return len(self.met) / self.size if self.size else None

    @property
    def ahead(self) -> int:
        """How much of it was played on a day before it charted."""
        return sum(1 for one in self.met if one.days_ahead > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A chart's past. `lately` are climbs of the newest week, `year` those of a year.

    `turnover` is the mean share of newcomers in the weeks that are over; `items` has all things
    named here.
    """

    chart: Chart
    longest: tuple[Stay, ...]
    lately: tuple[Climb, ...]
    year: tuple[Climb, ...]
    churn: tuple[Churn, ...]
    turnover: float | None
    items: Mapping[int, TrendItem]


def read(chart: Chart, now: datetime) -> Statistics:
    """Read a chart's past."""
    newest = week_of(chart.last_at)
    places = trend_charts.places(chart.source, chart.chart, newest - YEAR * WEEK)
    longest = trend_charts.longest(chart.source, chart.chart, MOST)
    risen, changes = climbs(places), churn(places)[-YEAR:]
    lately = [climb for climb in risen if climb.week == newest][:MOST]
    named = {stay.item_id for stay in longest}
    named |= {climb.item_id for climb in (*lately, *risen[:MOST])}
    return Statistics(
        chart=chart,
        longest=tuple(longest),
        lately=tuple(lately),
        year=tuple(risen[:MOST]),
        churn=tuple(changes),
        turnover=_mean([one for one in changes if one.week < week_of(now)]),
        items=trend_charts.items(named),
    )


def taste(chart: Chart, account: Account) -> Taste:
    """Tell how much of a chart as it is now a listener has played."""
    standings = trend_charts.standings(chart.source, chart.chart, most=LONGEST_CHART)
    first_plays: dict[int, datetime] = {}
    for kind in {standing.item.kind for standing in standings}:
        ids = [one.item.id for one in standings if one.item.kind == kind]
        first_plays |= trend_listening.first_plays(account.id, Item(kind), ids)
    entered = trend_listening.entries(list(first_plays), chart.source, chart.chart)
    met = [
        Met(
            standing=one,
            first_at=first_plays[one.item.id],
            days_ahead=days_ahead(
                first_plays[one.item.id], entered[one.item.id], account.time_zone
            ),
        )
        for one in standings
        if one.item.id in first_plays
    ]
    return Taste(size=len(standings), met=tuple(met))


def _mean(changes: Sequence[Churn]) -> float | None:
    shares = [change.share for change in changes if change.share is not None]
    return sum(shares) / len(shares) if shares else None
