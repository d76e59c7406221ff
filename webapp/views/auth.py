"""Signing in with Spotify, and out."""

from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, flash, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user

from jobs import syncs as sync_jobs
from webapp.domain.errors import ConsentOverError, ForbiddenError
from webapp.domain.syncs import Cause
from webapp.providers.spotify.oauth import CHANGE_LIBRARY, SCOPES
from webapp.services import accounts
from webapp.services.accounts import Refusal
from webapp.views import landing
from webapp.views.errors import answer
from webapp.views.extensions import SignedIn
from webapp.views.fragments import see_other
from webapp.views.names import reserved_names
from webapp.views.requests import wiring
from webapp.views.security import limited
from webapp.views.wording import error_sentence

blueprint = Blueprint("auth", __name__)

LOGINS = "logins"
MAX_LOGINS = 3
LOGIN_SECONDS = 600


@blueprint.get("/auth/spotify")
@limited("20/minute")
def sign_in() -> Response:
    """Send the browser to Spotify; what its return must show is kept in the cookie, by `state`."""
    parts = wiring()
    scopes: tuple[str, ...] = SCOPES
    if "change_library" in request.args and current_user.is_authenticated:
        # Only who asks for it in the settings, and until the next ordinary sign-in.
        scopes = (*SCOPES, CHANGE_LIBRARY)
        session["next"] = url_for("collection.index")
    started = parts.oauth.start(parts.settings.redirect_uri, scopes)
    pending = {
        "verifier": started.code_verifier,
        "zone": request.args.get("time_zone", "")[:64],
        "at": int(parts.clock().timestamp()),
    }
    logins = list(session.get(LOGINS, {}).items())[-(MAX_LOGINS - 1) :]
    session[LOGINS] = {**dict(logins), started.state: pending}
    response = redirect(started.url)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # werkzeug's Response


@blueprint.get("/auth/spotify/callback")
@limited("20/minute")
def callback() -> Response:
    """Come back from Spotify."""
    return _come_back(request.args.get)


@blueprint.post("/auth/spotify/paste")
@limited("20/minute")
def paste() -> Response:
    """Come back by hand, where Spotify's redirect can't reach this install."""
    address = urlsplit(request.form.get("callback_url", "").strip())
    values = {name: found[0] for name, found in parse_qs(address.query).items()}
    if not {"state", "code"} <= values.keys() and "error" not in values:
        wrong = gettext("That address has no answer of Spotify in it. Copy the whole address.")
        return landing.show(status=422, paste_error=wrong)
    return _come_back(values.get, zone=request.form.get("time_zone", ""))


@blueprint.post("/logout")
def logout() -> Response:
    """Sign out here."""
    logout_user()
    session.clear()
    return see_other(url_for("landing.index"))


def _come_back(value: Any, zone: str = "") -> Response:
    """Check that this is the answer to a question of ours, asked once, lately."""
    logins = session.get(LOGINS, {})
    pending = logins.pop(value("state") or "", None)
    session[LOGINS] = logins
    if pending is None or wiring().clock().timestamp() - pending["at"] > LOGIN_SECONDS:
        return _expired()
    if value("error"):
        flash(gettext("You did not agree on Spotify's page, so nothing was stored."), "info")
        return see_other(url_for("landing.index"))
    code = value("code")
    if not code:
        return _expired()
    return _finish(code, pending["verifier"], pending["zone"] or zone)


def _finish(code: str, verifier: str, zone: str) -> Response:
    try:
        done = accounts.sign_in(
            wiring(),
            code=code,
            code_verifier=verifier,
            time_zone=zone,
            reserved=reserved_names(),
        )
    except ConsentOverError:
        return _expired()
    except ForbiddenError as error:
        return answer(403, title=gettext("Spotify said no"), text=error_sentence(error.kind))
    if done.account is None:
        return _refused(done.refusal)
    going_to = session.get("next") or url_for("dashboard.index")
    session.clear()
    session["id"] = token_urlsafe(32)  # a cookie from before the sign-in is worth nothing now
    session.permanent = True
    login_user(SignedIn(done.account))
    sync_jobs.begin(wiring(), done.account.id, Cause.SIGN_IN)
    return see_other(going_to)


def _expired() -> Response:
    return answer(
        410,
        title=gettext("This sign-in is no longer valid"),
        text=gettext(
            "It was used already, took longer than ten minutes, or was not begun in this"
            " browser. Nothing was stored. Start again from the front page."
        ),
    )


def _refused(refusal: Refusal | None) -> Response:
    if refusal is Refusal.NOT_LISTED:
        text = gettext(
            "This Backspin takes listeners from a list, and you are not on it yet."
            " Ask the operator. Nothing was stored."
        )
    else:
        text = gettext("This Backspin takes no new listeners. Nothing was stored.")
    return answer(403, title=gettext("Not open to you yet"), text=text)
