"""How the archive stands with one listener, as they are told."""

from datetime import datetime
from enum import StrEnum

from webapp.domain.accounts import State
from webapp.domain.archive import ALERT


class ArchiveStatus(StrEnum):
    """What matters most, first: whoever must reconnect need not hear of a pause."""

    RECONNECT = "reconnect"
    PAUSED = "paused"
    FAILING = "failing"
    NEVER = "never"
    MISSED = "missed"
    BUSY = "busy"
    FINE = "fine"


def status_of(
    account: State,
    *,
    blocked: bool,
    failures: int,
    polled_at: datetime | None,
    every_minutes: int,
    last_gap_at: datetime | None,
    now: datetime,
) -> ArchiveStatus:
    """Choose what a listener is told.

    MISSED and BUSY are asked more often than once an hour: because plays were missed in the last
    day, or because they play so much that some soon would be.
    """
    if account is not State.ACTIVE:
        return ArchiveStatus.RECONNECT
    if blocked:
        return ArchiveStatus.PAUSED
    if failures:
        return ArchiveStatus.FAILING
    if polled_at is None:
        return ArchiveStatus.NEVER
    if every_minutes >= 60:  # noqa: PLR2004 - once an hour is the ordinary
        return ArchiveStatus.FINE
    missed = last_gap_at is not None and now - last_gap_at < ALERT
    return ArchiveStatus.MISSED if missed else ArchiveStatus.BUSY
