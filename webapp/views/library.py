"""The library: what is saved, followed and listed, now or on a day of the past."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext

from webapp.queries import library_pages, overview, playlist_pages
from webapp.queries.lines import Slice, Wanted
from webapp.queries.playlist_pages import PlaylistSheet
from webapp.views.errors import answer
from webapp.views.fragments import page
from webapp.views.listings import Listing, asked, long_date, show, show_list
from webapp.views.requests import login_required, me
from webapp.views.spotify_links import spotify_url

blueprint = Blueprint("library", __name__)
blueprint.add_app_template_global(spotify_url, "spotify_url")
blueprint.add_app_template_global(long_date, "long_date")

LISTS: dict[str, tuple[dict[str, str], Callable[[int, Wanted], Slice[Any]]]] = {
    "tracks": (library_pages.TRACK_SORTS, library_pages.saved_tracks),
    "albums": (library_pages.ALBUM_SORTS, library_pages.saved_albums),
    "artists": (library_pages.ARTIST_SORTS, library_pages.followed_artists),
    "playlists": (playlist_pages.PLAYLIST_SORTS, playlist_pages.playlists),
}
ORDER = ("position",)
COVERS = 9


@blueprint.get("/library")
@login_required
def index() -> Response:
    """Show the shelves: each collection with its count and newest covers."""
    user_id = me().id
    recent_lists = playlist_pages.playlists(user_id, Wanted(size=COVERS))
    return page(
        "library/index.html",
        counts=overview.counts(user_id),
        covers=overview.covers(user_id, COVERS * 3),
        playlist_covers=[row.image_url for row in recent_lists.rows if row.image_url],
        plays=library_pages.recent_plays(user_id, limit=COVERS * 2),
        limit=COVERS,
    )


@blueprint.get("/library/tracks", endpoint="tracks", defaults={"name": "tracks"})
@blueprint.get("/library/albums", endpoint="albums", defaults={"name": "albums"})
@blueprint.get("/library/artists", endpoint="artists", defaults={"name": "artists"})
@blueprint.get("/library/playlists", endpoint="playlists", defaults={"name": "playlists"})
@login_required
def collection(name: str) -> Response:
    """Show a collection: searched, ordered, paged, as it is or was."""
    return show(f"library/{name}.html", *_collection(name))


@blueprint.get("/library/tracks/list", endpoint="tracks_list", defaults={"name": "tracks"})
@blueprint.get("/library/albums/list", endpoint="albums_list", defaults={"name": "albums"})
@blueprint.get("/library/artists/list", endpoint="artists_list", defaults={"name": "artists"})
@blueprint.get("/library/playlists/list", endpoint="playlists_list", defaults={"name": "playlists"})
@login_required
def collection_list(name: str) -> Response:
    """Answer its list alone."""
    return show_list(f"library/_{name}.html", *_collection(name))


@blueprint.get("/library/playlists/<playlist_id>")
@login_required
def playlist(playlist_id: str) -> Response:
    """Show a playlist in its own order, repeats and holes included."""
    listing = asked("library.playlist", ORDER, playlist_id=playlist_id)
    sheet = _sheet(listing, playlist_id)
    return show("library/playlist.html", listing, _entries(sheet, listing), sheet=sheet)


@blueprint.get("/library/playlists/<playlist_id>/list")
@login_required
def playlist_list(playlist_id: str) -> Response:
    """Answer its entries alone."""
    listing = asked("library.playlist", ORDER, playlist_id=playlist_id)
    sheet = _sheet(listing, playlist_id)
    return show_list("library/_entries.html", listing, _entries(sheet, listing), sheet=sheet)


@blueprint.get("/library/recent")
def recent() -> Response:
    """Lead on to the history, where plays were moved to; a place among them is the same there."""
    address = url_for("history.index", before=request.args.get("before") or None)
    return redirect(address, 301)  # type: ignore[return-value]  # werkzeug's Response


def _collection(name: str) -> tuple[Listing, Slice[Any]]:
    sorts, read = LISTS[name]
    listing = asked(f"library.{name}", list(sorts))
    return listing, read(me().id, listing.wanted)


def _sheet(listing: Listing, playlist_id: str) -> PlaylistSheet:
    found = playlist_pages.find_sheet(me().id, playlist_id, listing.moment)
    if found and not (found.gone and listing.moment):
        return found
    if listing.day and playlist_pages.find_sheet(me().id, playlist_id, None):
        text = gettext(
            "This playlist was not in your library on %(day)s, as far as Backspin has seen.",
            day=long_date(listing.day),
        )
        abort(answer(404, title=gettext("Not there on that day"), text=text))
    return abort(404)


def _entries(sheet: PlaylistSheet, listing: Listing) -> Slice[Any]:
    return playlist_pages.entries(me().id, sheet, listing.wanted)
