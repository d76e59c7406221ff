"""The crowd: many listeners who only play, steadily, with tokens for the asking."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.standin.server import StandIn
from demo.standin.shapes import Shape
from demo.standin.world import Settings, World
from tests.demo.callers import SCOPE, App, Clock
from tests.demo.test_openapi import DESCRIPTION, validator

RECENT = "/me/player/recently-played"
SOMEBODY, ANOTHER = "crowd-00001", "crowd-00002"


@pytest.fixture
def member(app: App) -> App:
    """Let an app hold the tokens of one of twelve."""
    assert app.control("add_crowd", count=12).status_code == 200
    return become(app, SOMEBODY)


def become(app: App, key: str) -> App:
    """Take a member's tokens without a consent page."""
    app.tokens = app.control("crowd_tokens", scope=SCOPE).json()["result"][key]
    return app


def ends_of(page: dict[str, Any]) -> list[datetime]:
    """Read when each play of an answer ended."""
    return [datetime.fromisoformat(item["played_at"]) for item in page["items"]]


def cursor(moment: datetime) -> int:
    """Write a moment as the cursors have it."""
    return round(moment.timestamp() * 1000)


def test_every_member_gets_tokens_that_work(app: App) -> None:
    app.control("add_crowd", count=300)
    granted = app.control("crowd_tokens", scope=SCOPE).json()["result"]
    assert list(granted) == [f"crowd-{number:05}" for number in range(1, 301)]
    assert len({token["access_token"] for token in granted.values()}) == 300
    for key in (SOMEBODY, "crowd-00300"):
        app.tokens = granted[key]
        assert app.get("/me").json()["id"] == key
        app.tokens = granted[key] | app.refresh().json()
        assert app.get("/me").json()["id"] == key


def test_tokens_have_the_scope_that_was_asked_for(app: App) -> None:
    app.control("add_crowd", count=1)
    granted = app.control("crowd_tokens", scope="user-top-read").json()["result"]
    app.tokens = granted[SOMEBODY]
    assert app.get(RECENT).status_code == 403
    assert app.get("/me/top/tracks").json()["items"] == []


@pytest.mark.parametrize("rate", [1, 7, 20, 49])
def test_any_hour_brings_the_same_number(clock: Clock, rate: int) -> None:
    world = World()
    world.set_clock(clock)
    world.add_crowd(2, plays_per_hour=rate)
    for _ in range(60):
        hour_ago = clock.now - timedelta(hours=1)
        new = [play for play in world.recent_plays(ANOTHER) if play.ended_at > hour_ago]
        assert len(new) == rate
        clock.advance(minutes=7, milliseconds=333)


def test_plays_follow_from_the_number_and_the_hour(clock: Clock) -> None:
    first, second = World(), World()
    for world in (first, second):
        world.set_clock(clock)
        world.add_crowd(40)
    plays = {key: first.recent_plays(key) for key in first.crowd.members()}
    assert plays == {key: second.recent_plays(key) for key in second.crowd.members()}
    assert len({tuple(play.track_id for play in found) for found in plays.values()}) == 40
    clock.advance(hours=5)
    assert not set(plays[SOMEBODY]) & set(first.recent_plays(SOMEBODY))
    clock.advance(hours=-5)
    assert first.recent_plays(SOMEBODY) == plays[SOMEBODY]


def test_answer_keeps_to_after_and_limit(member: App, clock: Clock) -> None:
    page = member.get(RECENT, limit=50).json()
    ends = ends_of(page)
    assert len(ends) == 50
    assert ends == sorted(ends, reverse=True)
    assert ends[0] <= clock.now
    hour_ago = clock.now - timedelta(hours=1)
    new = member.get(RECENT, limit=50, after=cursor(hour_ago)).json()
    assert ends_of(new) == [end for end in ends if end > hour_ago]
    assert len(new["items"]) == 20
    assert new["next"] is None
    few = member.get(RECENT, limit=3, after=cursor(hour_ago)).json()
    assert ends_of(few) == ends[:3]
    assert few["cursors"] == {"after": str(cursor(ends[0])), "before": str(cursor(ends[2]))}


def test_nothing_new_has_no_cursors(member: App) -> None:
    after = member.get(RECENT, limit=50).json()["cursors"]["after"]
    nothing = member.get(RECENT, limit=50, after=after).json()
    assert (nothing["items"], nothing["cursors"], nothing["next"]) == ([], None, None)


def test_a_crowd_may_be_silent(app: App) -> None:
    app.control("add_crowd", count=1, plays_per_hour=0)
    page = become(app, SOMEBODY).get(RECENT, limit=50).json()
    assert (page["items"], page["cursors"]) == ([], None)


@pytest.mark.skipif(
    not DESCRIPTION.exists(), reason="the OpenAPI description is not part of a public clone"
)
@pytest.mark.parametrize("shape", ["restricted", "extended"])
def test_answers_fit_the_description(member: App, shape: Shape) -> None:
    member.standin.world.set_shape(shape)
    for path in ("/me", RECENT, "/me/tracks", "/me/playlists", "/me/top/tracks"):
        answer = member.get(path, limit=50)
        assert answer.status_code == 200, answer.text
        assert not list(validator(path, shape).iter_errors(answer.json()))


def test_consent_page_does_not_know_the_crowd(member: App) -> None:
    url = f"{member.standin.url}/authorize"
    form = member.consent_form(SOMEBODY)
    assert "crowd" not in member.session.get(url, params=form).text
    assert member.session.post(url, data=form, allow_redirects=False).status_code == 400


@pytest.mark.parametrize("key", ["crowd-00013", "crowd-00000", "crowd-1", "crowd-000012", "crowd-"])
def test_nobody_else_is_in_the_crowd(member: App, key: str) -> None:
    assert member.standin.world.find_listener(key) is None


def test_reset_sends_the_crowd_away(member: App) -> None:
    member.standin.world.set_clock(None)  # as the reset does, or a token ends with it
    nova = App(member.standin, member.session).sign_in("nova")
    member.control("reset")
    assert member.get(RECENT).status_code == 401
    assert member.refresh().json()["error"] == "invalid_grant"
    assert member.control("crowd_tokens", scope=SCOPE).json()["result"] == {}
    assert nova.get(RECENT).status_code == 200


def test_another_crowd_takes_the_place(member: App) -> None:
    member.control("add_crowd", count=1, plays_per_hour=2)
    assert member.get("/me").status_code == 401
    page = become(member, SOMEBODY).get(RECENT, limit=50).json()
    assert ends_of(page)[0] - ends_of(page)[1] == timedelta(minutes=30)


def test_tokens_that_outlive_their_crowd_are_refused(tmp_path: Path) -> None:
    kept = Settings(state_file=tmp_path / "state.json")
    with StandIn(kept) as running:
        running.world.add_crowd(1)
        tokens = running.world.crowd_tokens(SCOPE)[SOMEBODY]
    with StandIn(kept) as running, requests.Session() as session:
        app = App(running, session, tokens)
        assert app.get("/me").json()["error"]["message"] == "Invalid access token"
        assert "access_token" in app.refresh().json()


@pytest.mark.parametrize("wrong", [{"count": -1}, {"count": 1, "plays_per_hour": -1}, {}])
def test_an_impossible_crowd_is_refused(member: App, wrong: dict[str, int]) -> None:
    assert member.control("add_crowd", **wrong).status_code == 400
    assert member.get("/me").status_code == 200


def test_calls_are_counted_by_path(app: App) -> None:
    app.control("add_crowd", count=3)
    app.control("clear_log")
    for key in (SOMEBODY, SOMEBODY, ANOTHER):
        become(app, key).get(RECENT)
    app.get("/me")
    counted = app.session.get(f"{app.standin.url}/_control/calls").json()
    assert counted == {
        f"/v1{RECENT}": {"calls": 3, "listeners": 2, "most": 2, "fewest": 1},
        "/v1/me": {"calls": 1, "listeners": 1, "most": 1, "fewest": 1},
    }
