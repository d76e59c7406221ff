"""The pages of an artist, an album and a track: what they are in this listener's listening.

Ids are Spotify's, or our own for what only names told, so an address takes whatever an id holds.
"""

from flask import Blueprint, Response, abort

from webapp.domain.stats import Item
from webapp.queries import appearances
from webapp.services import things
from webapp.views.fragments import page
from webapp.views.requests import login_required, me, wiring
from webapp.views.thing_sheet import rank_text, sheet
from webapp.views.trend_history import trend_history

blueprint = Blueprint("things", __name__)
blueprint.add_app_template_global(rank_text, "rank_text")

MAX_ID = 200


@blueprint.get("/artist/<path:thing_id>")
@login_required
def artist(thing_id: str) -> Response:
    """Show an artist."""
    return _show(Item.ARTIST, thing_id)


@blueprint.get("/album/<path:thing_id>")
@login_required
def album(thing_id: str) -> Response:
    """Show an album."""
    return _show(Item.ALBUM, thing_id)


@blueprint.get("/track/<path:thing_id>")
@login_required
def track(thing_id: str) -> Response:
    """Show a track; also an episode or a local file that is in a playlist."""
    return _show(Item.TRACK, thing_id)


def _show(kind: Item, thing_id: str) -> Response:
    if len(thing_id) > MAX_ID or not thing_id.isprintable():
        abort(404)
    account = me()
    found = things.read(wiring().redis, account, kind, thing_id, wiring().clock())
    if found is None:
        abort(404)
    charted = appearances.find_of_catalogue(kind, thing_id)
    return page(
        "things/show.html",
        thing=found,
        sheet=sheet(found, account.time_zone),
        trend_history=trend_history(charted),
    )
