"""The line that says how the archive stands, its button, and a history without plays."""

import re
from datetime import timedelta
from typing import Any

import pytest

from demo.standin.faults import Fault
from tests.browsing import Browsing
from tests.pages import HTMX, Pages, check_fragment
from tests.queries.shelving import MONDAY
from tests.views.histories import History
from webapp import db
from webapp.queries import budget
from webapp.services.wiring import Wiring


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


def put(browsing: Browsing, listener: str = "tiny", **columns: Any) -> None:
    """Set how the archive stands with a listener."""
    user_id = browsing.account(listener).id
    with db.connection():
        for name, value in columns.items():
            db.query(f"UPDATE archive_states SET {name} = %s WHERE user_id = %s", value, user_id)  # noqa: S608 - our own names


def stand(user_id: int, state: str) -> None:
    with db.connection():
        db.query("UPDATE users SET state = %s WHERE id = %s", state, user_id)


def listen(browsing: Browsing, wiring: Wiring, count: int) -> None:
    world = browsing.standin.world
    for track, minutes in zip(world.music.tracks, range(count), strict=False):
        world.add_play("empty", track, wiring.clock() - timedelta(minutes=minutes))


def line(pages: Pages) -> str:
    """Read the line, on its own and within the page: they say the same."""
    alone = words_of(pages.fragment("/history/status"))
    assert alone in words_of(pages.page("/history"))
    return alone


def words_of(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_asked_a_while_ago(tiny: Pages, browsing: Browsing, wiring: Wiring) -> None:
    now = wiring.clock()
    put(browsing, polled_at=now - timedelta(minutes=12), due_at=now + timedelta(days=2), last_new=3)
    text = line(tiny)
    assert "Last asked 12 minutes ago: 3 new plays." in text
    assert f"Next at {(now + timedelta(days=2)):%b %-d, }" in text
    put(browsing, last_new=0, due_at=now)
    assert "Last asked 12 minutes ago: nothing new." in line(tiny)
    assert "in a moment" in line(tiny)
    assert "Archive now" in line(tiny)


def test_never_asked(tiny: Pages, browsing: Browsing) -> None:
    put(browsing, polled_at=None, due_at=MONDAY)
    assert "Spotify was not asked for your plays yet." in line(tiny)
    with db.connection():
        db.query("DELETE FROM archive_states")
    assert "Spotify was not asked for your plays yet." in line(tiny)


@pytest.mark.parametrize(("missed", "why"), [(True, "plays were missed"), (False, "you play so")])
def test_asked_more_often(
    tiny: Pages, browsing: Browsing, wiring: Wiring, missed: bool, why: str
) -> None:
    now = wiring.clock()
    put(browsing, polled_at=now, every_minutes=15, due_at=now + timedelta(minutes=9))
    put(browsing, last_gap_at=now - timedelta(hours=2) if missed else None)
    assert "every 15 minutes" in line(tiny)
    assert why in line(tiny)


def test_failing(tiny: Pages, browsing: Browsing, wiring: Wiring) -> None:
    put(browsing, retry_at=wiring.clock() + timedelta(days=2), failures=3)
    for kind, message, words in (
        ("NETWORK", "outage", "did not answer properly"),
        ("AUTH", "token_stale", "did not accept our key"),
    ):
        put(browsing, failure_kind=kind, failure_message=message)
        text = line(tiny)
        assert "The last 3 tries failed." in text
        assert words in text
        assert "Next try at" in text


def test_paused(tiny: Pages, wiring: Wiring) -> None:
    now = wiring.clock()
    with db.connection():
        budget.block(now + timedelta(days=2), "rate_limited", now)
    text = line(tiny)
    assert "Spotify asks us to pause until" in text
    assert "Archive now" not in text


@pytest.mark.parametrize("state", ["needs_reconnect", "disconnected"])
def test_who_must_reconnect_is_told_and_not_asked_for(
    tiny: Pages, browsing: Browsing, state: str
) -> None:
    stand(browsing.account("tiny").id, state)
    browsing.standin.world.log.clear()
    assert "rests until you reconnect" in line(tiny)
    reply = tiny.post("/archive", htmx=True)
    check_fragment(reply.text)
    assert tiny.post("/archive").status_code == 303
    assert "HX-Trigger" not in reply.headers
    assert not browsing.standin.world.log


def test_asking_by_hand_brings_new_plays(browsing: Browsing, wiring: Wiring) -> None:
    pages = browsing.sign_in("empty")
    listen(browsing, wiring, 2)
    reply = pages.post("/archive", htmx=True)
    check_fragment(reply.text)
    assert "2 new plays." in reply.text
    assert 'data-announce="2 new plays."' in reply.text
    assert reply.headers["HX-Trigger"] == "plays-archived"
    assert 'hx-trigger="plays-archived from:body"' in pages.page("/history")
    assert 'hx-trigger="plays-archived' not in pages.page("/history?day=2026-01-01")
    again = pages.post("/archive", htmx=True)
    assert "Nothing new since the last look." in again.text
    assert "HX-Trigger" not in again.headers


def test_asking_by_hand_works_without_scripts(browsing: Browsing, wiring: Wiring) -> None:
    pages = browsing.sign_in("empty")
    listen(browsing, wiring, 1)
    reply = pages.post("/archive")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/history")
    assert "1 new play." in pages.page("/history")
    assert pages.post("/archive", csrf=False).status_code == 422


def test_asking_by_hand_may_fail(tiny: Pages, browsing: Browsing) -> None:
    browsing.standin.world.faults.add(Fault(kind="server_error", match="/me/player"))
    reply = tiny.post("/archive", htmx=True)
    assert reply.status_code == 200
    assert "did not answer properly" in reply.text


def test_asking_by_hand_meets_a_pause(tiny: Pages, wiring: Wiring) -> None:
    now = wiring.clock()
    with db.connection():
        budget.block(now + timedelta(days=2), "rate_limited", now)
    assert "Spotify asks us to pause until" in tiny.post("/archive", htmx=True).text


def test_asking_too_often_is_refused(tiny: Pages, browsing: Browsing) -> None:
    stand(browsing.account("tiny").id, "needs_reconnect")
    for _ in range(12):
        assert tiny.post("/archive").status_code == 303
    plain, live = tiny.post("/archive"), tiny.post("/archive", htmx=True)
    assert (plain.status_code, live.status_code) == (429, 429)
    assert "A little too fast" in plain.text
    check_fragment(live.text)
    assert "Asked often enough" in live.text
    assert 0 < int(live.headers["Retry-After"]) <= 3600


def test_only_listeners_ask(pages: Pages) -> None:
    assert pages.post("/archive").status_code == 401
    assert pages.client.get("/history/status", headers=HTMX).headers["HX-Redirect"]


def test_no_plays_yet_says_what_comes_next(browsing: Browsing, wiring: Wiring) -> None:
    pages = browsing.sign_in("empty")
    now = wiring.clock()
    put(browsing, "empty", polled_at=None, due_at=now + timedelta(days=2))
    for url in ("/history", "/history/list", "/history?day=2020-01-01"):
        text = pages.client.get(url, headers=HTMX).text
        assert "0 plays yet" in text
        assert "Spotify is asked for your last 50 plays at" in text
    put(browsing, "empty", due_at=now)
    assert "your last 50 plays in a moment" in pages.page("/history")
    put(browsing, "empty", polled_at=now)
    assert "knew of none" in pages.page("/history")
    stand(browsing.account("empty").id, "needs_reconnect")
    assert "Reconnect, and your last 50 plays are here" in pages.page("/history")
    stand(browsing.account("empty").id, "active")
    with db.connection():
        budget.block(now + timedelta(days=2), "rate_limited", now)
    assert "come by themselves after that" in pages.page("/history")


def test_before_the_first_play_leads_to_it(browsing: Browsing) -> None:
    mine = History(browsing)
    mine.play(("t1", MONDAY))
    text = mine.pages.page("/history?day=2020-01-01")
    assert "0 plays up to January 1, 2020" in text
    assert 'href="/history?day=2026-03-02"' in text
