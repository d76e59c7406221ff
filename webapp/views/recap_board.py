"""What the page of a recap shows: the picture in both formats, and its chapters."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from webapp.domain import charts
from webapp.domain.charts import ColumnChart, Point
from webapp.domain.recap_picture import Picture, Words, draw
from webapp.domain.recap_plans import Format
from webapp.domain.recaps import FEW_PLAYS
from webapp.domain.stats import Item
from webapp.domain.stats_buckets import Step
from webapp.queries.tops import TopItem
from webapp.services.recaps import Recap
from webapp.views import formats
from webapp.views.recap_words import (
    HEADINGS,
    HOUR_MS,
    amount_of,
    as_of,
    change_sentence,
    clock_of,
    hour_sentence,
    peak_sentence,
    plays_of,
    sound_of,
    words_for,
)

HEIGHT = 160.0
SHAPES = {Item.ARTIST: "round", Item.TRACK: "square", Item.ALBUM: "square"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What was played most of one kind."""

    item: Item
    title: str
    shape: str
    rows: tuple[TopItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The page. Sentences are empty, and charts None, where there is too little to tell."""

    sentence: str
    amount: str
    unit: str
    plays: str
    change: str
    few: bool
    pictures: tuple[Picture, ...]
    shelves: tuple[Shelf, ...]
    parts: ColumnChart | None
    parts_head: tuple[str, str]
    peak: str
    hours: ColumnChart | None
    hour: str
    first_clock: str
    as_of: str


def board(recap: Recap, name: str, time_zone: str) -> Board:
    """Prepare the page."""
    totals = recap.totals
    amount, unit = amount_of(totals.ms)
    few = totals.plays < FEW_PLAYS
    words = words_for(recap, name, time_zone)
    return Board(
        sentence=sound_of(recap),
        amount=amount,
        unit=unit,
        plays=plays_of(recap),
        change=change_sentence(totals.ms, recap.before_ms),
        few=few,
        pictures=tuple(draw(words, recap.hours, wanted) for wanted in Format),
        shelves=tuple(_shelf(item, recap) for item in (Item.ARTIST, Item.TRACK, Item.ALBUM)),
        parts=_parts(recap) if recap.parts and not few else None,
        parts_head=(_part_name(recap.step), str(gettext("Listened"))),
        peak=peak_sentence(recap.step, recap.peak) if recap.peak and not few else "",
        hours=_hours(recap) if recap.hours and not few else None,
        hour="" if few or recap.peak_hour is None else hour_sentence(recap.peak_hour),
        first_clock=clock_of(recap, time_zone),
        as_of=as_of(recap, time_zone),
    )


def picture(recap: Recap, name: str, time_zone: str, wanted: Format) -> Picture:
    """Prepare the picture alone."""
    words: Words = words_for(recap, name, time_zone)
    return draw(words, recap.hours, wanted)


def _shelf(item: Item, recap: Recap) -> Shelf:
    return Shelf(
        item=item,
        title=str(HEADINGS[item]),
        shape=SHAPES[item],
        rows=recap.tops[item].rows,
    )


def _parts(recap: Recap) -> ColumnChart:
    points = [
        Point(_label(recap.step, first), ms / HOUR_MS, formats.hours(ms))
        for first, ms in recap.parts
    ]
    return charts.columns(points, height=HEIGHT)


def _label(step: Step, first: date) -> str:
    if step is Step.MONTH:
        return formats.month(first, "abbreviated")
    return formats.day_of_year(first)


def _hours(recap: Recap) -> ColumnChart:
    points = [
        Point(f"{hour}:00", plays, formats.number(plays)) for hour, plays in enumerate(recap.hours)
    ]
    return charts.columns(points, height=HEIGHT)


def _part_name(step: Step) -> str:
    if step is Step.MONTH:
        return str(gettext("Month"))
    return str(gettext("Day") if step is Step.DAY else gettext("Week"))
