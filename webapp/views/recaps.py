"""Recaps: a period told as a page and as a picture, to its listener and to whom they let see it.

Others see it where they may see the listener's top lists, and of days, hours and first plays what
the calendar and the history let them; who may not gets what they would get if there were nobody of
that name.
"""

from flask import Blueprint, Response, abort, make_response, request
from flask_login import current_user

from webapp.domain.accounts import USERNAME
from webapp.domain.days import local_day
from webapp.domain.periods import PeriodError
from webapp.domain.profiles import Section, Viewer, may_see, sections_for, viewer_of
from webapp.domain.recap_plans import Format
from webapp.domain.recaps import Edition, neighbours
from webapp.queries import listening, profiles
from webapp.queries import recaps as recap_queries
from webapp.services import recaps
from webapp.services.recaps import Teller
from webapp.views.fragments import page
from webapp.views.recap_pages import drawn, stamp_of, told
from webapp.views.recap_words import ROLLING, name_of, title_of
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited

blueprint = Blueprint("recaps", __name__)


@blueprint.get("/recaps")
@login_required
def index() -> Response:
    """List what there are recaps of."""
    return page(
        "recaps/index.html",
        rolling=list(ROLLING.items()),
        months=recap_queries.months(me().id),
        years=listening.years(me().id),
    )


@blueprint.get("/recaps/<key>")
@login_required
def show(key: str) -> Response:
    """Show a recap to its listener."""
    return _page(_mine(), key, Viewer.OWNER)


@blueprint.get("/recaps/<key>.png")
@login_required
@limited("60/minute")
def show_picture(key: str) -> Response:
    """Give the picture of a recap to its listener."""
    return _picture(_mine(), key, Viewer.OWNER)


@blueprint.get("/<username>/recap/<key>")
@limited("60/minute")
def show_public(username: str, key: str) -> Response:
    """Show a recap to others."""
    teller, viewer = _theirs(username)
    return _page(teller, key, viewer)


@blueprint.get("/<username>/recap/<key>.png")
@limited("60/minute")
def show_public_picture(username: str, key: str) -> Response:
    """Give the picture of a recap to others: link previews ask for it."""
    teller, viewer = _theirs(username)
    return _picture(teller, key, viewer)


def _mine() -> Teller:
    account = me()
    return Teller(
        user_id=account.id,
        username=account.username,
        display_name=account.display_name,
        time_zone=account.time_zone,
        data_version=account.data_version,
        sections=tuple(Section),
    )


def _theirs(username: str) -> tuple[Teller, Viewer]:
    """Find whose recap is asked for, and who asks; 404 as for nobody where they may not."""
    found = profiles.find(username) if USERNAME.fullmatch(username.lower()) else None
    if found is None:
        abort(404)
    viewer = viewer_of(found.user_id, me().id if current_user.is_authenticated else None)
    if not may_see(Section.TOP, found.privacy.levels, viewer):
        abort(404)
    teller = Teller(
        user_id=found.user_id,
        username=found.username,
        display_name=found.display_name,
        time_zone=found.time_zone,
        data_version=found.data_version,
        sections=sections_for(found.privacy.levels, viewer),
    )
    return teller, viewer


def _edition(teller: Teller, key: str) -> Edition:
    try:
        return recaps.find_edition(teller, key, wiring().clock())
    except PeriodError:
        abort(404)


def _page(teller: Teller, key: str, viewer: Viewer) -> Response:
    edition = _edition(teller, key)
    first_day = listening.first_day(teller.user_id)
    today = local_day(wiring().clock(), teller.time_zone)
    owner, public = viewer is Viewer.OWNER, _is_public(teller)
    found = told(teller, edition, owner=owner, public=public)
    return page(
        "recaps/show.html",
        key=edition.key,
        title=title_of(edition),
        name=name_of(teller.display_name, teller.username),
        alt=found.alt,
        chapters=found.chapters,
        neighbours=neighbours(edition, today, first_day),
        teller=teller,
        owner=owner,
        public=public,
        base_url=wiring().settings.public_url,
        first_day=first_day,
        bare=viewer is Viewer.STRANGER,
    )


def _is_public(teller: Teller) -> bool:
    levels = profiles.privacy_of(teller.user_id).levels
    return may_see(Section.TOP, levels, Viewer.STRANGER)


def _picture(teller: Teller, key: str, viewer: Viewer) -> Response:
    edition, wanted = _edition(teller, key), _format()
    stamp = stamp_of(teller, edition, wanted)
    response = make_response("", 304)
    if not request.if_none_match.contains_weak(stamp):
        response = make_response(drawn(teller, edition, wanted), 200)
        response.mimetype = "image/png"
        name = f"backspin-{teller.username}-{edition.key}.png"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.set_etag(stamp)
    everybody = viewer is Viewer.STRANGER
    response.headers["Cache-Control"] = "public, no-cache" if everybody else "private, no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def _format() -> Format:
    """Read `?size=`: wide where it is absent, 404 where there is none such."""
    text = request.args.get("size", Format.WIDE)
    if text not in set(Format):
        abort(404)
    return Format(text)
