"""The archive by hand, for scripts, and for schedulers outside."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import TooManyRequests

from jobs.archive import tick
from webapp.domain.accounts import State
from webapp.queries import archive, budget, history
from webapp.queries.archive import ArchiveState
from webapp.services.archive import ask
from webapp.services.schedule import note_call
from webapp.views.archive_board import Note, board, note_of
from webapp.views.bearer import bears
from webapp.views.errors import answer, http_error
from webapp.views.extensions import csrf
from webapp.views.fragments import fragment, is_htmx, see_other
from webapp.views.notices import reconnect_text
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited
from webapp.views.wording import error_sentence

blueprint = Blueprint("archive", __name__)


@blueprint.post("/archive")
@login_required
@limited("12/hour")
def create() -> Response:
    """Ask Spotify for this listener's plays now; say what came."""
    parts, account = wiring(), me()
    if account.state is not State.ACTIVE:
        return _told(Note(kind="warning", text=reconnect_text(account)))
    outcome = ask(parts, account.id)
    response = _told(note_of(outcome, parts.clock()))
    if outcome.new:
        response.headers["HX-Trigger"] = "plays-archived"  # the list beside it shows them
    return response


@blueprint.get("/api/archive/status")
@login_required
def status() -> Response:
    """Answer how the archive stands with this listener."""
    now, user_id = wiring().clock(), me().id
    state, summary, block = archive.find(user_id), history.summary(user_id), budget.find_block(now)
    return jsonify(
        **_state_json(state),
        gaps={"open": summary.open_gaps, "closed": summary.closed_gaps},
        plays=summary.plays,
        blocked_until=_iso(block[0] if block else None),
    )


@blueprint.post("/api/cron/archive")
@csrf.exempt  # type: ignore[untyped-decorator]  # flask_wtf is untyped
@limited("60/minute")
def cron() -> Response:
    """Queue whoever is due, for a scheduler outside that shows the secret."""
    secret = wiring().settings.cron_secret
    if not secret:
        return answer(404, text="switched off: set CRON_SECRET to let a scheduler call this")
    if not bears(secret):
        response = answer(401, text="show the secret: Authorization: Bearer <CRON_SECRET>")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    ticked = tick(wiring())
    note_call(wiring())
    return make_response(jsonify(listeners=ticked.listeners, batches=ticked.batches), 202)


@blueprint.errorhandler(TooManyRequests)
def too_often(error: TooManyRequests) -> Response:
    """Say so in the line itself where htmx asked for it."""
    response = http_error(error)
    if not is_htmx() or request.path != url_for("archive.create"):
        return response
    text = gettext("Asked often enough for now. Spotify is asked by itself anyway.")
    told = _told(Note(kind="pause", text=str(text)), status=429)
    told.headers["Retry-After"] = response.headers["Retry-After"]
    return told


def _told(note: Note, *, status: int = 200) -> Response:
    if is_htmx():
        return fragment("history/_archive.html", status=status, board=board(wiring(), me(), note))
    flash(note.text, note.kind)
    return see_other(url_for("history.index"))


def _state_json(state: ArchiveState | None) -> dict[str, Any]:
    """Write what is known of a listener; before the first tick there is nothing."""
    return {
        "polled_at": _iso(state.polled_at if state else None),
        "new_plays": state.last_new if state else 0,
        "due_at": _iso(state.due_at if state else None),
        "every_minutes": state.every_minutes if state else None,
        "failures": {
            "count": state.failures if state else 0,
            "kind": state.failure_kind if state else None,
            "message": error_sentence(state.failure_message) if state and state.failures else None,
            "retry_at": _iso(state.retry_at if state else None),
        },
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
