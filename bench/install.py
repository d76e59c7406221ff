"""An install to measure: servers of its own, web and worker as the Procfile runs them."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg2
import redis
import requests

from bench.processes import PROGRAMS, running, until
from bench.standin import Standin, answers, standin
from bench.statements import SERVER_OPTIONS
from demo.embedded import create_database, free_port, postgres, valkey
from demo.environment import Addresses, build_environment, keep_secrets

CONCURRENCY = 8
LIFTED = {
    "SPOTIFY_CALLS_PER_MINUTE": "10000000",
    "SPOTIFY_CALLS_PER_DAY": "10000000",
    "SPOTIFY_CONCURRENCY": str(CONCURRENCY),
    "SYNC_MIN_INTERVAL_MINUTES": "0",
    "WEB_CONCURRENCY": "2",
}
numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Running servers; every install on them gets a database of its own."""

    folder: Path
    postgres_url: str
    redis_url: str
    standin: Standin

    @property
    def log(self) -> Path:
        """Where all processes write."""
        return self.folder / "log"


@dataclass(slots=True, kw_only=True)
class Install:
    """One install. Its listener's browser keeps cookies, as browsers do."""

    stage: Stage
    url: str
    database_url: str
    environment: Mapping[str, str]
    browser: requests.Session = field(default_factory=requests.Session)

    @contextmanager
    def web(self) -> Iterator[int]:
        """Run the web processes, and wait until they answer; yields the pid of their parent."""
        command = [str(PROGRAMS / "gunicorn"), "wsgi:app", "--config", "gunicorn.conf.py"]
        with running(command, environment=self.environment, log=self.stage.log) as process:
            until(lambda: answers(f"{self.url}/healthz"), "the web answers", seconds=60)
            yield process.pid

    @contextmanager
    def worker(self, database_url: str | None = None) -> Iterator[int]:
        """Run a worker, under another database role where a url is given; yields its pid."""
        environment = {**self.environment, "DATABASE_URL": database_url or self.database_url}
        command = [sys.executable, "-m", "jobs.worker"]
        with running(command, environment=environment, log=self.stage.log) as process:
            yield process.pid

    def await_workers(self, count: int = 1) -> None:
        """Wait until so many workers listen."""
        with redis.Redis.from_url(self.stage.redis_url) as client:
            until(lambda: client.scard("rq:workers") >= count, "workers listen", seconds=60)

    def sign_in(self, listener: str) -> None:
        """Sign in through the stand-in's consent page, which starts the first sync."""
        asked = self._get("/auth/spotify")
        query = dict(parse_qsl(urlsplit(asked.headers["Location"]).query))
        consent = self.browser.post(
            f"{self.stage.standin.url}/authorize",
            data={**query, "listener": listener},
            allow_redirects=False,
            timeout=30,
        )
        back = urlsplit(consent.headers["Location"])
        arrived = self._get(f"{back.path}?{back.query}")
        assert arrived.status_code == 303, arrived.text[:500]

    def migrate(self) -> None:
        """Bring the database up to date, and what is counted from plays that stand there."""
        command = [sys.executable, "-m", "webapp.migrate"]
        with running(command, environment=self.environment, log=self.stage.log) as process:
            assert process.wait(300) == 0

    def press_sync(self) -> None:
        """Press the button that starts a sync."""
        self.send("/syncs")

    def send(self, path: str, **files: Any) -> str:
        """Send a form with the token of a page, and files; return where it leads."""
        found = re.search(r'name="csrf-token"\s+content="([^"]+)"', self._get("/settings").text)
        assert found
        answer = self.browser.post(
            f"{self.url}{path}",
            data={"csrf_token": found[1]},
            files=files or None,
            allow_redirects=False,
            timeout=120,
        )
        assert answer.status_code == 303, answer.text[:500]
        return urlsplit(answer.headers["Location"]).path

    def await_sync(self) -> None:
        """Wait until the newest sync is over; it must have gone well."""
        until(lambda: self._newest_sync()[0] in {"COMPLETED", "FAILED"}, "the sync", seconds=120)
        assert self._newest_sync() == ("COMPLETED", 0), self.query("SELECT * FROM sync_collections")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Look into the database from outside, or change it."""
        with (
            closing(psycopg2.connect(self.database_url)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []

    def _newest_sync(self) -> tuple[Any, ...]:
        return self.query(
            "SELECT status, (SELECT count(*) FROM sync_collections"
            " WHERE sync_id = id AND status = 'FAILED')"
            " FROM syncs ORDER BY id DESC LIMIT 1"
        )[0]

    def _get(self, path: str) -> requests.Response:
        return self.browser.get(f"{self.url}{path}", allow_redirects=False, timeout=60)


@contextmanager
def stage() -> Iterator[Stage]:
    """Start the servers in a scratch folder, PostgreSQL as durable as it would be for real."""
    folder = Path(tempfile.mkdtemp(prefix="backspin-bench-"))
    folder.chmod(0o711)  # PostgreSQL may run as another user
    try:
        with ExitStack() as stack:
            database = stack.enter_context(postgres(folder / "postgres", options=SERVER_OPTIONS))
            queue = stack.enter_context(valkey(folder / "valkey"))
            server = stack.enter_context(standin(folder / "log", dict(os.environ)))
            yield Stage(
                folder=folder, postgres_url=database.url, redis_url=queue.url, standin=server
            )
    finally:
        shutil.rmtree(folder)


def make_install(stage: Stage, **settings: str) -> Install:
    """Make a fresh install: an empty queue, a migrated database, an empty log of calls.

    `settings` are environment variables beside, or instead of, those that lift the limits.
    """
    with redis.Redis.from_url(stage.redis_url) as client:
        client.flushall()
    stage.standin.act("clear_log")
    stage.standin.freeze()
    port = free_port()
    database_url = create_database(stage.postgres_url, f"bench_{next(numbers)}")
    addresses = Addresses(
        port=port,
        database_url=database_url,
        redis_url=stage.redis_url,
        standin_port=urlsplit(stage.standin.url).port,
    )
    environment = build_environment(
        {"PATH": os.environ.get("PATH", os.defpath), **LIFTED, **settings},
        addresses=addresses,
        secret_values=keep_secrets(stage.folder / "secrets"),
        programs=PROGRAMS,
    )
    install = Install(
        stage=stage,
        url=f"http://127.0.0.1:{port}",
        database_url=database_url,
        environment=environment,
    )
    install.migrate()
    return install
