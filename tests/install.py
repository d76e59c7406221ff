"""A whole install of real processes: web, workers, PostgreSQL, Valkey, and the stand-in."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg2
import requests
from redis import Redis, RedisError

from demo.embedded import PostgresServer, ValkeyServer, create_database, free_port
from demo.standin import CLIENT_ID, CLIENT_SECRET
from demo.standin.lastfm import API_KEY
from demo.standin.server import StandIn
from webapp.services.schedule import BEAT

ROOT = Path(__file__).parent.parent


@dataclass
class Install:
    """Processes with one environment; `stop` ends all that were started, by their ids."""

    postgres: PostgresServer
    valkey: ValkeyServer
    standin: StandIn
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = create_database(self.postgres.url, f"install_{self.port}")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # noqa: TID251
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "a secret for tests, long enough to be one",
            "TOKEN_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "PUBLIC_URL": self.url,
            "PORT": str(self.port),
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
            "SPOTIFY_API_URL": self.standin.api_url,
            "SPOTIFY_ACCOUNTS_URL": self.standin.accounts_url,
            "LASTFM_URL": self.standin.lastfm_url,
            "LASTFM_API_KEY": API_KEY,
            "LISTENBRAINZ_URL": self.standin.listenbrainz_url,
            "MUSICBRAINZ_URL": self.standin.musicbrainz_url,
            "DEEZER_URL": self.standin.deezer_url,
            "COVERART_URL": self.standin.coverart_url,
            "SPOTIFY_CALLS_PER_MINUTE": "100000",
            "SPOTIFY_CALLS_PER_DAY": "100000",
            "IMAGE_SOURCES": self.standin.url,
            "LOG_FORMAT": "text",
            **self.settings,
        }

    def migrate(self) -> None:
        """Run the release command."""
        subprocess.run(
            [sys.executable, "-m", "webapp.migrate"], cwd=ROOT, env=self.environment, check=True
        )

    def start_web(self) -> subprocess.Popen[bytes]:
        """Start the web process, and wait until it answers."""
        gunicorn = str(Path(sys.executable).parent / "gunicorn")
        process = self._start([gunicorn, "wsgi:app", "--config", "gunicorn.conf.py"])
        until(self._answers, "the web process answers", seconds=30)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self._start([sys.executable, "-m", "jobs.worker"])

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """Start a scheduler, and wait until one has looked after the schedule."""
        begun = time.time()
        process = self._start([sys.executable, "-m", "jobs.scheduler"])
        until(lambda: self.last_beat() > begun, "the scheduler beats", seconds=30)
        return process

    def last_beat(self) -> float:
        """Tell when a scheduler was last alive, in seconds since 1970; 0: nobody knows."""
        try:
            with Redis.from_url(self.valkey.url) as redis:
                found: Any = redis.get(BEAT)
        except RedisError:
            return 0
        return float(found or 0)

    def stop(self) -> None:
        """End what still runs."""
        for process in self.processes:
            end_group(process, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                end_group(process, signal.SIGKILL)
                process.wait(5)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Look into the database from outside."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def change(self, sql: str) -> None:
        """Change the database from outside."""
        with self.holding(sql):
            pass

    @contextmanager
    def holding(self, sql: str) -> Iterator[None]:
        """Run a statement, and commit when the block ends: until then its locks are held."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                yield
        finally:
            connection.close()

    def visitor(self) -> "Visitor":
        """Give a browser of a kind."""
        return Visitor(self)

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False


@dataclass
class Visitor:
    """Speaks HTTP to an install as a listener's browser would, without scripts."""

    install: Install
    session: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, listener: str) -> requests.Response:
        """Sign in through the stand-in's consent page; return the dashboard."""
        asked = self.get("/auth/spotify", follow=False)
        query = dict(parse_qsl(urlsplit(asked.headers["Location"]).query))
        consent = self.session.post(
            f"{self.install.standin.url}/authorize",
            data={**query, "listener": listener},
            allow_redirects=False,
            timeout=10,
        )
        return self.session.get(consent.headers["Location"], timeout=30)

    def get(self, path: str, *, follow: bool = True) -> requests.Response:
        """Open a page."""
        return self.session.get(f"{self.install.url}{path}", timeout=30, allow_redirects=follow)

    def post(
        self, path: str, *, files: Mapping[str, Any] | None = None, **form: str
    ) -> requests.Response:
        """Send a form, with the token of a page, and files if there are any."""
        found = re.search(r'name="csrf-token"\s+content="([^"]+)"', self.get("/settings").text)
        assert found
        return self.session.post(
            f"{self.install.url}{path}",
            data={**form, "csrf_token": found[1]},
            files=files,
            allow_redirects=False,
            timeout=30,
        )

    def sync(self) -> dict[str, object]:
        """Read the newest sync."""
        answer: dict[str, object] = self.get("/api/sync/status").json()
        return answer


def end_group(process: subprocess.Popen[bytes], signum: signal.Signals) -> None:
    """Signal a process and all it started: they are a session of their own."""
    if process.poll() is None:
        os.killpg(process.pid, signum)


def until(condition: Callable[[], object], what: str, *, seconds: float) -> None:
    """Wait for a condition, looking ten times a second."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.1)


@contextmanager
def running(
    postgres: PostgresServer, valkey: ValkeyServer, standin: StandIn, log: Path, **settings: str
) -> Iterator[Install]:
    """Run an install until the block ends; its log is shown when something goes wrong."""
    install = Install(postgres, valkey, standin, log, settings)
    try:
        install.migrate()
        install.start_web()
        yield install
    except BaseException:
        sys.stderr.write(log.read_text()[-8000:] if log.exists() else "")
        raise
    finally:
        install.stop()
