"""A zip, opened with care: whoever made it may mean harm, or only have packed too much.

Nothing is ever unpacked to a disk, so names can't lead anywhere; they are cleaned for showing.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from webapp.domain.errors import ExportError, ExportFault
from webapp.providers.exports.recognise import ZIP_SIGNATURES
from webapp.providers.exports.text import OPENING

CHUNK = 1 << 18
LONGEST_NAME = 200
SMALL = 1 << 20
"""Below this a member may be as dense as it likes: an empty list compresses well."""
BYTES_PER_ENTRY = 512
LEAST_DIRECTORY = 1 << 17
LONGEST_SIGNATURE = 4
ENCRYPTED = 0x1 | 0x40

_BROKEN = (BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError)
_WRONG = (*_BROKEN, ValueError, OverflowError)
"""What Python's reader raises for a package that is not as it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a package may hold: bytes when unpacked, members, bytes for each packed one.

    Real exports pack 15 bytes into one; deflate can do 1,000, and only of what says nothing.
    """

    total_bytes: int = 2 << 30
    members: int = 5_000
    density: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in a package: its name for showing, its size unpacked, why it is not looked at.

    `ignored` is empty, or "folder", "mac_metadata" or "document".
    """

    name: str
    size: int
    ignored: str
    archive: ZipFile
    info: ZipInfo

    def head(self, size: int = OPENING) -> bytes:
        """Read the beginning, for recognising it; raises ExportError as `chunks` does."""
        return next(self.chunks(size), b"")

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """Stream the content, which has the size that was told, or raises `broken_zip`."""
        left = self.size
        try:
            with self.archive.open(self.info) as stream:
                while (chunk := stream.read(size)) and left >= len(chunk):
                    left -= len(chunk)
                    yield chunk
        except _WRONG:
            raise ExportError(ExportFault.BROKEN_ZIP, file=self.name) from None
        if chunk or left:
            raise ExportError(ExportFault.BROKEN_ZIP, file=self.name)


def members(file: BinaryIO, limits: Limits) -> list[Member]:
    """List what a zip holds; raises ExportError for one that must not be read.

    `not_zip`, `broken_zip`, `encrypted`, `nested_zip`, `unknown_compression`, `too_many_files`,
    `too_large` and `too_dense` (a zip bomb).
    """
    archive = _open(file, limits)
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise ExportError(ExportFault.TOO_MANY_FILES)
    if sum(info.file_size for info in infos) > limits.total_bytes:
        raise ExportError(ExportFault.TOO_LARGE)
    found = [_member(archive, info) for info in infos]
    for member in found:
        _refuse(member, limits)
    return found


def _open(file: BinaryIO, limits: Limits) -> ZipFile:
    guarded = _Guarded(file, max(LEAST_DIRECTORY, limits.members * BYTES_PER_ENTRY))
    file.seek(0)
    is_zip = file.read(LONGEST_SIGNATURE) in ZIP_SIGNATURES
    try:
        archive = ZipFile(guarded)
    except _WRONG:
        raise ExportError(ExportFault.BROKEN_ZIP if is_zip else ExportFault.NOT_ZIP) from None
    guarded.most = 0
    return archive


class _Guarded:
    """A file that gives no more than so much at once, while its directory is read.

    Python reads the directory as one, and makes an object of each entry, before anyone can count.
    """

    def __init__(self, file: BinaryIO, most: int) -> None:
        self.most = most
        self._read = file.read
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if not self.most:
            return self._read(size)
        found = self._read(min(size, self.most + 1) if size >= 0 else self.most + 1)
        if len(found) > self.most:
            raise ExportError(ExportFault.TOO_MANY_FILES)
        return found


def _member(archive: ZipFile, info: ZipInfo) -> Member:
    name = _shown(info.filename)
    ignored = _why_ignored(info, name)
    return Member(name=name, size=info.file_size, ignored=ignored, archive=archive, info=info)


def _shown(name: str) -> str:
    """Clean a name for showing: no steps upwards, no drive, nothing that hides or turns letters."""
    steps = name.replace("\\", "/").split("/")
    kept = [step for step in steps if step.strip() not in {"", ".", ".."} and step[1:] != ":"]
    clean = "".join(sign for sign in "/".join(kept) if sign.isprintable())
    return clean[-LONGEST_NAME:] or "?"


def _why_ignored(info: ZipInfo, name: str) -> str:
    last = name.rpartition("/")[2]
    if info.filename.endswith("/"):  # `is_dir` fails on a name that is empty
        return "folder"
    if "__MACOSX/" in f"{name}/" or last.startswith("._") or last == ".DS_Store":
        return "mac_metadata"
    return "document" if last.lower().endswith(".pdf") else ""


def _refuse(member: Member, limits: Limits) -> None:
    """Raise ExportError for a member that makes the whole package one not to touch."""
    if member.info.flag_bits & ENCRYPTED:
        raise ExportError(ExportFault.ENCRYPTED, file=member.name)
    if member.info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise ExportError(ExportFault.UNKNOWN_COMPRESSION, file=member.name)
    if member.size > max(SMALL, limits.density * member.info.compress_size):
        raise ExportError(ExportFault.TOO_DENSE, file=member.name)
    if member.name.lower().endswith(".zip") or _begins_as_zip(member):
        raise ExportError(ExportFault.NESTED_ZIP, file=member.name)


def _begins_as_zip(member: Member) -> bool:
    return not member.ignored and member.head(LONGEST_SIGNATURE) in ZIP_SIGNATURES
