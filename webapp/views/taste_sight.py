"""What the cards of taste over time say and draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from webapp.domain import charts
from webapp.domain.accounts import Account
from webapp.domain.charts import Series, StreamChart
from webapp.domain.periods import Period
from webapp.domain.taste import LISTED, MOST_BANDS, Band, bands, months_of, turnover
from webapp.queries import listening, taste
from webapp.views.formats import month, number, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSight:
    """A stream: `said` tells how much of all plays it is; `plays` are those of all its months."""

    chart: StreamChart
    said: str
    plays: int
    of_genres: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An artist in a list of those who came or left."""

    id: str
    name: str
    returned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSight:
    """Who came into a year's list and who left it; `compared` is the year before it, if any."""

    year: int
    compared: int | None
    came: tuple[Named, ...]
    left: tuple[Named, ...]
    stayed: int


def stream_of_artists(account: Account, period: Period) -> dict[str, Any]:
    """Follow the artists that were played most."""
    months = months_of(period)
    top = taste.top_artists(account.id, period, account.time_zone, MOST_BANDS)
    counted = taste.artist_months(account.id, [artist for artist, _, _ in top], period)
    named = [(artist, name.strip() or str(gettext("No name"))) for artist, name, _ in top]
    plays = _all_plays(account, period)
    share = sum(counted.values()) / plays if plays else 0
    said = ngettext(
        "%(n)s artist makes %(share)s of these plays.",
        "%(n)s artists make %(share)s of these plays.",
        len(top),
        n=number(len(top)),
        share=percent(share),
    )
    series = [
        _series(band, url_for("things.artist", thing_id=band.id))
        for band in bands(named, counted, months)
    ]
    return {"stream": _sight(series, months, str(said), plays, of_genres=False)}


def stream_of_genres(account: Account, period: Period) -> dict[str, Any]:
    """Follow the genres that were played most, as far as they are known."""
    months = months_of(period)
    found = taste.genre_months(account.id, months, MOST_BANDS)
    said = gettext(
        "Genres of the %(n)s most played artists of each month; known for %(share)s of their"
        " plays. A play counts for each genre of its artist.",
        n=number(taste.MOST_ARTISTS),
        share=percent(found.known / found.plays if found.plays else 0),
    )
    named = [(genre, genre) for genre in found.genres]
    series = [_series(band) for band in bands(named, found.counted, months)]
    plays = _all_plays(account, period)
    return {"stream": _sight(series, months, str(said), plays, of_genres=True)}


def turnover_of(account: Account, period: Period) -> dict[str, Any]:
    """Tell who came and went in the years that a period touches."""
    heard = listening.years(account.id)
    years = range(min(heard, default=period.last.year), period.last.year + 1)
    lists, names = taste.top_by_year(account.id, years, LISTED)
    compared = [one for one in turnover(lists) if one.year >= period.first.year]

    def named(ids: Sequence[str], returned: frozenset[str] = frozenset()) -> tuple[Named, ...]:
        return tuple(Named(id=id_, name=names[id_], returned=id_ in returned) for id_ in ids)

    return {
        "listed": LISTED,
        "years": [
            YearSight(
                year=one.year,
                compared=one.compared,
                came=named(one.came, one.returned),
                left=named(one.left),
                stayed=one.stayed,
            )
            for one in compared
        ],
    }


def _all_plays(account: Account, period: Period) -> int:
    return sum(taste.totals(account.id, period).values())


def _series(band: Band, url: str | None = None) -> Series:
    return Series(band.name, band.plays, url=url)


def _sight(
    series: Sequence[Series],
    months: Sequence[date],
    said: str,
    plays: int,
    *,
    of_genres: bool,
) -> StreamSight:
    labels = [month(one, "abbreviated") for one in months]
    chart = charts.stream(series, labels)
    return StreamSight(chart=chart, said=said, plays=plays, of_genres=of_genres)
