"""An export's life, decided: what state it is in, how far, and what its file is called."""

from datetime import datetime, timedelta
from enum import StrEnum

STALE_AFTER = timedelta(seconds=45)
"""A running export that was silent for this long has lost its worker."""

OVERDUE_AFTER = timedelta(seconds=30)
MAX_CRASHES = 5


class Status(StrEnum):
    """Where an export is in its life; what expired is gone."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


OVER = frozenset({Status.COMPLETED, Status.FAILED})


def percent(done: int, total: int) -> int:
    """Tell how far an export is; 100 is for the end alone."""
    return min(99, 100 * done // total) if total else 0


def file_name(username: str, made_at: datetime, ending: str) -> str:
    """Name a file to take away: ASCII, whose it is, and from which day (UTC)."""
    return f"backspin-{username}-{made_at:%Y-%m-%d}.{ending}"
