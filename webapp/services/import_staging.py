"""From rows that a reader gives to rows in staging: a batch, a transaction, a sign of life."""

import json
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from webapp import db
from webapp.domain.errors import LostClaimError
from webapp.domain.imports import Phase
from webapp.domain.plays import report_key
from webapp.domain.reports import Row, Source, Told, song_key
from webapp.queries import imports, staging
from webapp.services.wiring import Wiring

BATCH = 5000
BEAT_SECONDS = 5
"""So often a run shows that it is alive, whatever it reads."""

FASTEST = 1
"""zlib's level: the raw rows of a play are asked for rarely."""

MOST_SONGS = 200_000
"""So many are remembered; beyond that some are staged twice, which does no harm."""


@dataclass(slots=True, kw_only=True)
class Staging:
    """The pen of one run of an import. Raises LostClaimError if it is no longer ours."""

    wiring: Wiring
    import_id: int
    user_id: int
    claim: UUID
    rows_done: int = 0
    songs: dict[tuple[Any, ...], tuple[int, str]] = field(default_factory=dict)
    next_song: int = 0
    told_at: float = field(default_factory=time.monotonic)

    def resume(self) -> dict[int, int]:
        """Go on where an earlier run was: give the last staged number of each file.

        What was staged may be gone with a crash of the database; then all begins anew.
        """
        counted, numbers, newest_song = staging.progress(self.import_id)
        if counted != self.rows_done:
            with db.transaction():
                staging.drop(self.import_id)
                staging.drop_raw(self.user_id, self.import_id)
            self.rows_done, numbers, newest_song = 0, {}, -1
        self.next_song = newest_song + 1
        return numbers

    def take(
        self, file: int, source: Source, rows: Iterator[Row], position: Callable[[], int]
    ) -> None:
        """Stage all rows of a file; `position` tells how many bytes of the import are read."""
        while batch := list(islice(rows, BATCH)):
            self._keep(file, source, batch, position())

    def beat(self, phase: Phase, position: int) -> None:
        """Show that we are alive, and how far."""
        self.told_at = time.monotonic()
        ours = imports.beat(
            self.import_id,
            self.claim,
            rows_done=self.rows_done,
            bytes_done=position,
            phase=phase,
            now=self.wiring.clock(),
        )
        if not ours:
            raise LostClaimError

    def breathe(self, position: int) -> None:
        """Show that we still read, where nothing was staged for a while."""
        if time.monotonic() - self.told_at >= BEAT_SECONDS:
            self.beat(Phase.READING, position)

    def _keep(self, file: int, source: Source, batch: list[Row], position: int) -> None:
        self.rows_done += len(batch)
        new: list[tuple[Any, ...]] = []
        lines = [self._line(file, source, row, new) for row in batch]
        kept = json.dumps([row.kept for row in batch], separators=(",", ":"))
        body = zlib.compress(kept.encode(), FASTEST)
        with db.transaction():
            self.beat(Phase.READING, position)
            staging.copy_songs(self.import_id, new)
            staging.copy_rows(self.import_id, lines)
            numbers = (batch[0].number, batch[-1].number)
            staging.add_raw(self.user_id, self.import_id, file, numbers, body)

    def _line(
        self, file: int, source: Source, row: Row, new: list[tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        if row.told is not Told.PLAY or row.at is None:
            return (file, row.number, source, row.told, row.reason, *NOT_A_PLAY)
        source = row.source or source
        song, name = self._song(row, new)
        return (
            file,
            row.number,
            source,
            row.told,
            row.reason,
            row.at,
            row.is_start,
            song,
            row.ms_played,
            row.done,
            row.skipped,
            report_key(source, name, row.at, row.ms_played),
            None,
            None,
        )

    def _song(self, row: Row, new: list[tuple[Any, ...]]) -> tuple[int, str]:
        told = (row.track_id, row.title, row.artist, row.album, row.isrc, row.duration_ms)
        found = self.songs.get(told)
        if found is None:
            if len(self.songs) >= MOST_SONGS:
                self.songs.clear()
            key = song_key(row.artist, row.title)
            found = self.songs[told] = (self.next_song, row.track_id or key)
            artist = song_key("", row.artist) if row.artist else ""
            album = song_key(row.artist, row.album) if row.album else ""
            new.append((self.next_song, *told, key, artist, album))
            self.next_song += 1
        return found


NOT_A_PLAY = (None, False, None, None, False, None, None, None, None)
