"""From batches of rows to rows in staging: a batch, a transaction, a sign of life."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from webapp import db
from webapp.domain.errors import LostClaimError
from webapp.domain.imports import Phase
from webapp.domain.reports import Row, Source
from webapp.queries import imports, staging
from webapp.services.import_packing import Batch, Packer
from webapp.services.wiring import Wiring

BEAT_SECONDS = 5
"""So often a run shows that it is alive, whatever it reads."""


@dataclass(slots=True, kw_only=True)
class Staging:
    """The pen of one run of an import. Raises LostClaimError if it is no longer ours."""

    wiring: Wiring
    import_id: int
    user_id: int
    claim: UUID
    rows_done: int = 0
    next_song: int = 0
    told_at: float = field(default_factory=time.monotonic)
    _packer: Packer | None = None

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
        if self._packer is None:
            self._packer = Packer(import_id=self.import_id, next_song=self.next_song)
        for batch in self._packer.pack(file, source, rows):
            self.keep(batch, position())

    def keep(self, batch: Batch, position: int) -> None:
        """Stage a batch; so many bytes of the import are read with it."""
        self.rows_done += batch.size
        with db.transaction():
            self.beat(Phase.READING, position)
            staging.copy_song_lines(batch.songs)
            staging.copy_row_lines(batch.rows)
            numbers = (batch.first, batch.last)
            staging.add_raw(self.user_id, self.import_id, batch.file, numbers, batch.raw)

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
