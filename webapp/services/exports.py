"""Make an archive of everything: ask for one, run it in a worker, keep it for a while, remove it.

The archive is one moment of the database. A run that broke off begins anew, at another moment.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from webapp import db
from webapp.domain.errors import LostClaimError
from webapp.domain.exports import MAX_CRASHES, OVERDUE_AFTER, STALE_AFTER
from webapp.queries import accounts, exports
from webapp.queries.exports import ExportRow
from webapp.services.export_writing import ArchiveWriter, Progress
from webapp.services.wiring import Wiring

BEAT_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What the queue should go on with."""

    export_id: int
    attempt: int


def start(wiring: Wiring, user_id: int) -> Rest | None:
    """Open an export; None if one is under way already."""
    export_id = exports.open_export(user_id, wiring.clock())
    return Rest(export_id=export_id, attempt=0) if export_id is not None else None


def reap(wiring: Wiring) -> list[Rest]:
    """Find exports whose worker is gone, or that the queue forgot."""
    found = exports.abandoned(wiring.clock(), STALE_AFTER, OVERDUE_AFTER)
    return [Rest(export_id=export_id, attempt=attempt) for export_id, attempt in found]


def abandon(wiring: Wiring, export_id: int) -> None:
    """Note that the process that worked on an export was killed."""
    exports.release_crashed(export_id, None, wiring.clock())


def expire(wiring: Wiring) -> int:
    """Remove archives whose time is over; return how many."""
    return exports.expire(wiring.clock())


def run(wiring: Wiring, export_id: int) -> None:
    """Work on an export until it is over. Somebody else's, or an ended one, is left alone."""
    claim = uuid4()
    row = exports.claim(export_id, claim, wiring.clock(), STALE_AFTER)
    if row is None:
        return
    settled = False
    try:
        _attempt(wiring, row, claim)
        settled = True
    finally:
        if not settled:
            # A bug, a lost database, or a shutdown: the next attempt begins anew.
            exports.release_crashed(export_id, claim, wiring.clock())


def _attempt(wiring: Wiring, row: ExportRow, claim: UUID) -> None:
    if row.crashes >= MAX_CRASHES:
        now = wiring.clock()
        exports.fail(row.id, claim, "crashed", now, _expiry(wiring, now))
        return
    pen = _Pen(wiring=wiring, export_id=row.id, claim=claim)
    try:
        size = _write(wiring, row, pen)
        now = wiring.clock()
        with db.transaction():
            pen.beat()
            exports.complete(row.id, row.user_id, now, _expiry(wiring, now))
    except LostClaimError:
        return
    wiring.log.info("exported", user=row.user_id, export=row.id, bytes=size)


def _write(wiring: Wiring, row: ExportRow, pen: "_Pen") -> int:
    account = accounts.find(row.user_id)
    if account is None:
        raise LostClaimError
    with db.snapshot() as snapshot:
        writer = ArchiveWriter(
            snapshot=snapshot,
            account=account,
            made_at=wiring.clock(),
            keep=pen.keep,
            beat=pen.beat_sometimes,
            progress=pen.progress,
        )
        writer.write()
    return pen.progress.size


def _expiry(wiring: Wiring, now: datetime) -> datetime:
    return now + timedelta(hours=wiring.settings.export_hours)


@dataclass(slots=True, kw_only=True)
class _Pen:
    """What one run of an export writes. Raises LostClaimError if it is no longer ours."""

    wiring: Wiring
    export_id: int
    claim: UUID
    progress: Progress = field(default_factory=Progress)
    parts: int = 0
    told_at: float = 0.0

    def keep(self, body: bytes) -> None:
        """Keep the next part."""
        with db.transaction():
            self.beat()
            exports.add_part(self.export_id, self.parts, body)
        self.parts += 1

    def beat_sometimes(self) -> None:
        """Show how far it is, once in a while."""
        if time.monotonic() - self.told_at > BEAT_SECONDS:
            self.beat()

    def beat(self) -> None:
        """Show that we are alive, and how far."""
        self.told_at = time.monotonic()
        ours = exports.beat(
            self.export_id,
            self.claim,
            done=self.progress.done,
            total=self.progress.total,
            size=self.progress.size,
            now=self.wiring.clock(),
        )
        if not ours:
            raise LostClaimError
