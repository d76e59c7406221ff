"""Top Songs: the years together, one year, and the listener's word on which list is which."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from webapp.domain.days import local_day
from webapp.domain.top_songs import FIRST_MARKED_YEAR
from webapp.services import top_songs
from webapp.services.top_songs import Shelf
from webapp.views.errors import answer
from webapp.views.fragments import page, see_other
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited
from webapp.views.year_sights import sight_of_year, sight_of_years

blueprint = Blueprint("top_songs", __name__)

KINDS = ("songs", "artists")


@blueprint.get("/top-songs")
@login_required
def index() -> Response:
    """Show all years; `?of=artists` follows artists instead of songs."""
    kind = request.args.get("of", KINDS[0])
    if kind not in KINDS:
        abort(404)
    shelf = _shelf()
    return page(
        "top_songs/index.html",
        shelf=shelf,
        sight=sight_of_years(shelf, artists=kind == "artists"),
        artists=kind == "artists",
        latest=_latest(),
    )


@blueprint.get("/top-songs/<int:year>")
@login_required
def show(year: int) -> Response:
    """Show one year."""
    shelf = _shelf()
    found = top_songs.read_year(me(), shelf, year)
    if found is None:
        abort(404)
    return page("top_songs/year.html", shelf=shelf, found=found, sight=sight_of_year(shelf, found))


@blueprint.post("/playlists/<playlist_id>/top-songs-mark")
@login_required
@limited("60/minute")
def mark(playlist_id: str) -> Response:
    """Take the listener's word for the year of a playlist; an empty year: it is no Top Songs."""
    return _mark(playlist_id)


@blueprint.post("/top-songs/marks")
@login_required
@limited("60/minute")
def mark_chosen() -> Response:
    """Do the same for a playlist that was chosen in the form."""
    return _mark(request.form.get("playlist_id", ""))


@blueprint.post("/playlists/<playlist_id>/top-songs-mark/delete")
@login_required
@limited("60/minute")
def unmark(playlist_id: str) -> Response:
    """Take the word back: the name speaks for itself again."""
    top_songs.unmark(me().id, _text(playlist_id))
    flash(gettext("Forgotten. The playlist's name decides again."), "success")
    return see_other(url_for("top_songs.index"))


def _mark(playlist_id: str) -> Response:
    typed = request.form.get("year", "?").strip()
    year = _year(typed)
    if typed and year is None:
        text = gettext(
            "Write the year as four digits, from %(first)s to %(last)s. Nothing was changed.",
            first=str(FIRST_MARKED_YEAR),
            last=str(_latest()),
        )
        return answer(422, title=gettext("There is no such year"), text=text)
    if not top_songs.mark(me().id, _text(playlist_id), year, wiring().clock()):
        abort(404)
    if year is None:
        flash(gettext("Noted: that playlist is not taken for Top Songs any more."), "success")
        return see_other(url_for("top_songs.index"))
    flash(gettext("Noted: that playlist is your Top Songs of %(year)s.", year=str(year)), "success")
    return see_other(url_for("top_songs.show", year=year))


def _year(typed: str) -> int | None:
    if not (typed.isascii() and typed.isdecimal() and len(typed) == len("2025")):
        return None
    return int(typed) if FIRST_MARKED_YEAR <= int(typed) <= _latest() else None


def _shelf() -> Shelf:
    return top_songs.read_shelf(me(), wiring().clock())


def _latest() -> int:
    """Give the last year a list may be of; Spotify's comes out weeks before its year is over."""
    return local_day(wiring().clock(), me().time_zone).year + 1


def _text(playlist_id: str) -> str:
    return playlist_id.replace("\0", "")
