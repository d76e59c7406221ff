"""Last.fm and ListenBrainz as they answer, and as they refuse."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.accounts.asking import KEY, NOW, TOKEN, WALK, T
from tests.scripted_http import Reply, ScriptedServer, answer
from webapp.domain.errors import (
    ConfigurationError,
    MalformedError,
    NotFoundError,
    OutageError,
    PrivateError,
    ProviderError,
    RateLimitedError,
)
from webapp.domain.import_accounts import END
from webapp.domain.reports import Told
from webapp.providers.lastfm import LastFm
from webapp.providers.listenbrainz import ListenBrainz


def page(*tracks: Any, total: Any = "3", single: bool = False) -> Reply:
    found = tracks[0] if single else list(tracks)
    return answer(200, {"recenttracks": {"track": found, "@attr": {"total": total, "page": "1"}}})


def track(seconds: int, name: str = "Song") -> dict[str, Any]:
    return {
        "name": name,
        "artist": {"#text": "Band"},
        "album": {"#text": ""},
        "date": {"uts": str(seconds)},
    }


PLAYING = {"name": "Now", "artist": {"#text": "Band"}, "@attr": {"nowplaying": "true"}}


def listen(seconds: Any, name: str = "Song") -> dict[str, Any]:
    return {
        "listened_at": seconds,
        "track_metadata": {"artist_name": "Band", "track_name": name},
    }


def listens(*found: Any, headers: dict[str, str] | None = None) -> Reply:
    payload = {"count": len(found), "listens": list(found), "oldest_listen_ts": 1}
    return answer(200, {"payload": payload}, headers)


# -- Last.fm -----------------------------------------------------------------------------------


def test_lastfm_counts_pages_from_the_oldest(lastfm: LastFm, server: ScriptedServer) -> None:
    server.will(page(PLAYING, track(T - 9), total="401"))
    walk = lastfm.begin("Ida", replace(WALK, since=NOW - timedelta(days=1)))
    assert (walk.total, walk.place) == (401, 3)
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("GET", "/base/")
    assert asked.query == {
        "method": "user.getRecentTracks",
        "user": "Ida",
        "api_key": KEY,
        "format": "json",
        "limit": "1",
        "page": "1",
        "from": str(T - 86400),
        "to": str(T),
    }


def test_lastfm_pages_come_oldest_first_without_what_plays(
    lastfm: LastFm, server: ScriptedServer
) -> None:
    server.will(page(PLAYING, track(T - 100, "Two"), track(T - 300, "One")))
    leaf = lastfm.read("ida", replace(WALK, total=3, place=2))
    assert [(row.title, row.told, row.is_start) for row in leaf.rows] == [
        ("One", Told.PLAY, True),
        ("Two", Told.PLAY, True),
    ]
    assert (leaf.walk.place, leaf.wait) == (1, 0)
    assert server.asked[0].query["page"] == "2"


def test_lastfm_may_give_a_track_instead_of_a_list(lastfm: LastFm, server: ScriptedServer) -> None:
    server.will(page(track(T - 9), total="1", single=True))
    leaf = lastfm.read("ida", replace(WALK, total=1, place=1))
    assert len(leaf.rows) == 1
    assert leaf.walk.over


def test_lastfm_may_have_nothing(lastfm: LastFm, server: ScriptedServer) -> None:
    server.will(page(total="0"))
    assert lastfm.begin("ida", WALK).place == END


def test_a_bad_row_is_told_and_breaks_nothing(lastfm: LastFm, server: ScriptedServer) -> None:
    server.will(page({**track(T), "name": None}, "text", track(T - 9)))
    rows = lastfm.read("ida", replace(WALK, total=3, place=1)).rows
    assert [row.told for row in rows] == [Told.PLAY, Told.UNREADABLE, Told.UNREADABLE]


@pytest.mark.parametrize("status", [200, 400, 403, 404, 500])
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (6, NotFoundError),
        (17, PrivateError),
        (10, ConfigurationError),
        (26, ConfigurationError),
        (29, RateLimitedError),
        (8, OutageError),
        (11, OutageError),
        (16, OutageError),
        ([17], OutageError),
        (None, OutageError),
        (99, OutageError),
    ],
)
def test_lastfm_errors_are_known_by_their_code(
    lastfm: LastFm, server: ScriptedServer, status: int, code: Any, expected: type[ProviderError]
) -> None:
    server.will(answer(status, {"error": code, "message": f"it hides {KEY}"}))
    with pytest.raises(ProviderError) as caught:
        lastfm.begin("ida", WALK)
    assert type(caught.value) is expected
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"recenttracks": []},
        {"recenttracks": {"@attr": {"total": "-1"}, "track": []}},
        {"recenttracks": {"@attr": {"total": "many"}, "track": []}},
        {"recenttracks": {"@attr": {"total": "3"}}},
        {"recenttracks": {"@attr": {"total": "3"}, "track": "none"}},
        [1],
    ],
)
def test_lastfm_in_another_shape_is_malformed(
    lastfm: LastFm, server: ScriptedServer, body: Any
) -> None:
    server.will(answer(200, body))
    with pytest.raises(MalformedError):
        lastfm.read("ida", replace(WALK, total=3, place=1))


# -- ListenBrainz ------------------------------------------------------------------------------


def test_listenbrainz_begins_with_the_newest(
    listenbrainz: ListenBrainz, server: ScriptedServer
) -> None:
    server.will(answer(200, {"payload": {"count": 12}}), answer(200, {"payload": {"count": 12}}))
    walk = listenbrainz.begin("Zoë & Co", WALK)
    assert (walk.total, walk.place) == (12, T + 1)
    assert server.asked[0].path == "/base/1/user/Zo%C3%AB%20%26%20Co/listen-count"
    assert server.asked[0].headers["authorization"] == TOKEN
    assert server.asked[0].headers["user-agent"] == "Backspin/0.1.0 ( me@example.org )"
    later = listenbrainz.begin("x", replace(WALK, since=NOW - timedelta(days=1)))
    assert (later.total, later.place) == (None, T + 1)


def test_listenbrainz_pages_leave_the_oldest_second(
    listenbrainz: ListenBrainz, server: ScriptedServer
) -> None:
    server.will(listens(listen(T, "Two"), listen(T - 9, "One"), listen(T - 9)))
    leaf = listenbrainz.read("ida", replace(WALK, place=T + 1))
    assert [row.title for row in leaf.rows] == ["Two"]
    assert leaf.walk.place == T - 8
    assert server.asked[0].query == {"count": "500", "max_ts": str(T + 1)}


def test_listenbrainz_asks_to_wait_before_it_refuses(
    listenbrainz: ListenBrainz, server: ScriptedServer
) -> None:
    server.will(
        listens(listen(T), headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "7"}),
        listens(listen(T), headers={"X-RateLimit-Remaining": "1", "X-RateLimit-Reset-In": "7"}),
    )
    walk = replace(WALK, place=T + 1)
    assert [listenbrainz.read("ida", walk).wait for _ in range(2)] == [7, 0]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, NotFoundError), (401, ConfigurationError), (400, MalformedError), (500, OutageError)],
)
def test_listenbrainz_errors_are_known_by_their_status(
    listenbrainz: ListenBrainz, server: ScriptedServer, status: int, expected: type[ProviderError]
) -> None:
    server.will(answer(status, {"code": status, "error": "Cannot find user: ida"}))
    with pytest.raises(ProviderError) as caught:
        listenbrainz.begin("ida", WALK)
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    "body",
    [
        {"payload": {}},
        {"payload": {"listens": {}}},
        {"payload": {"listens": ["text"]}},
        {"payload": {"listens": [listen("soon")]}},
        {"payload": {"listens": [listen(None)]}},
        {"payload": {"listens": [listen(T + 1)]}},
        [],
    ],
)
def test_listenbrainz_in_another_shape_is_malformed(
    listenbrainz: ListenBrainz, server: ScriptedServer, body: Any
) -> None:
    server.will(answer(200, body))
    with pytest.raises(MalformedError):
        listenbrainz.read("ida", replace(WALK, place=T + 1))
