"""MusicBrainz' answers, the real ones' shapes and the wrong ones."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from demo.standin.mbids import mbid
from demo.standin.musicbrainz import SPOTIFY, entries, merged
from demo.standin.server import StandIn
from tests import recorded
from tests.scripted_http import Reply, ScriptedServer, answer
from webapp.domain.errors import (
    ConfigurationError,
    MalformedError,
    OutageError,
    ProviderError,
    RateLimitedError,
)
from webapp.providers.musicbrainz import MusicBrainz, names_somebody
from webapp.providers.transport import Transport

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CONTACT = "mira@example.org"
ID, OTHER = "A" * 22, "B" * 22
OLD, NEW = UUID(int=1), UUID(int=2)
RECORDED = "musicbrainz/graphbrainz_recorded_exchanges_2021.json.gz"
SAMPLES = "samples/musicbrainz/"


class Turns:
    """Counts calls; each may go at once."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self) -> None:
        self.taken += 1


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def asked(server: ScriptedServer, turns: Turns) -> Iterator[MusicBrainz]:
    with Transport(f"{server.url}/ws/2", contact=CONTACT, timeout=(1.0, 0.3)) as transport:
        yield MusicBrainz(transport, contact=CONTACT, turn=turns, clock=lambda: NOW)


@pytest.mark.parametrize("contact", ["", "  ", "Mira", "ë@é", "\r\n"])
def test_without_a_contact_nothing_begins(contact: str) -> None:
    assert not names_somebody(contact)
    with (
        Transport("http://127.0.0.1:1", contact=contact) as transport,
        pytest.raises(ConfigurationError),
    ):
        MusicBrainz(transport, contact=contact, turn=Turns(), clock=lambda: NOW)
    assert names_somebody("https://example.org/about")


def test_addresses_are_asked_for_together_and_the_program_names_itself(
    asked: MusicBrainz, server: ScriptedServer, turns: Turns
) -> None:
    linked = {"target-type": "release", "ended": True, "release": {"id": str(OLD), "title": "Reel"}}
    broken = {"release": {"id": "no id"}}
    urls = [{"resource": SPOTIFY + ID, "relations": [linked, broken, None, {"artist": {}}]}]
    server.will(answer(200, {"url-count": 1, "url-offset": 0, "urls": [*urls, {"x": 1}, 3]}))
    found = asked.releases_by_url([ID, OTHER])
    assert {key: [(one.id, one.ended) for one in value] for key, value in found.items()} == {
        ID: [(OLD, True)]
    }
    (sent,) = server.asked
    assert sent.headers["user-agent"] == f"Backspin/0.1.0 ( {CONTACT} )"
    assert (sent.query["inc"], sent.query["fmt"]) == ("release-rels artist-credits", "json")
    assert turns.taken == 1


def test_one_address_is_answered_bare_or_not_at_all(
    asked: MusicBrainz, server: ScriptedServer
) -> None:
    relation = {"release": {"id": str(OLD), "title": "Reel"}}
    server.will(answer(200, {"id": "x", "resource": SPOTIFY + ID, "relations": [relation]}))
    assert [one.id for one in asked.releases_by_url([ID])[ID]] == [OLD]
    server.will(answer(404, {"error": "Not Found"}))
    assert asked.releases_by_url([ID]) == {}


@pytest.mark.parametrize("location", [True, False])
def test_merged_ids_lead_to_the_one_they_became(
    asked: MusicBrainz, server: ScriptedServer, turns: Turns, location: bool
) -> None:
    body = {"id": str(NEW), "title": "Reel"}
    if location:
        elsewhere = {"Location": f"http://elsewhere.example/ws/2/release-group/{NEW}?fmt=json"}
        server.will(answer(301, raw=b"", headers=elsewhere), answer(200, body))
    else:
        server.will(answer(301, body))
    assert asked.group(OLD) == NEW
    assert [one.path for one in server.asked] == [
        f"/ws/2/release-group/{one}" for one in ([OLD, NEW] if location else [OLD])
    ]
    assert turns.taken == len(server.asked), "each call waits for its turn"


def test_what_is_gone_is_nothing(asked: MusicBrainz, server: ScriptedServer) -> None:
    server.will(answer(404, {"error": "Not Found"}), answer(404, {"error": "Not Found"}))
    assert asked.group(OLD) is None
    assert asked.group_of(OLD) is None


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (503, {"Retry-After": "7"}, 7),
        (503, {}, 30),
        (429, {"Retry-After": "7"}, 7),
        (429, {"Retry-After": "soon"}, 30),
    ],
)
@pytest.mark.parametrize("body", [b'{"error": "exceeding the rate limit"}', b"<html>busy</html>"])
def test_too_many_calls_tell_when_to_come_back(
    asked: MusicBrainz,
    server: ScriptedServer,
    *,
    status: int,
    headers: dict[str, str],
    seconds: float,
    body: bytes,
) -> None:
    server.will(answer(status, raw=body, headers=headers))
    with pytest.raises(RateLimitedError) as caught:
        asked.groups_by_name("x")
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(pieces=(), close=True), OutageError),
        (answer(200, raw=b""), OutageError),
        (answer(200, raw=b"<!doctype html>"), OutageError),
        (answer(200, []), OutageError),
        (answer(500, {"error": "oops"}), OutageError),
        (answer(302, {}, {"Location": "http://127.0.0.1:1/"}), OutageError),
        (answer(403, {"error": "blocked"}), ConfigurationError),
        (answer(403, raw=b"forbidden"), OutageError),
        (answer(400, {"error": "bad query"}), MalformedError),
        (answer(400, raw=b"<html>Request line is too large"), MalformedError),
        (answer(414, raw=b"too long"), MalformedError),
        (answer(200, {}), MalformedError),
        (answer(200, {"release-groups": "none"}), MalformedError),
    ],
)
def test_wrong_answers_have_a_kind(
    asked: MusicBrainz, server: ScriptedServer, reply: Reply, expected: type[ProviderError]
) -> None:
    server.will(reply)
    with pytest.raises(ProviderError) as caught:
        asked.groups_by_name("x")
    assert type(caught.value) is expected


def test_more_than_fits_is_asked_for_in_parts(asked: MusicBrainz, server: ScriptedServer) -> None:
    server.will(answer(200, {"count": 101, "releases": []}))
    with pytest.raises(MalformedError):
        asked.releases_by_barcode(["602445790128"])


@pytest.mark.parametrize(
    ("told", "year", "line"),
    [
        ({"first-release-date": "2012-06"}, 2012, ""),
        ({"first-release-date": ""}, None, ""),
        ({"first-release-date": None, "score": "high"}, None, ""),
        ({"artist-credit": [{"artist": {"name": "A"}}, {"artist": {"name": "B"}}]}, None, "A, B"),
        (
            {"artist-credit": [{"name": "A", "joinphrase": " x "}, {"name": "B"}, "C", None]},
            None,
            "A x B",
        ),
    ],
)
def test_fields_may_be_missing(
    asked: MusicBrainz, server: ScriptedServer, told: dict[str, Any], year: int | None, line: str
) -> None:
    group = {"id": str(NEW), "title": "Reel", **told}
    server.will(answer(200, {"count": 2, "release-groups": [group, {"title": "no id"}]}))
    (found,) = asked.groups_by_name("x")
    assert (found.id, found.year, found.credit.line) == (NEW, year, line)


@recorded.needs_recordings
def test_real_answers_are_read(asked: MusicBrainz, server: ScriptedServer) -> None:
    group = recorded.load(f"{SAMPLES}search_release-group-list.json")
    releases = recorded.load(f"{SAMPLES}search_release-list.json")
    one = recorded.load(f"{SAMPLES}release_lookup_inc_release-groups_MADEUP.json")
    server.will(*(answer(200, body) for body in (group, releases, one)))
    (found,) = asked.groups_by_name("x")
    assert (found.score, found.credit.line) == (100, "Various Artists")
    (pair,) = asked.groups_by_release([OLD]).items()
    assert pair == (UUID(releases["releases"][0]["id"]), found.id)
    assert asked.group_of(OLD) == (UUID(one["id"]), UUID(one["release-group"]["id"]))
    for exchange in recorded.load(RECORDED):
        if exchange["status"] == 301:
            server.will(
                answer(301, exchange["body"], {"Location": exchange["headers"]["Location"]})
            )
            assert asked.group(OLD) == UUID(exchange["body"]["id"])
        elif exchange["path"].startswith("/ws/2/release-group?inc=ratings&query="):
            server.will(answer(200, exchange["body"]))
            assert len(asked.groups_by_name("x")) == exchange["body"]["count"]


@recorded.needs_recordings
def test_the_stand_in_answers_as_the_real_one(standin: StandIn) -> None:
    """Find each field that the stand-in writes in a real answer, of the same type."""
    known = list(entries(standin.world.music.albums))
    first, second = (one.album.id for one in known[:2])
    with Transport(standin.musicbrainz_url, contact=CONTACT) as transport:

        def ask(path: str, **query: Any) -> Any:
            return transport.get(path, {**query, "fmt": "json"}, what=path).json()

        resources = [SPOTIFY + first, SPOTIFY + second]
        query = f"reid:{known[0].release}"
        told = {
            "url_lookup_many_MADEUP": ask("/url", resource=resources, inc="release-rels"),
            "search_release-list": ask("/release", query=query),
            "search_release-group-list": ask("/release-group", query=f"rgid:{known[0].group}"),
        }
    for name, ours in told.items():
        assert kinds(ours) - kinds(recorded.load(f"{SAMPLES}{name}.json")) <= {
            # In recorded answers to other queries.
            ("score", "int"),
            ("disambiguation", "str"),
            ("first-release-date", "str"),
            ("joinphrase", "str"),
            ("artist-credit", "list"),
            ("artist", "dict"),
            ("name", "str"),
            ("barcode", "NoneType"),
        }, json.dumps(ours)


def kinds(value: Any) -> set[tuple[str, str]]:
    """List the names of all fields, with their types."""
    return {
        (key, type(part).__name__) for one in recorded.objects(value) for key, part in one.items()
    }


def test_the_stand_in_knows_merged_ids_and_refuses_who_names_nobody(standin: StandIn) -> None:
    one = next(entries(standin.world.music.albums))
    with Transport(standin.musicbrainz_url, contact=CONTACT) as transport:
        asked = MusicBrainz(transport, contact=CONTACT, turn=Turns(), clock=lambda: NOW)
        assert asked.group(UUID(merged("release-group", one.album.id))) == UUID(one.group)
        before = asked.group_of(UUID(merged("release", one.album.id)))
        assert before == (UUID(mbid("release", one.album.id)), UUID(one.group))
    with Transport(standin.musicbrainz_url) as transport:
        answered = transport.get("/url", {"resource": SPOTIFY + one.album.id}, what="url")
        assert answered.status == 403
