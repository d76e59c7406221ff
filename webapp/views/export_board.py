"""An export as its page shows it: every word and number, ready to print."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from flask_babel import format_decimal as written
from flask_babel import gettext, lazy_gettext, ngettext

from webapp.domain.exports import Status, percent
from webapp.queries.exports import ExportRow
from webapp.views.formats import moment
from webapp.views.wording import error_sentence

KILOBYTE, MEGABYTE = 1 << 10, 1 << 20
STATES = {
    Status.PENDING: "pending",
    Status.PROCESSING: "running",
    Status.COMPLETED: "done",
    Status.FAILED: "failed",
}

STANDING = {
    Status.PENDING: lazy_gettext("Waiting for its turn. It starts in a moment."),
    Status.PROCESSING: lazy_gettext("Writing your archive."),
}
LEAVE = lazy_gettext("You can leave this page. It goes on by itself.")
NOTES = {
    Status.PENDING: LEAVE,
    Status.PROCESSING: LEAVE,
    Status.FAILED: lazy_gettext("Nothing was lost. You can try again."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Groove:
    """How much is written, as the record of `macros/sync.html` takes it."""

    key: str
    state: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportBoard:
    """An export, or none. It polls while `moving`: other states carry no polling attributes."""

    id: int | None
    state: str
    moving: bool
    sentence: str
    note: str
    percent: int
    grooves: tuple[Groove, ...]
    expires_at: datetime | None


NONE = "none"


def board(row: ExportRow | None) -> ExportBoard:
    """Make the view of an export."""
    if row is None:
        return ExportBoard(
            id=None,
            state=NONE,
            moving=False,
            sentence=gettext(
                "No archive is here. Making one takes seconds, or minutes if it is much."
            ),
            note="",
            percent=0,
            grooves=(),
            expires_at=None,
        )
    state = STATES[row.status]
    done = Groove(key="lines", state=state, done=row.lines_done, total=row.lines_total)
    return ExportBoard(
        id=row.id,
        state=state,
        moving=row.status in {Status.PENDING, Status.PROCESSING},
        sentence=_sentence(row),
        note=_note(row),
        percent=percent(row.lines_done, row.lines_total),
        grooves=(done,),
        expires_at=row.expires_at,
    )


def size(count: int) -> str:
    """Write how large a file is."""
    if count >= MEGABYTE:
        return str(gettext("%(n)s MB", n=written(round(count / MEGABYTE, 1))))
    return str(gettext("%(n)s kB", n=written(ceil(count / KILOBYTE))))


def _sentence(row: ExportRow) -> str:
    if row.status is Status.COMPLETED:
        return str(gettext("Your archive is ready: %(size)s.", size=size(row.bytes)))
    if row.status is Status.FAILED:
        why = error_sentence(row.error)
        return str(gettext("The archive could not be made. %(why)s", why=why))
    return str(STANDING[row.status])


def _note(row: ExportRow) -> str:
    if row.status is Status.COMPLETED:
        text = gettext(
            "It has everything up to %(made)s. It can be downloaded until %(end)s and is deleted"
            " then.",
            made=moment(row.created_at),
            end=moment(row.expires_at),
        )
        return str(text)
    if row.status is Status.FAILED or not row.lines_done:
        return str(NOTES[row.status])
    text = ngettext(
        "%(n)s line so far, %(size)s. You can leave this page.",
        "%(n)s lines so far, %(size)s. You can leave this page.",
        row.lines_done,
        n=written(row.lines_done),
        size=size(row.bytes),
    )
    return str(text)
