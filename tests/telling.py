"""Rows of several sources for one listener, told as imports tell them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import count
from typing import Any

from webapp import db
from webapp.domain.plays import STARTERS
from webapp.domain.reports import Source, song_key
from webapp.queries import merging, staging
from webapp.queries.merging import Merged

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
numbers = count(1)


@dataclass(frozen=True)
class Tune:
    """A song as rows tell of it."""

    title: str
    track_id: str | None = None
    isrc: str | None = None
    ms: int | None = 200_000

    @property
    def id(self) -> str:
        return self.track_id or "name:" + md5(self.key.encode()).hexdigest()  # noqa: S324

    @property
    def key(self) -> str:
        return song_key("Band", self.title)


def tell(
    user_id: int,
    source: Source,
    told: Sequence[tuple[Tune, datetime, int | None]],
    import_id: int = 0,
) -> Merged:
    """Bring rows in as an import does: (song, time as the source tells it, ms heard)."""
    import_id = import_id or next(numbers)
    tunes = list(dict.fromkeys(tune for tune, _, _ in told))
    with db.transaction():
        staging.copy_songs(
            import_id,
            [
                (n, t.track_id, t.title, "Band", "", t.isrc, t.ms, t.key, song_key("", "Band"), "")
                for n, t in enumerate(tunes)
            ],
        )
        starts = source in STARTERS
        rows = [
            (
                *(0, n, source, "play", "", at, starts, tunes.index(tune), ms, False, None),
                *(row_hash(source, tune, at, ms), None, None),
            )
            for n, (tune, at, ms) in enumerate(told, 1)
        ]
        staging.copy_rows(import_id, rows)
        staging.resolve(import_id, user_id)
        merged = merging.merge_rows(user_id, import_id, source, NOW)
        staging.drop(import_id)
    return merged


def row_hash(source: Source, tune: Tune, at: datetime, ms: int | None) -> str:
    return md5(f"{source}|{tune.id}|{at}|{ms}".encode()).hexdigest()  # noqa: S324


def plays_of(user_id: int) -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT ended_at, track_id, source, ms_played FROM plays WHERE user_id = %s"
        " ORDER BY ended_at, track_id",
        user_id,
    )


SONG = Tune("Song", "song00")


def keyed(user_id: int) -> Counter[tuple[Any, ...]]:
    """Count a listener's plays by song and time."""
    rows = db.query(
        "SELECT t.match_key, p.ended_at FROM plays p JOIN tracks t ON t.id = p.track_id"
        " WHERE p.user_id = %s",
        user_id,
    )
    return Counter(rows)
