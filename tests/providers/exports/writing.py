"""Files as tests write them: one whole, one in pieces of any size, and what a reader made of it."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from webapp.domain.reports import Row
from webapp.providers.exports import Read

TRACK_ID = "4uLU6hMCjMI75M1A2tKUQC"

EXTENDED: dict[str, Any] = {
    "ts": "2023-03-19T18:31:37Z",
    "username": "private-someone",
    "platform": "android",
    "ms_played": 201_000,
    "conn_country": "EE",
    "ip_addr": "private-1.2.3.4",
    "ip_addr_decrypted": "private-1.2.3.4",
    "user_agent_decrypted": "private-agent",
    "city": "private-Tallinn",
    "region": "private-Harju",
    "master_metadata_track_name": "One",
    "master_metadata_album_artist_name": "Ana",
    "master_metadata_album_album_name": "First",
    "spotify_track_uri": f"spotify:track:{TRACK_ID}",
    "episode_name": None,
    "episode_show_name": None,
    "spotify_episode_uri": None,
    "audiobook_title": None,
    "audiobook_uri": None,
    "audiobook_chapter_uri": None,
    "audiobook_chapter_title": None,
    "reason_start": "clickrow",
    "reason_end": "trackdone",
    "shuffle": False,
    "skipped": False,
    "offline": False,
    "offline_timestamp": 1_679_250_500,
    "incognito_mode": False,
}
NAMELESS: dict[str, Any] = {
    "master_metadata_track_name": None,
    "master_metadata_album_artist_name": None,
    "master_metadata_album_album_name": None,
    "spotify_track_uri": None,
}
ACCOUNT: dict[str, Any] = {
    "endTime": "2026-05-05 12:03",
    "artistName": "Ana",
    "trackName": "One",
    "msPlayed": 201_000,
}
LISTEN: dict[str, Any] = {
    "inserted_at": 1_763_700_003,
    "listened_at": 1_763_700_000,
    "user_name": "private-someone",
    "track_metadata": {
        "artist_name": "Ana",
        "track_name": "One",
        "release_name": "First",
        "additional_info": {
            "duration_ms": 201_000,
            "isrc": "GBAAA9900303",
            "spotify_id": f"https://open.spotify.com/track/{TRACK_ID}",
            "origin_url": "https://private.example/stream?token=private",
            "user_name": "private-someone",
        },
        "mbid_mapping": {"recording_mbid": "66666666-6666-4666-8666-666666666666"},
    },
}
LASTFM: dict[str, Any] = {
    "name": "One",
    "mbid": "",
    "url": "https://private.example/",
    "artist": {"#text": "Ana", "mbid": ""},
    "album": {"#text": "First", "mbid": ""},
    "image": [{"size": "small", "#text": "https://private.example/"}],
    "date": {"uts": "1749776100", "#text": "13 Jun 2025, 00:55"},
}
MALOJA: dict[str, Any] = {
    "time": 1_746_434_410,
    "track": {
        "artists": ["Ana", "Bo"],
        "title": "One",
        "album": {"artists": ["Ana"], "albumtitle": "First"},
        "length": 201,
    },
    "duration": 190,
    "origin": "client:default",
}
KOITO: dict[str, Any] = {
    "listened_at": "2022-01-08T22:32:08Z",
    "client": "a player",
    "track": {"mbid": None, "duration": 201, "aliases": [{"alias": "One", "is_primary": True}]},
    "album": {"image_url": "https://private.example/", "aliases": [{"alias": "First"}]},
    "artists": [
        {"is_primary": False, "aliases": [{"alias": "Bo", "is_primary": True}]},
        {
            "is_primary": True,
            "aliases": [
                {"alias": "Anna", "is_primary": False},
                {"alias": "Ana", "is_primary": True},
            ],
        },
    ],
}


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Cut a file into pieces, as an upload or a zip gives it."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def told(read: Read, value: Any) -> list[Row]:
    """Read a file that holds this JSON."""
    return list(read([json.dumps(value).encode()]))


def text_told(read: Read, text: str) -> list[Row]:
    """Read a file that holds this text."""
    return list(read([text.encode()]))


def lines_of(items: Iterable[Any]) -> bytes:
    """Write JSON lines."""
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def zipped(files: dict[str, bytes], compression: int = ZIP_DEFLATED) -> io.BytesIO:
    """Pack a zip."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed
