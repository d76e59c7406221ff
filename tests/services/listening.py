"""Listeners without a browser: they sign in, sync, and are looked at from all sides."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rq import Queue, SimpleWorker
from rq.registry import ScheduledJobRegistry

from config import Settings
from demo.standin.calls import Call
from demo.standin.faults import Fault
from demo.standin.server import StandIn
from jobs import runtime
from jobs import syncs as sync_jobs
from jobs.queue import QUEUES
from webapp import db
from webapp.domain.accounts import Account
from webapp.domain.sweeps import pages_of
from webapp.domain.syncs import Cause, Collection, Status
from webapp.providers.spotify.oauth import SCOPES, OAuthClient
from webapp.queries import accounts, syncs
from webapp.queries.syncs import CollectionRow, SyncRow
from webapp.services import accounts as account_services
from webapp.services import syncs as sync_services
from webapp.services.wiring import Wiring, connect

LOGS = ("library_events", "playlist_versions", "top_lists", "play_reports")


@dataclass
class Clock:
    """A clock that stands."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@dataclass(repr=False)
class Listening:
    """Everything a test of the sync does."""

    wiring: Wiring
    standin: StandIn
    clock: Clock

    def join(self, listener: str) -> int:
        """Sign in, without a sync; return the user's id. Forgets the calls that took."""
        code = self.standin.world.tokens.consent(
            listener,
            redirect_uri=self.wiring.settings.redirect_uri,
            scope=" ".join(SCOPES),
            challenge=None,
        )
        done = account_services.sign_in(
            self.wiring, code=code, code_verifier="", time_zone="UTC", reserved=frozenset()
        )
        assert done.account is not None
        self.standin.world.log.clear()
        return done.account.id

    def set(self, **settings: Any) -> None:
        """Change settings from now on."""
        changed = replace(self.wiring.settings, **settings)
        self.wiring = replace(self.wiring, settings=changed)

    def rewire(self, **settings: Any) -> None:
        """Wire anew with other settings, as a restart would."""
        self.wiring = self._connect(replace(self.wiring.settings, **settings))

    def with_redis_gone(self) -> Wiring:
        """Wire anew with a Redis that nobody answers for."""
        nowhere = replace(self.wiring.settings, redis_url="redis://127.0.0.1:1/0")
        return self._connect(nowhere)

    def _connect(self, settings: Settings) -> Wiring:
        parts = connect(settings, self.clock)
        # Pointing the handle anew closed it.
        db.database.connect(reuse_if_open=True)  # type: ignore[no-untyped-call]  # peewee's own
        return parts

    def wire(self, **parts: Any) -> None:
        """Exchange parts of the program."""
        self.wiring = replace(self.wiring, **parts)

    def bad_oauth(self) -> OAuthClient:
        """Make a client with a secret that is not the app's."""
        url = self.wiring.settings.spotify_accounts_url
        return OAuthClient(self.wiring.settings.spotify_client_id, "not the secret", url)

    def open(self, user_id: int, cause: Cause = Cause.SIGN_IN) -> int:
        """Open a sync and do nothing about it; return its id."""
        begun = sync_services.begin(self.wiring, user_id, cause)
        assert begun.sync_id is not None
        runtime.use(self.wiring)
        return begun.sync_id

    def run(self, sync_id: int) -> None:
        """Run a sync as a job does, what is left of it going to the queue."""
        runtime.use(self.wiring)
        sync_jobs.sync_library(sync_id=sync_id, attempt=self.wiring.redis.incr("attempts"))

    def disconnect(self, user_id: int) -> None:
        account_services.disconnect(self.wiring, user_id)

    def sync(self, user_id: int, cause: Cause = Cause.SIGN_IN) -> SyncRow:
        """Sync as the button does, and let a worker do what was queued."""
        sync_jobs.begin(self.wiring, user_id, cause)
        self.work()
        return self.latest(user_id)

    def work(self) -> None:
        """Do all that is queued, in this process, as a worker would."""
        runtime.use(self.wiring)
        queues = [Queue(name, connection=self.wiring.redis) for name in QUEUES]
        SimpleWorker(queues, connection=self.wiring.redis).work(burst=True, logging_level="ERROR")

    def latest(self, user_id: int) -> SyncRow:
        found = syncs.latest(user_id)
        assert found is not None
        return found

    def account(self, user_id: int) -> Account:
        found = accounts.find(user_id)
        assert found is not None
        return found

    def part(self, user_id: int, name: Collection) -> CollectionRow:
        """Look at one collection of the newest sync."""
        return next(part for part in self.latest(user_id).collections if part.name is name)

    def break_(self, kind: Any, match: str, **more: Any) -> int:
        """Let the stand-in do something wrong."""
        return self.standin.world.faults.add(Fault(kind=kind, match=match, **more))

    def queued(self) -> list[str]:
        """Name the jobs that wait in the queue."""
        return [id_ for name in QUEUES for id_ in Queue(name, self.wiring.redis).get_job_ids()]

    def scheduled(self) -> dict[str, datetime]:
        """Name the jobs that wait for their time."""
        found = {}
        for name in QUEUES:
            registry: Any = ScheduledJobRegistry(  # type: ignore[no-untyped-call]  # RQ's own
                queue=Queue(name, connection=self.wiring.redis)
            )
            for job_id in registry.get_job_ids():
                at = registry.get_scheduled_time(job_id)
                found[job_id] = at.astimezone(UTC)
        return found

    def calls(self, part: str = "/v1/") -> list[Call]:
        """List the calls that were made."""
        return self.standin.world.log.matching(part)

    def asked(self) -> Counter[str]:
        """Count the calls of the Web API by path and query."""
        return Counter(f"{call.path.removeprefix('/v1')}?{call.query}" for call in self.calls())

    def paging_minimum(self, listener: str) -> int:
        """Count the calls that no first sync of an own library can do without."""
        library = self.standin.world.listeners[listener].library
        entries = [len(item.entries) for item in library.playlists if item]
        lists = [len(library.playlists), len(library.tracks), len(library.albums)]
        lists += [len(library.artists), *(count for count in entries if count)]
        return 3 + 3 + 1 + sum(map(pages_of, lists))

    def counts(self, user_id: int) -> dict[str, int]:
        """Count the rows of every log."""
        return {
            table: db.query(f"SELECT count(*) FROM {table} WHERE user_id = %s", user_id)[0][0]  # noqa: S608 - our own names
            for table in LOGS
        }


def statuses(sync: SyncRow) -> dict[Collection, Status]:
    return {part.name: part.status for part in sync.collections}


def failed(sync: SyncRow) -> set[Collection]:
    return {part.name for part in sync.collections if part.status is Status.FAILED}
