"""What is new and much played, for everybody: read from what is stored, whatever sources do."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, url_for
from flask_babel import gettext

from jobs import trends as trend_jobs
from webapp.domain.errors import QueueDownError
from webapp.domain.trends import Shelf, Source
from webapp.queries import appearances
from webapp.services import trend_pages, trends
from webapp.views.browse_sight import Sight, look
from webapp.views.browse_words import (
    CHARTS,
    HEADINGS,
    NAMES,
    SHELVES,
    chart_sentence,
    place_texts,
)
from webapp.views.collecting import shown_to_listener, small
from webapp.views.fragments import fragment, page, see_other
from webapp.views.requests import admin_only, wiring
from webapp.views.security import limited
from webapp.views.trend_history import trend_history

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
    words = {**WORDS, "place_text": place_texts()}
    return page("browse/index.html", sight=_look(), sources=list(Source), shelves=Shelf, **words)


@blueprint.get("/list")
def listing() -> Response:
    """Answer the list alone; the browser's address becomes the page's."""
    sight = _look()
    response = fragment("browse/_list.html", sight=sight, place_text=place_texts(), **WORDS)
    response.headers["HX-Push-Url"] = sight.page_url
    return response


@blueprint.get("/albums/<int:item_id>")
def album(item_id: int) -> Response:
    """Show an album that is or was in a chart."""
    found = trend_pages.find_album(item_id) if item_id < 2**63 else None
    if found is None:
        abort(404)
    if found.id != item_id:
        return make_response(redirect(url_for("browse.album", item_id=found.id), 301))
    item = appearances.find_item(found.id)
    return page(
        "browse/album.html",
        item=found,
        trend_history=trend_history(item),
        collect_sight=shown_to_listener(item) if item else None,
        **WORDS,
    )


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


def _look() -> Sight:
    """Look at what is stored; what is too old is read anew behind the visitor's back."""
    sight = look()
    if trends.is_due(sight.charts, wiring().clock()):
        with suppress(QueueDownError):  # the next visitor will ask again
            trend_jobs.start(wiring(), everything=False)
    return sight
