"""Imports: send files, look over what was found, let it begin, watch it, keep the receipt."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from jobs import imports as jobs
from webapp.domain.imports import Status
from webapp.queries import import_pages, imports
from webapp.queries.imports import ImportRow
from webapp.services import imports as import_service
from webapp.services.import_receiving import receive
from webapp.views import receipts
from webapp.views.errors import http_error
from webapp.views.extensions import csrf
from webapp.views.fragments import fragment, is_htmx, page, see_other
from webapp.views.import_board import ImportBoard, board, lines
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited
from webapp.views.uploads import MOST_FILES, admit, sent_files

blueprint = Blueprint("imports", __name__)

RECENT = 50
MOST_UNDECIDED = 5
ONE = "<int(max=9223372036854775807):import_id>"


@blueprint.get("/imports")
@login_required
def index() -> Response:
    """Show what can be brought in, and what was."""
    return _index()


@blueprint.post("/imports")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked below: the check reads the whole form
@login_required
@limited("20/hour")
def create() -> Response:
    """Take files, and show what is in them."""
    admit(_most_mb() << 20)
    csrf.protect()
    parts, user_id = wiring(), me().id
    if import_pages.undecided(user_id) >= MOST_UNDECIDED:
        text = gettext(
            "%(n)s uploads wait for your word. Bring them in, or throw them away, and send this"
            " again.",
            n=MOST_UNDECIDED,
        )
        return _refused(text)
    sent = sent_files("files")
    if not sent:
        return _refused(gettext("No file was chosen. Choose one, and send it again."))
    return see_other(url_for("imports.show", import_id=receive(parts, user_id, sent)))


@blueprint.get(f"/imports/{ONE}")
@login_required
def show(import_id: int) -> Response:
    """Show an import."""
    return page("imports/show.html", board=_board(find(import_id)))


@blueprint.get(f"/imports/{ONE}/progress")
@login_required
def progress(import_id: int) -> Response:
    """Answer the moving part of that page alone."""
    return _progress(import_id)


@blueprint.post(f"/imports/{ONE}/start")
@login_required
@limited("60/minute")
def start(import_id: int) -> Response:
    """Let an import begin; a second one of the same listener waits."""
    find(import_id)
    begun = jobs.start(wiring(), me().id, import_id)
    if not begun and find(import_id).status is Status.FOUND:
        return _told(import_id, gettext("Another import is under way. This one waits for it."))
    return _told(import_id)


@blueprint.post(f"/imports/{ONE}/cancel")
@login_required
@limited("60/minute")
def cancel(import_id: int) -> Response:
    """Call an import off, unless it is too late."""
    find(import_id)
    if import_service.cancel(wiring(), me().id, import_id):
        return _told(import_id)
    if find(import_id).status is Status.PROCESSING:
        text = gettext("Too late to call it off: it is being merged with your history right now.")
        return _told(import_id, text)
    return _told(import_id, gettext("Too late to call it off: it was over already."))


@blueprint.get(f"/imports/{ONE}/receipt.csv")
@login_required
@limited("30/minute")
def receipt(import_id: int) -> Response:
    """Answer what became of every row, as a table."""
    if find(import_id).status is not Status.COMPLETED:
        abort(404)
    return receipts.table(me().id, import_id)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """Say how much may be sent."""
    text = gettext(
        "That is more than this Backspin takes: at most %(mb)s MB and %(files)s files at once."
        " Send the zip as you got it, or fewer files at a time.",
        mb=_most_mb(),
        files=MOST_FILES,
    )
    return _refused(text, status=413)


@blueprint.errorhandler(TooManyRequests)
def too_often(error: TooManyRequests) -> Response:
    """Say so beside the field where files were sent by htmx."""
    response = http_error(error)
    if request.endpoint != "imports.create" or not is_htmx():
        return response
    told = _refused(gettext("That was sent too often. Wait a few minutes, please."), status=429)
    told.headers["Retry-After"] = response.headers["Retry-After"]
    return told


def find(import_id: int) -> ImportRow:
    """Find an import of this listener; anyone else's does not exist."""
    return imports.find(import_id, me().id) or abort(404)


def _index(*, status: int = 200, refusal: str = "") -> Response:
    recent = imports.of_listener(me().id, RECENT)
    return page(
        "imports/index.html",
        status=status,
        refusal=refusal,
        most_mb=_most_mb(),
        lines=lines(recent, wiring().clock()),
        brought=import_pages.brought(me().id),
    )


def _refused(text: str, *, status: int = 422) -> Response:
    if is_htmx():
        return fragment("imports/_upload.html", status=status, refusal=text, most_mb=_most_mb())
    return _index(status=status, refusal=text)


def _progress(import_id: int, note: str = "") -> Response:
    return fragment("imports/_progress.html", board=_board(find(import_id)), note=note)


def _told(import_id: int, note: str = "") -> Response:
    if is_htmx():
        return _progress(import_id, note)
    if note:
        flash(note, "warning")
    return see_other(url_for("imports.show", import_id=import_id))


def _board(row: ImportRow) -> ImportBoard:
    return board(row, wiring().clock())


def _most_mb() -> int:
    return wiring().settings.import_max_mb
