"""The big switches of an account."""

from hmac import compare_digest

from flask import Blueprint, Response, flash, request, session, url_for
from flask_babel import gettext
from flask_login import logout_user

from webapp.queries import accounts as account_queries
from webapp.services import accounts
from webapp.views.fragments import see_other
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited
from webapp.views.settings import show

blueprint = Blueprint("account", __name__)


@blueprint.post("/account/disconnect")
@login_required
@limited("20/hour")
def disconnect() -> Response:
    """Stop collecting and forget Spotify's tokens."""
    accounts.disconnect(wiring(), me().id)
    flash(gettext("Disconnected. The tokens are deleted; what was kept stays."), "success")
    return see_other(url_for("settings.index"))


@blueprint.post("/account/delete")
@login_required
@limited("20/hour")
def delete() -> Response:
    """Erase everything, once the username was typed."""
    typed = request.form.get("confirmation", "").strip()
    if not compare_digest(typed.encode(), me().username.encode()):
        wrong = gettext("That is not your username. Nothing was deleted.")
        return show(status=422, errors={"confirmation": wrong})
    accounts.delete(wiring(), me().id)
    logout_user()
    session.clear()
    flash(gettext("Your account and everything in it are deleted."), "success")
    return see_other(url_for("landing.index"))


@blueprint.post("/sessions/revoke")
@login_required
@limited("20/hour")
def revoke_sessions() -> Response:
    """Sign out everywhere."""
    account_queries.revoke_sessions(me().id)
    logout_user()
    session.clear()
    flash(gettext("You are signed out everywhere."), "success")
    return see_other(url_for("landing.index"))
