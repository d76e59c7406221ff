"""An import's life and its receipt, decided: what state it is in, how far, how long still."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STALE_AFTER = timedelta(seconds=45)
"""A running import that was silent for this long has lost its worker."""

OVERDUE_AFTER = timedelta(seconds=30)
MAX_CRASHES = 5

READING_SHARE = 0.5
"""How much of an import's time reading takes; the rest goes into merging."""

LEAST_TO_GUESS = timedelta(seconds=3)


class Status(StrEnum):
    """Where an import is in its life; FOUND waits for the listener's word."""

    FOUND = "FOUND"
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OVER = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


class Phase(StrEnum):
    """What a running import does."""

    READING = "reading"
    MERGING = "merging"


class Outcome(StrEnum):
    """What became of a row: each row of a file has exactly one."""

    NEW = "new"
    HAD = "had"
    MERGED = "merged"
    SHORT = "short"
    PODCAST = "podcast"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How many rows ended how; the sum is what the files had."""

    counts: Mapping[Outcome, int]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.counts.values())


def percent(phase: Phase, done: int, total: int) -> int:
    """Tell how far an import is: bytes while it reads, then the other half at once."""
    if phase is Phase.MERGING:
        return int(READING_SHARE * 100)
    return int(READING_SHARE * 100 * done / total) if total else 0


def time_left(
    *,
    phase: Phase,
    done: int,
    total: int,
    started: datetime,
    read: datetime | None,
    now: datetime,
) -> timedelta | None:
    """Guess how long an import still takes; None while there is too little to go by.

    `read` is when reading ended; merging takes about as long.
    """
    if phase is Phase.MERGING:
        took = (read or now) - started
        return max(took - (now - (read or now)), timedelta(0))
    elapsed = now - started
    if elapsed < LEAST_TO_GUESS or not done:
        return None
    return elapsed * (total / done / READING_SHARE - 1)
