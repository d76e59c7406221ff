"""Recaps as they are kept: chapters and pictures, made once until the listener's data changes.

What is kept holds nothing of the moment or the session: no form, no "5 minutes ago".
"""

from dataclasses import dataclass

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup

from webapp.cache import versions
from webapp.cache.versions import Kept
from webapp.domain.days import local_day
from webapp.domain.picture_text import tidy
from webapp.domain.recap_plans import Format
from webapp.domain.recaps import Edition
from webapp.services import recaps
from webapp.services.pictures import png
from webapp.services.recaps import Teller
from webapp.views.recap_board import board, picture
from webapp.views.recap_words import name_of, named
from webapp.views.release import release
from webapp.views.requests import wiring

BREAK = "\n"
"""Stands between the two parts of what is kept; the first has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A recap's chapters, empty where there is no play, and the same in a few sentences."""

    alt: str
    chapters: Markup


def told(teller: Teller, edition: Edition, *, owner: bool, public: bool) -> Told:
    """Give the chapters, made anew if they aren't kept as of now."""
    choice = ("told", owner, public)
    stamp, slot = stamp_of(teller, edition, *choice), _slot(teller, edition, *choice)
    kept = versions.find(wiring().redis, teller.user_id, slot)
    if kept is None or kept.stamp != stamp:
        made = _tell(teller, edition, owner=owner, public=public)
        kept = Kept(stamp=stamp, body=made.encode())
        versions.keep(wiring().redis, teller.user_id, slot, kept)
    alt, _, chapters = kept.body.decode().partition(BREAK)
    return Told(alt=alt, chapters=Markup(chapters))  # noqa: S704 - our own template made it


def drawn(teller: Teller, edition: Edition, wanted: Format) -> bytes:
    """Give a picture as PNG, drawn anew if it isn't kept as of now."""
    stamp, slot = stamp_of(teller, edition, wanted), _slot(teller, edition, wanted)
    kept = versions.find(wiring().redis, teller.user_id, slot)
    if kept is not None and kept.stamp == stamp:
        return kept.body
    recap = recaps.tell(teller, edition)
    found = picture(recap, name_of(teller.display_name, teller.username), teller.time_zone, wanted)
    body = png(render_template("recaps/_picture.html", picture=found))
    versions.keep(wiring().redis, teller.user_id, slot, Kept(stamp=stamp, body=body))
    return body


def stamp_of(teller: Teller, edition: Edition, *choice: object) -> str:
    """Name what is made of a recap by all it depends on."""
    period = edition.period
    about = (teller.username, teller.display_name, teller.time_zone, teller.data_version)
    span = (edition.key, period.first, period.last, edition.over)
    seen = " ".join(teller.sections)
    return versions.stamp(release(), teller.user_id, *about, seen, *span, *choice, get_locale())


def _slot(teller: Teller, edition: Edition, *choice: object) -> str:
    seen = " ".join(teller.sections)
    return versions.stamp("recap", edition.key, seen, *choice, get_locale())


def _tell(teller: Teller, edition: Edition, *, owner: bool, public: bool) -> str:
    recap = recaps.tell(teller, edition)
    found = board(recap, name_of(teller.display_name, teller.username), teller.time_zone)
    alt = found.pictures[0].alt.replace(BREAK, " ")
    if not recap.totals.plays:
        return f"{alt}{BREAK}"
    chapters = render_template(
        "recaps/_chapters.html",
        recap=recap,
        board=found,
        teller=teller,
        key=edition.key,
        owner=owner,
        public=public,
        named=named,
        tidy=tidy,
        local=lambda at: local_day(at, teller.time_zone),
    )
    return f"{alt}{BREAK}{chapters}"
