"""A listener's tokens for scrobblers: made, shown once, revoked."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from webapp.services import submission_tokens
from webapp.services.submission_tokens import LONGEST_NAME, MOST
from webapp.views.fragments import see_other
from webapp.views.requests import login_required, me, printable, wiring
from webapp.views.security import limited
from webapp.views.settings import show

blueprint = Blueprint("scrobblers", __name__)

ANCHOR = "scrobblers"


@blueprint.post("/settings/scrobblers")
@login_required
@limited("30/hour")
def create() -> Response:
    """Make a token and show it, this once: it is in the answer and nowhere else."""
    name = printable(request.form.get("name", "")).strip()[:LONGEST_NAME]
    if not name:
        return show(status=422, token_error=gettext("Give it a name, to know it by later."))
    token = submission_tokens.make(wiring(), me().id, name)
    if token is None:
        wrong = gettext("%(n)s tokens work already. Revoke one that you no longer use.", n=MOST)
        return show(status=422, token_error=wrong)
    response = show(status=201, token=token)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/settings/scrobblers/<int(max=9223372036854775807):token_id>/revoke")
@login_required
@limited("60/minute")
def revoke(token_id: int) -> Response:
    """Let a token work no more."""
    if not submission_tokens.revoke(wiring(), me().id, token_id):
        abort(404)
    flash(gettext("Revoked. Whoever uses this token can no longer submit."), "success")
    return see_other(url_for("settings.index", _anchor=ANCHOR))
