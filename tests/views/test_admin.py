"""The operator's pages are the operator's alone."""

import re
from datetime import datetime, timedelta

import pytest

from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.shelving import MONDAY, counted, make_listener
from webapp import db
from webapp.domain.archive import Breaker, FailureKind
from webapp.queries import accounts, archive
from webapp.queries.archive import Asked
from webapp.services.wiring import Wiring

PAGES = (
    "/admin/users",
    "/admin/syncs",
    "/admin/budget",
    "/admin/budget/figures",
    "/admin/schedule",
    "/admin/rq/",
    "/admin/rq/0/data/queues.json",
)


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
    assert text.count("Connected") == 2
    assert text.count("badge--done") == 4
    assert re.search(r"just now, \d+ new plays?", text), "a sync is as good as the archive"


def test_all_syncs_are_listed(admin: Pages, browsing: Browsing) -> None:
    browsing.sign_in("empty")
    text = admin.page("/admin/syncs")
    assert "ida-moe" in text
    assert "in the request" in text
    assert text.count("badge--done") == 2


def test_the_archives_state_is_told(admin: Pages, wiring: Wiring, crowd: list[int]) -> None:
    fine, failing, lost, stranger = crowd[:4]
    now = wiring.clock()
    later = now + timedelta(minutes=20)
    with db.connection():
        archive.record_asked(
            [Asked(user_id=fine, due_at=later, every_minutes=15, new=7, gap=None)],
            now - timedelta(minutes=12),
        )
        archive.record_failures([(failing, breaker("outage", later))], now)
        archive.record_failures([(lost, breaker("consent_over", later))], now - timedelta(days=3))
        accounts.needs_reconnect(lost, "consent_over")
        accounts.needs_reconnect(stranger, "not_allowlisted")
        db.query(
            "UPDATE users SET consented_at = %s WHERE id = %s", now - timedelta(days=178), crowd[4]
        )
    text = admin.page("/admin/users")
    assert "Not asked yet" in text
    assert "12 minutes ago, 7 new plays" in text
    assert "next in 20 minutes, every 15 minutes" in text
    assert "Failed 3 times" in text
    assert "Spotify did not answer properly" in text
    assert "Next try in 20 minutes" in text
    assert text.count("badge--paused") == 2
    assert "Their permission has ended" in text
    assert "User Management" in text
    assert re.search(r"permission ends in [1-7] day", text)


@pytest.mark.parametrize(("show", "names"), [("failing", ["listener-1"]), ("reconnect", ["lost"])])
def test_those_in_trouble_can_be_listed_alone(
    admin: Pages, wiring: Wiring, crowd: list[int], show: str, names: list[str]
) -> None:
    with db.connection():
        now = wiring.clock()
        archive.record_failures([(crowd[1], breaker("outage", now))], now)
        accounts.needs_reconnect(crowd[2], "consent_over")
        accounts.change(crowd[2], username="lost")
    text = admin.page(f"/admin/users?show={show}")
    assert "1 listener" in text
    assert all(name in text for name in names)
    assert "listener-3" not in text


def test_a_listener_is_found_by_name_without_accents(admin: Pages, crowd: list[int]) -> None:
    with db.connection():
        accounts.change(crowd[3], display_name="Zoë Ångström")
        accounts.change(crowd[4], username="a_b")
    assert "1 listener<" in admin.page("/admin/users?q=zoe+angs")
    assert "1 listener<" in admin.page("/admin/users?q=a_b"), "an underscore is no wildcard"
    assert "0 found for" in admin.page("/admin/users?q=%25%25")
    fragment = admin.page("/admin/users?q=zoe")
    assert "listener-3" in fragment


def test_a_hostile_name_is_only_text(admin: Pages, crowd: list[int]) -> None:
    evil = "<img src=x onerror=alert(1)>\u202e{{7*7}}"
    with db.connection():
        accounts.change(crowd[0], display_name=evil, username='"><script>')
        accounts.needs_reconnect(crowd[0], evil)
        archive.record_failures([(crowd[1], breaker(evil, MONDAY))], MONDAY)
    text = admin.page("/admin/users")
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror" in text
    assert "{{7*7}}" in text


def test_a_long_list_has_pages(admin: Pages, crowd: list[int]) -> None:
    with db.connection():
        for number in range(5, 60):
            make_listener(f"listener-{number}")
    first = admin.page("/admin/users")
    assert "61 listeners" in first
    assert "listener-48<" in first
    assert "listener-49<" not in first
    second = admin.page("/admin/users?page=2")
    assert "listener-49<" in second
    assert admin.client.get("/admin/users?page=3").status_code == 404
    assert "page=2&amp;" in first or "page=2" in first


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=9999999", "show=nobody", "page=-1"])
def test_an_absurd_address_leads_nowhere(admin: Pages, query: str) -> None:
    assert admin.client.get(f"/admin/users?{query}").status_code == 404


def test_a_page_takes_few_statements_however_many_listeners(admin: Pages, crowd: list[int]) -> None:
    for url in ("/admin/users", "/admin/syncs"):
        with counted() as counter:
            admin.page(url)
        assert len(counter.statements) <= 5, url
    with db.connection():
        for number in range(5, 60):
            make_listener(f"listener-{number}")
    with counted() as again:
        admin.page("/admin/users")
    assert len(again.statements) <= 5


@pytest.fixture
def crowd(admin: Pages, wiring: Wiring) -> list[int]:
    """Five listeners beside the admin, whom the archive asks in an hour."""
    with db.connection():
        ids = [make_listener(f"listener-{number}") for number in range(5)]
        for user_id in ids:
            archive.enrol(user_id, wiring.clock() + timedelta(hours=1))
    return ids


def breaker(message: str, retry_at: datetime) -> Breaker:
    return Breaker(kind=FailureKind.NETWORK, failures=3, message=message, retry_at=retry_at)


def test_jobs_are_not_requeued_by_a_link(admin: Pages) -> None:
    url = "/admin/rq/requeue/sync"
    assert admin.client.get(url).status_code == 405
    assert admin.post(url, csrf=False).status_code == 422
    assert admin.post(url).status_code == 200


def test_the_job_board_is_no_page_of_others_scripts(admin: Pages) -> None:
    policy = admin.client.get("/admin/rq/").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in admin.client.get("/admin/users").headers["Content-Security-Policy"]
