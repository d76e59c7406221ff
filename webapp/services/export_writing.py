"""An archive of everything, written as a stream: from lines to a zip to parts of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from webapp.db import Snapshot
from webapp.domain.accounts import Account
from webapp.domain.export_format import MANIFEST, PARTS, SCHEMA, VERSION, json_schema
from webapp.queries import export_lines

CHOSEN = ("username", "display_name", "time_zone", "language", "theme")
"""What the manifest tells of the listener, beside since when they are here."""

PART = 1 << 20
READABLE = 0o644 << 16


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far the writing is."""

    done: int = 0
    total: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A member, as the manifest tells of it; `lines` is None where it has none."""

    file: str
    lines: int | None
    bytes: int
    sha256: str


@dataclass(slots=True, kw_only=True)
class ArchiveWriter:
    """Writes one archive; `keep` gets its parts in order, `beat` is called every few lines."""

    snapshot: Snapshot
    account: Account
    made_at: datetime
    keep: Callable[[bytes], None]
    beat: Callable[[], None]
    progress: Progress = field(default_factory=Progress)

    def write(self) -> None:
        """Write everything; memory holds a part and a few thousand lines."""
        user_id = self.account.id
        self.progress.total = export_lines.prepare(self.snapshot, user_id)
        sink = _Sink(self.keep, self.progress)
        with ZipFile(sink, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # writing is enough
            written = [self._text(archive, SCHEMA, _json(json_schema()))]
            for part in PARTS:
                lines = export_lines.iter_lines(self.snapshot, part.name, user_id)
                written.append(self._lines(archive, part.file, lines))
            self._text(archive, MANIFEST, _json(self._manifest(written)))
        sink.finish()

    def _lines(self, archive: ZipFile, file: str, batches: Iterator[list[str]]) -> Written:
        digest, count, size = sha256(), 0, 0
        with archive.open(self._info(file), "w", force_zip64=True) as member:
            for batch in batches:
                body = "".join(f"{line}\n" for line in batch).encode()
                member.write(body)
                digest.update(body)
                count += len(batch)
                size += len(body)
                self.progress.done = min(self.progress.done + len(batch), self.progress.total)
                self.beat()
        return Written(file=file, lines=count, bytes=size, sha256=digest.hexdigest())

    def _text(self, archive: ZipFile, file: str, text: str) -> Written:
        body = text.encode()
        archive.writestr(self._info(file), body)
        return Written(file=file, lines=None, bytes=len(body), sha256=sha256(body).hexdigest())

    def _info(self, file: str) -> ZipInfo:
        info = ZipInfo(file, self.made_at.timetuple()[:6])
        info.compress_type, info.external_attr = ZIP_DEFLATED, READABLE
        return info

    def _manifest(self, written: list[Written]) -> dict[str, Any]:
        account = self.account
        return {
            "format": "backspin",
            "format_version": VERSION,
            "made_at": self.made_at.isoformat(),
            "listener": {
                **{name: getattr(account, name) for name in CHOSEN},
                "joined_at": account.created_at.isoformat(),
            },
            "members": [asdict(one) for one in written],
        }


class _Sink:
    """A file that can be written to alone, and gives its bytes away in parts."""

    def __init__(self, keep: Callable[[bytes], None], progress: Progress) -> None:
        self._keep = keep
        self._progress = progress
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        self._progress.size += len(data)
        while len(self._held) >= PART:
            self._keep(bytes(self._held[:PART]))
            del self._held[:PART]
        return len(data)

    def flush(self) -> None:
        """Do nothing: parts are of one size."""

    def finish(self) -> None:
        """Give away what is left."""
        if self._held:
            self._keep(bytes(self._held))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
