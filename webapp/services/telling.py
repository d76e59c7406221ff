"""A few reports at once, told while one waits: what scrobblers send, and what Spotify tells late.

They take the way of an import's rows, in one transaction and without a file.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from webapp.domain.plays import STARTERS, report_key
from webapp.domain.reports import Source, song_key
from webapp.queries import accounts, merging, naming, plays, staging, touched
from webapp.queries.merging import Merged

Key = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One report: a song, when (start or end, as the source has it), and what was sent."""

    at: datetime
    title: str = ""
    artist: str = ""
    album: str = ""
    track_id: str | None = None
    isrc: str | None = None
    duration_ms: int | None = None
    ms_played: int | None = None
    context_uri: str | None = None
    raw: dict[str, Any] | None = None


def tell(user_id: int, source: Source, told: Sequence[Telling], now: datetime) -> Merged:
    """Keep reports and what follows from them, inside the caller's transaction.

    The songs must be in the catalogue, or have names to be put there by.
    """
    batch = -user_id  # no import has such a number, and the lock keeps another batch away
    plays.lock([user_id])
    staging.favour_indexes()
    naming.name_catalogue()
    # One body of listens names the same artist many times, and each song twice.
    key = cache(song_key)
    staging.copy_songs(batch, [_song(n, one, key) for n, one in enumerate(told)])
    staging.copy_rows(batch, [_row(n, source, one, key) for n, one in enumerate(told)])
    staging.resolve(batch, user_id)
    merged = merging.merge_rows(user_id, batch, source, now)
    staging.drop(batch)
    plays.count_days(touched.merged(user_id))
    if merged.days:
        accounts.bump_version(user_id)
    return merged


def _song(number: int, one: Telling, key: Key) -> tuple[Any, ...]:
    return (
        number,
        one.track_id,
        one.title,
        one.artist,
        one.album,
        one.isrc,
        one.duration_ms,
        key(one.artist, one.title),
        key("", one.artist) if one.artist else "",
        key(one.artist, one.album) if one.album else "",
    )


def _row(number: int, source: Source, one: Telling, key: Key) -> tuple[Any, ...]:
    return (
        0,
        number,
        source,
        "play",
        "",
        one.at,
        source in STARTERS,
        number,
        one.ms_played,
        False,
        None,
        report_key(source, one.track_id or key(one.artist, one.title), one.at, None),
        one.context_uri,
        json.dumps(one.raw) if one.raw is not None else None,
    )
