"""What is new and much played, for everybody: read from what is stored, whatever sources do."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, url_for
from flask_babel import gettext

from jobs import trends as trend_jobs
from webapp.domain.errors import QueueDownError
from webapp.domain.trends import Kind, Shelf, Source
from webapp.services import trend_pages
from webapp.views.browse_sight import Sight, look
from webapp.views.browse_thing import page_addresses, page_of, thing_sight
from webapp.views.browse_words import (
    CHARTS,
    HEADINGS,
    NAMES,
    SHELVES,
    chart_sentence,
    place_texts,
)
from webapp.views.collecting import small
from webapp.views.fragments import fragment, page, see_other
from webapp.views.requests import admin_only, wiring
from webapp.views.security import limited
from webapp.views.trend_refresh import refresh_if_old

blueprint = Blueprint("browse", __name__, url_prefix="/browse")
WORDS: dict[str, Any] = {
    "names": NAMES,
    "chart_names": CHARTS,
    "shelf_names": SHELVES,
    "headings": HEADINGS,
    "chart_sentence": chart_sentence,
    "small_sight": small,
}


@blueprint.get("")
def index() -> Response:
    """Show a shelf: searched, filtered, paged."""
    words = _words()
    return page("browse/index.html", sight=_look(), sources=list(Source), shelves=Shelf, **words)


@blueprint.get("/list")
def listing() -> Response:
    """Answer the list alone; the browser's address becomes the page's."""
    sight = _look()
    response = fragment("browse/_list.html", sight=sight, **_words())
    response.headers["HX-Push-Url"] = sight.page_url
    return response


@blueprint.get("/albums/<int:item_id>")
def album(item_id: int) -> Response:
    """Show an album that is or was in a chart."""
    return _show(Kind.ALBUM, item_id)


@blueprint.get("/artists/<int:item_id>")
def artist(item_id: int) -> Response:
    """Show an artist that is or was in a chart."""
    return _show(Kind.ARTIST, item_id)


@blueprint.get("/tracks/<int:item_id>")
def track(item_id: int) -> Response:
    """Show a track that is or was in a chart."""
    return _show(Kind.TRACK, item_id)


@blueprint.post("/refresh")
@admin_only
@limited("10/minute")
def refresh() -> Response:
    """Let a worker read everything anew, now."""
    try:
        trend_jobs.start(wiring(), everything=True)
        flash(gettext("The charts are being read anew. It takes a minute at most."), "info")
    except QueueDownError:
        flash(gettext("The queue does not answer right now. Please try again later."), "warning")
    return see_other(url_for("browse.index"))


def _show(kind: Kind, item_id: int) -> Response:
    found = trend_pages.find(kind, item_id) if item_id < 2**63 else None
    if found is None:
        abort(404)
    if found.item.id != item_id:
        return make_response(redirect(page_of(found.item), 301))
    refresh_if_old()
    sight = thing_sight(found)
    return page("browse/thing.html", sight=sight, trend_history=sight.history, **_words())


def _words() -> dict[str, Any]:
    return {**WORDS, "place_text": place_texts(), "page_of": page_addresses()}


def _look() -> Sight:
    """Look at what is stored; what is too old is read anew behind the visitor's back."""
    sight = look()
    refresh_if_old()
    return sight
