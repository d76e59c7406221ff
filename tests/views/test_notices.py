"""What the top of every page says: each to the one who can do something about it."""

import re
from datetime import datetime, timedelta

import pytest

from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.shelving import make_listener
from webapp import db
from webapp.domain.accounts import State, consent_of
from webapp.queries import accounts
from webapp.services.wiring import Wiring

SOON = timedelta(minutes=5)


@pytest.fixture
def admin(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


@pytest.fixture
def listener(admin: Pages, browsing: Browsing) -> Pages:
    """Sign in somebody who is no admin."""
    return browsing.sign_in("empty")


def notices(pages: Pages) -> str:
    """Read the notices of a page as text."""
    text = pages.page("/settings")
    found = re.search(r'<section class="notices".*?</section>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def block(wiring: Wiring, why: str, until: datetime) -> None:
    with db.connection():
        wiring.gate.block(until, why)


def test_a_burst_and_a_used_up_day_are_worded_differently(listener: Pages, wiring: Wiring) -> None:
    until = wiring.clock() + SOON
    block(wiring, "rate_limited", until)
    assert f"Spotify asks us to pause until {_written(until, wiring)}" in notices(listener)
    until += timedelta(days=3)
    block(wiring, "quota_exceeded", until)
    told = notices(listener)
    assert f"calls to Spotify are used up. Work goes on by itself at {until:%b %-d}" in told
    assert "asks us to pause" not in told


def _written(until: datetime, wiring: Wiring) -> str:
    same_day = until.date() == wiring.clock().date()
    return f"{until:%H:%M}" if same_day else f"{until:%b %-d}"


def test_a_lapsed_premium_is_the_operators_to_renew(
    admin: Pages, listener: Pages, wiring: Wiring
) -> None:
    block(wiring, "premium_lapsed", wiring.clock() + timedelta(hours=20))
    assert "The operator has to renew it" in notices(listener)
    told = notices(admin)
    assert "Renew it; the next try is at" in told
    assert "The operator has to" not in told


def test_a_pause_that_is_over_is_not_told(listener: Pages, wiring: Wiring) -> None:
    block(wiring, "rate_limited", wiring.clock() - SOON)
    assert notices(listener) == ""


def test_listeners_whom_spotify_does_not_know_are_the_operators_to_add(
    admin: Pages, listener: Pages, browsing: Browsing
) -> None:
    with db.connection():
        accounts.needs_reconnect(browsing.account("empty").id, "not_allowlisted")
        accounts.needs_reconnect(make_listener("mira"), "not_allowlisted")
        accounts.needs_reconnect(make_listener("nia"), "consent_over")
    told = notices(admin)
    assert "does not know 2 listeners as users of this app" in told
    assert "Who it is" in told
    told = notices(listener)
    assert "Ask the operator to add you" in told
    assert "2 listeners" not in told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("consent_over", "permission has ended"),
        ("missing_scope", "permission lacks something"),
        ("not_allowlisted", "does not know you as a user of this app"),
    ],
)
def test_a_lost_permission_is_told_with_one_button(
    listener: Pages, browsing: Browsing, reason: str, told: str
) -> None:
    with db.connection():
        accounts.set_state(browsing.account("empty").id, State.NEEDS_RECONNECT, reason)
    found = notices(listener)
    assert told in found
    assert found.count("Reconnect with Spotify") == 1


@pytest.mark.parametrize(
    ("days", "told"), [(31, None), (30, 30), (8, 8), (7, 7), (2, 2), (1, 1), (0.5, 1)]
)
def test_the_end_of_the_consent_is_told_from_30_days_before(
    listener: Pages, browsing: Browsing, wiring: Wiring, days: float, told: int | None
) -> None:
    with db.connection():
        user_id = browsing.account("empty").id
        now = wiring.clock()
        # Months differ in length: the day of consent is found from its end.
        consented = now - timedelta(days=190)
        while consent_of(consented, now).ends_at < now + timedelta(days=days) - timedelta(hours=1):
            consented += timedelta(hours=1)
        db.query("UPDATE users SET consented_at = %s WHERE id = %s", consented, user_id)
    found = notices(listener)
    if told is None:
        assert found == ""
    else:
        assert f"permission ends in {told} day" in found
        assert "Renew" in found
