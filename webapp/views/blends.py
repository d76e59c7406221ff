"""Blends: invitations, agreeing and leaving, and what two who agreed see of each other."""

from flask import Blueprint, Response, abort, flash, make_response, request, session, url_for
from flask_babel import gettext
from flask_login import current_user

from webapp.domain.blends import Wish
from webapp.domain.periods import ALL, Period
from webapp.queries import blends as queries
from webapp.queries.blends import Blend, Offer
from webapp.services import blends, togetherness
from webapp.services.blends import Answered, Asked
from webapp.views import periods
from webapp.views.blend_board import board, list_day, listener, sight
from webapp.views.blend_wording import DONE, FULL, NOT_ASKED, kept, wrong_name
from webapp.views.errors import answer
from webapp.views.fragments import page, see_other
from webapp.views.requests import login_required, me, printable, wiring
from webapp.views.security import limited
from webapp.views.spotify_links import spotify_uri

blueprint = Blueprint("blends", __name__)

NUMBER = "<int(max=9223372036854775807):blend_id>"


@blueprint.get("/blends")
@login_required
def index() -> Response:
    """Show blends and invitations, and how to make one."""
    return page("blends/index.html", board=board())


@blueprint.post("/blends")
@login_required
@limited("20/hour")
def invite() -> Response:
    """Invite by name. The answer is the same whether or not somebody has it."""
    name = printable(request.form.get("name", "")).strip()
    wrong = wrong_name(name)
    if not wrong:
        asked = blends.invite(wiring(), me().id, name)
        if asked is Asked.SENT:
            flash(kept(name), "success")
            return see_other(url_for("blends.index"))
        wrong = str(NOT_ASKED[asked])
    return page("blends/index.html", status=422, board=board(name=name, wrong=wrong))


@blueprint.post("/blends/links")
@login_required
@limited("20/hour")
def open_link() -> Response:
    """Make an invitation to give away by hand."""
    if not blends.open_link(wiring(), me().id):
        flash(str(NOT_ASKED[Asked.TOO_MANY]), "error")
    return see_other(url_for("blends.index", _anchor="sent"))


@blueprint.get("/blends/with/<token>")
@limited("60/hour")
def offer(token: str) -> Response:
    """Show who invites, and what both would see, before anybody agrees."""
    if not current_user.is_authenticated:
        return _welcome()
    found = find_offer(token)
    between = queries.between(me().id, found.inviter.id)
    if between.agreed:
        return see_other(url_for("blends.show", blend_id=between.agreed))
    return page("blends/offer.html", offer=found, token=token, own=found.inviter.id == me().id)


@blueprint.post("/blends/with/<token>")
@login_required
@limited("60/hour")
def take(token: str) -> Response:
    """Agree to what a link offers."""
    found = find_offer(token)
    return _done(blends.take(wiring(), me().id, found), Wish.ACCEPT, found.id)


@blueprint.get(f"/blends/{NUMBER}")
@login_required
def show(blend_id: int) -> Response:
    """Show a blend; to anybody but the two, and once it is over, there is none."""
    blend, period = find(blend_id), asked_period()
    return page("blends/show.html", sight=sight(blend, period))


@blueprint.get(f"/blends/{NUMBER}/songs.txt")
@login_required
@limited("60/hour")
def songs(blend_id: int) -> Response:
    """Give the list of the day as Spotify's own addresses, one a line."""
    blend, period = find(blend_id), asked_period()
    day = list_day()
    found = togetherness.songs(listener(), blend, period, day)
    uris = [spotify_uri("track", song.line.id) for song in found]
    response = make_response("".join(f"{uri}\n" for uri in uris if uri))
    response.mimetype = "text/plain"
    response.headers["Content-Disposition"] = f'attachment; filename="blend-{day}.txt"'
    return response


@blueprint.post(f"/blends/{NUMBER}/decision")
@login_required
@limited("60/hour")
def decide(blend_id: int) -> Response:
    """Agree to an invitation, decline it, take it back, or leave a blend."""
    wish = next((wish for wish in Wish if wish == request.form.get("wish")), None) or abort(422)
    return _done(blends.answer(wiring(), me().id, blend_id, wish), wish, blend_id)


def find(blend_id: int) -> Blend:
    """Find a blend of this listener's that both agree to now."""
    return queries.find_agreed(blend_id, me().id) or abort(404)


def find_offer(token: str) -> Offer:
    """Find what a link offers, or say that it leads nowhere any more."""
    title = gettext("This invitation is no longer open")
    text = gettext("It was used, taken back, or is older than a week. Ask for a new link.")
    return blends.find_offer(wiring(), token) or abort(answer(404, title=title, text=text))


def asked_period() -> Period:
    """Read the period; two single days would tell what somebody played when."""
    period = periods.asked_period(default=ALL)
    if period.key == "custom":
        title = gettext("Blends know no single days")
        text = gettext("Nobody sees when the other one listened. Choose one of the usual periods.")
        abort(answer(400, title=title, text=text))
    return period


def _welcome() -> Response:
    """Ask a guest to sign in first: the same words for every link, and nobody's name."""
    session["next"] = request.full_path.rstrip("?")
    title = gettext("An invitation to a blend")
    text = gettext(
        "Sign in, and this link shows who invites you, and what both of you would see."
        " Nothing is shared before you agree."
    )
    return answer(401, title=title, text=text)


def _done(answered: Answered, wish: Wish, blend_id: int) -> Response:
    if answered is Answered.GONE:
        abort(404)
    if answered is Answered.TOO_MANY:
        flash(str(FULL), "error")
        return see_other(url_for("blends.index"))
    flash(str(DONE[wish]), "success")
    if wish is Wish.ACCEPT:
        return see_other(url_for("blends.show", blend_id=blend_id))
    return see_other(url_for("blends.index"))
