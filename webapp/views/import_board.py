"""An import as its page shows it: every word and number, ready to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.import_stages import (
    CANCELLABLE,
    DISCARDABLE,
    MOVING,
    Stage,
    rows_in_all,
    stage_of,
)
from webapp.domain.imports import Outcome, Phase, percent, time_left
from webapp.queries import import_pages, imports
from webapp.queries.import_pages import FileNames, Reason
from webapp.queries.imports import FileRow, ImportRow
from webapp.views import import_wording as words
from webapp.views.account_wording import pause_sentence
from webapp.views.formats import moment, near_moment
from webapp.views.import_wording import HARMLESS, SENTENCES, Trouble
from webapp.views.receipt_wording import EXTRAS, reason
from webapp.views.receipts import ReceiptLine, receipt_lines

MOST_FILES = 200
BADGES = {
    Stage.COMPLETED: "done",
    Stage.FAILED: "failed",
    Stage.READING: "running",
    Stage.MERGING: "running",
    Stage.PENDING: "pending",
    Stage.BROKEN_OFF: "pending",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the two halves of an import, as the macros in `macros/sync.html` take it."""

    key: str
    state: str
    done: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file that was found: what it is, and why it isn't read, if so."""

    name: str
    kind: str
    size: str
    rows: int | None
    refusal: str
    harmless: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """An import among others."""

    id: int
    name: str
    files: str
    stage: Stage
    badge: str
    at: datetime
    rows: int
    new: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBoard:
    """A whole import. It polls while `moving`: other states carry no polling attributes."""

    row: ImportRow
    name: str
    sent: str
    stage: Stage
    badge: str
    sentence: str
    other: int | None
    percent: int
    rows_in_all: int | None
    left: str
    steps: Sequence[Step]
    files: Sequence[FileLine]
    receipt: Sequence[ReceiptLine]
    extras: Sequence[str]
    reasons: Sequence[tuple[str, int]]
    gaps: Sequence[tuple[str, str]]
    trouble: Trouble | None
    hint: str

    @property
    def moving(self) -> bool:
        """Whether it passes on by itself, so that the page looks again."""
        return self.stage in MOVING

    @property
    def may_start(self) -> bool:
        """Whether it waits for the listener's word."""
        return self.stage is Stage.FOUND

    @property
    def may_discard(self) -> bool:
        """Whether it can be thrown away before it began."""
        return self.stage in DISCARDABLE

    @property
    def may_cancel(self) -> bool:
        """Whether it can still be called off."""
        return self.stage in CANCELLABLE

    @property
    def read_files(self) -> list[FileLine]:
        """The files that are read."""
        return [file for file in self.files if not file.refusal]

    @property
    def refused_files(self) -> list[FileLine]:
        """The files that are not, those first that somebody might miss; not beyond some."""
        refused = [file for file in self.files if file.refusal]
        return sorted(refused, key=lambda file: file.harmless)[:MOST_FILES]

    @property
    def has_rows(self) -> bool:
        """Whether there are rows of its own to be told one by one: an archive brings none."""
        return any(file.rows for file in self.files)

    @property
    def total(self) -> int:
        """All rows of the receipt."""
        return sum(line.rows for line in self.receipt)


def board(row: ImportRow, now: datetime) -> ImportBoard:
    """Make the view of an import."""
    other = import_pages.under_way(row.user_id)
    names = import_pages.file_names([row.id]).get(row.id)
    stage = _stage(row, now, other_under_way=other not in {None, row.id})
    completed, files = stage is Stage.COMPLETED, imports.files(row.id)
    return ImportBoard(
        row=row,
        name=words.import_name(row.origin, row.account, names),
        sent="" if row.account else words.import_files(names),
        stage=stage,
        badge=badge(stage),
        sentence=_sentence(row, stage, now),
        other=other if stage is Stage.WAITING else None,
        percent=percent(row.phase, row.bytes_done, row.bytes_total),
        rows_in_all=_rows_in_all(row),
        left=words.time_left(_left(row, now)) if stage in {Stage.READING, Stage.MERGING} else "",
        steps=_steps(row, stage),
        files=[_file(file) for file in files],
        receipt=receipt_lines(row.receipt or {}) if completed else (),
        extras=_extras(row.receipt or {}),
        reasons=_reasons(import_pages.reasons(row.id)) if completed else (),
        gaps=_gaps(row) if completed else (),
        trouble=words.trouble(row.error, row.error_detail) if row.error else None,
        hint=words.hint(files) if stage is Stage.FOUND else "",
    )


def lines(rows: Sequence[ImportRow], now: datetime) -> list[ImportLine]:
    """Make the lines of a list."""
    names = import_pages.file_names([row.id for row in rows])
    return [_line(row, names.get(row.id), now) for row in rows]


def badge(stage: Stage) -> str:
    """Name the look of a stage."""
    return BADGES.get(stage, "paused")


def _rows_in_all(row: ImportRow) -> int | None:
    if row.phase is Phase.MERGING:
        return row.rows_done
    return rows_in_all(row.rows_done, row.bytes_done, row.bytes_total)


def _line(row: ImportRow, files: FileNames | None, now: datetime) -> ImportLine:
    stage = _stage(row, now, other_under_way=False)
    failed = words.trouble(row.error, None).what if row.error else ""
    return ImportLine(
        id=row.id,
        name=words.import_name(row.origin, row.account, files),
        files="" if row.account else words.import_files(files),
        stage=stage,
        badge=badge(stage),
        at=row.started_at or row.created_at,
        rows=sum((row.receipt or {}).get(outcome, 0) for outcome in Outcome),
        new=(row.receipt or {}).get(Outcome.NEW, 0),
        sentence=failed or _sentence(row, stage, now),
    )


def _sentence(row: ImportRow, stage: Stage, now: datetime) -> str:
    if stage is Stage.PENDING and row.resume_at is not None and row.resume_at > now:
        return pause_sentence(row.origin, near_moment(row.resume_at, now))
    return str(SENTENCES[stage])


def _stage(row: ImportRow, now: datetime, *, other_under_way: bool) -> Stage:
    return stage_of(
        row.status,
        row.phase,
        crashes=row.crashes,
        seen=row.updated_at,
        now=now,
        other_under_way=other_under_way,
    )


def _left(row: ImportRow, now: datetime) -> timedelta | None:
    if row.started_at is None:
        return None
    return time_left(
        phase=row.phase,
        done=row.bytes_done,
        total=row.bytes_total,
        started=row.started_at,
        read=row.read_at,
        now=now,
    )


def _steps(row: ImportRow, stage: Stage) -> list[Step]:
    merging = row.phase is Phase.MERGING
    state = BADGES.get(stage, "paused")
    reading = Step(
        key="reading",
        state="done" if merging else state,
        done=row.bytes_done,
        total=row.bytes_total,
    )
    return [reading, Step(key="merging", state=state if merging else "pending")]


def _file(file: FileRow) -> FileLine:
    return FileLine(
        name=file.name,
        kind=words.kind_name(file.kind),
        size=words.size(file.bytes),
        rows=file.rows,
        refusal=words.refusal(file.refusal) if file.refusal else "",
        harmless=file.refusal in HARMLESS,
    )


def _extras(counts: dict[str, int]) -> list[str]:
    return [str(say(counts[name])) for name, say in EXTRAS.items() if counts.get(name)]


def _reasons(found: Sequence[Reason]) -> list[tuple[str, int]]:
    return [(reason(one.reason), one.rows) for one in found]


def _gaps(row: ImportRow) -> list[tuple[str, str]]:
    if row.completed_at is None:
        return []
    spans = import_pages.gaps_closed_at(row.user_id, row.completed_at)
    return [(moment(after), moment(before)) for after, before in spans]
