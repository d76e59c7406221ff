"""How the archive stands with a listener, as the line above the history shows it."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext

from webapp.domain.accounts import Account
from webapp.domain.archive_status import ArchiveStatus, status_of
from webapp.queries import archive, budget
from webapp.queries.archive import ArchiveState
from webapp.services.archive import Outcome
from webapp.services.wiring import Wiring
from webapp.views.formats import near_moment, number
from webapp.views.wording import error_sentence

QUIET = frozenset({ArchiveStatus.RECONNECT, ArchiveStatus.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What became of a listener's own wish; `kind` is as a notice's."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveBoard:
    """The line: `next_time` is when Spotify is asked again, empty if that is now."""

    status: ArchiveStatus
    polled_at: datetime | None
    new: int
    every_minutes: int
    failures: int
    failure: str
    next_time: str
    note: Note | None

    @property
    def may_ask(self) -> bool:
        """Whether asking by hand would bring anything."""
        return self.status not in QUIET


def board(wiring: Wiring, account: Account, note: Note | None = None) -> ArchiveBoard:
    """Make the line of a listener, with what became of their wish, if they had one."""
    now = wiring.clock()
    state, block = archive.find(account.id), budget.find_block(now)
    status = status_of(
        account.state,
        blocked=block is not None,
        failures=state.failures if state else 0,
        polled_at=state.polled_at if state else None,
        every_minutes=state.every_minutes if state else 60,
        last_gap_at=state.last_gap_at if state else None,
        now=now,
    )
    return ArchiveBoard(
        status=status,
        polled_at=state.polled_at if state else None,
        new=state.last_new if state else 0,
        every_minutes=state.every_minutes if state else 60,
        failures=state.failures if state else 0,
        failure=error_sentence(state.failure_message) if state else "",
        next_time=_next_time(block[0] if block else _next(state), now),
        note=note,
    )


def note_of(outcome: Outcome, now: datetime) -> Note:
    """Say what asking by hand has brought."""
    if outcome.until is not None:
        until = _next_time(outcome.until, now)
        text = gettext("Spotify asks us to pause until %(time)s.", time=until)
        return Note(kind="pause", text=str(text))
    if outcome.error is not None:
        return Note(kind="error", text=error_sentence(outcome.error.kind))
    if not outcome.new:
        return Note(kind="info", text=str(gettext("Nothing new since the last look.")))
    text = ngettext("%(n)s new play.", "%(n)s new plays.", outcome.new, n=number(outcome.new))
    if outcome.gap is not None:
        missed = gettext("More were played than Spotify remembers, so some may be missing.")
        return Note(kind="warning", text=f"{text} {missed}")
    return Note(kind="success", text=str(text))


def _next(state: ArchiveState | None) -> datetime | None:
    """Tell when a listener's turn comes: when it is due, and they have cooled down."""
    if state is None:
        return None
    return max(state.due_at, state.retry_at or state.due_at)


def _next_time(moment: datetime | None, now: datetime) -> str:
    """Write a time of today, or of another day; nothing for what is not ahead."""
    if moment is None or moment <= now:
        return ""
    return near_moment(moment, now)
