"""What tests of the operator's pages share."""

from dataclasses import replace

from redis import Redis

from config import Settings
from tests.pages import Pages
from webapp.app import create_app
from webapp.domain.budget import Limits
from webapp.services.budget import RedisGate
from webapp.services.wiring import Wiring

NOBODY_HOME = "redis://127.0.0.1:1/0"


def without_redis(pages: Pages, settings: Settings, wiring: Wiring) -> Pages:
    """Give the same visitor of the same install, whose Redis nobody answers for."""
    dead = Redis.from_url(NOBODY_HOME)
    gate = RedisGate(dead, Limits(per_minute=10, per_day=10), wiring.clock)
    parts = replace(wiring, redis=dead, gate=gate)
    cookie = pages.client.get_cookie("backspin")
    assert cookie is not None
    client = create_app(replace(settings, redis_url=NOBODY_HOME), parts).test_client()
    client.set_cookie("backspin", cookie.value)
    return Pages(client)
