"""Spotify's account data: the last year of listening, by name and to the minute.

Known as `StreamingHistory_music_*.json` (once `StreamingHistory*.json`), `_podcast_*` and
`_audiobook_*`. `endTime` is UTC, the minute in which a play ended. Older files hold podcasts
among the music, under the same names, where nothing tells them apart.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports.rows import each
from webapp.providers.exports.stream import Window, array
from webapp.providers.exports.values import FOREVER, heard, instant, name, pick
from webapp.providers.spotify.parsing.values import Json

KEPT = frozenset(
    {
        "endTime",
        "artistName",
        "trackName",
        "msPlayed",
        "podcastName",
        "episodeName",
        "audiobookName",
        "chapterName",
        "authorName",
    }
)
NAMELESS = ("Unknown Artist", "Unknown Track")
"""What Spotify writes for what is no longer in its catalogue."""


def read(chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
    """Read one file of music, podcasts or audiobooks."""
    keep, tell = partial(pick, keys=KEPT), partial(_tell, latest=now or FOREVER)
    return each(array(Window(chunks)), keep, tell)


def _tell(number: int, item: Json, kept: Json, latest: datetime) -> Row:
    row = Row(
        number,
        Told.PLAY,
        at=instant(item.get("endTime"), latest),
        title=name(item.get("trackName")),
        artist=name(item.get("artistName")),
        ms_played=heard(item.get("msPlayed")),
        kept=kept,
    )
    if "episodeName" in kept or "podcastName" in kept:
        return _speech(row, Reason.PODCAST, kept.get("episodeName"), kept.get("podcastName"))
    if "chapterName" in kept or "audiobookName" in kept:
        return _speech(row, Reason.AUDIOBOOK, kept.get("chapterName"), kept.get("audiobookName"))
    if not row.title or not row.artist or (row.artist, row.title) == NAMELESS:
        return row._replace(told=Told.UNREADABLE, reason=Reason.NO_TRACK)
    return row


def _speech(row: Row, kind: Reason, part: str | None, whole: str | None) -> Row:
    title, album = name(part), name(whole)
    return row._replace(told=Told.PODCAST, reason=kind, title=title, album=album)
