"""What the scheduler and the workers tell about the schedule: a beat, and a row for each run."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from redis import RedisError

from webapp.domain.errors import BackspinError, QueueDownError
from webapp.domain.schedule import Pulse, pulse
from webapp.queries import schedule
from webapp.services.wiring import Wiring

BEAT = "backspin:scheduler:beat"
CALL = "backspin:scheduler:call"
KEPT = timedelta(days=30)

OK, FAILED = "ok", "failed"


def note_beat(wiring: Wiring) -> None:
    """Say that a scheduler has looked after the schedule just now.

    The moment never expires: how old it is must be seen, not that it is gone.
    """
    wiring.redis.set(BEAT, wiring.clock().timestamp())


def last_beat(wiring: Wiring) -> datetime | None:
    """Tell when a scheduler was last alive; None: never, or Redis was emptied since.

    Raises QueueDownError when Redis can't be asked.
    """
    return _moment(wiring, BEAT)


def note_call(wiring: Wiring) -> None:
    """Say that a scheduler outside has called just now; may raise QueueDownError."""
    try:
        wiring.redis.set(CALL, wiring.clock().timestamp())
    except RedisError as error:
        raise QueueDownError(type(error).__name__) from None


def last_pulse(wiring: Wiring) -> Pulse:
    """Judge how the schedule is kept; raises QueueDownError when Redis can't be asked."""
    return pulse(last_beat(wiring), _moment(wiring, CALL), wiring.clock())


def run_once(wiring: Wiring, name: str, period: str, work: Callable[[Wiring], str]) -> None:
    """Do the work of a period unless it was done, or is being done; keep what came of it.

    `work` returns a sentence about what it did. Whatever it raises is noted and goes on its way,
    so that the queue tries again.
    """
    with schedule.holding(name, period) as ours:
        if ours and schedule.begin_run(name, period, wiring.clock()):
            _run(wiring, name, period, work)


def note_killed(wiring: Wiring, name: str, period: str) -> None:
    """Note that the process of a run was killed."""
    schedule.end_run(name, period, FAILED, "killed", wiring.clock())


def upkeep(wiring: Wiring) -> int:
    """Bring back what Redis may have lost of the budget, forget old runs; return how many."""
    wiring.gate.restore()
    return schedule.prune(wiring.clock() - KEPT)


def _moment(wiring: Wiring, key: str) -> datetime | None:
    try:
        found = wiring.redis.get(key)
    except RedisError as error:
        raise QueueDownError(type(error).__name__) from None
    return datetime.fromtimestamp(float(found), UTC) if found else None


def _run(wiring: Wiring, name: str, period: str, work: Callable[[Wiring], str]) -> None:
    outcome, detail = FAILED, ""
    try:
        detail = work(wiring)
        outcome = OK
    finally:
        if outcome is FAILED:
            detail = _reason(sys.exception())
        schedule.end_run(name, period, outcome, detail, wiring.clock())
        wiring.log.info("schedule ran", entry=name, period=period, outcome=outcome, detail=detail)


def _reason(error: BaseException | None) -> str:
    """Name an error; only ours are known to hold nothing secret."""
    if isinstance(error, BackspinError):
        return f"{error.kind}: {error.detail}" if error.detail else error.kind
    return type(error).__name__
