"""Start an import, run it, end it: in a worker, resumable, and nothing half-stored.

Rows are staged in small transactions; what becomes of them is one transaction at the end. A run
that broke off goes on behind the last staged row.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from tempfile import TemporaryFile
from uuid import UUID, uuid4

from webapp import db
from webapp.domain.errors import ExportError, LostClaimError, ProviderError
from webapp.domain.imports import MAX_CRASHES, OVERDUE_AFTER, STALE_AFTER, Phase, Status
from webapp.providers.exports.recognise import Kind
from webapp.providers.exports.room import Room
from webapp.queries import imports, restored_lines, staging
from webapp.queries.imports import ImportRow
from webapp.services import (
    adoption,
    import_fetching,
    import_library,
    import_merging,
    import_reading,
    restore_staging,
    restoring,
)
from webapp.services.import_library import LibraryPart
from webapp.services.import_places import Place
from webapp.services.import_receiving import LIBRARIES, Found, Sent, look_at_all
from webapp.services.import_staging import Staging
from webapp.services.wiring import Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What the queue should go on with, and when, if not at once."""

    import_id: int
    attempt: int
    at: datetime | None = None


def start(wiring: Wiring, user_id: int, import_id: int) -> Rest | None:
    """Let a found import begin; None if it isn't there, or another one is under way."""
    found = imports.find(import_id, user_id)
    if found is None or not imports.start(import_id, wiring.clock()):
        return None
    return Rest(import_id=import_id, attempt=found.attempt)


def cancel(wiring: Wiring, user_id: int, import_id: int) -> bool:
    """End an import with nothing stored; False if it is over, or merging already."""
    with db.transaction():
        if not imports.is_free(import_id, user_id):
            return False
        imports.finish(import_id, None, Status.CANCELLED, wiring.clock())
        _forget(user_id, import_id)
    return True


def reap(wiring: Wiring) -> list[Rest]:
    """Find imports whose worker is gone, or that the queue forgot."""
    now = wiring.clock()
    found = imports.abandoned(now, STALE_AFTER, OVERDUE_AFTER)
    return [Rest(import_id=import_id, attempt=attempt) for import_id, attempt in found]


def abandon(wiring: Wiring, import_id: int) -> None:
    """Note that the process that worked on an import was killed."""
    imports.release_crashed(import_id, None, wiring.clock())


def run(wiring: Wiring, import_id: int) -> Rest | None:
    """Work on an import until it is over, or must wait: then the rest is returned.

    Somebody else's, or an ended one, is left alone.
    """
    claim = uuid4()
    row = imports.claim(import_id, claim, wiring.clock(), STALE_AFTER)
    if row is None:
        return None
    settled = False
    try:
        until = _attempt(wiring, row, claim)
        settled = True
    finally:
        if not settled:
            # A bug, a lost database, or a shutdown: the next attempt goes on.
            imports.release_crashed(import_id, claim, wiring.clock())
    return Rest(import_id=row.id, attempt=row.attempt, at=until) if until else None


def _attempt(wiring: Wiring, row: ImportRow, claim: UUID) -> datetime | None:
    """Go on as far as it goes; tell until when it waits, if so."""
    if row.crashes >= MAX_CRASHES:
        _fail(wiring, row, claim, "crashed", None)
        return None
    pen = Staging(
        wiring=wiring,
        import_id=row.id,
        user_id=row.user_id,
        claim=claim,
        rows_done=row.rows_done,
    )
    try:
        if row.account is None:
            libraries = _read(row, pen)
        else:
            row, libraries = import_fetching.fetch(wiring, row, row.account, pen), []
        _merge(wiring, row, pen, libraries)
    except LostClaimError:
        pass
    except ExportError as error:
        detail = json.dumps({"file": error.file, "row": error.row})
        _fail(wiring, row, claim, error.kind, detail)
    except ProviderError as error:
        until = import_fetching.wait_for(wiring, row, claim, error)
        if until is None:
            _fail(wiring, row, claim, f"account_{error.kind}", None)
        return until
    return None


def _read(row: ImportRow, pen: Staging) -> list[LibraryPart]:
    """Stage every row that is not staged yet; give what files about the library say."""
    staged, libraries, room = pen.resume(), [], Room()
    listening: list[Found] = []
    with ExitStack() as stack:
        position = _Position(pen)
        for found in look_at_all(_sent(row.id, stack)):
            kind = Kind(found.row.kind)
            if found.row.refusal is not None:
                continue
            try:
                if kind in LIBRARIES:
                    libraries.append(_library(kind, found, room, position))
                elif found.archive is not None:
                    restore_staging.stage(pen, found.row.file, found.archive, position)
                else:
                    listening.append(found)
            except ExportError as error:
                error.file = error.file or found.row.name
                raise
        import_reading.read(pen, listening, staged, position)
    return libraries


def _library(kind: Kind, found: Found, room: Room, position: "_Position") -> LibraryPart:
    package = f"{found.row.upload}/{found.row.name.rpartition('/')[0]}"
    chunks = position.over(found.chunks())
    return import_library.read(kind, chunks, room, package=package, dated=found.dated)


def _merge(wiring: Wiring, row: ImportRow, pen: Staging, libraries: list[LibraryPart]) -> None:
    pen.beat(Phase.MERGING, row.bytes_total)
    import_merging.prepare()
    # Two imports at once write names that both have, in an order that neither can know.
    receipt = db.settle(lambda: _store(wiring, row, pen, libraries))
    adoption.adopt(row.user_id)
    wiring.log.info("imported", user=row.user_id, imported=row.id, **receipt)


def _store(
    wiring: Wiring, row: ImportRow, pen: Staging, libraries: list[LibraryPart]
) -> Mapping[str, int]:
    """Do all that is left, inside the one transaction; give the receipt of the rows."""
    # The row stays locked until all is in: nobody takes it for abandoned, or cancels it.
    pen.beat(Phase.MERGING, row.bytes_total)
    now = wiring.clock()
    # An archive comes first: what was sent beside it meets the plays that it had.
    receipt = restoring.restore(row.user_id, row.id, now)
    receipt.update(import_merging.merge(row.user_id, row.id, now))
    kept = import_library.keep(row, libraries, now)
    if not imports.finish(row.id, pen.claim, Status.COMPLETED, now, receipt={**receipt, **kept}):
        raise LostClaimError
    return receipt


def _sent(import_id: int, stack: ExitStack) -> list[Sent]:
    """Lay what was sent down where it can be read from any place."""
    sent = []
    for upload, name in imports.upload_names(import_id):
        file = stack.enter_context(TemporaryFile())  # noqa: SIM115 - the stack closes it
        for part in imports.iter_parts(import_id, upload):
            file.write(part)
        file.flush()
        sent.append(Sent(name=name, stream=BufferedReader(Place(file.fileno()))))
    return sent


def _fail(wiring: Wiring, row: ImportRow, claim: UUID, error: str, detail: str | None) -> None:
    with db.transaction():
        now = wiring.clock()
        if imports.finish(row.id, claim, Status.FAILED, now, error=error, detail=detail):
            _forget(row.user_id, row.id)
    wiring.log.info("import failed", user=row.user_id, imported=row.id, error=error)


def _forget(user_id: int, import_id: int) -> None:
    staging.drop(import_id)
    staging.drop_raw(user_id, import_id)
    restored_lines.drop_all(import_id)


class _Position:
    """How many bytes have been read, of all files."""

    def __init__(self, pen: Staging) -> None:
        self._pen = pen
        self._read = 0

    def __call__(self) -> int:
        return self._read

    def add(self, count: int) -> None:
        """Count bytes that were read elsewhere."""
        self._read += count

    def over(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Give bytes, counting them; not every file has rows to stage on the way."""
        for chunk in chunks:
            self._read += len(chunk)
            self._pen.breathe(self._read)
            yield chunk
