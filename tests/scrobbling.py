"""Accounts at Last.fm and ListenBrainz, and imports of them as a worker runs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.standin.calls import Call
from demo.standin.scrobbles import Scrobble
from jobs import imports as jobs
from jobs import runtime
from tests.services.listening import Listening
from webapp import db
from webapp.domain.import_accounts import Service
from webapp.queries import imports
from webapp.queries.imports import ImportRow
from webapp.services import import_fetching

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PATHS = {Service.LASTFM: "/lastfm", Service.LISTENBRAINZ: "/listenbrainz"}


def make_scrobbles(
    count: int, since: datetime = BEGAN, *, every: timedelta = 5 * MINUTE, songs: int = 40
) -> list[Scrobble]:
    """Make scrobbles one after the other."""
    return [
        Scrobble(
            started_at=since + n * every,
            title=f"Song {n % songs}",
            artist="Band",
            album="Album",
            duration_ms=200_000,
        )
        for n in range(count)
    ]


@dataclass
class Importing:
    """A listener who imports accounts of one service."""

    listening: Listening
    user_id: int
    service: Service

    def open(self, account: str) -> int:
        """Open an import and queue it."""
        wiring = self.listening.wiring
        import_id = import_fetching.open_account(wiring, self.user_id, self.service, account)
        assert jobs.start(wiring, self.user_id, import_id)
        return import_id

    def bring(self, account: str) -> ImportRow:
        """Import an account, and wait for the end."""
        import_id = self.open(account)
        self.listening.work()
        return self.find(import_id)

    def find(self, import_id: int) -> ImportRow:
        found = imports.find(import_id)
        assert found is not None
        return found

    def go_on(self, import_id: int) -> ImportRow:
        """Let the time come for which the rest of an import is queued."""
        waits = [at for name, at in self.listening.scheduled().items() if name.startswith("import")]
        self.listening.clock.now = max(*waits, self.listening.clock.now) + timedelta(seconds=1)
        self.run(import_id)
        return self.find(import_id)

    def run(self, import_id: int) -> None:
        """Run what is queued of an import, as a worker does."""
        runtime.use(self.listening.wiring)
        jobs.import_listening(import_id=import_id, attempt=self.find(import_id).attempt)

    def kept(self) -> dict[str, int]:
        """Count what is stored and what is on its way."""
        tables = ("plays", "play_reports", "daily_listening", "import_rows", "import_raw")
        return {table: int(db.query(f"SELECT count(*) FROM {table}")[0][0]) for table in tables}  # noqa: S608 - our own names

    def calls(self) -> list[Call]:
        return self.listening.calls(PATHS[self.service])

    def plays(self) -> list[tuple[Any, ...]]:
        return db.query(
            "SELECT p.ended_at, t.name, p.source FROM plays p JOIN tracks t ON t.id = p.track_id"
            " WHERE p.user_id = %s ORDER BY p.ended_at, t.name",
            self.user_id,
        )

    def starts(self) -> list[datetime]:
        """List when each play that was told of began."""
        rows = db.query(
            "SELECT at FROM play_reports WHERE user_id = %s ORDER BY at, id", self.user_id
        )
        return [row[0] for row in rows]


def began(scrobbles: Sequence[Scrobble]) -> list[datetime]:
    return sorted(one.started_at for one in scrobbles)
