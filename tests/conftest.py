"""What most tests need: a database of their own, Redis, the stand-in, the app, a signed-in page."""

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as tuned

from config import Settings
from demo.embedded import create_database, drop_database
from demo.standin import CLIENT_ID, CLIENT_SECRET
from demo.standin.lastfm import API_KEY
from demo.standin.server import StandIn
from tests.browsing import Browsing
from tests.pages import Pages
from tests.templates import Compiled
from webapp import db
from webapp.app import create_app
from webapp.migrate import migrate
from webapp.queries import accounts
from webapp.services import syncs
from webapp.services.wiring import Wiring, connect

if TYPE_CHECKING:  # pytest wants to be the first to import a plugin
    from tests.servers import SessionServer

pytest_plugins = ["tests.servers"]

# How fast examples are made tells of the machine, not of us. Where CI is set, Hypothesis has taken
# its own profile already: the same examples each time.
if tuned.get_current_profile_name() != "ci":
    tuned.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    tuned.load_profile("unhurried")

TEMPLATE = f"backspin_template_{os.getpid()}"
COMPILED = Compiled()
numbers = count(1)


@pytest.fixture(scope="session")
def world_server() -> Iterator[StandIn]:
    """Run one stand-in for the whole session."""
    with StandIn() as server:
        yield server


@pytest.fixture
def standin(world_server: StandIn) -> StandIn:
    """Give the stand-in as on its first day, with nothing in its log."""
    world_server.world.reset()
    world_server.scrobbles.reset()
    world_server.world.set_shape("restricted")
    return world_server


@pytest.fixture(scope="session")
def template_database(postgres_server: "SessionServer") -> Iterator[str]:
    """Migrate once; every test's database is a copy."""
    url = create_database(postgres_server.url, TEMPLATE)
    db.configure(url, pool_size=1)
    with db.connection():
        migrate()
    db.disconnect()
    yield TEMPLATE
    drop_database(postgres_server.url, TEMPLATE)


@pytest.fixture
def database_url(postgres_server: "SessionServer", template_database: str) -> Iterator[str]:
    """Give a fresh, migrated database."""
    name = f"backspin_test_{os.getpid()}_{next(numbers)}"
    yield create_database(postgres_server.url, name, template=template_database)
    db.disconnect()
    drop_database(postgres_server.url, name)


@pytest.fixture
def settings(database_url: str, valkey_server: "SessionServer", standin: StandIn) -> Settings:
    """Give settings for a roomy install that talks to the stand-in."""
    return Settings.from_env(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": valkey_server.url,
            "SECRET_KEY": "a secret for tests, long enough to be one",
            "TOKEN_KEYS": base64.urlsafe_b64encode(bytes(32)).decode(),
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
            "SPOTIFY_API_URL": standin.api_url,
            "SPOTIFY_ACCOUNTS_URL": standin.accounts_url,
            "LASTFM_URL": standin.lastfm_url,
            "LASTFM_API_KEY": API_KEY,
            "LISTENBRAINZ_URL": standin.listenbrainz_url,
            "MUSICBRAINZ_URL": standin.musicbrainz_url,
            "MUSICBRAINZ_SECONDS": "0.001",
            "DEEZER_URL": standin.deezer_url,
            "COVERART_URL": standin.coverart_url,
            "SPOTIFY_CALLS_PER_MINUTE": "100000",
            "SPOTIFY_CALLS_PER_DAY": "100000",
            "IMAGE_SOURCES": standin.url,
            "LOG_FORMAT": "text",
        }
    )


@pytest.fixture
def wiring(settings: Settings) -> Iterator[Wiring]:
    """Give this process's parts, with Redis empty."""
    parts = connect(settings)
    parts.redis.flushall()
    yield parts
    parts.redis.close()


@pytest.fixture
def database(wiring: Wiring) -> Iterator[None]:
    """Hold a connection for tests below the pages."""
    with db.connection():
        yield


@pytest.fixture
def app(settings: Settings, wiring: Wiring) -> Flask:
    """Build the app on this test's database."""
    app = create_app(settings, wiring)
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture
def pages(app: Flask) -> Pages:
    """Give a visitor who checks every page they open."""
    return Pages(app.test_client())


@pytest.fixture
def browsing(
    app: Flask, standin: StandIn, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> Browsing:
    """Sign listeners in through the real flow: `browsing.sign_in("tiny") -> Pages`."""
    # Who is synchronised while they wait must not depend on how busy the machine is.
    monkeypatch.setattr(syncs, "SIGN_IN_SECONDS", 60.0)
    return Browsing(app, standin, wiring)


@pytest.fixture
def newcomer(database: None) -> int:
    """Give the id of a listener who has nothing yet."""
    return accounts.add(
        spotify_id="newcomer",
        account_id=None,
        username="newcomer",
        display_name="",
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
