"""Endpoints about playlists: own ones whole, other people's by name only."""

from demo.standin import list_shapes
from demo.standin.endpoints import Ask, Endpoint, RefusedError
from demo.standin.list_shapes import EMBEDDED_ENTRIES, Span, offset_page
from demo.standin.records import Access, Entry, Playlist
from demo.standin.shapes import compact, images

READ = ("playlist-read-private", "playlist-read-collaborative")


def my_playlists(ask: Ask) -> str:
    """List playlists; `href` and `next` lead to /users/{id}/playlists, as was recorded."""
    url = f"{ask.shapes.api_url}/users/{ask.listener.key}/playlists"
    return ask.page(ask.listener.library.playlists, lambda item: _listed(ask, item), url=url)


def user_playlists(ask: Ask) -> str:
    """List a user's playlists: where `next` leads, open to extended apps only."""
    owner = ask.world.listeners.get(ask.ids["id"])
    if owner is None:
        raise RefusedError(404, "Resource not found")
    return ask.page(owner.library.playlists, lambda item: _listed(ask, item))


def one_playlist(ask: Ask) -> str:
    """Give a playlist with its first entries, or without any if they may not be read."""
    found = _find(ask)
    if not _readable(ask, found):
        return list_shapes.playlist(found, ask.shapes, items="")
    span = Span(offset=0, limit=EMBEDDED_ENTRIES, extra=ask.span.extra)
    shown = [_entry(ask, item) for item in found.entries[:EMBEDDED_ENTRIES]]
    url = f"{ask.shapes.api_url}/playlists/{found.id}/items"
    page = offset_page(url, shown, len(found.entries), span)
    return list_shapes.playlist(found, ask.shapes, items=page)


def playlist_items(ask: Ask) -> str:
    """List entries in order; 403 for a restricted app unless the listener owns the playlist."""
    found = _find(ask)
    if not _readable(ask, found):
        raise RefusedError(403, "Forbidden")
    return ask.page(found.entries, lambda item: _entry(ask, item))


def playlist_images(ask: Ask) -> str:
    """List a playlist's pictures."""
    found = _find(ask)
    pictures = images("playlist", found.id, ask.shapes.base_url) if found.pictured else []
    return compact(pictures)


def _find(ask: Ask) -> Playlist:
    found = ask.world.find_playlist(ask.ids["id"])
    if found is None or found.access is Access.GONE:
        raise RefusedError(404, "Resource not found")
    return found


def _readable(ask: Ask, item: Playlist) -> bool:
    return ask.shapes.extended or item.owner_id == ask.listener.key


def _listed(ask: Ask, item: Playlist | None) -> str:
    return "null" if item is None else list_shapes.playlist(item, ask.shapes)


def _entry(ask: Ask, item: Entry) -> str:
    kinds = ask.query.get("additional_types", "track").split(",")
    return list_shapes.entry(item, ask.shapes, episodes="episode" in kinds)


ENDPOINTS = (
    Endpoint(path="/me/playlists", answer=my_playlists, scopes=READ),
    Endpoint(path="/users/<id>/playlists", answer=user_playlists, scopes=READ, extended_only=True),
    Endpoint(path="/playlists/<id>", answer=one_playlist, scopes=READ),
    Endpoint(path="/playlists/<id>/items", answer=playlist_items, scopes=READ),
    Endpoint(
        path="/playlists/<id>/tracks",
        answer=playlist_items,
        scopes=READ,
        most=100,
        default=100,
        extended_only=True,
    ),
    Endpoint(path="/playlists/<id>/images", answer=playlist_images),
)
