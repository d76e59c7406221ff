"""Profiles: a listener's page under their name, and who may see what of it.

Who may not see a profile gets what they would get if there were nobody of that name.
"""

from functools import partial
from gzip import decompress

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain.accounts import USERNAME
from webapp.domain.profiles import Viewer, viewer_of
from webapp.queries import profiles as profile_queries
from webapp.queries.profiles import Profile
from webapp.services import profile_pages, profiles
from webapp.services.profile_pages import Wanted
from webapp.views import profile_page
from webapp.views.afterwards import after
from webapp.views.fragments import page, see_other
from webapp.views.privacy_form import asked_privacy
from webapp.views.profile_page import DEFAULT, PERIODS
from webapp.views.release import release
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited
from webapp.views.settings import show as show_settings

blueprint = Blueprint("profiles", __name__)

ANCHOR = "privacy"
PREVIEWS = {"stranger": Viewer.STRANGER, "signed-in": Viewer.SIGNED_IN}


@blueprint.get("/<username>")
def show(username: str) -> AnyResponse:
    """Show a profile, as far as its listener lets this viewer see it."""
    profile = profile_queries.find(username) if USERNAME.fullmatch(username.lower()) else None
    if profile is None:
        abort(404)
    viewer = viewer_of(profile.user_id, me().id if current_user.is_authenticated else None)
    if viewer is not Viewer.OWNER and not profile.privacy.shown:
        abort(404)
    if username != profile.username:
        asked = request.query_string.decode()
        return redirect(f"/{profile.username}{'?' if asked else ''}{asked}", 308)
    if viewer is Viewer.STRANGER:
        return _to_anybody(profile)
    if viewer is Viewer.OWNER and "as" in request.args:
        return _preview(profile)
    return _to_member(profile, viewer)


@blueprint.post("/settings/privacy")
@login_required
@limited("60/hour")
def save_privacy() -> Response:
    """Change who sees what; nothing is changed while anything is wrong."""
    privacy = asked_privacy(request.form)
    if privacy is None:
        wrong = gettext("Nothing was saved: choose who sees each section.")
        return show_settings(status=422, privacy_error=wrong)
    profiles.save_privacy(me().id, privacy, wiring().clock())
    flash(gettext("Saved. It holds from this moment on."), "success")
    return see_other(url_for("settings.index", _anchor=ANCHOR))


def _to_anybody(profile: Profile) -> Response:
    """Answer with a whole page that knows nothing of who asks: no cookie, no token, no name."""
    want = _wanted(profile, Viewer.STRANGER)
    if request.if_none_match.contains_weak(want.stamp):
        response, stamp = make_response("", 304), want.stamp
    else:
        make = partial(profile_page.document, profile, _period(), get_locale())
        served = profile_pages.serve(wiring(), want, make)
        response, stamp = _unpacked(served.kept.body), served.kept.stamp
        if served.rest:
            after(response, served.rest)
    response.set_etag(stamp, weak=True)  # the same page, packed or not
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    return response


def _unpacked(body: bytes) -> Response:
    """Answer with a packed page, as it is where the browser can unpack it."""
    if not request.accept_encodings.quality("gzip"):
        return make_response(decompress(body))
    response = make_response(body)
    response.headers["Content-Encoding"] = "gzip"
    return response


def _to_member(profile: Profile, viewer: Viewer) -> Response:
    """Answer with kept contents in a frame of the viewer's own, which nobody keeps."""
    make = partial(profile_page.contents, profile, viewer, _period(), get_locale())
    served = profile_pages.serve(wiring(), _wanted(profile, viewer), make)
    context = profile_page.frame(profile, viewer, served.kept.body)
    response = page("profiles/show.html", **context)
    if served.rest:
        after(response, served.rest)
    return response


def _preview(profile: Profile) -> Response:
    """Show the listener what others see."""
    viewer = PREVIEWS.get(request.args["as"])
    if viewer is None:
        abort(404)
    shown = profile.privacy.shown
    body = profile_page.contents(profile, viewer, _period(), get_locale()) if shown else b""
    return page("profiles/show.html", **profile_page.frame(profile, viewer, body), preview=True)


def _wanted(profile: Profile, viewer: Viewer) -> Wanted:
    return profile_pages.wanted(
        profile,
        viewer,
        language=str(get_locale()),
        choice=_period(),
        release=release(),
        now=wiring().clock(),
    )


def _period() -> str:
    """Read `?period=`, of which a profile knows only some: each is a page that must be made."""
    key = request.args.get("period", DEFAULT)
    if key not in PERIODS:
        abort(404)
    return key
