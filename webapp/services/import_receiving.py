"""What was sent, looked at before anything is read: files, packages, and why one is refused."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from webapp import db
from webapp.domain.errors import ExportError, ExportFault
from webapp.domain.imports import Status
from webapp.domain.reports import Source
from webapp.providers.exports import (
    account,
    extended,
    koito,
    lastfm_api,
    lastfm_csv,
    listenbrainz,
    maloja,
)
from webapp.providers.exports.backspin import Archive, find_archive
from webapp.providers.exports.package import CHUNK, Limits, Member, members
from webapp.providers.exports.recognise import Kind, recognise
from webapp.providers.exports.rows import Read
from webapp.providers.exports.text import OPENING
from webapp.queries import imports
from webapp.queries.imports import FileRow
from webapp.services.wiring import Wiring

PART = 1 << 20
FIRST_ZIP_YEAR = 1980

READERS: dict[Kind, tuple[Source, Read]] = {
    Kind.EXTENDED: (Source.EXTENDED, extended.read),
    Kind.ACCOUNT: (Source.ACCOUNT, account.read),
    Kind.LASTFM_CSV: (Source.LASTFM, lastfm_csv.read),
    Kind.LASTFM_API: (Source.LASTFM, lastfm_api.read),
    Kind.LISTENBRAINZ: (Source.LISTENBRAINZ, listenbrainz.read),
    Kind.MALOJA: (Source.MALOJA, maloja.read),
    Kind.KOITO: (Source.KOITO, koito.read),
}
LIBRARIES = frozenset({Kind.LIBRARY, Kind.PLAYLISTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One file as the listener sent it; the stream can be read from any place."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file found in what was sent, and how its bytes are had."""

    row: FileRow
    chunks: Callable[[], Iterator[bytes]]
    dated: datetime | None = None
    """When the package says it was written."""
    archive: Archive | None = None
    """A whole package that is an archive of our own."""


def receive(wiring: Wiring, user_id: int, sent: Sequence[Sent]) -> int:
    """Keep what was sent and note what is in it; return the import's id.

    What holds nothing to read is not kept: the import has failed then, and says why.
    """
    now = wiring.clock()
    found = look_at_all(sent)
    if len(found) > Limits().members:
        found = [_too_many(sent[0])]
    with db.transaction():
        import_id = imports.add(user_id, "upload", None, now)
        imports.add_files(import_id, [one.row for one in found])
        if not any(one.row.refusal is None for one in found):
            imports.finish(import_id, None, Status.FAILED, now, error="nothing_to_read")
            return import_id
        for upload, one in enumerate(sent):
            one.stream.seek(0)
            for part, body in enumerate(iter(lambda: one.stream.read(PART), b"")):  # noqa: B023 - read at once
                imports.add_part(import_id, upload, part, body)
    return import_id


def look_at_all(sent: Sequence[Sent]) -> list[Found]:
    """Find every file in what was sent; the same order each time."""
    found: list[Found] = []
    for upload, one in enumerate(sent):
        found += _look(upload, one, len(found))
    return found


def _look(upload: int, sent: Sent, first: int) -> list[Found]:
    size = sent.stream.seek(0, 2)
    sent.stream.seek(0)
    kind = recognise(sent.stream.read(OPENING))
    if kind is not Kind.ZIP:
        row = FileRow(
            file=first,
            upload=upload,
            name=sent.name,
            kind=kind,
            bytes=size,
            rows=None,
            refusal=_refusal(kind),
        )
        return [Found(row=row, chunks=lambda: _chunks(sent.stream))]
    try:
        inside = [member for member in members(sent.stream, Limits()) if member.ignored != "folder"]
        archive = find_archive(inside)
    except ExportError as error:
        name = f"{sent.name}: {error.file}" if error.file else sent.name
        row = FileRow(
            file=first,
            upload=upload,
            name=name,
            kind=kind,
            bytes=size,
            rows=None,
            refusal=error.kind,
        )
        return [Found(row=row, chunks=lambda: _chunks(sent.stream))]
    whole = [_whole(first, upload, sent, archive)] if archive else []
    beside = [one for one in inside if one.name not in archive.own] if archive else inside
    return whole + [
        Found(
            row=_member_row(first + n, upload, member),
            chunks=member.chunks,
            dated=_date_of(member),
        )
        for n, member in enumerate(beside, len(whole))
    ]


def _too_many(sent: Sent) -> Found:
    """Refuse several packages that hold too many files together."""
    row = FileRow(
        file=0,
        upload=0,
        name=sent.name,
        kind=Kind.ZIP,
        bytes=0,
        rows=None,
        refusal=ExportFault.TOO_MANY_FILES,
    )
    return Found(row=row, chunks=lambda: _chunks(sent.stream))


def _whole(file: int, upload: int, sent: Sent, archive: Archive) -> Found:
    row = FileRow(
        file=file,
        upload=upload,
        name=sent.name,
        kind=Kind.BACKSPIN,
        bytes=archive.size,
        rows=None,
        refusal=None,
    )
    return Found(row=row, chunks=lambda: _chunks(sent.stream), archive=archive)


def _member_row(file: int, upload: int, member: Member) -> FileRow:
    kind, refusal = Kind.UNKNOWN, member.ignored or None
    if refusal is None:
        try:
            kind = recognise(member.head())
            refusal = _refusal(kind)
        except ExportError as error:
            refusal = error.kind
    return FileRow(
        file=file,
        upload=upload,
        name=member.name,
        kind=kind,
        bytes=member.size,
        rows=None,
        refusal=refusal,
    )


def _date_of(member: Member) -> datetime | None:
    """Read a member's date; zips have no time zone, and begin in 1980 where they know nothing."""
    try:
        dated = datetime(*member.info.date_time, tzinfo=UTC)
    except ValueError:
        return None
    return dated if dated.year > FIRST_ZIP_YEAR else None


def _refusal(kind: Kind) -> str | None:
    return None if kind in READERS or kind in LIBRARIES else kind.value


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    yield from iter(lambda: stream.read(CHUNK), b"")
