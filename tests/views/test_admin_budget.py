"""The operator's page of the call budget."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.shelving import counted, make_listener
from tests.views.operating import without_redis
from webapp import db
from webapp.app import create_app
from webapp.domain.archive import Breaker, FailureKind
from webapp.domain.budget import Call, Limits, Priority
from webapp.domain.errors import PausedError
from webapp.domain.syncs import Cause, Collection, Waiting
from webapp.queries import archive, budget, syncs
from webapp.services.budget import RedisGate
from webapp.services.wiring import Wiring
from webapp.views.formats import UNKNOWN

ARCHIVED = Call(endpoint="/me/player/recently-played", priority=Priority.ARCHIVE)
DELTA = Call(endpoint="/playlists/{id}/items", priority=Priority.DELTA)


@pytest.fixture
def admin(browsing: Browsing, wiring: Wiring) -> Pages:
    """Sign the admin in, and forget the calls that took."""
    pages = browsing.sign_in("tiny")
    wiring.redis.flushall()
    with db.connection():
        archive.enrol(browsing.account("tiny").id, wiring.clock() + timedelta(hours=1))
    return pages


@pytest.fixture
def narrow(settings: Settings, wiring: Wiring, admin: Pages) -> Callable[..., Pages]:
    """Give the admin's page of an install with few calls."""

    def make(per_minute: int = 1000, per_day: int = 100) -> Pages:
        gate = RedisGate(wiring.redis, Limits(per_minute=per_minute, per_day=per_day), wiring.clock)
        app = create_app(settings, replace(wiring, gate=gate))
        return Pages(_same_visitor(admin, app))

    return make


def _same_visitor(pages: Pages, app: Flask) -> FlaskClient:
    cookie = pages.client.get_cookie("backspin")
    assert cookie is not None
    client = app.test_client()
    client.set_cookie("backspin", cookie.value)
    return client


def spend(wiring: Wiring, call: Call, times: int, status: int = 200) -> None:
    for _ in range(times):
        wiring.gate.acquire(call)
        wiring.gate.settle(call, status)


def words(html: str) -> str:
    """Read a page as text."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def row(html: str, head: str) -> list[str]:
    """Read the cells of the table row that begins with a heading."""
    for line in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        cells = [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL)]
        if cells and cells[0] == head:
            return cells[1:]
    raise AssertionError(f"no row {head}")


def test_what_is_left_is_told_for_each_kind(narrow: Callable[..., Pages], wiring: Wiring) -> None:
    spend(wiring, ARCHIVED, 60)
    text = words(narrow().page("/admin/budget"))
    assert "60 of 100 calls used in 24 hours" in text
    assert "60 of 1,000 in the last minute" in text
    assert re.search(r"60 come free again at \d\d:00", text)
    assert re.search(r"Listening archive 40 left of 100", text)
    assert re.search(r"Automatic syncs 15 left of 75", text)
    assert re.search(r"Enrichment and trends 0 left; more at \d\d:00", text)


def test_our_own_refusals_are_counted(narrow: Callable[..., Pages], wiring: Wiring) -> None:
    gate = RedisGate(wiring.redis, Limits(per_minute=1000, per_day=4), wiring.clock)
    for _ in range(3):
        gate.acquire(ARCHIVED)
    for _ in range(2):
        with pytest.raises(PausedError):
            gate.acquire(DELTA)
    text = words(narrow(per_day=4).page("/admin/budget"))
    assert re.search(r"Automatic syncs 0 left; more at \d\d:00 ?, 2 calls put off", text)


def test_calls_are_sorted_by_endpoint_and_outcome(admin: Pages, wiring: Wiring) -> None:
    spend(wiring, ARCHIVED, 3)
    for status in (200, 403, 404, 429, 500, 503, 0):
        spend(wiring, DELTA, 1, status)
    html = admin.page("/admin/budget")
    assert row(html, "/me/player/recently-played") == ["3", "0", "0", "0", "0"]
    assert row(html, "/playlists/{id}/items") == ["7", "1", "2", "2", "1"]


def test_the_chart_has_a_table_with_the_same_numbers(admin: Pages, wiring: Wiring) -> None:
    spend(wiring, ARCHIVED, 4)
    spend(wiring, DELTA, 3)
    html = admin.page("/admin/budget")
    assert html.count('class="calls__archive"') == html.count('class="calls__delta"') == 1
    assert re.search(r"Most in the hour from \d\d:00: 7 calls\.", html)
    table = html[html.index('id="calls-table"') :]
    newest = re.search(r"<tbody>.*?</tr>", table, re.DOTALL)
    assert newest
    assert words(newest[0]).endswith("4 0 3 0 7")
    assert table[: table.index("</table>")].count("<tr>") == 25


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("quota_exceeded", "calls of the day are used up (429, quota)"),
        ("rate_limited", "asks us to slow down (429, rate)"),
        ("premium_lapsed", "Premium subscription of its owner has lapsed (403)"),
    ],
)
def test_each_pause_is_told_with_its_end(admin: Pages, wiring: Wiring, why: str, told: str) -> None:
    with db.connection():
        wiring.gate.block(wiring.clock() + timedelta(hours=2, seconds=30), why)
    text = words(admin.fragment("/admin/budget/figures"))
    assert told in text
    assert "in 2 hours" in text


def test_who_waits_is_told_with_when_it_will_be_done(
    narrow: Callable[..., Pages], wiring: Wiring
) -> None:
    now = wiring.clock()
    with db.connection():
        for number in range(3):
            archive.enrol(make_listener(f"due-{number}"), now - timedelta(minutes=20))
        _open_sync("nightly", Cause.DAILY, now - timedelta(minutes=40))
        _open_sync("clicked", Cause.BUTTON, now - timedelta(minutes=2))
        lost = _open_sync("lost", Cause.DAILY, now - timedelta(days=3))
        db.query("UPDATE syncs SET waiting = %s WHERE id = %s", Waiting.RECONNECT, lost)
    html = narrow().page("/admin/budget")
    assert row(html, "Listeners whose plays are due")[:3] == ["3", "20 minutes ago", "3"]
    assert row(html, "Listeners whose plays are due")[3].startswith("in a moment")
    assert row(html, "Syncs that somebody waits for")[:3] == ["1", "2 minutes ago", "2"]
    assert row(html, "Syncs that started by themselves")[:3] == ["1", "40 minutes ago", "2"]
    assert row(html, "Syncs that wait for their listener to reconnect") == [
        "1",
        "3 days ago",
        UNKNOWN,
        "when they do",
    ]


def test_what_there_are_no_calls_for_is_done_when_they_come_free(
    narrow: Callable[..., Pages], wiring: Wiring
) -> None:
    spend(wiring, ARCHIVED, 80)
    with db.connection():
        _open_sync("nightly", Cause.DAILY, wiring.clock())
    assert row(narrow().page("/admin/budget"), "Syncs that started by themselves")[3].startswith(
        "in 1 day"
    )


def test_nothing_waits_at_first(admin: Pages) -> None:
    html = admin.page("/admin/budget")
    assert row(html, "Listeners whose plays are due") == ["0", UNKNOWN, UNKNOWN, "nothing to do"]
    assert "0 listeners: everybody" in html
    assert "Nothing had to be found out yet" in html
    assert "No calls in the last 24 hours" in html


def test_failures_and_capabilities_are_told(admin: Pages, wiring: Wiring) -> None:
    now = wiring.clock()
    with db.connection():
        failing = [make_listener(f"failing-{number}") for number in range(2)]
        for user_id in failing:
            archive.enrol(user_id, now)
        archive.record_failures([(failing[0], _breaker(5, now + timedelta(minutes=30)))], now)
        archive.record_failures([(failing[1], _breaker(1, now - timedelta(minutes=1)))], now)
        budget.remember_capability("others_playlists", available=False, detail="403", now=now)
        budget.remember_capability("<b>new</b>", available=True, detail="200", now=now)
    html = admin.page("/admin/budget")
    assert row(html, "Permission or token refused") == ["2", "1", "5", "in 30 minutes"]
    assert row(html, "Read the contents of playlists that others own")[0] == "No"
    assert "<b>new" not in html


def test_the_queues_are_told(admin: Pages, browsing: Browsing) -> None:
    browsing.sign_in("medium")
    html = admin.page("/admin/budget")
    assert row(html, "sync")[:2] == ["1", "just now"]
    assert row(html, "archive") == ["0", UNKNOWN, "0", "0", "0"]


def test_only_an_open_page_asks_again(admin: Pages) -> None:
    for html in (admin.page("/admin/budget"), admin.fragment("/admin/budget/figures")):
        assert 'hx-get="/admin/budget/figures"' in html
        assert 'hx-trigger="every 30s, resume"' in html


def test_without_redis_the_database_still_tells(
    admin: Pages, settings: Settings, wiring: Wiring
) -> None:
    with db.connection():
        archive.enrol(make_listener("due"), wiring.clock() - timedelta(minutes=20))
    html = without_redis(admin, settings, wiring).page("/admin/budget")
    assert "does not answer right now" in html
    assert row(html, "Listeners whose plays are due") == ["1", "20 minutes ago", "1", UNKNOWN]


def test_the_page_takes_few_statements_however_much_waits(admin: Pages, wiring: Wiring) -> None:
    with db.connection():
        for number in range(30):
            _open_sync(f"one-{number}", Cause.DAILY, wiring.clock())
    with counted() as counter:
        admin.fragment("/admin/budget/figures")
    assert len(counter.statements) <= 6


def _open_sync(name: str, cause: Cause, at: datetime) -> int:
    user_id = make_listener(name)
    sync_id = syncs.open_sync(
        user_id, cause, [Collection.SAVED_TRACKS, Collection.SAVED_ALBUMS], at
    )
    assert sync_id is not None
    return sync_id


def _breaker(failures: int, retry_at: datetime) -> Breaker:
    return Breaker(
        kind=FailureKind.AUTH, failures=failures, message="token_stale", retry_at=retry_at
    )
