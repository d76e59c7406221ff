"""Take a past state away: saved tracks or a playlist, as they were on a day."""

from collections.abc import Iterator
from datetime import datetime, time

from flask import Blueprint, Response, abort

from webapp import db
from webapp.domain.accounts import slug
from webapp.domain.exports import file_name
from webapp.domain.time_machine_days import Shelf
from webapp.domain.time_machine_formats import FORMATS, Batches, Heading
from webapp.services import time_machine as machine
from webapp.views.requests import login_required, me, printable
from webapp.views.security import limited
from webapp.views.time_machine_journeys import Journey, asked_journey

blueprint = Blueprint("time_machine_exports", __name__)

FORM = "<any('csv', 'json', 'txt'):form>"


@blueprint.get(f"/time-machine/saved-tracks.{FORM}")
@login_required
@limited("60/hour")
def tracks(form: str) -> Response:
    """Answer the saved tracks of a day, written while they are read."""
    journey = _journey()
    span, known = journey.spans[Shelf.TRACKS], journey.known[Shelf.TRACKS]
    heading = Heading(
        what="saved tracks",
        name="",
        at=span.then,
        at_least=span.then_early,
        seen_at=known.then_at,
    )
    batches = machine.iter_tracks(me().id, span.then, early=span.then_early)
    return _taken(form, "saved-tracks", journey, heading, batches)


@blueprint.get(f"/time-machine/playlists/<playlist_id>/then.{FORM}")
@login_required
@limited("60/hour")
def playlist(playlist_id: str, form: str) -> Response:
    """Answer a playlist of a day; 404 where it was not there, or could not be read."""
    journey = _journey()
    span, account = journey.spans[Shelf.PLAYLISTS], me()
    found = machine.state_of(account.id, printable(playlist_id), span.then, early=span.then_early)
    if found is None or found.version.gone or not found.readable:
        abort(404)
    heading = Heading(
        what="playlist",
        name=found.version.name,
        at=span.then,
        at_least=found.at_least,
        seen_at=found.version.seen_at,
    )
    return _taken(form, slug(found.version.name), journey, heading, machine.iter_entries(found))


def _journey() -> Journey:
    return asked_journey() or abort(404)


def _taken(form: str, what: str, journey: Journey, heading: Heading, batches: Batches) -> Response:
    """Answer a file to keep; nobody on the way keeps a copy."""
    chosen = FORMATS[form]
    day = datetime.combine(journey.then_day, time.min)
    name = file_name(f"{me().username}-{what}", day, form)
    response = Response(_bytes(form, heading, batches), mimetype=chosen.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _bytes(form: str, heading: Heading, batches: Batches) -> Iterator[bytes]:
    # The request is over when this runs, and its connection given back.
    with db.connection():
        for text in FORMATS[form].write(heading, batches):
            yield text.encode()
