"""An archive of Backspin's own, read back: nothing in it is believed before it is looked at.

It is told by its manifest, wherever that lies and whatever it is called: people unpack archives
and pack them again, in a folder. Each member must be there, whole, and as its checksum says.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5, sha256
from typing import Any, NamedTuple, NoReturn

from webapp.domain.errors import ExportError, ExportFault
from webapp.domain.export_fields import Part
from webapp.domain.export_format import BY_FILE, SCHEMA, VERSION, parts_of
from webapp.domain.reports import song_key
from webapp.providers.exports.package import Member
from webapp.providers.exports.recognise import Kind, recognise
from webapp.providers.spotify.parsing.values import as_object, code, objects, text, whole

LONGEST_MANIFEST = 1 << 20
LONGEST_LINE = 10 << 20
"""Bytes; our own lines are not much longer than 8 MB (`queries.export_lines`)."""

NAMED = frozenset({"artists", "albums", "tracks"})
TEXT_ALONE = "import_rows"
"""These are kept as bytes, so that any text is welcome in them."""

_nul = re.compile(r"(?<!\\)(?:\\\\)*\\u0000").search


class Line(NamedTuple):
    """A sound line: its number from 1, as it stands, and decoded."""

    number: int
    text: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the listener had chosen."""

    time_zone: str
    language: str | None
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive whose manifest is sound: members by their part, and what it promises of each."""

    made_at: datetime
    settings: Settings
    members: Mapping[str, Member]
    digests: Mapping[str, str]
    own: frozenset[str]
    """Names of what belongs to it; anything else in the package only lies beside it."""

    @property
    def size(self) -> int:
        """Bytes there are to read."""
        return sum(member.size for member in self.members.values())


def find_archive(found: Sequence[Member]) -> Archive | None:
    """Look for an archive in a package; None if it is another one.

    Raises ExportError: `newer_version`, `incomplete`, `bad_line` for a manifest that is no such.
    """
    small = (one for one in found if not one.ignored and one.size <= LONGEST_MANIFEST)
    manifest = next(filter(_is_manifest, small), None)
    return None if manifest is None else _open(manifest, found)


def read_part(part: Part, digest: str, chunks: Iterable[bytes]) -> Iterator[Line]:
    """Read the lines of a member, and hold its content against its checksum.

    Raises ExportError: `bad_line` with the number of the last good one, `truncated`, `changed`.
    """
    made, number = sha256(), 0
    try:
        for number, line in enumerate(_lines(chunks, made), start=1):
            yield _line(part, number, line)
        _compare(made.hexdigest(), digest)
    except ExportError as error:
        error.file = part.file
        error.row = number if error.row is None else error.row
        raise


def _is_manifest(member: Member) -> bool:
    try:
        return recognise(member.head()) is Kind.BACKSPIN
    except ExportError:
        return False


def _open(manifest: Member, found: Sequence[Member]) -> Archive:
    try:
        told = as_object(json.loads(b"".join(manifest.chunks())))
    except (ValueError, RecursionError):
        raise ExportError(ExportFault.NOT_JSON, file=manifest.name) from None
    version = whole(told.get("format_version"), least=1)
    if told.get("format") != "backspin" or version is None:
        raise ExportError(ExportFault.BAD_LINE, file=manifest.name)
    if version > VERSION:
        raise ExportError(ExportFault.NEWER_VERSION, file=manifest.name)
    folder = manifest.name.rpartition("/")[0]
    digests = {
        text(one.get("file")): text(one.get("sha256")) for one in objects(told.get("members"))
    }
    by_name = {one.name: one for one in found}
    members = {
        part.file: by_name.get(f"{folder}/{part.file}".lstrip("/")) for part in parts_of(version)
    }
    return Archive(
        made_at=_made_at(told),
        settings=_settings(as_object(told.get("listener"))),
        members={file: _there(member, file, digests) for file, member in members.items()},
        digests=digests,
        own=frozenset(
            {manifest.name, *(f"{folder}/{file}".lstrip("/") for file in (SCHEMA, *BY_FILE))}
        ),
    )


def _there(member: Member | None, file: str, digests: Mapping[str, str]) -> Member:
    if member is None or file not in digests:
        raise ExportError(ExportFault.INCOMPLETE, file=file)
    return member


def _made_at(told: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(text(told.get("made_at"))).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def _settings(told: Mapping[str, Any]) -> Settings:
    return Settings(
        time_zone=text(told.get("time_zone")),
        language=code(told.get("language")),
        theme=text(told.get("theme")),
    )


def _lines(chunks: Iterable[bytes], made: Any) -> Iterator[bytes]:
    """Cut a member behind each newline."""
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        made.update(chunk)
        *ended, rest = chunk.split(b"\n")
        for line in ended:
            yield b"".join((*held, line))
            held.clear()
            length = 0
        held.append(rest)
        length += len(rest)
        if length > LONGEST_LINE:
            raise ExportError(ExportFault.TOO_LARGE)
    if length:
        raise ExportError(ExportFault.TRUNCATED)


def _compare(made: str, told: str) -> None:
    if made != told:
        raise ExportError(ExportFault.CHANGED)


def _line(part: Part, number: int, line: bytes) -> Line:
    try:
        told = line.decode()
        value = json.loads(told, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ExportError(ExportFault.BAD_LINE, row=number - 1) from None
    if not part.accepts(value) or not _is_storable(part, told, value) or not _is_named(part, value):
        raise ExportError(ExportFault.BAD_LINE, row=number - 1)
    return Line(number, told, value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _is_storable(part: Part, told: str, value: Any) -> bool:
    """Tell whether the database can hold it: no NUL, no half of a surrogate pair."""
    if "\\u" not in told or part.name == TEXT_ALONE:
        return True
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return _nul(told) is None


def _is_named(part: Part, value: Mapping[str, Any]) -> bool:
    """Tell whether what is named after itself is so: such names are shared by all listeners."""
    if part.name not in NAMED or not value["id"].startswith("name:"):
        return True
    key = song_key(value.get("artist_names", ""), value["name"])
    return bool(value["id"] == "name:" + md5(key.encode(), usedforsecurity=False).hexdigest())
