"""Koito's export: `{"version": "1", ..., "listens": [...]}`, every name as a list of aliases.

`listened_at` is the start of the play, as scrobblers send it; but Koito takes over the times of
Spotify's own export, which are ends, and marks those listens with the client "spotify".
`track.duration` is the track's length in seconds, 0 where unknown.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports.rows import each
from webapp.providers.exports.stream import Window, below
from webapp.providers.exports.values import FOREVER, UnreadableError, instant, length, name, pick
from webapp.providers.spotify.parsing.values import Json, as_object, objects

KEPT = frozenset({"listened_at", "client", "track", "album", "artists", "mbid", "duration"}) | {
    "aliases",
    "alias",
    "source",
    "is_primary",
    "various_artists",
}
SECOND = 1_000
TELLS_ENDS = "spotify"


def read(chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
    """Read an export."""
    listens = below(Window(chunks), "listens")
    return each(listens, partial(pick, keys=KEPT), partial(_tell, latest=now or FOREVER))


def _tell(number: int, item: Json, kept: Json, latest: datetime) -> Row:
    track = as_object(item.get("track"))
    at = instant(item.get("listened_at"), latest)
    title, artist = _alias(track), _alias(_primary(objects(item.get("artists"))))
    if not title or not artist:
        raise UnreadableError(Reason.NO_TRACK)
    return Row(
        number,
        Told.PLAY,
        at=at,
        is_start=item.get("client") != TELLS_ENDS,
        title=title,
        artist=artist,
        album=_alias(as_object(item.get("album"))),
        duration_ms=length(track.get("duration"), SECOND),
        kept=kept,
    )


def _alias(named: Json) -> str:
    """Read the name that Koito shows."""
    return name(_primary(objects(named.get("aliases"))).get("alias"))


def _primary(candidates: list[Json]) -> Json:
    """Choose the one that is marked, else the first."""
    marked = (one for one in candidates if one.get("is_primary") is True)
    return next(marked, candidates[0] if candidates else {})
