"""Maloja's export: `{"maloja": {...}, "scrobbles": [...]}`.

`time` is the start of the play in Unix seconds, as clients send it; `duration` is how long was
listened, `track.length` the track's own, both in seconds and mostly null. Exports of version 2
have the track's fields in the scrobble itself. What Maloja took from Spotify's own export has
that one's time, and cannot be told apart.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports.rows import each
from webapp.providers.exports.stream import Window, below
from webapp.providers.exports.values import FOREVER, UnreadableError, length, name, pick, unix
from webapp.providers.spotify.parsing.values import Json, as_object

KEPT = frozenset(
    {
        "time",
        "track",
        "artists",
        "title",
        "album",
        "albumtitle",
        "name",
        "length",
        "duration",
        "origin",
    }
)
SECOND = 1_000
JOINT = " • "
"""Some sources write "main • guest" beside the guest alone, in any order."""


def read(chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
    """Read an export."""
    scrobbles = below(Window(chunks), "scrobbles")
    return each(scrobbles, partial(pick, keys=KEPT), partial(_tell, latest=now or FOREVER))


def _tell(number: int, item: Json, kept: Json, latest: datetime) -> Row:
    track = as_object(item.get("track")) or item
    at = unix(item.get("time"), latest)
    title, artist = name(track.get("title")), _main_artist(track.get("artists"))
    if not title or not artist:
        raise UnreadableError(Reason.NO_TRACK)
    return Row(
        number,
        Told.PLAY,
        at=at,
        is_start=True,
        title=title,
        artist=artist,
        album=_album(track.get("album")),
        ms_played=length(item.get("duration"), SECOND),
        duration_ms=length(track.get("length"), SECOND),
        kept=kept,
    )


def _main_artist(value: Any) -> str:
    """Choose the artist to know the song by: the first, but the main one of a joint name."""
    names = [name(one) for one in value] if isinstance(value, list) else [name(value)]
    joint = (one.partition(JOINT)[0] for one in names if JOINT in one)
    return next(joint, "") or next(filter(None, names), "")


def _album(value: Any) -> str:
    if not isinstance(value, dict):
        return name(value)
    return name(value.get("albumtitle")) or name(value.get("name"))
