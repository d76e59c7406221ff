"""From rows that a reader gives to batches ready to be staged; nothing is written here.

All that costs time for each row is done by whoever packs, which may be a process of its own.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from webapp.domain.plays import report_key
from webapp.domain.reports import Row, Source, Told, song_key
from webapp.queries import staging

BATCH = 5000
FASTEST = 1
"""zlib's level: the raw rows of a play are asked for rarely."""

MOST_SONGS = 50_000
"""So many are remembered; beyond that some are staged twice, which does no harm."""

# An artist is named with each of their songs, an album with most of its own.
_key = lru_cache(maxsize=20_000)(song_key)


class Batch(NamedTuple):
    """Rows of one file: their numbers, what COPY takes of them and of new songs, and as told."""

    file: int
    first: int
    last: int
    size: int
    songs: str
    rows: str
    raw: bytes


@dataclass(slots=True, kw_only=True)
class Packer:
    """Packs the rows of an import. Songs get every `step`th number from `next_song` on."""

    import_id: int
    next_song: int
    step: int = 1
    songs: dict[tuple[Any, ...], tuple[int, str]] = field(default_factory=dict)

    def pack(self, file: int, source: Source, rows: Iterator[Row]) -> Iterator[Batch]:
        """Pack all rows of a file."""
        while batch := list(islice(rows, BATCH)):
            new: list[str] = []
            lines = [self._line(file, source, row, new) for row in batch]
            kept = json.dumps([row.kept for row in batch], separators=(",", ":"))
            yield Batch(
                file=file,
                first=batch[0].number,
                last=batch[-1].number,
                size=len(batch),
                songs="".join(new),
                rows="".join(lines),
                raw=zlib.compress(kept.encode(), FASTEST),
            )

    def _line(self, file: int, source: Source, row: Row, new: list[str]) -> str:
        if row.told is not Told.PLAY or row.at is None:
            told = self.import_id, file, row.number, source, row.told, row.reason
            return staging.OTHER_LINE % told
        source = row.source or source
        song, name = self._song(row, new)
        return staging.PLAY_LINE % (
            self.import_id,
            file,
            row.number,
            source,
            row.at,
            row.is_start,
            song,
            staging.NULL if row.ms_played is None else row.ms_played,
            row.done,
            staging.NULL if row.skipped is None else row.skipped,
            report_key(source, name, row.at, row.ms_played),
        )

    def _song(self, row: Row, new: list[str]) -> tuple[int, str]:
        told = (row.track_id, row.title, row.artist, row.album, row.isrc, row.duration_ms)
        found = self.songs.get(told)
        if found is None:
            if len(self.songs) >= MOST_SONGS:
                self.songs.clear()
            key = song_key(row.artist, row.title)
            found = self.songs[told] = (self.next_song, row.track_id or key)
            artist = _key("", row.artist) if row.artist else ""
            album = _key(row.artist, row.album) if row.album else ""
            new.append(
                staging.song_line(self.import_id, (self.next_song, *told, key, artist, album))
            )
            self.next_song += self.step
        return found
