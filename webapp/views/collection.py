"""A listener's own collection: what they took out of the charts, with one click and its undo."""

from math import ceil

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import TooManyRequests

from webapp.domain.errors import BackspinError
from webapp.queries import collection
from webapp.queries.appearances import TrendItem
from webapp.services.collection import (
    may_change_library,
    save_on_spotify,
    unsave_on_spotify,
    uri_of,
)
from webapp.views.collecting import Shown, shown, small
from webapp.views.errors import http_error
from webapp.views.fragments import fragment, is_htmx, page, see_other
from webapp.views.requests import login_required, me, page_number, wiring
from webapp.views.security import limited
from webapp.views.trend_statistics import thing_url
from webapp.views.wording import error_sentence

blueprint = Blueprint("collection", __name__, url_prefix="/collection")

PER_PAGE = 60
LARGEST_ID = 2**63 - 1


@blueprint.get("")
@login_required
def index() -> Response:
    """Show the collection, newest first."""
    number = page_number()
    shelf = collection.shelf(me().id, PER_PAGE, (number - 1) * PER_PAGE)
    if number > 1 and not shelf.rows:
        abort(404)
    return page(
        "collection/index.html",
        shelf=shelf,
        page=number,
        pages=max(1, ceil(shelf.total / PER_PAGE)),
        may_change=may_change_library(me().id),
        thing_url=thing_url,
        shown=shown,
        small=small,
    )


@blueprint.post("/<int(signed=True):item_id>")
@login_required
@limited("120/minute")
def add(item_id: int) -> Response:
    """Take a thing in."""
    item = _item(item_id)
    collection.add(me().id, item.id, wiring().clock())
    note = gettext("In your collection now.")
    return _told(item, shown(item, held=True, undo=True, note=str(note)))


@blueprint.post("/<int(signed=True):item_id>/remove")
@login_required
@limited("120/minute")
def remove(item_id: int) -> Response:
    """Let a thing go."""
    item = _item(item_id)
    collection.remove(me().id, item.id)
    note = gettext("No longer in your collection.")
    return _told(item, shown(item, held=False, note=str(note)))


@blueprint.post("/<int(signed=True):item_id>/spotify")
@login_required
@limited("30/minute")
def on_spotify(item_id: int) -> Response:
    """Save a thing on Spotify too, or with `do=unsave` take it back; our own stays as it is."""
    item = _item(item_id)
    uri = uri_of(item)
    if uri is None or not may_change_library(me().id):
        abort(404)
    held = bool(collection.held(me().id, [item.id]))
    back = request.form.get("do") == "unsave"
    try:
        (unsave_on_spotify if back else save_on_spotify)(wiring(), me().id, uri)
    except BackspinError as error:
        wiring().log.warning("library not changed", error=error.kind, detail=error.detail)
        note, kind = _failure(error), "warning"
        return _told(item, shown(item, held=held, note=note, kind=kind))
    if back:
        note = gettext("Taken out of your library on Spotify.")
    else:
        note = gettext("Saved on Spotify.")
    return _told(item, shown(item, held=held, saved=not back, note=str(note)))


@blueprint.errorhandler(TooManyRequests)
def too_often(error: TooManyRequests) -> Response:
    """Say so where htmx asked for it; nothing was changed."""
    item_id = (request.view_args or {}).get("item_id")
    if not is_htmx() or item_id is None:
        return http_error(error)
    item = _item(item_id)
    held = bool(collection.held(me().id, [item.id]))
    note = gettext("That was too many clicks in a minute. Nothing was changed.")
    told = _told(item, shown(item, held=held, note=str(note), kind="warning"), status=429)
    told.headers["Retry-After"] = http_error(error).headers["Retry-After"]
    return told


def _item(item_id: int) -> TrendItem:
    found = collection.find(me().id, item_id) if abs(item_id) <= LARGEST_ID else None
    return found or abort(404)


def _failure(error: BackspinError) -> str:
    kept = gettext("Your collection here is as it was.")
    return f"{error_sentence(error.kind)} {kept}"


def _told(item: TrendItem, sight: Shown, *, status: int = 200) -> Response:
    if is_htmx():
        return fragment("collection/_buttons.html", status=status, sight=sight)
    flash(sight.note, sight.kind)
    return see_other(thing_url(item) or url_for("collection.index"))
