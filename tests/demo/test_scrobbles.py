"""The stand-in's Last.fm and ListenBrainz: their shapes, their oddities, their errors."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from demo.standin.faults import Fault
from demo.standin.lastfm import API_KEY
from demo.standin.scrobbles import DAYS, Scrobble
from demo.standin.server import StandIn
from tests.demo.callers import Clock


def lastfm(standin: StandIn, **params: Any) -> requests.Response:
    asked = {"method": "user.getRecentTracks", "api_key": API_KEY, "format": "json", **params}
    return requests.get(standin.lastfm_url, params=asked, timeout=10)


def listens(standin: StandIn, name: str, **params: Any) -> dict[str, Any]:
    url = f"{standin.listenbrainz_url}/1/user/{name}/listens"
    payload: dict[str, Any] = requests.get(url, params=params, timeout=10).json()["payload"]
    return payload


def make_scrobbles(clock: Clock, count: int) -> list[Scrobble]:
    return [
        Scrobble(started_at=clock() - timedelta(minutes=n), title=f"Song {n}", artist="Band")
        for n in range(count)
    ]


def test_lastfm_pages_are_counted_from_the_newest(standin: StandIn, clock: Clock) -> None:
    standin.scrobbles.add("ida", make_scrobbles(clock, 5))
    page = lastfm(standin, user="Ida", limit=2, page=2).json()["recenttracks"]
    assert page["@attr"] == {
        "user": "Ida",
        "page": "2",
        "perPage": "2",
        "totalPages": "3",
        "total": "5",
    }
    assert [track["name"] for track in page["track"]] == ["Song 2", "Song 3"]
    assert page["track"][0]["artist"]["#text"] == "Band"
    assert page["track"][0]["date"]["uts"] == str(int(clock().timestamp()) - 120)


def test_lastfm_gives_one_track_without_a_list(standin: StandIn, clock: Clock) -> None:
    standin.scrobbles.add("ida", make_scrobbles(clock, 5))
    last = lastfm(standin, user="ida", limit=2, page=3).json()["recenttracks"]["track"]
    assert last["name"] == "Song 4"
    beyond = lastfm(standin, user="ida", limit=2, page=4).json()["recenttracks"]["track"]
    assert beyond == []


def test_lastfm_shows_what_lies_between_two_moments(standin: StandIn, clock: Clock) -> None:
    standin.scrobbles.add("ida", make_scrobbles(clock, 5))
    now = int(clock().timestamp())
    page = lastfm(standin, user="ida", to=now - 60, **{"from": now - 180}).json()["recenttracks"]
    assert page["@attr"]["total"] == "3"


def test_what_plays_now_leads_every_page(standin: StandIn) -> None:
    for number in (1, 2):
        page = lastfm(standin, user="nova", page=number, limit=10).json()["recenttracks"]
        playing, *played = page["track"]
        assert playing["@attr"] == {"nowplaying": "true"}
        assert "date" not in playing
        assert len(played) == 10


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"user": "nobody"}, 404, 6),
        ({"user": "private"}, 403, 17),
        ({"user": "nova", "api_key": "wrong"}, 403, 10),
        ({"user": "nova", "method": "user.getInfo"}, 400, 3),
        ({"user": "nova", "page": "x"}, 400, 6),
        ({"user": "nova", "page": 0}, 400, 6),
    ],
)
def test_lastfm_refuses_in_its_own_way(
    standin: StandIn, params: dict[str, Any], status: int, code: int
) -> None:
    reply = lastfm(standin, **params)
    assert (reply.status_code, reply.json()["error"]) == (status, code)


def test_lastfm_fails_on_request(standin: StandIn) -> None:
    standin.world.faults.add(Fault(kind="lastfm_error", match="/lastfm", code=11, times=1))
    reply = lastfm(standin, user="nova")
    assert (reply.status_code, reply.json()["error"]) == (400, 11)
    assert lastfm(standin, user="nova").status_code == 200


def test_listenbrainz_goes_back_from_a_moment(standin: StandIn, clock: Clock) -> None:
    standin.scrobbles.add("ida", make_scrobbles(clock, 5))
    now = int(clock().timestamp())
    page = listens(standin, "ida", count=2, max_ts=now)
    assert [listen["listened_at"] for listen in page["listens"]] == [now - 60, now - 120]
    assert (page["latest_listen_ts"], page["oldest_listen_ts"]) == (now, now - 240)
    assert listens(standin, "ida", max_ts=now - 240)["listens"] == []
    count = requests.get(f"{standin.listenbrainz_url}/1/user/ida/listen-count", timeout=10)
    assert count.json() == {"payload": {"count": 5}}
    assert count.headers["X-RateLimit-Remaining"]


@pytest.mark.parametrize("name", ["nobody", "private"])
def test_listenbrainz_knows_no_such_user(standin: StandIn, name: str) -> None:
    reply = requests.get(f"{standin.listenbrainz_url}/1/user/{name}/listens", timeout=10)
    assert (reply.status_code, reply.json()["code"]) == (404, 404)


def test_both_services_tell_of_what_spotify_played(standin: StandIn, clock: Clock) -> None:
    found = standin.scrobbles.find("tiny")
    assert found is not None
    assert found[0].started_at > clock() - timedelta(hours=2)
    assert found[-1].started_at < clock() - timedelta(days=DAYS - 1)
    told = {(one.started_at, one.track_id) for one in found}
    hour = clock().replace(minute=0)
    plays = standin.world.recent_plays("tiny")
    over = {(play.started_at, play.track_id) for play in plays if play.ended_at < hour}
    assert over
    assert over <= told
    listen = listens(standin, "tiny", count=1)["listens"][0]
    assert listen["listened_at"] == found[0].seconds
    assert listen["track_metadata"]["additional_info"]["duration_ms"] == found[0].duration_ms
    assert standin.scrobbles.find("empty") == []
