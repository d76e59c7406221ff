"""A few reports at once, told while one waits: what scrobblers send, and what Spotify tells late.

They take the way of an import's rows, in one transaction and without a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extras import Json

from webapp.domain.plays import STARTERS, report_key
from webapp.domain.reports import Source, song_key
from webapp.queries import accounts, merging, naming, plays, staging
from webapp.queries.merging import Merged


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
    staging.copy_songs(batch, [_song(n, one) for n, one in enumerate(told)])
    staging.copy_rows(batch, [_row(n, source, one) for n, one in enumerate(told)])
    staging.resolve(batch, user_id)
    merged = merging.merge_rows(user_id, batch, source, now)
    staging.drop(batch)
    plays.count_these_days(user_id, merged.days)
    if merged.days:
        accounts.bump_version(user_id)
    return merged


def _song(number: int, one: Telling) -> tuple[Any, ...]:
    return (
        number,
        one.track_id,
        one.title,
        one.artist,
        one.album,
        one.isrc,
        one.duration_ms,
        song_key(one.artist, one.title),
        song_key("", one.artist) if one.artist else "",
        song_key(one.artist, one.album) if one.album else "",
    )


def _row(number: int, source: Source, one: Telling) -> tuple[Any, ...]:
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
        report_key(source, one.track_id or song_key(one.artist, one.title), one.at, None),
        one.context_uri,
        Json(one.raw).dumps(one.raw) if one.raw is not None else None,
    )
