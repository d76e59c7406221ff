"""The sections of a profile, as its page lays them out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext, ngettext

from webapp.domain import charts
from webapp.domain.charts import CalendarChart
from webapp.domain.personality import Trait
from webapp.domain.profiles import Section
from webapp.domain.stats import Item
from webapp.domain.syncs import Collection
from webapp.queries.history import DatedPlay
from webapp.queries.lines import TrackLine
from webapp.queries.tops import Ranking, TopItem
from webapp.services.personality import Personality
from webapp.services.profiles import Contents, Shelf, Year
from webapp.views import formats
from webapp.views.counts import LABELS
from webapp.views.personality_terms import TITLES
from webapp.views.personality_wording import value_text
from webapp.views.spotify_links import spotify_url

COUNTED = (
    Collection.SAVED_TRACKS,
    Collection.SAVED_ALBUMS,
    Collection.FOLLOWED_ARTISTS,
    Collection.PLAYLISTS,
)
RANKED = {
    Item.ARTIST: lazy_gettext("Artists"),
    Item.TRACK: lazy_gettext("Tracks"),
    Item.ALBUM: lazy_gettext("Albums"),
}
MEASURED = {
    Trait.DIVERSITY: lazy_gettext("how evenly plays are spread over artists"),
    Trait.LOYALTY: lazy_gettext("of plays are of the ten most played artists"),
    Trait.DISCOVERY: lazy_gettext("of artists were never played before"),
    Trait.REPEATS: lazy_gettext("of plays were of a track heard in it already"),
    Trait.ERA: lazy_gettext("half of the music came out by then"),
    Trait.NIGHT: lazy_gettext("of plays are between midnight and five"),
    Trait.WEEKEND: lazy_gettext("of plays are on Saturdays and Sundays"),
    Trait.MAINSTREAM: lazy_gettext("of 100 points of popularity at Spotify"),
    Trait.CONSISTENCY: lazy_gettext("how alike the weeks are in hours"),
}
ABOUT_PLAYS = frozenset(Section) - {Section.LIBRARY, Section.COMPARE}
HOUR_MS = 3_600_000
NAMED = 3
FIRST = 12
"""How many plays are laid out; the others are unfolded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time as the clock of the profile's listener showed it."""

    day: date
    clock: str
    written: str
    """For machines, without a time zone: where a listener lives is theirs to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A track, and when it was heard or saved."""

    title: str
    by: str
    image_url: str | None
    url: str | None
    at: Moment | None


Sheet = tuple[date, list[Line]]
"""A day, and its plays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A top list of one kind of thing."""

    title: str
    shape: str
    rows: tuple[TopItem, ...]
    urls: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearView:
    """The calendar, and its picture in words."""

    chart: CalendarChart
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfView:
    """The library; numbers are (name, count) each."""

    numbers: list[tuple[str, int]]
    as_of: Moment | None
    newest: list[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric of the personality, in words that are nobody's in particular."""

    title: str
    value: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The sections; None is one that is not shown."""

    empty: bool
    """Whether sections about plays would be shown, if there were any."""
    at_least: bool
    as_of: Moment | None
    now: list[Line] | None
    tops: list[Chart] | None
    year: YearView | None
    days: list[Sheet] | None
    more: list[Sheet]
    """The days of those plays that are unfolded."""
    shelf: ShelfView | None
    measures: list[Measure] | None


def board(found: Contents, sections: Iterable[Section], time_zone: str) -> Board:
    """Lay out what was read."""
    zone = ZoneInfo(time_zone)
    plays = [_line(play.track, play.ended_at, zone) for play in found.now or ()]
    is_about_plays = not ABOUT_PLAYS.isdisjoint(sections)
    return Board(
        empty=found.empty and is_about_plays,
        at_least=found.at_least,
        as_of=_moment(found.heard_at, zone) if is_about_plays else None,
        now=plays if found.now is not None else None,
        tops=[_chart(item, ranking) for item, ranking in found.tops.items()]
        if found.tops
        else None,
        year=_year(found.year) if found.year else None,
        days=_days(found.history[:FIRST], zone) if found.history is not None else None,
        more=_days((found.history or ())[FIRST:], zone),
        shelf=_shelf(found.shelf, zone) if found.shelf else None,
        measures=_measures(found.personality) if found.personality else None,
    )


def heard_most(found: Contents) -> list[str]:
    """Name the artists who are heard most, where that is shown."""
    artists = found.tops[Item.ARTIST].rows if found.tops else ()
    return [row.name.strip() for row in artists if row.name.strip()][:NAMED]


def _line(track: TrackLine, at: datetime | None, zone: ZoneInfo) -> Line:
    return Line(
        title=track.name.strip() or str(gettext("No name")),
        by=track.artists,
        image_url=track.image_url,
        url=spotify_url(track.kind, track.id),
        at=_moment(at, zone),
    )


def _moment(at: datetime | None, zone: ZoneInfo) -> Moment | None:
    if at is None:
        return None
    local = at.astimezone(zone)
    return Moment(day=local.date(), clock=f"{local:%H:%M}", written=f"{local:%Y-%m-%dT%H:%M}")


def _chart(item: Item, ranking: Ranking) -> Chart:
    return Chart(
        title=str(RANKED[item]),
        shape="round" if item is Item.ARTIST else "square",
        rows=ranking.rows,
        urls=tuple(spotify_url(item, row.id) for row in ranking.rows),
    )


def _year(year: Year) -> YearView:
    chart = charts.calendar(
        {day.day: day.ms / HOUR_MS for day in year.days},
        year.first,
        year.last,
        {day.day: formats.hours(day.ms) for day in year.days},
    )
    if not year.days:
        return YearView(chart=chart, summary=str(gettext("0 days with plays in these 365.")))
    best = max(year.days, key=lambda day: (day.ms, day.day))
    summary = ngettext(
        "%(n)s day with plays in these 365; the most was %(hours)s, on %(day)s.",
        "%(n)s days with plays in these 365; the most was %(hours)s, on %(day)s.",
        len(year.days),
        n=formats.number(len(year.days)),
        hours=formats.hours(best.ms),
        day=formats.day(best.day),
    )
    return YearView(chart=chart, summary=str(summary))


def _days(plays: Sequence[DatedPlay], zone: ZoneInfo) -> list[Sheet]:
    return [
        (day, [_line(play.track, play.ended_at, zone) for play in same])
        for day, same in groupby(plays, key=lambda play: play.day)
    ]


def _measures(found: Personality) -> list[Measure]:
    return [
        Measure(title=str(TITLES[trait]), value=value_text(metric), about=str(MEASURED[trait]))
        for trait, metric in found.metrics.items()
        if metric.value is not None
    ]


def _shelf(shelf: Shelf, zone: ZoneInfo) -> ShelfView:
    read = [shelf.counts[name].checked_at for name in COUNTED]
    return ShelfView(
        numbers=[(str(LABELS[name]), shelf.counts[name].count) for name in COUNTED],
        as_of=_moment(max((at for at in read if at), default=None), zone),
        newest=[_line(row.track, row.added_at, zone) for row in shelf.newest],
    )
