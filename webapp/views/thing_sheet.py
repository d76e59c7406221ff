"""What the page of an artist, album or track draws and says: places over time, days, addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from webapp.domain import charts
from webapp.domain.charts import CalendarChart, ColumnChart, Point, RankChart, Series
from webapp.domain.days import local_day
from webapp.domain.stats import Item
from webapp.domain.things import MOST, Place
from webapp.services.things import Listening, Thing
from webapp.views.formats import UNKNOWN, day, month, number
from webapp.views.history_listing import mark_of
from webapp.views.spotify_links import spotify_url

RELEASE_LETTERS = len("2026")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart, and the sentence that says what it shows."""

    chart: ColumnChart | RankChart | CalendarChart
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningSheet:
    """The part of the page about plays.

    Pictures that would be empty are None, and that of the years where there is but one.
    `first_url` and `last_url` lead to the pages of these plays, `*_day_url` to their days in the
    history, `history_url` to all plays of an artist or album.
    """

    first_url: str
    last_url: str
    first_day_url: str
    last_day_url: str
    history_url: str | None
    years: Drawn | None
    months: Drawn | None
    plays: Drawn | None
    calendar: Drawn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingSheet:
    """The page; `title` is never empty, `image_url` may be that of what is heard most."""

    title: str
    image_url: str | None
    shape: str
    spotify_url: str | None
    release_year: str
    listening: ListeningSheet | None


def sheet(thing: Thing, time_zone: str) -> ThingSheet:
    """Prepare the page of a thing."""
    head = thing.head
    title = head.name.strip() or str(gettext("No name"))
    pictures = [head.image_url, *(row.track.image_url for row in thing.tracks.rows)]
    return ThingSheet(
        title=title,
        image_url=next((url for url in pictures if url), None),
        shape="round" if head.kind is Item.ARTIST else "square",
        spotify_url=spotify_url(head.sort, head.id),
        release_year=(head.release_date or "")[:RELEASE_LETTERS],
        listening=_listening(thing, thing.listening, title, time_zone) if thing.listening else None,
    )


def rank_text(rank: int | None) -> str:
    """Write a place: #12, or what stands for all that come late."""
    if rank is None:
        return str(gettext("beyond #%(most)s", most=number(MOST)))
    return str(gettext("#%(rank)s", rank=number(rank)))


def _listening(thing: Thing, told: Listening, title: str, time_zone: str) -> ListeningSheet:
    heard, head = told.heard, thing.head
    first, last = (local_day(at, time_zone) for at in (heard.first_at, heard.last_at))
    years = [str(place.period.year) for place in told.years]
    months = [month(place.period, "abbreviated") for place in told.months]
    lately = any(place.plays for place in told.months)
    return ListeningSheet(
        first_url=url_for("plays.show", name=mark_of(heard.first_at, told.first_track)),
        last_url=url_for("plays.show", name=mark_of(heard.last_at, told.last_track)),
        first_day_url=url_for("history.index", day=first.isoformat()),
        last_day_url=url_for("history.index", day=last.isoformat()),
        history_url=(
            None if head.kind is Item.TRACK else url_for("history.index", **_filter(thing))
        ),
        years=_places(title, told.years, years) if len(years) > 1 else None,
        months=_places(title, told.months, months) if lately else None,
        plays=_plays(told.months, months, told.today) if lately else None,
        calendar=_calendar(told) if told.days else None,
    )


def _filter(thing: Thing) -> dict[str, Any]:
    """Name what the history is to be narrowed to."""
    return {thing.head.kind.value: thing.head.id}


def _places(title: str, places: Sequence[Place], labels: Sequence[str]) -> Drawn:
    """Draw places over time; the best of them is told."""
    texts = [_place_text(place) for place in places]
    series = Series(title, [place.rank for place in places], texts)
    ranked = [
        (place.rank, -at, label)
        for at, (place, label) in enumerate(zip(places, labels, strict=True))
        if place.rank
    ]
    if ranked:
        best, _, when = min(ranked)
        said = gettext("Highest in %(when)s, at %(place)s.", when=when, place=rank_text(best))
    else:
        said = gettext("Never among the first %(most)s.", most=number(MOST))
    return Drawn(chart=charts.ranks([series] if ranked else [], labels), said=str(said))


def _place_text(place: Place) -> str:
    if not place.plays:
        return UNKNOWN
    text = gettext("%(place)s, %(plays)s", place=rank_text(place.rank), plays=_count(place.plays))
    return str(text)


def _plays(places: Sequence[Place], labels: Sequence[str], today: date) -> Drawn:
    points = [
        Point(
            label,
            place.plays,
            _count(place.plays),
            running=place.period == today.replace(day=1),
        )
        for place, label in zip(places, labels, strict=True)
    ]
    most = max(points, key=lambda point: point.value)
    said = gettext("Most in %(when)s: %(plays)s.", when=most.label, plays=most.text)
    return Drawn(chart=charts.columns(points), said=str(said))


def _calendar(told: Listening) -> Drawn:
    texts = {day_: _count(plays) for day_, plays in told.days.items()}
    best = max(sorted(told.days, reverse=True), key=lambda day_: told.days[day_])
    said = ngettext(
        "Heard on %(n)s of the last 365 days: %(plays)s on %(day)s.",
        "Heard on %(n)s of the last 365 days, most on %(day)s: %(plays)s.",
        len(texts),
        n=number(len(texts)),
        day=day(best),
        plays=texts[best],
    )
    chart = charts.calendar(told.days, told.calendar_from, told.today, texts)
    return Drawn(chart=chart, said=str(said))


def _count(plays: int) -> str:
    return str(ngettext("%(n)s play", "%(n)s plays", plays, n=number(plays)))
