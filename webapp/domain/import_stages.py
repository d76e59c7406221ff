"""What a listener sees of an import: its stage, and what they may do about it."""

from datetime import datetime
from enum import StrEnum

from webapp.domain.imports import STALE_AFTER, Phase, Status


class Stage(StrEnum):
    """Where an import stands, for whoever waits for it."""

    FOUND = "found"
    WAITING = "waiting"
    PENDING = "pending"
    READING = "reading"
    MERGING = "merging"
    BROKEN_OFF = "broken_off"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVING = frozenset({Stage.WAITING, Stage.PENDING, Stage.READING, Stage.MERGING, Stage.BROKEN_OFF})
"""Stages that pass by themselves: their page looks again."""

CANCELLABLE = frozenset({Stage.PENDING, Stage.READING, Stage.BROKEN_OFF})
"""Stages in which nothing is stored yet, so that the listener can still call it off."""

DISCARDABLE = frozenset({Stage.FOUND, Stage.WAITING})
"""Stages in which an import has not begun."""

_SETTLED = {
    Status.COMPLETED: Stage.COMPLETED,
    Status.FAILED: Stage.FAILED,
    Status.CANCELLED: Stage.CANCELLED,
}


def stage_of(
    status: Status,
    phase: Phase,
    *,
    crashes: int,
    seen: datetime,
    now: datetime,
    other_under_way: bool,
) -> Stage:
    """Tell the stage; `seen` is the last sign of life, `other_under_way` of the same listener.

    An import that broke off waits for another worker; so does one whose worker fell silent.
    """
    if status in _SETTLED:
        return _SETTLED[status]
    if status is Status.FOUND:
        return Stage.WAITING if other_under_way else Stage.FOUND
    if status is Status.PENDING:
        return Stage.BROKEN_OFF if crashes else Stage.PENDING
    if phase is Phase.MERGING:
        # One transaction: it shows no sign of life, and its lock keeps other workers away.
        return Stage.MERGING
    return Stage.BROKEN_OFF if now - seen > STALE_AFTER else Stage.READING


def rows_in_all(rows: int, done: int, total: int) -> int | None:
    """Guess how many rows there are, from those of the bytes that were read; None: no idea yet."""
    if not rows or not done:
        return None
    return max(rows, round(rows * total / done))
