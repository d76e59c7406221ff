"""Everything a running sync writes: pages, progress, settled collections, signs of life."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from uuid import UUID

from webapp import db
from webapp.domain.accounts import Account
from webapp.domain.catalog import catalog_of
from webapp.domain.sweeps import Fetch
from webapp.domain.syncs import Collection, Mode, Status, progress_of
from webapp.queries import accounts, catalog, sync_progress, sync_runs
from webapp.queries.catalog import Told
from webapp.queries.syncs import SyncRow
from webapp.services.sync_fetch import Got
from webapp.services.sync_lanes import Lane
from webapp.services.sync_settle import Settled, settle
from webapp.services.sync_stops import Stop
from webapp.services.wiring import Wiring

TELL_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The pen of one run. Every stroke checks that the sync is still ours: raises Stop if not."""

    wiring: Wiring
    sync: SyncRow
    account: Account
    claim: UUID
    lanes: dict[Collection, Lane]
    calls: int = 0
    """Calls made since the last stroke."""
    told_at: float = field(default=0.0)
    told: Told = field(default_factory=Told)

    def keep(self, batch: list[tuple[Fetch, Got]]) -> None:
        """Keep fetched pages and what they taught the catalogue; show that we are alive."""
        now = self.wiring.clock()
        with db.transaction():
            self._beat(now)
            if batch:
                self._learn([got for _, got in batch], now)
                pages = [(wanted.collection, wanted.key, got.body) for wanted, got in batch]
                sync_progress.store_pages(self.sync.id, pages)
            if time.monotonic() - self.told_at > TELL_SECONDS:
                self._tell()

    def settle(self, lane: Lane) -> None:
        """Take the difference and write it, with everything that says so, at once."""
        if lane.sweep is None:
            return
        now = self.wiring.clock()
        with db.transaction():
            self._beat(now)
            settled = settle(lane.sweep, self.account, self.sync.id, now)
            self._check(lane, "unchanged" if settled.unchanged else "changed", settled, now)
            sync_progress.drop_pages(self.sync.id, lane.collection)
            lane.settled, lane.status, lane.dirty = settled, Status.COMPLETED, True
            if not settled.unchanged:
                accounts.bump_version(self.account.id)
            self._tell()

    def record_failures(self, lanes: Iterable[Lane]) -> None:
        """Write that collections could not be had."""
        now = self.wiring.clock()
        with db.transaction():
            self._beat(now)
            for lane in lanes:
                self._check(lane, "failed", Settled(), now)
            self._tell()

    def tell(self) -> None:
        """Write the progress of every lane that has news."""
        with db.transaction():
            self._tell()

    def set_mode(self, mode: Mode) -> None:
        """Write where the work is done."""
        sync_runs.set_mode(self.sync.id, mode)

    def _check(self, lane: Lane, result: str, settled: Settled, now: datetime) -> None:
        sync_progress.add_check(
            self.account.id,
            lane.collection,
            result=result,
            swept=settled.swept,
            total=settled.total,
            detail=lane.error.kind if lane.error else None,
            now=now,
            sync_id=self.sync.id,
        )

    def _tell(self) -> None:
        news = [lane for lane in self.lanes.values() if lane.dirty]
        sync_progress.write_progress(self.sync.id, [lane.progress for lane in news])
        for lane in news:
            lane.dirty = False
        self.told_at = time.monotonic()

    def _beat(self, now: datetime) -> None:
        # 100 is for the end alone.
        progress = min(99, progress_of(lane.part for lane in self.lanes.values()))
        calls, self.calls = self.calls, 0
        if not sync_runs.beat(self.sync.id, self.claim, progress=progress, calls=calls, now=now):
            raise Stop(lost=True)

    def _learn(self, gots: list[Got], now: datetime) -> None:
        learned = catalog_of(
            tracks=chain.from_iterable(got.tracks for got in gots),
            albums=chain.from_iterable(got.albums for got in gots),
            artists=chain.from_iterable(got.artists for got in gots),
        )
        catalog.store(self.told.news(learned), now, self.wiring.track_fresh)
