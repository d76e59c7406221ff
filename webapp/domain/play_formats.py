"""Plays in the formats of others, a batch at a time: a table, Spotify's own, ListenBrainz'.

They tell what counts as a play, once each. What several sources told of it, skips, and all else is
in the archive of everything.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import MappingProxyType
from typing import Any, NamedTuple

SPOTIFY_ID_LENGTH = 22
MILLISECOND = timedelta(milliseconds=1)
COUNTS_FROM_MS = 30_000
"""What other programs take for a play at least; written where nobody knows how long it was."""

COLUMNS = (
    *("ended_at", "title", "artists", "album", "ms_played", "duration_ms"),
    *("spotify_uri", "isrc", "source", "context_uri"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would work out instead of showing it."""


class TakenPlay(NamedTuple):
    """A play to take away. `ended_at` is its end; `ms_played` None: nobody knows how long."""

    ended_at: datetime
    track_id: str
    kind: str
    title: str
    artists: str
    album_artist: str
    album: str
    ms_played: int | None
    duration_ms: int | None
    isrc: str | None
    source: str
    context_uri: str | None


Batches = Iterable[list[TakenPlay]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write plays: what to call the file, what it is, and how its text comes about."""

    ending: str
    mimetype: str
    write: Callable[[Batches], Iterator[str]]


def write_table(batches: Batches) -> Iterator[str]:
    """Write CSV (RFC 4180) with the header of `COLUMNS`; times are ISO 8601 in UTC."""
    yield _rows([COLUMNS])
    for batch in batches:
        yield _rows(_cells(play) for play in batch)


def write_spotify(batches: Batches) -> Iterator[str]:
    """Write the list of Spotify's extended streaming history; what it has and we don't is null."""
    separator = "[\n"
    for batch in batches:
        yield separator + ",\n".join(_json(_as_spotify(play)) for play in batch)
        separator = ",\n"
    yield "\n]\n" if separator == ",\n" else "[]\n"


def write_listens(batches: Batches) -> Iterator[str]:
    """Write ListenBrainz' listens, one a line; it knows none without title and artist."""
    for batch in batches:
        named = [play for play in batch if play.title and play.artists]
        yield "".join(f"{_json(_as_listen(play))}\n" for play in named)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "plays.csv": Format(ending="csv", mimetype="text/csv", write=write_table),
        "spotify.json": Format(ending="json", mimetype="application/json", write=write_spotify),
        "listenbrainz.jsonl": Format(
            ending="jsonl", mimetype="application/jsonl", write=write_listens
        ),
    }
)


def _rows(rows: Iterable[Iterable[str]]) -> str:
    page = StringIO()
    csv.writer(page, lineterminator="\r\n").writerows(rows)
    return page.getvalue()


def _cells(play: TakenPlay) -> Iterable[str]:
    cells = (
        *(play.ended_at.astimezone(UTC).isoformat(timespec="milliseconds"), play.title),
        *(play.artists, play.album, _number(play.ms_played), _number(play.duration_ms)),
        *(_uri(play) or "", play.isrc or "", play.source, play.context_uri or ""),
    )
    return (f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _as_spotify(play: TakenPlay) -> dict[str, Any]:
    music = play.kind != "episode"
    heard = _heard(play)
    return {
        "ts": play.ended_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "platform": None,
        "ms_played": COUNTS_FROM_MS if heard is None else heard,
        "conn_country": None,
        "master_metadata_track_name": play.title if music else None,
        "master_metadata_album_artist_name": play.album_artist if music else None,
        "master_metadata_album_album_name": (play.album or None) if music else None,
        "spotify_track_uri": _uri(play) if music else None,
        "episode_name": None if music else play.title,
        "episode_show_name": None if music else play.artists,
        "spotify_episode_uri": None if music else _uri(play),
        "reason_start": None,
        # A short play that counts was played to its end: without this, nobody would count it.
        "reason_end": "trackdone" if _ran_through(play) else "unknown",
        "shuffle": None,
        "skipped": None,
        "offline": None,
        "offline_timestamp": None,
        "incognito_mode": None,
    }


def _as_listen(play: TakenPlay) -> dict[str, Any]:
    began = play.ended_at - (_heard(play) or 0) * MILLISECOND
    uri = _uri(play)
    link = f"https://open.spotify.com/{play.kind}/{play.track_id}" if uri else None
    more = {
        "submission_client": "Backspin",
        "music_service": link and "spotify.com",
        "spotify_id": link,
        "origin_url": link,
        "isrc": play.isrc,
        "duration_ms": play.duration_ms,
        "duration_played": None if play.ms_played is None else round(play.ms_played / 1000),
    }
    told = {
        "artist_name": play.artists,
        "track_name": play.title,
        "release_name": play.album or None,
        "additional_info": {key: value for key, value in more.items() if value is not None},
    }
    return {
        "listened_at": int(began.timestamp()),
        "track_metadata": {key: value for key, value in told.items() if value is not None},
    }


def _heard(play: TakenPlay) -> int | None:
    """Tell how long a play was: as heard, else as long as the track."""
    return play.duration_ms if play.ms_played is None else play.ms_played


def _ran_through(play: TakenPlay) -> bool:
    heard = play.ms_played
    return heard is None or heard < COUNTS_FROM_MS or heard >= (play.duration_ms or heard + 1)


def _uri(play: TakenPlay) -> str | None:
    """Give Spotify's address of a play; what only has a name, or lies on a disk, has none."""
    is_id = len(play.track_id) == SPOTIFY_ID_LENGTH and play.track_id.isalnum()
    return f"spotify:{play.kind}:{play.track_id}" if is_id and play.kind != "local" else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
