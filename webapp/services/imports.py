"""Start an import, run it, end it: in a worker, resumable, and nothing half-stored.

Rows are staged in small transactions; what becomes of them is one transaction at the end. A run
that broke off goes on behind the last staged row.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any
from uuid import UUID, uuid4

from webapp import db
from webapp.domain.errors import ExportError, LostClaimError
from webapp.domain.imports import MAX_CRASHES, OVERDUE_AFTER, STALE_AFTER, Phase, Status
from webapp.providers.exports.recognise import Kind
from webapp.queries import imports, staging
from webapp.queries.imports import ImportRow
from webapp.services import import_library, import_merging
from webapp.services.import_library import LibraryPart
from webapp.services.import_receiving import LIBRARIES, READERS, Found, Sent, look_at_all
from webapp.services.import_staging import Staging
from webapp.services.wiring import Wiring

MEMORY = 1 << 20
"""What was sent is laid down on disk beyond this many bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What the queue should go on with."""

    import_id: int
    attempt: int


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


def run(wiring: Wiring, import_id: int) -> None:
    """Work on an import until it is over. Somebody else's, or an ended one, is left alone."""
    claim = uuid4()
    row = imports.claim(import_id, claim, wiring.clock(), STALE_AFTER)
    if row is None:
        return
    settled = False
    try:
        _attempt(wiring, row, claim)
        settled = True
    finally:
        if not settled:
            # A bug, a lost database, or a shutdown: the next attempt goes on.
            imports.release_crashed(import_id, claim, wiring.clock())


def _attempt(wiring: Wiring, row: ImportRow, claim: UUID) -> None:
    if row.crashes >= MAX_CRASHES:
        _fail(wiring, row, claim, "crashed", None)
        return
    pen = Staging(
        wiring=wiring,
        import_id=row.id,
        user_id=row.user_id,
        claim=claim,
        rows_done=row.rows_done,
    )
    try:
        libraries = _read(wiring, row, pen)
        _merge(wiring, row, pen, libraries)
    except LostClaimError:
        return
    except ExportError as error:
        detail = json.dumps({"file": error.file, "row": error.row})
        _fail(wiring, row, claim, error.kind, detail)


def _read(wiring: Wiring, row: ImportRow, pen: Staging) -> list[LibraryPart]:
    """Stage every row that is not staged yet; give the files about the library whole."""
    staged, libraries = pen.resume(), []
    with ExitStack() as stack:
        position = _Position()
        for found in look_at_all(_sent(row.id, stack)):
            kind = Kind(found.row.kind)
            if found.row.refusal is not None:
                continue
            if kind in LIBRARIES:
                body = b"".join(position.over(found))
                libraries.append(LibraryPart(kind=kind, dated=found.dated, body=body))
                continue
            source, read = READERS[kind]
            try:
                rows = read(position.over(found), now=wiring.clock())
                behind = staged.get(found.row.file, 0)
                news = (told for told in rows if told.number > behind)
                pen.take(found.row.file, source, news, position)
            except ExportError as error:
                error.file = error.file or found.row.name
                raise
    return libraries


def _merge(wiring: Wiring, row: ImportRow, pen: Staging, libraries: list[LibraryPart]) -> None:
    pen.beat(Phase.MERGING, row.bytes_total)
    import_merging.prepare()
    with db.transaction():
        # The row stays locked until all is in: nobody takes it for abandoned, or cancels it.
        pen.beat(Phase.MERGING, row.bytes_total)
        now = wiring.clock()
        merged = import_merging.merge(row.user_id, row.id, now)
        receipt = {outcome.value: count for outcome, count in merged.items()}
        kept = import_library.keep(row, libraries, now)
        ended = imports.finish(
            row.id, pen.claim, Status.COMPLETED, now, receipt={**receipt, **kept}
        )
        if not ended:
            raise LostClaimError
    wiring.log.info("imported", user=row.user_id, imported=row.id, **receipt)


def _sent(import_id: int, stack: ExitStack) -> list[Sent]:
    """Lay what was sent down where it can be read from any place."""
    sent = []
    for upload, name in imports.upload_names(import_id):
        file: Any = stack.enter_context(SpooledTemporaryFile(MEMORY))  # noqa: SIM115 - the stack closes it
        for part in imports.iter_parts(import_id, upload):
            file.write(part)
        sent.append(Sent(name=name, stream=file))
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


class _Position:
    """How many bytes have been read, of all files."""

    def __init__(self) -> None:
        self._read = 0

    def __call__(self) -> int:
        return self._read

    def over(self, found: Found) -> Iterator[bytes]:
        """Give a file's bytes, counting them."""
        for chunk in found.chunks():
            self._read += len(chunk)
            yield chunk
