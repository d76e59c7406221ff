"""The archive for scripts, and for schedulers outside."""

from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue

from config import Settings
from demo.embedded import free_port
from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.shelving import MONDAY
from tests.views.histories import HOUR, History
from webapp import db
from webapp.app import create_app
from webapp.queries import budget
from webapp.services.wiring import Wiring

SECRET = "let-me-in-0123456789"
CRON = "/api/cron/archive"
STATUS = "/api/archive/status"


@pytest.fixture
def open_to_schedulers(settings: Settings, wiring: Wiring, browsing: Browsing) -> Browsing:
    """Give an install that a scheduler may call, with a listener who is due."""
    told = replace(settings, cron_secret=SECRET)
    browsing.app = create_app(told, replace(wiring, settings=told))
    browsing.sign_in("tiny")
    with db.connection():
        db.query("UPDATE archive_states SET due_at = %s", MONDAY)
    return browsing


def test_the_status_tells_how_the_archive_stands(browsing: Browsing, wiring: Wiring) -> None:
    mine, now = History(browsing), wiring.clock()
    mine.play(("t1", MONDAY), ("t1", MONDAY - HOUR), ("t1", MONDAY - 9 * HOUR))
    mine.miss(MONDAY - HOUR, MONDAY)
    mine.miss(MONDAY - 9 * HOUR, MONDAY - HOUR, closed_by="an import")
    with db.connection():
        db.query(
            "UPDATE archive_states SET polled_at = %s, due_at = %s, last_new = 3, failures = 2,"
            " failure_kind = 'NETWORK', failure_message = 'outage', retry_at = %s,"
            " every_minutes = 15",
            MONDAY,
            MONDAY + HOUR,
            MONDAY + 2 * HOUR,
        )
        budget.block(now + HOUR, "rate_limited", now)
    found = mine.pages.json(STATUS)
    assert found == {
        "polled_at": MONDAY.isoformat(),
        "new_plays": 3,
        "due_at": (MONDAY + HOUR).isoformat(),
        "every_minutes": 15,
        "failures": {
            "count": 2,
            "kind": "NETWORK",
            "message": "Spotify did not answer properly. It usually recovers by itself.",
            "retry_at": (MONDAY + 2 * HOUR).isoformat(),
        },
        "gaps": {"open": 1, "closed": 1},
        "plays": 3,
        "blocked_until": (now + HOUR).isoformat(),
    }


def test_before_anything_happened_the_status_is_empty(browsing: Browsing) -> None:
    pages = browsing.sign_in("empty")
    with db.connection():
        db.query("DELETE FROM archive_states")
    found = pages.json(STATUS)
    assert found["failures"] == {"count": 0, "kind": None, "message": None, "retry_at": None}
    assert found["plays"] == found["new_plays"] == 0
    assert found["polled_at"] is found["due_at"] is found["blocked_until"] is None


def test_the_status_is_the_listeners_own(browsing: Browsing, pages: Pages) -> None:
    mine = History(browsing)
    mine.play(("t1", MONDAY))
    other = browsing.sign_in("tiny")
    assert other.json(STATUS)["plays"] != mine.pages.json(STATUS)["plays"] == 1
    assert pages.json(STATUS, status=401)["error"]["status"] == 401


def test_the_right_secret_queues_whoever_is_due(open_to_schedulers: Browsing) -> None:
    queue = Queue("archive", connection=open_to_schedulers.wiring.redis)
    client = open_to_schedulers.app.test_client()
    reply = client.post(CRON, headers={"Authorization": f"Bearer {SECRET}"})
    assert (reply.status_code, reply.get_json()) == (202, {"listeners": 1, "batches": 1})
    assert len(queue) == 1
    client.post(CRON, headers={"Authorization": f"bearer  {SECRET} "})
    assert len(queue) == 1, "called twice, queued once"
    open_to_schedulers.work()
    reply = client.post(CRON, headers={"Authorization": f"Bearer {SECRET}"})
    assert reply.get_json() == {"listeners": 0, "batches": 0}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        SECRET,
        f"Basic {SECRET}",
        f"Bearer {SECRET}x",
        f"Bearer {SECRET[:-1]}",
        f"Bearer {SECRET.upper()}",
        "Bearer ÿé",
        f"Bearer {SECRET} {SECRET}",
    ],
)
def test_a_wrong_secret_starts_nothing(
    open_to_schedulers: Browsing, header: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    headers = {} if header is None else {"Authorization": header}
    reply = open_to_schedulers.app.test_client().post(CRON, headers=headers)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.get_json()["error"]["status"] == 401
    assert len(Queue("archive", connection=open_to_schedulers.wiring.redis)) == 0
    logged = capfd.readouterr()
    assert SECRET.lower() not in (logged.out + logged.err + reply.text).lower()


def test_a_cookie_is_no_secret_and_reading_starts_nothing(open_to_schedulers: Browsing) -> None:
    pages = open_to_schedulers.sign_in("tiny")
    assert pages.post(CRON).status_code == 401
    for method in ("get", "put", "delete"):
        assert getattr(pages.client, method)(CRON).status_code == 405


@pytest.mark.parametrize("header", ["Bearer ", "Bearer anything"])
def test_without_a_secret_it_is_switched_off(pages: Pages, header: str) -> None:
    reply = pages.client.post(CRON, headers={"Authorization": header})
    assert reply.status_code == 404
    assert "CRON_SECRET" in reply.get_json()["error"]["message"]


def test_calls_without_end_are_refused(open_to_schedulers: Browsing) -> None:
    client = open_to_schedulers.app.test_client()
    codes = [client.post(CRON).status_code for _ in range(61)]
    assert codes == [401] * 60 + [429]


def test_without_the_queue_it_says_so(settings: Settings, wiring: Wiring) -> None:
    told = replace(settings, cron_secret=SECRET)
    away = Redis(port=free_port(), socket_connect_timeout=1)
    with db.connection():
        db.query(
            "INSERT INTO users (spotify_id, username, display_name, created_at, last_seen_at)"
            " VALUES ('x', 'x', 'x', now(), now())"
        )
        db.query(
            "INSERT INTO archive_states (user_id, due_at) SELECT id, %s FROM users",
            wiring.clock() - timedelta(days=1),
        )
    app = create_app(told, replace(wiring, settings=told, redis=away))
    reply = app.test_client().post(CRON, headers={"Authorization": f"Bearer {SECRET}"})
    assert reply.status_code == 503
    assert "queue" in reply.get_json()["error"]["message"]
