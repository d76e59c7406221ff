"""The operator's pages are the operator's alone."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from redis import Redis

from config import Settings
from tests.browsing import Browsing
from tests.pages import Pages
from webapp.app import create_app
from webapp.domain.budget import Limits
from webapp.services.budget import RedisGate
from webapp.services.wiring import Wiring

PAGES = ("/admin/users", "/admin/syncs", "/admin/rq/", "/admin/rq/0/data/queues.json")
NOBODY_HOME = "redis://127.0.0.1:1/0"


@pytest.fixture
def admin(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


@pytest.mark.parametrize("url", PAGES)
def test_who_is_no_admin_is_kept_out(
    admin: Pages, browsing: Browsing, pages: Pages, url: str
) -> None:
    assert browsing.sign_in("empty").client.get(url).status_code == 403
    assert pages.client.get(url).status_code == 401
    assert admin.client.get(url).status_code == 200


def test_listeners_are_listed_with_their_last_sync(admin: Pages, browsing: Browsing) -> None:
    browsing.sign_in("medium", work=True)
    text = admin.page("/admin/users")
    assert "2 listeners" in text
    assert "ida-moe" in text
    assert "<b>“Zed”" not in text
    assert text.count("badge--done") == 4
    assert re.search(r"\d+ of 100,000", text)


def test_all_syncs_are_listed(admin: Pages, browsing: Browsing) -> None:
    browsing.sign_in("empty")
    text = admin.page("/admin/syncs")
    assert "ida-moe" in text
    assert "in the request" in text
    assert text.count("badge--done") == 2


def test_the_page_of_listeners_does_without_redis(
    admin: Pages, without_redis: Callable[[], Flask]
) -> None:
    cookie = admin.client.get_cookie("backspin")
    assert cookie is not None
    client = without_redis().test_client()
    client.set_cookie("backspin", cookie.value)
    assert "does not answer right now" in Pages(client).page("/admin/users")


def test_jobs_are_not_requeued_by_a_link(admin: Pages) -> None:
    url = "/admin/rq/requeue/sync"
    assert admin.client.get(url).status_code == 405
    assert admin.post(url, csrf=False).status_code == 422
    assert admin.post(url).status_code == 200


def test_the_job_board_is_no_page_of_others_scripts(admin: Pages) -> None:
    policy = admin.client.get("/admin/rq/").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in admin.client.get("/admin/users").headers["Content-Security-Policy"]


@pytest.fixture
def without_redis(settings: Settings, wiring: Wiring) -> Callable[[], Flask]:
    """Build the app with a Redis that nobody answers for."""

    def make() -> Flask:
        dead = Redis.from_url(NOBODY_HOME)
        gate = RedisGate(dead, Limits(per_minute=10, per_day=10), wiring.clock)
        parts = replace(wiring, redis=dead, gate=gate)
        return create_app(replace(settings, redis_url=NOBODY_HOME), parts)

    return make
