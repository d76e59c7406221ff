"""Migrations: whoever comes first, all succeed, and nothing is left to do."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from config import Settings
from demo.embedded import create_database, drop_database
from tests.servers import SessionServer
from webapp import db
from webapp.migrate import migrate, pending

ROOT = Path(__file__).parents[2]
NAME = "backspin_migrations"


@pytest.fixture
def empty_database(postgres_server: SessionServer) -> Iterator[str]:
    """Give a database without any tables."""
    yield create_database(postgres_server.url, NAME)
    db.disconnect()
    drop_database(postgres_server.url, NAME)


def env_of(settings: Settings, url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "TOKEN_KEYS": ",".join(settings.token_keys),
        "PUBLIC_URL": settings.public_url,
        "SPOTIFY_CLIENT_ID": settings.spotify_client_id,
        "SPOTIFY_CLIENT_SECRET": settings.spotify_client_secret,
    }


def test_three_at_once_all_succeed(settings: Settings, empty_database: str) -> None:
    command = [sys.executable, "-m", "webapp.migrate"]
    env = env_of(settings, empty_database)
    running = [
        subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    told = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], told
    worked = [out for out, _ in told if "nothing to do" not in out]
    assert len(worked) == 1, "one does the work, the others find it done"
    assert "0001_foundation" in worked[0]
    db.configure(empty_database, pool_size=1)
    with db.connection():
        assert pending() == []
        assert migrate() == []


def test_an_empty_database_is_behind_and_says_how_far(empty_database: str) -> None:
    db.configure(empty_database, pool_size=1)
    with db.connection():
        behind = pending()
        assert behind[0] == "0001_foundation"
        assert migrate() == behind
        assert pending() == []


def test_a_missing_database_is_an_error_not_a_success(
    settings: Settings, empty_database: str
) -> None:
    nowhere = empty_database.replace(NAME, "backspin_nowhere")
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(nowhere)
    done = subprocess.run(
        [sys.executable, "-m", "webapp.migrate"],
        cwd=ROOT,
        env=env_of(settings, nowhere),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
