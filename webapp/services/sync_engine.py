"""Drives the sweeps of one sync: fetches pages side by side, and settles what is complete.

The engine can be stopped anywhere. What was fetched is in `sync_pages`, what was settled is in
the log; whoever claims the sync next goes on from there. It never sleeps out a wait: it says
until when, and ends.
"""

import heapq
import random
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import count

from webapp.domain.accounts import Account
from webapp.domain.budget import Priority
from webapp.domain.errors import BackspinError, OutageError, TokenStaleError
from webapp.domain.sweeps import Body, Fetch
from webapp.domain.syncs import (
    ASKED_FOR,
    FETCH_ORDER,
    Checked,
    Collection,
    Mode,
    Size,
    Status,
    decide,
    is_due,
)
from webapp.queries import sync_progress
from webapp.queries.syncs import SyncRow
from webapp.services import tokens
from webapp.services.sync_fetch import Got, fetch
from webapp.services.sync_lanes import Lane
from webapp.services.sync_ledger import Ledger
from webapp.services.sync_settle import plan
from webapp.services.sync_stops import Stop, stop_for
from webapp.services.wiring import Wiring

LOOK = (Collection.SAVED_TRACKS, Collection.PLAYLISTS)
"""Their first pages tell how large a library is; they are fetched first, and not twice."""

AHEAD = 4
"""How many errands a thread finds waiting, so that calls go out while we write."""

TRIES = 3
RETRY_SECONDS = 0.4
FLUSH_PAGES = 8
FLUSH_SECONDS = 0.25
BEAT_SECONDS = 5.0
TOKEN_SECONDS = 60.0
GRACE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A page to fetch, how often that was tried, with which token, and whether with a new one."""

    wanted: Fetch
    tries: int = 0
    token: str = field(default="", repr=False)
    refreshed: bool = False


@dataclass(slots=True, kw_only=True)
class Engine:
    """One run.

    A `deadline` (monotonic seconds) makes it an inline run: it looks first, and hands over what
    is large or takes long.
    """

    wiring: Wiring
    sync: SyncRow
    account: Account
    ledger: Ledger
    deadline: float | None = None
    deciding: bool = False
    token: str = ""
    token_at: float = 0.0
    ready: list[tuple[int, int, Errand]] = field(default_factory=list)
    delayed: list[tuple[float, int, Errand]] = field(default_factory=list)
    held: list[Fetch] = field(default_factory=list)
    flying: dict[Future[Got], Errand] = field(default_factory=dict)
    buffer: list[tuple[Fetch, Got]] = field(default_factory=list)
    stored: dict[tuple[Collection, str], Body] = field(default_factory=dict)
    flushed_at: float = field(default_factory=time.monotonic)
    order: "count[int]" = field(default_factory=count)

    @property
    def lanes(self) -> dict[Collection, Lane]:
        """The collections of this sync."""
        return self.ledger.lanes

    def run(self) -> None:
        """Work until everything is settled; raise Stop where that must wait."""
        self.deciding = self.deadline is not None
        self._freshen_token()
        self._open_lanes()
        pool = ThreadPoolExecutor(self.wiring.settings.spotify_concurrency, "fetch")
        try:
            self._keep_up()
            self._look_around()
            while any(not lane.over for lane in self.lanes.values()):
                self._submit(pool)
                self._collect(self._patience())
                self._keep_up()
                self._look_around()
            self.ledger.tell()
        except Stop as stop:
            if not stop.lost:
                self._land()
            raise
        except BackspinError:
            self._land()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _open_lanes(self) -> None:
        """Plan what is due, and feed the sweeps with what an earlier run fetched."""
        now, fresh = self.wiring.clock(), self.wiring.freshness
        checks = sync_progress.checks(self.account.id)
        self.stored = sync_progress.stored_pages(self.sync.id)
        for row in self.sync.collections:
            lane = self.lanes[row.name] = Lane(collection=row.name, status=row.status)
            lane.dirty = not lane.over
            checked = checks.get(row.name, Checked())
            if lane.over:
                continue
            if is_due(row.name, checked, self.sync.cause, fresh, now):
                lane.status = Status.PROCESSING
                lane.sweep = plan(row.name, self.account, checked, fresh, now)
                self._want(lane.sweep.begin())
            else:
                lane.status = Status.COMPLETED

    def _want(self, fetches: Iterable[Fetch]) -> None:
        waiting = deque(fetches)
        while waiting:
            wanted = waiting.popleft()
            body = self.stored.pop((wanted.collection, wanted.key), None)
            sweep = self.lanes[wanted.collection].running
            if body is not None and sweep is not None:
                waiting.extend(sweep.take(wanted, body))
            elif self.deciding and not _is_look(wanted):
                self.held.append(wanted)
            else:
                self._push(Errand(wanted=wanted))

    def _push(self, errand: Errand) -> None:
        rank = FETCH_ORDER.index(errand.wanted.collection)
        heapq.heappush(self.ready, (rank, next(self.order), errand))

    def _submit(self, pool: ThreadPoolExecutor) -> None:
        now = time.monotonic()
        while self.delayed and self.delayed[0][0] <= now:
            self._push(heapq.heappop(self.delayed)[2])
        service = self.wiring.music(self.token, self._priority)
        most = AHEAD * self.wiring.settings.spotify_concurrency
        while self.ready and len(self.flying) < most:
            errand = replace(heapq.heappop(self.ready)[2], token=self.token)
            if not self.lanes[errand.wanted.collection].over:
                self.ledger.calls += 1
                self.flying[pool.submit(fetch, service, errand.wanted)] = errand

    def _collect(self, seconds: float) -> None:
        """Take in what has arrived; wait for something if nothing has."""
        if not self.flying:
            time.sleep(seconds)  # only delayed retries are left, due within 2.4 s
        done, _ = wait(self.flying, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            errand = self.flying.pop(future)
            error = future.exception()
            if error is None:
                self._take(errand.wanted, future.result())
            elif isinstance(error, BackspinError):
                self._cope(errand, error)
            else:
                raise error

    def _take(self, wanted: Fetch, got: Got) -> None:
        lane = self.lanes[wanted.collection]
        if lane.running is not None:
            self.buffer.append((wanted, got))
            lane.dirty = True
            self._want(lane.running.take(wanted, got.body))

    def _cope(self, errand: Errand, error: BackspinError) -> None:
        """Decide what an error means: a new token, another try, a pause, or a loss."""
        stop = stop_for(error, self.account, self.wiring.clock())
        if stop is not None:
            raise stop
        if isinstance(error, TokenStaleError) and not errand.refreshed:
            self.token = tokens.refresh_after_401(self.wiring, self.account.id, errand.token)
            self._push(replace(errand, refreshed=True))
        elif isinstance(error, OutageError) and self.deciding:
            raise Stop
        elif isinstance(error, OutageError) and errand.tries + 1 < TRIES:
            pause = RETRY_SECONDS * 2**errand.tries * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
            again = replace(errand, tries=errand.tries + 1)
            heapq.heappush(self.delayed, (time.monotonic() + pause, next(self.order), again))
        else:
            self._lose(errand.wanted, error)

    def _lose(self, wanted: Fetch, error: BackspinError) -> None:
        lane = self.lanes[wanted.collection]
        lane.dirty = True
        if lane.running is not None and not lane.running.refuse(wanted, error.kind):
            lane.status, lane.error = Status.FAILED, error
            self.wiring.log.warning(
                "collection failed", sync=self.sync.id, part=lane.collection, error=error.kind
            )

    def _keep_up(self) -> None:
        """Write what is due to be written: pages first, then what became complete with them."""
        elapsed = time.monotonic() - self.flushed_at
        complete = [lane for lane in self.lanes.values() if lane.running and lane.running.finished]
        failed = [lane for lane in self.lanes.values() if lane.error and lane.dirty]
        full = len(self.buffer) >= FLUSH_PAGES or (self.buffer and elapsed > FLUSH_SECONDS)
        if complete or full or elapsed > BEAT_SECONDS:
            self._flush()
        for lane in complete:
            self.ledger.settle(lane)
        if failed:
            self.ledger.record_failures(failed)

    def _flush(self) -> None:
        self.ledger.keep(self.buffer)
        self.buffer, self.flushed_at = [], time.monotonic()

    def _look_around(self) -> None:
        """See between two pages whether this is still ours to do, here, with this token."""
        if self.deciding and all(self._is_sized(name) for name in LOOK):
            self._decide()
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise Stop
        if time.monotonic() - self.token_at > TOKEN_SECONDS:
            self._freshen_token()

    def _decide(self) -> None:
        size = Size(tracks=self._size(LOOK[0]), playlists=self._size(LOOK[1]))
        if decide(size, self.wiring.inline_limits) is Mode.QUEUED:
            raise Stop
        self.deciding = False
        self.ledger.set_mode(Mode.INLINE)
        held, self.held = self.held, []
        self._want(held)

    def _land(self) -> None:
        """Bring home what is in the air, within reason, so that it need not be fetched again."""
        for future in [future for future in self.flying if future.cancel()]:
            del self.flying[future]
            self.ledger.calls -= 1
        done, _ = wait(self.flying, timeout=GRACE_SECONDS)
        for future in done:
            errand = self.flying.pop(future)
            if future.exception() is None:
                self._take(errand.wanted, future.result())
        self._flush()
        self.ledger.tell()

    def _freshen_token(self) -> None:
        self.token = tokens.access_token(self.wiring, self.account.id)
        self.token_at = time.monotonic()

    def _patience(self) -> float:
        soon = [1.0]
        if self.buffer:
            soon.append(FLUSH_SECONDS)
        if self.delayed:
            soon.append(self.delayed[0][0] - time.monotonic())
        if self.deadline is not None:
            soon.append(self.deadline - time.monotonic())
        return max(0.01, min(soon))

    @property
    def _priority(self) -> Priority:
        return Priority.LISTENER if self.sync.cause in ASKED_FOR else Priority.DELTA

    def _is_sized(self, name: Collection) -> bool:
        lane = self.lanes.get(name)
        return lane is None or lane.over or lane.part.total is not None

    def _size(self, name: Collection) -> int | None:
        lane = self.lanes.get(name)
        if lane is None:
            return 0
        return None if lane.status is Status.FAILED else lane.part.total


def _is_look(wanted: Fetch) -> bool:
    return wanted.collection in LOOK and wanted.offset == 0 and wanted.subject is None
