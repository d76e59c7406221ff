"""From an archive of everything to lines in staging: a batch, a transaction, a sign of life."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Protocol

from webapp import db
from webapp.domain.export_format import BY_FILE
from webapp.domain.imports import Phase
from webapp.providers.exports.backspin import TEXT_ALONE, Archive, Line, read_part
from webapp.queries import restored_lines
from webapp.queries.restored_lines import LISTENER, Staged
from webapp.services.import_packing import FASTEST
from webapp.services.import_staging import Staging

MOST_LINES = 5000
MOST_SIGNS = 8 << 20
"""A batch ends behind a line with which it is longer than this."""


class Position(Protocol):
    """How many bytes of an import are read."""

    def __call__(self) -> int:
        """Tell how many."""

    def over(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Give bytes, counting them."""


def stage(pen: Staging, file: int, archive: Archive, position: Position) -> None:
    """Stage all lines of an archive, every one of them looked at; raises ExportError.

    What an earlier run staged is staged anew.
    """
    staged = Staged(user_id=pen.user_id, import_id=pen.import_id, file=file)
    restored_lines.drop(staged)
    for name, member in archive.members.items():
        part = BY_FILE[name]
        lines = read_part(part, archive.digests[name], position.over(member.chunks()))
        for batch in _batches(lines):
            pen.rows_done += len(batch)
            with db.transaction():
                pen.beat(Phase.READING, position())
                _keep(staged, part.name, batch)
    restored_lines.add_line(staged, LISTENER, 1, asdict(archive.settings))
    restored_lines.finish_staging()


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    signs = 0
    for line in lines:
        batch.append(line)
        signs += len(line.text)
        if len(batch) >= MOST_LINES or signs > MOST_SIGNS:
            yield batch
            batch, signs = [], 0
    if batch:
        yield batch


def _keep(staged: Staged, member: str, batch: list[Line]) -> None:
    if member != TEXT_ALONE:
        restored_lines.copy_lines(staged, member, [(line.number, line.text) for line in batch])
        return
    for line in batch:
        told = dict(line.value)
        rows = json.dumps(told.pop("rows"), separators=(",", ":"))
        body = zlib.compress(rows.encode(), FASTEST)
        restored_lines.add_line(staged, member, line.number, told, body)
