"""Tokens that go stale, rotate, or are withdrawn in the middle of a sync."""

from threading import Barrier, Thread

import pytest

from jobs import syncs as sync_jobs
from tests.services.listening import Listening, failed
from webapp import db
from webapp.domain.accounts import State
from webapp.domain.errors import ConsentOverError
from webapp.domain.library import Kind
from webapp.domain.syncs import Cause, Collection, Status, Waiting
from webapp.queries import accounts, library
from webapp.services import tokens
from webapp.services.wiring import Wiring

TOKEN = "/api/token"
SEEN_TWICE = {f"/v1/me/{name}?limit=50&offset=0" for name in ("tracks", "albums")}
"""First pages, which are looked at once more at the end."""


def test_one_401_is_one_refresh_and_one_more_try(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.break_("unauthorized", "/me/albums", times=1)
    sync = listening.sync(user)
    assert sync.status is Status.COMPLETED
    assert not failed(sync)
    assert len(listening.calls(TOKEN)) == 1
    assert len(listening.calls("/me/albums")) == 2


def test_a_token_refused_again_and_again_costs_one_part(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.break_("unauthorized", "/me/albums")
    sync = listening.sync(user)
    assert failed(sync) == {Collection.SAVED_ALBUMS}
    assert listening.part(user, Collection.SAVED_ALBUMS).error == "token_stale"
    assert len(listening.calls(TOKEN)) == 1
    assert listening.account(user).state is State.ACTIVE


def test_all_pages_in_the_air_refused_are_one_refresh(listening: Listening) -> None:
    user = listening.join("medium")
    sync_jobs.begin(listening.wiring, user, Cause.SIGN_IN)
    listening.standin.world.expire_access_tokens("medium")
    listening.clock.forward(seconds=1)
    listening.standin.world.faults.latency = 0.03
    listening.work()
    assert listening.latest(user).status is Status.COMPLETED
    assert not failed(listening.latest(user))
    assert len([call for call in listening.calls() if call.status == 401]) > 1
    assert len(listening.calls(TOKEN)) == 1


def test_a_token_about_to_end_is_refreshed_before_it_is_used(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.clock.forward(minutes=55, seconds=-1)
    listening.sync(user)
    assert listening.calls(TOKEN) == []
    listening.clock.forward(seconds=1)
    listening.sync(user)
    assert len(listening.calls(TOKEN)) == 1
    assert all(call.status == 200 for call in listening.calls())


@pytest.mark.parametrize("way", ["due", "refused"])
def test_many_at_once_after_it_ended_are_one_refresh(listening: Listening, way: str) -> None:
    user = listening.join("tiny")
    before = tokens.access_token(listening.wiring, user)
    listening.clock.forward(hours=1)
    listening.standin.world.faults.latency = 0.05
    got = _at_once(listening.wiring, user, None if way == "due" else before)
    assert len(listening.calls(TOKEN)) == 1
    assert len(set(got)) == 1
    assert set(got) != {before}


def _at_once(wiring: Wiring, user: int, refused: str | None) -> list[str]:
    start, got = Barrier(6), list[str]()

    def ask() -> None:
        with db.connection():
            start.wait()
            if refused is None:
                got.append(tokens.access_token(wiring, user))
            else:
                got.append(tokens.refresh_after_401(wiring, user, refused))

    threads = [Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(got) == 6
    return got


def test_a_rotated_refresh_token_is_stored_before_the_new_token_is_used(
    listening: Listening,
) -> None:
    user = listening.join("tiny")
    listening.standin.world.rotate_refresh("tiny")
    for _ in range(3):
        listening.clock.forward(hours=2)
        listening.break_("drop", "/v1/me", times=8)  # whatever happens to the calls after it
        listening.sync(user)
        assert listening.account(user).state is State.ACTIVE
        listening.standin.world.faults.clear()
    assert len(listening.calls(TOKEN)) == 3
    listening.clock.forward(hours=2)
    assert listening.sync(user).status is Status.COMPLETED


@pytest.mark.parametrize("where", ["before", "midway"])
def test_consent_withdrawn_in_the_middle_waits_for_the_listener(
    listening: Listening, where: str
) -> None:
    user = listening.join("medium")
    sync_jobs.begin(listening.wiring, user, Cause.SIGN_IN)
    if where == "before":
        listening.standin.world.revoke("medium")
    else:
        listening.break_("unauthorized", "/me/tracks", after=3)
        listening.break_("invalid_grant", TOKEN)
    listening.work()
    sync = listening.latest(user)
    assert (sync.status, sync.waiting) == (Status.PENDING, Waiting.RECONNECT)
    assert _why_not(listening, user) == (State.NEEDS_RECONNECT, "consent_over")
    assert listening.queued() == []
    listening.standin.world.faults.clear()
    had = {(call.path, call.query) for call in listening.calls() if call.status == 200}
    listening.join("medium")
    begun = sync_jobs.begin(listening.wiring, user, Cause.SIGN_IN)
    assert begun.sync_id == sync.id
    listening.work()
    done = listening.latest(user)
    assert (done.id, done.status) == (sync.id, Status.COMPLETED)
    assert len(library.known(user, Kind.SAVED_TRACK)) == 600
    again = had & {(call.path, call.query) for call in listening.calls()}
    assert {f"{path}?{query}" for path, query in again} <= SEEN_TWICE


@pytest.mark.parametrize(
    ("kind", "reason"), [("allowlist", "not_allowlisted"), ("scope", "missing_scope")]
)
def test_a_listener_spotify_will_not_serve_is_told_to_act(
    listening: Listening, kind: str, reason: str
) -> None:
    user = listening.join("medium")
    sync_jobs.begin(listening.wiring, user, Cause.SIGN_IN)
    listening.break_(kind, "/me/albums")
    listening.work()
    sync = listening.latest(user)
    assert (sync.status, sync.waiting) == (Status.PENDING, Waiting.RECONNECT)
    assert _why_not(listening, user) == (State.NEEDS_RECONNECT, reason)
    made = len(listening.calls())
    sync_jobs.sync_library(sync_id=sync.id, attempt=sync.attempt)
    assert len(listening.calls()) == made, "nothing is asked for them now"
    assert listening.latest(user).waiting is Waiting.RECONNECT


def _why_not(listening: Listening, user: int) -> tuple[State, str | None]:
    account = listening.account(user)
    return account.state, account.state_reason


def test_who_disconnects_in_the_middle_stays_disconnected(listening: Listening) -> None:
    user = listening.join("medium")
    sync_jobs.begin(listening.wiring, user, Cause.SIGN_IN)
    listening.disconnect(user)
    with pytest.raises(ConsentOverError):
        tokens.access_token(listening.wiring, user)
    listening.work()
    assert listening.latest(user).status is Status.FAILED
    assert listening.account(user).state is State.DISCONNECTED
    assert accounts.find_token(user) is None
