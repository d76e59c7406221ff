"""Settings: what may be changed, what is refused, and what a change does."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from jobs import time_zones
from tests.browsing import Browsing
from tests.pages import Pages, check_page
from tests.queries.playing import played
from webapp import db
from webapp.queries import accounts
from webapp.services.time_zones import FEW_PLAYS, ask_for, move

BEGIN = datetime(2026, 1, 1, 20, tzinfo=UTC)

GOOD: dict[str, Any] = {
    "username": "ida-moe",
    "time_zone": "UTC",
    "language": "",
    "theme": "system",
}


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


def test_the_page_shows_what_is_set(tiny: Pages) -> None:
    text = tiny.page("/settings")
    assert 'value="ida-moe"' in text
    assert '<option value="UTC" selected>' in text
    assert 'value="system" checked' in text
    assert "permission ends on" in text
    assert "(in 18" in text
    assert "Sign out everywhere" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("username", ""),
        ("username", "ida moe"),
        ("username", "-ida"),
        ("username", "ida-"),
        ("username", "idä"),
        ("username", "i" * 31),
        ("username", "Settings"),
        ("username", "admin"),
        ("username", "healthz"),
        ("username", "<b>ida</b>"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("language", "tlh"),
        ("theme", "pink"),
        ("theme", ""),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept_to_correct(
    tiny: Pages, browsing: Browsing, name: str, value: str
) -> None:
    before = browsing.account("tiny")
    sent = {**GOOD, "username": "another-name", "theme": "dark", name: value}
    reply = tiny.post("/settings", **sent)
    assert reply.status_code == 422
    check_page(reply.text)
    assert "Nothing was saved" in reply.text
    assert "field__error" in reply.text
    assert "<b>ida</b>" not in reply.text
    kept = value.replace("<", "&lt;").replace(">", "&gt;") if name == "username" else "another-name"
    assert f'value="{kept}"' in reply.text
    assert browsing.account("tiny") == before


@pytest.mark.parametrize("missing", ["username", "time_zone", "theme"])
def test_a_field_that_is_missing_changes_nothing(
    tiny: Pages, browsing: Browsing, missing: str
) -> None:
    before = browsing.account("tiny")
    sent = {name: value for name, value in GOOD.items() if name != missing}
    assert tiny.post("/settings", **{**sent, "language": "en"}).status_code == 422
    assert browsing.account("tiny") == before


def test_a_name_is_made_small(tiny: Pages, browsing: Browsing) -> None:
    assert save(tiny, username="  Ida-2 ") == 303
    assert browsing.account("tiny").username == "ida-2"
    assert "Saved." in tiny.page("/settings")


def test_a_name_that_somebody_has_is_refused(tiny: Pages, browsing: Browsing) -> None:
    browsing.sign_in("empty")
    theirs = browsing.account("empty").username
    reply = tiny.post("/settings", **{**GOOD, "username": theirs.upper(), "theme": "dark"})
    assert reply.status_code == 422
    assert "Somebody else has this name" in reply.text
    assert browsing.account("tiny").theme == "system"
    assert save(tiny, username="ida-moe") == 303, "keeping one's own name is no collision"


def test_the_theme_is_on_every_page(tiny: Pages) -> None:
    assert 'data-theme="auto"' in tiny.page("/settings")
    save(tiny, theme="dark")
    assert 'data-theme="dark"' in tiny.page("/settings")
    assert 'data-theme="dark"' in tiny.page("/library")


def test_a_language_that_is_not_there_yet_is_not_claimed(tiny: Pages) -> None:
    reply = tiny.client.get("/settings", headers={"Accept-Language": "tlh, fr;q=0.9"})
    assert '<html lang="en"' in reply.text
    save(tiny, language="en")
    assert '<html lang="en"' in tiny.page("/settings")


def test_times_are_those_of_the_time_zone(tiny: Pages) -> None:
    save(tiny, time_zone="Asia/Kathmandu")
    there = tiny.page("/syncs")
    save(tiny, time_zone="America/St_Johns")
    assert tiny.page("/syncs") != there
    assert '<option value="America/St_Johns" selected>' in tiny.page("/settings")


def test_many_days_are_counted_anew_by_a_worker(tiny: Pages, browsing: Browsing) -> None:
    user_id = browsing.account("tiny").id
    with db.connection():
        played(user_id, [("t", BEGIN + n * timedelta(hours=2)) for n in range(FEW_PLAYS + 1)])
    assert save(tiny, time_zone="Asia/Tokyo") == 303
    text = tiny.page("/settings")
    assert (
        "being counted anew for Asia/Tokyo. Until that is done, all pages show those of UTC" in text
    )
    assert '<option value="Asia/Tokyo" selected>' in text
    assert (browsing.account("tiny").time_zone, first_day(user_id)) == ("UTC", date(2026, 1, 1))
    browsing.wiring.redis.flushall()
    with db.connection():
        assert [time_zones.reap(browsing.wiring) for _ in range(2)] == [1, 1]
    browsing.work()
    account = browsing.account("tiny")
    assert (account.time_zone, account.wanted_time_zone) == ("Asia/Tokyo", None)
    assert first_day(user_id) == date(2026, 1, 2)
    with db.connection():
        assert time_zones.reap(browsing.wiring) == 0
        assert not move(user_id), "there is nothing left to do"
    assert "being counted anew" not in tiny.page("/settings")


def test_who_stays_after_all_needs_no_worker(newcomer: int) -> None:
    played(newcomer, [("t", BEGIN + n * timedelta(hours=2)) for n in range(FEW_PLAYS + 1)])
    wishes = [("Asia/Tokyo", True), ("Asia/Kathmandu", True), ("UTC", False)]
    for zone, left in wishes:
        assert ask_for(newcomer, zone) == left
    assert not move(newcomer)
    assert accounts.get(newcomer).time_zone == "UTC"


def test_whatever_changes_something_is_limited(app: Flask) -> None:
    """Who may ask without end: leaving, and what has a limit of its own."""
    own = {"auth.logout", "submissions.create", "api.start_spotify"}
    unsafe = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("rq_dashboard.")
    }
    assert {name for name in unsafe if not hasattr(app.view_functions[name], "rate")} == own


def test_a_form_without_its_token_changes_nothing(tiny: Pages, browsing: Browsing) -> None:
    sent = {**GOOD, "theme": "dark"}
    assert tiny.post("/settings", csrf=False, **sent).status_code == 422
    assert browsing.account("tiny").theme == "system"


def test_a_visitor_is_asked_to_sign_in(pages: Pages) -> None:
    pages.page("/settings", status=401)
    assert pages.post("/settings", **GOOD).status_code == 401


def test_a_wrong_confirmation_keeps_the_form_open(tiny: Pages) -> None:
    reply = tiny.post("/account/delete", confirmation="ida-mo")
    assert reply.status_code == 422
    check_page(reply.text)
    assert '<details class="confirm" open>' in reply.text
    assert "Nothing was deleted" in reply.text
    assert "Nothing was saved" not in reply.text


def test_after_disconnecting_there_is_nothing_to_disconnect(tiny: Pages) -> None:
    tiny.post("/account/disconnect")
    text = tiny.page("/settings")
    assert "Nothing new is collected" in text
    assert 'action="/account/disconnect"' not in text


def save(pages: Pages, **changes: Any) -> int:
    return pages.post("/settings", **{**GOOD, **changes}).status_code


def first_day(user_id: int) -> date:
    with db.connection():
        rows = db.query("SELECT min(day) FROM daily_listening WHERE user_id = %s", user_id)
    found: date = rows[0][0]
    return found
