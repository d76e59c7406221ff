"""Last.fm's `user.getRecentTracks`: one answer, or a list of them as exporters save it.

`date.uts` is the start of the play. The track that is playing now leads every page without a
date; it is no play yet and is passed over. A page with one track may have it without a list.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports.rows import each
from webapp.providers.exports.stream import Odd, Window, below, descend
from webapp.providers.exports.values import FOREVER, UnreadableError, name, pick, unix
from webapp.providers.spotify.parsing.values import Json, as_object

KEPT = frozenset({"name", "artist", "album", "mbid", "date", "uts", "#text"})
PAGES = {"track": (), "recenttracks": ("track",)}
"""What a page is known by, and where its tracks are below that."""


def read(chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
    """Read one answer, a list of answers, or a list of tracks."""
    tracks = (item for item in _tracks(Window(chunks)) if not _is_playing_now(item))
    return each(tracks, partial(pick, keys=KEPT), partial(_tell, latest=now or FOREVER))


def _tracks(window: Window) -> Iterator[Any]:
    if window.top() != "[":
        yield from below(window, "recenttracks", "track")
        return
    for _ in window.elements():
        yield from _of_page(window) if window.peek() == "{" else (window.value(),)
    window.finish()


def _of_page(window: Window) -> Iterator[Any]:
    """Iterate over the tracks of the object here: a page of them, or a track itself."""
    track: Json = {}
    paged = False
    for key in window.members():
        if key in PAGES:
            paged = True
            yield from descend(window, *PAGES[key])
        elif isinstance(found := window.value(), Odd):
            track[key] = None
        else:
            track[key] = found
    if not paged:
        yield track


def _is_playing_now(item: Any) -> bool:
    return isinstance(item, dict) and "date" not in item and "nowplaying" in _object(item, "@attr")


def _object(item: Json, key: str) -> Json:
    return as_object(item.get(key))


def _tell(number: int, item: Json, kept: Json, latest: datetime) -> Row:
    at = unix(_object(item, "date").get("uts"), latest)
    title, artist = name(item.get("name")), _label(item.get("artist"))
    if not title or not artist:
        raise UnreadableError(Reason.NO_TRACK)
    return Row(
        number,
        Told.PLAY,
        at=at,
        is_start=True,
        title=title,
        artist=artist,
        album=_label(item.get("album")),
        kept=kept,
    )


def _label(value: Any) -> str:
    """Read the name of an artist or album: `#text`, in extended answers `name`."""
    if not isinstance(value, dict):
        return name(value)
    return name(value.get("#text")) or name(value.get("name"))
