"""Spotify's extended streaming history: a list of plays with ids, over an account's whole life.

Known as `Streaming_History_Audio_*.json` and `_Video_*`, in older packages `endsong_*.json` and
`endvideo_*.json`. Any field may be null or absent. `ts` is the end of the play, to the second.

A play without network has the time of the later upload in `ts`, many of them the same second; its
start is in `offline_timestamp` (milliseconds in older files). Laid out by that, such plays
follow each other without overlap, so it is believed where `offline` is set.

`kept` has the fields named here and no others: addresses, user agents, user name and whatever
may be added in later years are personal until somebody has looked at them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports.rows import each
from webapp.providers.exports.stream import Window, array
from webapp.providers.exports.values import (
    FOREVER,
    Texts,
    UnreadableError,
    heard,
    instant,
    local_file,
    name,
    spotify_track,
    unix,
)
from webapp.providers.spotify.parsing.values import Json

KEPT = frozenset(
    {
        "platform",
        "ms_played",
        "conn_country",
        "master_metadata_track_name",
        "master_metadata_album_artist_name",
        "master_metadata_album_album_name",
        "spotify_track_uri",
        "episode_name",
        "episode_show_name",
        "spotify_episode_uri",
        "audiobook_title",
        "audiobook_uri",
        "audiobook_chapter_uri",
        "audiobook_chapter_title",
        "reason_start",
        "reason_end",
        "shuffle",
        "skipped",
        "offline",
        "offline_timestamp",
        "incognito_mode",
    }
)
LATEST_UPLOAD = timedelta(days=60)
"""How long after a play without network its upload may come; beyond, a clock was wrong."""

_PLAIN = frozenset({str, int, bool})
_EPISODE = (Reason.PODCAST, "episode_name", "episode_show_name")
_CHAPTER = (Reason.AUDIOBOOK, "audiobook_chapter_title", "audiobook_title")
_SPOKEN = {
    "spotify_episode_uri": _EPISODE,
    "episode_name": _EPISODE,
    "audiobook_uri": _CHAPTER,
    "audiobook_title": _CHAPTER,
    "audiobook_chapter_uri": _CHAPTER,
}
"""Which fields tell of speech: its kind, and where the names of the part and the whole are."""


def read(chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
    """Read one file: music plays, podcasts, audiobooks, and rows that name nothing (`no_track`)."""
    reader = _Reader(now or FOREVER)
    return each(array(Window(chunks)), reader.keep, reader.tell)


class _Reader:
    """What is the same for all rows of a file."""

    def __init__(self, latest: datetime) -> None:
        self._latest = latest
        self._texts = Texts()

    def keep(self, item: Json) -> Json:
        """Keep the known fields that say something; see the module."""
        texts = self._texts
        kept = {
            key: texts[value] if value.__class__ is str else value
            for key, value in item.items()
            if value.__class__ in _PLAIN and key in KEPT
        }
        kept["ts"] = name(item.get("ts"))
        return kept

    def tell(self, number: int, item: Json, kept: Json) -> Row:
        """Tell of a row by what it names: a track first, as music is what the archive is for."""
        at, ms_played = instant(item.get("ts"), self._latest), heard(item.get("ms_played"))
        if item.get("offline") is True:
            at = _end_offline(item.get("offline_timestamp"), ms_played, at)
        row = Row(
            number,
            Told.PLAY,
            at=at,
            track_id=spotify_track(item.get("spotify_track_uri")),
            title=self._name(item.get("master_metadata_track_name")),
            artist=self._name(item.get("master_metadata_album_artist_name")),
            album=self._name(item.get("master_metadata_album_album_name")),
            ms_played=ms_played,
            done=item.get("reason_end") == "trackdone",
            skipped=_skipped(item.get("skipped")),
            kept=kept,
        )
        return row if row.track_id else self._tell_without_id(row)

    def _name(self, value: Any) -> str:
        return self._texts[value] if value.__class__ is str else ""

    def _tell_without_id(self, row: Row) -> Row:
        """Tell speech, a track known by name or lying on the listener's disk, or nothing."""
        kept = row.kept
        for field, (kind, part, whole) in _SPOKEN.items():
            if kept.get(field):
                return row._replace(
                    told=Told.PODCAST,
                    reason=kind,
                    title=name(kept.get(part)),
                    album=name(kept.get(whole)),
                )
        if row.title and row.artist:
            return row
        return _tell_local(row)


def _tell_local(row: Row) -> Row:
    artist, album, title, length = local_file(row.kept.get("spotify_track_uri"))
    if not title:
        return row._replace(told=Told.UNREADABLE, reason=Reason.NO_TRACK)
    return row._replace(artist=artist, album=album, title=title, duration_ms=length)


def _skipped(value: Any) -> bool | None:
    """Read true or false, which older files wrote as 1 and 0."""
    return bool(value) if value in (0, 1) else None


def _end_offline(began: Any, ms_played: int | None, uploaded: datetime) -> datetime:
    """Tell when a play without network ended: what was heard after its start, if that can be."""
    try:
        ended = unix(began, uploaded) + timedelta(milliseconds=ms_played or 0)
    except UnreadableError:
        return uploaded
    possible = uploaded - LATEST_UPLOAD <= ended <= uploaded
    return ended.replace(microsecond=0) if possible else uploaded
