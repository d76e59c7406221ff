"""The words of imports: stages, kinds of files, why one is refused, what went wrong."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from flask_babel import format_decimal as written
from flask_babel import format_timedelta, gettext, lazy_gettext, ngettext

from webapp.domain.errors import ExportFault
from webapp.domain.import_stages import Stage
from webapp.providers.exports.recognise import Kind
from webapp.queries.import_pages import FileNames
from webapp.queries.imports import FileRow
from webapp.views.account_wording import TROUBLES
from webapp.views.history_listing import source_name
from webapp.views.wording import error_sentence

KILOBYTE, MEGABYTE = 1 << 10, 1 << 20
A_MOMENT = timedelta(seconds=5)

KINDS: dict[str, Any] = {
    Kind.EXTENDED: lazy_gettext("Spotify: extended streaming history"),
    Kind.ACCOUNT: lazy_gettext("Spotify: account data, the last year of listening"),
    Kind.LASTFM_CSV: lazy_gettext("Last.fm: a table of scrobbles"),
    Kind.LASTFM_API: lazy_gettext("Last.fm: scrobbles as its service gives them"),
    Kind.LISTENBRAINZ: lazy_gettext("ListenBrainz: listens"),
    Kind.MALOJA: lazy_gettext("Maloja: scrobbles"),
    Kind.KOITO: lazy_gettext("Koito: listens"),
    Kind.LIBRARY: lazy_gettext("Spotify: account data, your library"),
    Kind.PLAYLISTS: lazy_gettext("Spotify: account data, your playlists"),
    Kind.BACKSPIN: lazy_gettext("An archive of Backspin"),
    Kind.TECHNICAL_LOG: lazy_gettext("Spotify: technical log"),
    Kind.PERSONAL: lazy_gettext("Personal data"),
    Kind.ZIP: lazy_gettext("A zip"),
    Kind.EMPTY: lazy_gettext("Empty"),
    Kind.UNKNOWN: lazy_gettext("Not recognised"),
}

REFUSALS: dict[str, Any] = {
    Kind.TECHNICAL_LOG: lazy_gettext(
        "This is Spotify's technical log. It tells what the app did, not what you played. Ask"
        " Spotify for your extended streaming history instead."
    ),
    Kind.PERSONAL: lazy_gettext(
        "It tells about you or your account and not about listening, so it was not read."
    ),
    Kind.EMPTY: lazy_gettext("There is nothing in it."),
    Kind.UNKNOWN: lazy_gettext("Nothing we know begins like this."),
    Kind.BACKSPIN: lazy_gettext(
        "It is a part of an archive of Backspin. Send each archive by itself, with all of its"
        " parts."
    ),
    "mac_metadata": lazy_gettext("A Mac adds it to every zip; it holds nothing of yours."),
    "document": lazy_gettext("An explanation from Spotify, for you to read."),
}
"""Why a file is left alone, though nothing is wrong with it."""

HARMLESS = frozenset({Kind.PERSONAL, "mac_metadata", "document"})
"""What lies in ordinary packages and is left alone as a matter of course."""

FAULTS: dict[ExportFault, tuple[Any, Any]] = {
    ExportFault.EMPTY: (
        lazy_gettext("There is nothing in it."),
        lazy_gettext("Download it again, and send it as it comes."),
    ),
    ExportFault.ENCODING: (
        lazy_gettext("It is not written in UTF-8 or UTF-16, so its letters cannot be told."),
        lazy_gettext("Send the file as you got it, not saved anew by another program."),
    ),
    ExportFault.NOT_JSON: (
        lazy_gettext("Its JSON is broken: something stands where it can't."),
        lazy_gettext("Send the file as you got it, not edited."),
    ),
    ExportFault.TRUNCATED: (
        lazy_gettext("It ends in the middle, as if a download had broken off."),
        lazy_gettext("Download it again, and send the new one."),
    ),
    ExportFault.WRONG_TOP_LEVEL: (
        lazy_gettext("It begins like an export, but is not laid out as one."),
        lazy_gettext("Send the file as you got it, not edited."),
    ),
    ExportFault.TOO_DEEP: (
        lazy_gettext("Its parts lie inside one another deeper than any export's."),
        lazy_gettext("Send the file as you got it, not edited."),
    ),
    ExportFault.UNKNOWN_COLUMNS: (
        lazy_gettext("Its columns are not those of a table of scrobbles."),
        lazy_gettext("It needs columns for artist, track and time, or a header that names them."),
    ),
    ExportFault.NOT_ZIP: (
        lazy_gettext("It is not a zip, though it is named like one."),
        lazy_gettext("Download it again, and send the new one."),
    ),
    ExportFault.BROKEN_ZIP: (
        lazy_gettext("This zip is damaged, as if a download had broken off."),
        lazy_gettext("Download it again, and send the new one."),
    ),
    ExportFault.ENCRYPTED: (
        lazy_gettext("This zip asks for a password."),
        lazy_gettext("Unpack it on your machine, and send the files that are inside."),
    ),
    ExportFault.NESTED_ZIP: (
        lazy_gettext("There is a zip inside this zip."),
        lazy_gettext("Unpack the outer one on your machine, and send the inner one."),
    ),
    ExportFault.UNKNOWN_COMPRESSION: (
        lazy_gettext("This zip is packed in a way that we do not unpack."),
        lazy_gettext("Unpack it on your machine, and send the files that are inside."),
    ),
    ExportFault.TOO_LARGE: (
        lazy_gettext("Unpacked, it would be larger than 2 GB, or than it says."),
        lazy_gettext("Unpack it on your machine, and send the files that are inside."),
    ),
    ExportFault.TOO_DENSE: (
        lazy_gettext("It unpacks to far more than any export does, so it was not unpacked."),
        lazy_gettext("Unpack it on your machine, and send the files that are inside."),
    ),
    ExportFault.TOO_MANY_FILES: (
        lazy_gettext("There are more files in it than in any export."),
        lazy_gettext("Send only the files that tell of listening."),
    ),
    ExportFault.TOO_MANY_THINGS: (
        lazy_gettext(
            "Files about the library may hold 20,000 playlists, 50,000 places in each, 500,000"
            " things and 100 MB in all. With this one it would be more."
        ),
        lazy_gettext("Send the files that tell of listening without it."),
    ),
    ExportFault.NEWER_VERSION: (
        lazy_gettext("A newer Backspin made this archive, in a form that this one does not know."),
        lazy_gettext("Ask the operator to bring this Backspin up to date."),
    ),
    ExportFault.INCOMPLETE: (
        lazy_gettext("A part of this archive is missing."),
        lazy_gettext("Send the archive as it was made, whole."),
    ),
    ExportFault.CHANGED: (
        lazy_gettext("It is not as it was when the archive was made: its checksum differs."),
        lazy_gettext("Send the archive as it was made, not edited."),
    ),
    ExportFault.BAD_LINE: (
        lazy_gettext("A line of it is not as an archive of Backspin has it."),
        lazy_gettext("Send the archive as it was made, not edited."),
    ),
}
"""What is wrong with a file as a whole, and what helps."""

SENTENCES: dict[Stage, Any] = {
    Stage.FOUND: lazy_gettext("Nothing is stored yet. Look it over, then bring it in."),
    Stage.WAITING: lazy_gettext(
        "Another import of yours is under way. This one waits, and can be brought in after it."
    ),
    Stage.PENDING: lazy_gettext("Waiting for its turn. It starts in a moment."),
    Stage.READING: lazy_gettext("Reading row by row. Nothing is stored before all is read."),
    Stage.MERGING: lazy_gettext(
        "Everything is read. Now it is merged with the plays that are here, all at once."
    ),
    Stage.BROKEN_OFF: lazy_gettext(
        "The worker broke off. Another one goes on where it was, within two minutes."
    ),
    Stage.COMPLETED: lazy_gettext("Done. Your history and its numbers are up to date."),
    Stage.FAILED: lazy_gettext("This could not be brought in. Nothing of it is stored."),
    Stage.CANCELLED: lazy_gettext("Called off. Nothing of it is stored."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why an import failed: where, what it was, and what to do next; each may be empty."""

    where: str
    what: str
    remedy: str


def hint(files: Sequence[FileRow]) -> str:
    """Say what bringing an archive in will do, beside plays; empty where there is none."""
    if not any(file.kind == Kind.BACKSPIN and file.refusal is None for file in files):
        return ""
    told = gettext(
        "An archive brings plays, imports, the library's past and your collection. Into a new or"
        " an empty account it brings time zone, language and appearance too, and who may see your"
        " profile."
        " Blends are not made anew: the other one has to agree here."
    )
    return str(told)


def import_name(origin: str, account: str | None, files: FileNames | None) -> str:
    """Name an import by what it brings, or by the account it comes from."""
    if account:
        return str(
            gettext("%(service)s: %(account)s", service=source_name(origin), account=account)
        )
    kinds = [kind for kind in KINDS if files and kind in files.kinds]
    if not kinds:
        return str(gettext("Files without listening"))
    if len(kinds) > 1:
        return str(gettext("%(kind)s, and more", kind=kind_name(kinds[0])))
    return kind_name(kinds[0])


def import_files(files: FileNames | None) -> str:
    """Name the files of an import by the first one."""
    if files is None:
        return ""
    first, more = files.first.rpartition("/")[2], files.count - 1
    if not more:
        return first
    return str(
        ngettext(
            "%(name)s and %(n)s more",
            "%(name)s and %(n)s more",
            more,
            name=first,
            n=written(more),
        )
    )


def kind_name(kind: str) -> str:
    """Name a kind of file."""
    return str(KINDS.get(kind, KINDS[Kind.UNKNOWN]))


def refusal(code: str) -> str:
    """Say why a file is not read, and what helps."""
    if code in REFUSALS:
        return str(REFUSALS[code])
    what, remedy = _fault(code)
    return f"{what} {remedy}"


def trouble(error: str, detail: str | None) -> Trouble:
    """Say why an import failed."""
    if error == "nothing_to_read":
        return Trouble(
            where="",
            what=str(gettext("None of the files tells of listening.")),
            remedy=str(gettext("Below is why, file by file, and what helps.")),
        )
    if error in TROUBLES:
        what, remedy = TROUBLES[error]
        return Trouble(where="", what=str(what), remedy=str(remedy))
    if error not in set(ExportFault):
        return Trouble(where="", what=error_sentence(error), remedy="")
    place = json.loads(detail or "{}")
    what, remedy = _fault(error)
    return Trouble(where=_where(place.get("file"), place.get("row")), what=what, remedy=remedy)


def time_left(left: timedelta | None) -> str:
    """Say how long it still takes; nothing while nobody knows."""
    if left is None:
        return ""
    if left < A_MOMENT:
        return str(gettext("a few seconds left"))
    return str(gettext("about %(time)s left", time=format_timedelta(left)))


def size(count: int) -> str:
    """Write how large a file is."""
    if count >= MEGABYTE:
        return str(gettext("%(n)s MB", n=written(round(count / MEGABYTE, 1))))
    return str(gettext("%(n)s kB", n=written(ceil(count / KILOBYTE))))


def _fault(code: str) -> tuple[str, str]:
    if code not in set(ExportFault):
        return error_sentence(code), ""
    what, remedy = FAULTS[ExportFault(code)]
    return str(what), str(remedy)


def _where(file: str | None, row: int | None) -> str:
    if not file:
        return ""
    if not row:
        return str(gettext("The trouble is in “%(file)s”, right at the beginning.", file=file))
    return str(
        gettext("The trouble is in “%(file)s”, behind row %(row)s.", file=file, row=written(row))
    )
