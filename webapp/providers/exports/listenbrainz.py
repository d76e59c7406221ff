"""ListenBrainz: its export, answers of its API, and what scrobblers submit in its language.

An export is a zip with `listens/{year}/{month}.jsonl`, once it was one JSON list; the API answers
`{"payload": {"listens": [...]}}`, and a submission is `{"payload": [...]}`. A listen is the same
everywhere: `listened_at` is the start of the play in Unix seconds.

`additional_info` is free form, and clients put addresses and user names there: only what tells
of the music and the player is kept.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from webapp.domain.reports import Reason, Row, Told
from webapp.providers.exports.rows import each
from webapp.providers.exports.stream import Window, array, below, json_lines
from webapp.providers.exports.text import glimpse, opening
from webapp.providers.exports.values import (
    FOREVER,
    UnreadableError,
    length,
    name,
    pick,
    spotify_track,
    unix,
)
from webapp.providers.spotify.parsing.values import Json, as_object

KEPT = frozenset(
    {
        "additional_info",
        "artist_credit_name",
        "artist_mbid",
        "artist_mbids",
        "artist_name",
        "artist_names",
        "artists",
        "caa_id",
        "caa_release_mbid",
        "discnumber",
        "duration",
        "duration_ms",
        "duration_played",
        "inserted_at",
        "isrc",
        "join_phrase",
        "lastfm_artist_mbid",
        "lastfm_release_mbid",
        "lastfm_track_mbid",
        "listened_at",
        "mbid_mapping",
        "media_player",
        "media_player_version",
        "music_service",
        "music_service_name",
        "recording_mbid",
        "recording_msid",
        "recording_name",
        "release_artist_name",
        "release_artist_names",
        "release_group_mbid",
        "release_mbid",
        "release_name",
        "spotify_album_artist_ids",
        "spotify_album_id",
        "spotify_artist_ids",
        "spotify_id",
        "submission_client",
        "submission_client_version",
        "tags",
        "track_mbid",
        "track_metadata",
        "track_name",
        "tracknumber",
        "work_mbids",
    }
)
SECOND = 1_000
ISRC_LENGTH = 12

_payload = re.compile(
    r'\s*\{\s*(?:"\w+"\s*:\s*(?:"[^"\\]*"|-?\d+)\s*,\s*)*"payload"\s*:\s*([\[{])', re.ASCII
).match


def read(chunks: Iterable[bytes], *, now: datetime | None = None) -> Iterator[Row]:
    """Read listens from lines, a list, an answer of the API, or a submission."""
    return each(_listens(chunks), keep, partial(tell, latest=now or FOREVER))


def _listens(chunks: Iterable[bytes]) -> Iterator[Any]:
    head, chunks = opening(chunks)
    if not glimpse(head).lstrip().startswith("{"):
        yield from array(Window(chunks))
    elif found := _payload(glimpse(head)):
        path = ("payload",) if found[1] == "[" else ("payload", "listens")
        yield from below(Window(chunks), *path)
    else:
        yield from json_lines(chunks)


def keep(listen: Json) -> Json:
    """Keep what a listen says of the music and of the player."""
    return pick(listen, KEPT)


def tell(number: int, listen: Json, kept: Json, latest: datetime) -> Row:
    """Tell of one listen; raises UnreadableError."""
    track = as_object(listen.get("track_metadata"))
    more = as_object(track.get("additional_info"))
    title, artist = name(track.get("track_name")), name(track.get("artist_name"))
    at = unix(listen.get("listened_at"), latest)
    if not title or not artist:
        raise UnreadableError(Reason.NO_TRACK)
    return Row(
        number,
        Told.PLAY,
        at=at,
        is_start=True,
        track_id=_spotify_id(more),
        title=title,
        artist=artist,
        album=name(track.get("release_name")),
        ms_played=length(more.get("duration_played"), SECOND),
        duration_ms=length(more.get("duration_ms")) or length(more.get("duration"), SECOND),
        isrc=_isrc(more.get("isrc")),
        kept=kept,
    )


def _spotify_id(more: Json) -> str | None:
    found = (spotify_track(more.get(key)) for key in ("spotify_id", "origin_url"))
    return next(filter(None, found), None)


def _isrc(value: Any) -> str | None:
    """Read an ISRC, which some clients write in groups or as a list."""
    first = value[0] if isinstance(value, list) and value else value
    found = name(first).replace("-", "").upper()
    return found if len(found) == ISRC_LENGTH and found.isascii() and found.isalnum() else None
