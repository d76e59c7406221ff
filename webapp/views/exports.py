"""Take your data away: everything as one archive, or the plays alone in formats of others."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, url_for

from jobs import exports as jobs
from webapp import db
from webapp.domain.exports import Status, file_name
from webapp.domain.play_formats import FORMATS
from webapp.queries import export_plays, exports
from webapp.queries.exports import ExportRow
from webapp.views.export_board import ExportBoard, board
from webapp.views.fragments import fragment, is_htmx, page, see_other
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited

blueprint = Blueprint("exports", __name__)

ONE = "<int(max=9223372036854775807):export_id>"


@blueprint.get("/exports")
@login_required
def index() -> Response:
    """Show what can be taken away, and the archive that is here."""
    account = me()
    hours = wiring().settings.export_hours
    return page(
        "exports/index.html", board=_board(), contents=exports.contents(account.id), hours=hours
    )


@blueprint.post("/exports")
@login_required
@limited("10/hour")
def create() -> Response:
    """Make an archive, or show the one that is being made."""
    jobs.start(wiring(), me().id)
    return _told()


@blueprint.get("/exports/progress")
@login_required
def progress() -> Response:
    """Answer the moving part of the page alone."""
    return fragment("exports/_export.html", board=_board())


@blueprint.get(f"/exports/{ONE}/archive.zip")
@login_required
@limited("30/hour")
def archive(export_id: int) -> Response:
    """Answer an archive; another listener's does not exist, nor one that expired."""
    row = _find(export_id)
    if row.status is not Status.COMPLETED or row.completed_at is None:
        abort(404)
    name = file_name(me().username, row.created_at, "zip")
    response = _taken(_parts(export_id), name, "application/zip")
    response.content_length = row.bytes
    return response


@blueprint.post(f"/exports/{ONE}/remove")
@login_required
@limited("30/minute")
def remove(export_id: int) -> Response:
    """Remove an archive before its time, or call off one that is being made."""
    if not exports.remove(export_id, me().id):
        abort(404)
    return _told()


@blueprint.get("/exports/<any('plays.csv', 'spotify.json', 'listenbrainz.jsonl'):name>")
@login_required
@limited("30/hour")
def plays(name: str) -> Response:
    """Answer all plays in one of the formats of others, written while they are read."""
    chosen, account = FORMATS[name], me()
    file = file_name(
        f"{account.username}-{name.partition('.')[0]}", wiring().clock(), chosen.ending
    )
    return _taken(_plays(name, account.id), file, chosen.mimetype)


def _told() -> Response:
    if is_htmx():
        return fragment("exports/_export.html", board=_board())
    return see_other(url_for("exports.index"))


def _board() -> ExportBoard:
    return board(next(iter(_own()), None))


def _own() -> list[ExportRow]:
    return exports.of_listener(me().id, wiring().clock())


def _find(export_id: int) -> ExportRow:
    return next((row for row in _own() if row.id == export_id), None) or abort(404)


def _taken(body: Iterator[bytes], name: str, mimetype: str) -> Response:
    """Answer a file to keep; nobody on the way keeps a copy."""
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _parts(export_id: int) -> Iterator[bytes]:
    # The request is over when this runs, and its connection given back.
    with db.connection():
        yield from exports.iter_parts(export_id)


def _plays(name: str, user_id: int) -> Iterator[bytes]:
    with db.connection():
        for text in FORMATS[name].write(export_plays.iter_batches(user_id)):
            yield text.encode()
