"""A sync as pages and as JSON: running, over, failed, too early, somebody else's."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from demo.standin.faults import Fault
from demo.standin.server import StandIn
from tests.browsing import Browsing
from tests.pages import Pages, check_fragment
from webapp import db

STATUS = ("/api/sync/status", "/api/spotify/sync")
FIELDS = {
    "id": int,
    "status": str,
    "progress": int,
    "error": type(None),
    "mode": str,
    "waiting": type(None),
    "resume_at": type(None),
    "collections": list,
    "started_at": str,
    "updated_at": str,
    "completed_at": str,
}


def sync_of(listener: str, browsing: Browsing) -> int:
    user_id = browsing.account(listener).id
    return int(looked_up("SELECT max(id) FROM syncs WHERE user_id = %s", user_id))


def forget_syncs() -> None:
    with db.connection():
        db.query("DELETE FROM syncs")


def looked_up(sql: str, *values: Any) -> Any:
    with db.connection():
        return db.query(sql, *values)[0][0]


def test_a_sync_that_is_over_asks_for_nothing(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    number = sync_of("tiny", browsing)
    text = pages.page(f"/syncs/{number}")
    fragment = pages.fragment(f"/syncs/{number}/progress")
    for seen in (text, fragment):
        assert 'id="sync-progress"' in seen
        assert 'data-state="done"' in seen
        assert "hx-trigger" not in seen
        assert "hx-get" not in seen
    assert 'http-equiv="refresh"' not in text
    assert "Your library is up to date" in text
    assert "at once, in the request" in text


def test_a_sync_that_runs_asks_for_itself_until_it_is_over(browsing: Browsing) -> None:
    pages = browsing.sign_in("medium")
    number = sync_of("medium", browsing)
    text = pages.page(f"/syncs/{number}")
    assert f'hx-get="/syncs/{number}/progress"' in text
    assert 'hx-trigger="every 2s, resume"' in text
    assert re.search(r'<noscript>\s*<meta http-equiv="refresh" content="3">', text)
    assert "data-announce=" in text
    first = pages.client.get(f"/syncs/{number}/progress")
    assert "HX-Trigger" not in first.headers
    assert first.headers["Cache-Control"] == "no-store"
    browsing.work()
    last = pages.client.get(f"/syncs/{number}/progress")
    assert last.headers["HX-Trigger"] == "sync-ended"
    assert "hx-trigger" not in last.text
    assert "on a worker" in pages.page(f"/syncs/{number}")


def test_somebody_elses_sync_is_not_there(browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    number = sync_of("tiny", browsing)
    other = browsing.sign_in("empty")
    other.page(f"/syncs/{number}", status=404)
    assert other.client.get(f"/syncs/{number}/progress").status_code == 404
    assert f"/syncs/{number}" not in other.page("/syncs")


def test_a_visitor_sees_no_sync(pages: Pages, browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    number = sync_of("tiny", browsing)
    for url in ("/syncs", f"/syncs/{number}", f"/syncs/{number}/progress"):
        assert pages.client.get(url).status_code == 401
    assert pages.post("/syncs").status_code == 401


def test_a_part_that_failed_can_be_tried_again(browsing: Browsing, standin: StandIn) -> None:
    fault = Fault(kind="forbidden", match="/me/albums")
    standin.world.faults.add(fault)
    pages = browsing.sign_in("tiny")
    number = sync_of("tiny", browsing)
    text = pages.page(f"/syncs/{number}")
    assert "collection--failed" in text
    assert "record__played--failed" in text
    assert re.search(r'action="/syncs"[^>]*hx-post="/syncs"[^>]*hx-target="#sync-progress"', text)
    assert "1 part could not be read" in pages.page("/syncs")
    early = pages.post("/syncs")
    assert early.status_code == 429
    assert 0 < int(early.headers["Retry-After"]) <= 60
    standin.world.faults.clear()
    with db.connection():
        db.query("UPDATE syncs SET completed_at = completed_at - interval '2 minutes'")
    reply = pages.post("/syncs", htmx=True)
    check_fragment(reply.text)
    assert 'data-state="done"' in reply.text
    assert reply.text.count('<li class="collection') == 1, "only that part again"


def test_the_history_lists_syncs_newest_first(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    assert "All of it is up to date" in pages.page("/syncs")
    forget_syncs()
    assert "No sync yet" in pages.page("/syncs")


def test_too_early_is_said_with_the_time(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    plain = pages.post("/syncs")
    assert plain.status_code == 429
    assert 3500 < int(plain.headers["Retry-After"]) <= 3600
    assert "just synced" in plain.text
    by_htmx = pages.post("/syncs", htmx=True)
    assert by_htmx.status_code == 429
    assert 3500 < int(by_htmx.headers["Retry-After"]) <= 3600
    check_fragment(by_htmx.text)
    assert "just synced" in by_htmx.text
    assert looked_up("SELECT count(*) FROM syncs") == 1


@pytest.mark.parametrize("url", STATUS)
def test_the_state_as_json(browsing: Browsing, pages: Pages, url: str) -> None:
    asked = pages.json(url, status=401)
    assert asked["error"]["status"] == 401
    signed_in = browsing.sign_in("tiny")
    body = signed_in.json(url)
    assert {name: type(value) for name, value in body.items()} == FIELDS
    assert (body["status"], body["progress"], body["mode"]) == ("COMPLETED", 100, "inline")
    assert len(body["collections"]) == 7
    for part in body["collections"]:
        assert set(part) == {"name", "status", "done", "total", "error"}
        assert part["status"] == "COMPLETED"
    assert datetime.fromisoformat(body["completed_at"]).utcoffset() is not None
    forget_syncs()
    assert signed_in.json(url, status=404)["error"]["status"] == 404


def test_starting_by_json(browsing: Browsing, pages: Pages) -> None:
    url = "/api/spotify/sync"
    assert pages.post(url).status_code == 401
    tiny = browsing.sign_in("tiny")
    early = tiny.post(url)
    assert early.status_code == 429
    assert 3500 < int(early.headers["Retry-After"]) <= 3600
    error = early.get_json()["error"]
    assert error["status"] == 429
    assert datetime.fromisoformat(error["not_before"]).utcoffset() is not None
    assert tiny.post(url, csrf=False).status_code == 422
    forget_syncs()
    done = tiny.post(url)
    assert (done.status_code, done.get_json()["status"]) == (200, "COMPLETED")
    running = browsing.sign_in("medium").post(url)
    assert (running.status_code, running.get_json()["mode"]) == (202, "queued")


def test_a_double_click_is_one_sync(browsing: Browsing) -> None:
    here, there = browsing.sign_in("medium"), browsing.sign_in("medium")
    forget_syncs()
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda pages: pages.post("/syncs"), (here, there)))
    assert [reply.status_code for reply in replies] == [303, 303]
    assert len({reply.headers["Location"] for reply in replies}) == 1
    assert looked_up("SELECT count(*) FROM syncs") == 1
