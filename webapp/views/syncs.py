"""Start a sync and watch it."""

from math import ceil

from flask import Blueprint, Response, abort, g, url_for
from flask_babel import gettext

from jobs import syncs as jobs
from webapp.queries import syncs
from webapp.queries.syncs import SyncRow
from webapp.services import syncs as sync_service
from webapp.services.syncs import Begun
from webapp.views.errors import answer
from webapp.views.formats import near_moment
from webapp.views.fragments import fragment, is_htmx, page, see_other
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited
from webapp.views.sync_board import board

blueprint = Blueprint("syncs", __name__)


@blueprint.post("/syncs")
@login_required
@limited("30/minute")
def create() -> Response:
    """Start a sync, or show the one that runs: the fragment for htmx, its page otherwise."""
    begun = start()
    if begun.sync_id is None:
        return too_early(begun)
    if is_htmx():
        return _progress(find(begun.sync_id))
    return see_other(url_for("syncs.show", sync_id=begun.sync_id))


@blueprint.get("/syncs")
@login_required
def index() -> Response:
    """List the syncs there were."""
    return page("syncs/index.html", syncs=syncs.recent(50, me().id), board=board)


@blueprint.get("/syncs/<int:sync_id>")
@login_required
def show(sync_id: int) -> Response:
    """Show a sync."""
    return page("syncs/show.html", board=board(find(sync_id)))


@blueprint.get("/syncs/<int:sync_id>/progress")
@login_required
def progress(sync_id: int) -> Response:
    """Answer the moving part of that page alone."""
    return _progress(find(sync_id))


def start() -> Begun:
    """Start a sync by hand; soon after one that partly failed, only that part is tried again."""
    parts, user_id = wiring(), me().id
    return jobs.begin(parts, user_id, sync_service.click_means(parts, user_id))


def find(sync_id: int) -> SyncRow:
    """Find a sync of this listener; anyone else's does not exist."""
    return syncs.find(sync_id, me().id) or abort(404)


def too_early(begun: Begun) -> Response:
    """Say when the button works again."""
    if begun.not_before is None:
        abort(404)
    g.retry_after = max(1.0, (begun.not_before - wiring().clock()).total_seconds())
    text = gettext(
        "The library was just synced. You can start the next sync at %(time)s.",
        time=near_moment(begun.not_before, wiring().clock()),
    )
    latest = syncs.latest(me().id)
    if not is_htmx() or latest is None:
        return answer(429, title=gettext("Fresh already"), text=text)
    response = _progress(latest, status=429, note=text)
    response.headers["Retry-After"] = str(ceil(g.retry_after))
    return response


def _progress(sync: SyncRow, *, status: int = 200, note: str = "") -> Response:
    response = fragment("syncs/_progress.html", status=status, board=board(sync), note=note)
    if sync.over:
        response.headers["HX-Trigger"] = "sync-ended"  # the dashboard shows what came home
    return response
