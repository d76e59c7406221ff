"""Start a sync, run it, end it: the one path, in a request or in a worker."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID, uuid4

from webapp import db
from webapp.domain.accounts import State
from webapp.domain.errors import BackspinError, OutageError
from webapp.domain.syncs import (
    OVERDUE_AFTER,
    STALE_AFTER,
    Cause,
    Status,
    Waiting,
    cause_of_click,
    may_start_at,
    outcome,
    parts_of,
)
from webapp.logs import working
from webapp.queries import accounts, sync_runs, syncs
from webapp.queries.syncs import SyncRow
from webapp.services.sync_engine import Engine
from webapp.services.sync_ledger import Ledger
from webapp.services.sync_stops import Stop, stop_for
from webapp.services.wiring import Wiring

MAX_CRASHES = 5
PATIENT_ATTEMPTS = 3
OUTAGE_PAUSE = timedelta(seconds=30)
SIGN_IN_SECONDS = 3.0
"""A sign-in waits for an inline sync no longer than this: the dashboard comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What became of the wish for a sync."""

    sync_id: int | None
    new: bool = False
    not_before: datetime | None = None
    """Set when it is too early; nothing was started then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is left for the queue after a run: go on with `sync_id`, at once or at a time."""

    sync_id: int
    attempt: int
    at: datetime | None = None


def begin(wiring: Wiring, user_id: int, cause: Cause) -> Begun:
    """Open a sync, or find the one that is under way, or say when one may start."""
    now = wiring.clock()
    running = syncs.active(user_id)
    if running:
        return Begun(sync_id=running.id)
    interval = timedelta(minutes=wiring.settings.sync_min_interval_minutes)
    earliest = may_start_at(syncs.last_ended(user_id), cause, interval=interval, now=now)
    if earliest:
        return Begun(sync_id=None, not_before=earliest)
    failed = syncs.failed_collections(user_id) if cause is Cause.RETRY else []
    with db.transaction():
        sync_id = syncs.open_sync(user_id, cause, failed or parts_of(cause), now)
    if sync_id is None:
        running = syncs.active(user_id)
        return Begun(sync_id=running.id if running else None)
    return Begun(sync_id=sync_id, new=True)


def start(wiring: Wiring, user_id: int, cause: Cause) -> Rest | None:
    """Open a sync for the queue, without a look first; None where there is none to open.

    A listener who is not active, has a sync under way, or had one just now is passed over.
    """
    account = accounts.find(user_id)
    if account is None or account.state is not State.ACTIVE:
        return None
    begun = begin(wiring, user_id, cause)
    return Rest(sync_id=begun.sync_id, attempt=0) if begun.new and begun.sync_id else None


def may_start(wiring: Wiring, user_id: int) -> datetime | None:
    """Say when the button works again; None if it works now."""
    interval = timedelta(minutes=wiring.settings.sync_min_interval_minutes)
    last = syncs.last_ended(user_id)
    return may_start_at(last, Cause.BUTTON, interval=interval, now=wiring.clock())


def click_means(wiring: Wiring, user_id: int) -> Cause:
    """Tell what the listener's button means now."""
    interval = timedelta(minutes=wiring.settings.sync_min_interval_minutes)
    return cause_of_click(syncs.last_ended(user_id), interval=interval, now=wiring.clock())


def resume_after_reconnect(wiring: Wiring, user_id: int) -> Rest | None:
    """Free a sync that waited for the listener to come back."""
    running = syncs.active(user_id)
    if running is None or running.waiting is not Waiting.RECONNECT:
        return None
    sync_runs.set_waiting(running.id, None, wiring.clock())
    return Rest(sync_id=running.id, attempt=running.attempt)


def run(wiring: Wiring, sync_id: int, *, inline_seconds: float | None = None) -> Rest | None:
    """Work on a sync until it is done, must wait, or (inline) its time is up.

    Returns what the queue should go on with, if anything. Somebody else's sync, or one that is
    over, is left alone, so a job that comes twice does no harm.
    """
    claim = uuid4()
    sync = sync_runs.claim(sync_id, claim, wiring.clock(), STALE_AFTER)
    if sync is None:
        return None
    settled = False
    try:
        with working(user=sync.user_id):
            rest = _attempt(wiring, sync, claim, inline_seconds)
        settled = True
    finally:
        if not settled:
            # A bug, a lost database, or a shutdown that would not wait: the next attempt goes on.
            sync_runs.release_crashed(sync_id, claim, wiring.clock())
    return rest


def reap(wiring: Wiring) -> list[Rest]:
    """Find syncs whose process is gone, or that the queue forgot; say what to queue."""
    now = wiring.clock()
    for sync_id in sync_runs.stale(now, STALE_AFTER):
        wiring.log.warning("sync was abandoned", sync=sync_id)
        sync_runs.release_crashed(sync_id, None, now - OVERDUE_AFTER * 2)
    found = sync_runs.overdue(now, OVERDUE_AFTER)
    return [Rest(sync_id=sync_id, attempt=attempt) for sync_id, attempt in found]


def abandon(wiring: Wiring, sync_id: int) -> None:
    """Note that the process that worked on a sync was killed."""
    sync_runs.release_crashed(sync_id, None, wiring.clock())


def not_queued(wiring: Wiring, sync_id: int) -> None:
    """Note that the queue could not be reached; the reaper will offer the sync again."""
    sync_runs.set_waiting(sync_id, Waiting.QUEUE, wiring.clock())


def _attempt(
    wiring: Wiring, sync: SyncRow, claim: UUID, inline_seconds: float | None
) -> Rest | None:
    if sync.crashes >= MAX_CRASHES:
        _end(wiring, sync, claim, Status.FAILED, error="crashed")
        return None
    account = accounts.find(sync.user_id)
    if account is None or account.state is not State.ACTIVE:
        sync_runs.release(sync.id, claim, wiring.clock(), Waiting.RECONNECT, None)
        return None
    wiring.gate.restore()
    deadline = None if inline_seconds is None else time.monotonic() + inline_seconds
    ledger = Ledger(wiring=wiring, sync=sync, account=account, claim=claim, lanes={})
    engine = Engine(wiring=wiring, sync=sync, account=account, ledger=ledger, deadline=deadline)
    try:
        engine.run()
    except Stop as stop:
        return _stopped(wiring, sync, claim, stop)
    except BackspinError as error:
        stop_now = stop_for(error, account, wiring.clock())
        if stop_now is None and isinstance(error, OutageError) and sync.attempt <= PATIENT_ATTEMPTS:
            # Spotify's sign-in is down: no page can be had without a fresh token.
            stop_now = Stop(until=wiring.clock() + OUTAGE_PAUSE * sync.attempt)
        if stop_now is not None:
            return _stopped(wiring, sync, claim, stop_now)
        _end(wiring, sync, claim, Status.FAILED, error=error.kind, detail=error.detail)
        return None
    _end_well(wiring, sync, claim, engine)
    return None


def _end_well(wiring: Wiring, sync: SyncRow, claim: UUID, engine: Engine) -> None:
    status = outcome(lane.status for lane in engine.lanes.values())
    if status is not Status.FAILED:
        return _end(wiring, sync, claim, status)
    now = [(lane.error.kind, lane.error.detail) for lane in engine.lanes.values() if lane.error]
    earlier = [(part.error, "") for part in sync.collections if part.error]
    error, detail = next(chain(now, earlier))
    return _end(wiring, sync, claim, status, error=error, detail=detail)


def _end(
    wiring: Wiring,
    sync: SyncRow,
    claim: UUID,
    status: Status,
    *,
    error: str | None = None,
    detail: str | None = None,
) -> None:
    with db.transaction():
        if sync_runs.finish(sync.id, claim, status, wiring.clock(), error=error, detail=detail):
            accounts.bump_version(sync.user_id)
    wiring.log.info("sync ended", sync=sync.id, user=sync.user_id, status=status, error=error)


def _stopped(wiring: Wiring, sync: SyncRow, claim: UUID, stop: Stop) -> Rest | None:
    """Give the sync back, and say whether the queue should go on with it."""
    wiring.log.info("sync stopped", sync=sync.id, waiting=stop.waiting, lost=stop.lost)
    if stop.lost or not sync_runs.release(sync.id, claim, wiring.clock(), stop.waiting, stop.until):
        return None
    if stop.waiting in {Waiting.RECONNECT, Waiting.QUEUE}:
        return None
    return Rest(sync_id=sync.id, attempt=sync.attempt, at=stop.until)
