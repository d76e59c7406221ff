"""The words of the statistics: amounts, columns, changes, sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from flask_babel import gettext, ngettext

from webapp.domain.stats import By
from webapp.domain.stats_buckets import Bucket, Step
from webapp.queries.listening import Day, Hour
from webapp.views.formats import day, day_of_year, hours, month, number

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference, without its sign; `text` is in the words of what is counted."""

    direction: Literal["up", "down", "same"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its name. `change` is None where there is nothing to compare with."""

    label: str
    text: str
    change: Change | None = None
    note: str = ""
    url: str | None = None


def plays_text(plays: int) -> str:
    """Write a number of plays."""
    return str(ngettext("%(n)s play", "%(n)s plays", plays, n=number(plays)))


def days_text(days: int) -> str:
    """Write a number of days."""
    return str(ngettext("%(n)s day", "%(n)s days", days, n=number(days)))


def artists_text(artists: int) -> str:
    """Write a number of artists."""
    return str(ngettext("%(n)s artist", "%(n)s artists", artists, n=number(artists)))


def tracks_text(tracks: int) -> str:
    """Write a number of tracks."""
    return str(ngettext("%(n)s track", "%(n)s tracks", tracks, n=number(tracks)))


def amount_text(by: By, plays: int, ms: int) -> str:
    """Write what is counted: plays, or how long they were."""
    return plays_text(plays) if by is By.PLAYS else hours(ms)


def amount_texts(by: By, counted: Sequence[Day | Hour]) -> list[str]:
    """Write what is counted of many; each number is put into words once."""
    pairs = [(one.plays, 0) if by is By.PLAYS else (0, one.ms) for one in counted]
    words = {pair: amount_text(by, *pair) for pair in set(pairs)}
    return [words[pair] for pair in pairs]


def change_of(now: int, before: int, text: str) -> Change:
    """Say where a number went; `text` is the difference in words."""
    if now == before:
        return Change(direction="same", text="")
    return Change(direction="up" if now > before else "down", text=text)


def span_text(first: date, last: date) -> str:
    """Write days from one to another."""
    if first == last:
        return day(first)
    return str(gettext("%(first)s to %(last)s", first=day(first), last=day(last)))


def bucket_label(bucket: Bucket, step: Step) -> str:
    """Name a column."""
    if step is Step.MONTH:
        return month(bucket.first, "abbreviated")
    return day_of_year(bucket.first)


def length_text(length: timedelta | None) -> str:
    """Write how long something went on."""
    return hours(None if length is None else round(length / timedelta(milliseconds=1)))
