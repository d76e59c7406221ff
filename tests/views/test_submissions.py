"""Submitting listens as ListenBrainz' clients do: who may, what is kept, what is answered."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask

from demo.embedded import free_port
from tests.browsing import Browsing
from tests.submitting import SUBMIT, VALIDATE, make_body, make_listen, submit
from webapp import db
from webapp.domain.submissions import LARGEST_BODY, LONGEST_LISTEN, MOST_LISTENS
from webapp.logs import configure_logs
from webapp.services import submission_tokens
from webapp.services.wiring import Wiring

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ELSEWHERE = "/apis/listenbrainz/1/submit-listens"
OK = {"status": "ok"}


@pytest.fixture
def token(wiring: Wiring, newcomer: int) -> str:
    made = submission_tokens.make(wiring, newcomer, "phone")
    assert made is not None
    return made


def plays() -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT p.ended_at, t.name, p.source, p.ms_played FROM plays p"
        " JOIN tracks t ON t.id = p.track_id ORDER BY 1, 2"
    )


@pytest.mark.parametrize("path", [SUBMIT, f"{SUBMIT}/", ELSEWHERE, f"{ELSEWHERE}/"])
def test_a_listen_becomes_a_play(app: Flask, token: str, path: str) -> None:
    reply = submit(app, token, make_body(make_listen(AT, duration_ms=200_000)), path=path)
    assert (reply.status_code, reply.get_json()) == (200, OK)
    assert plays() == [(AT + timedelta(seconds=200), "Song", "submitted", None)]
    assert db.query("SELECT plays, ms FROM daily_listening") == [(1, 200_000)]
    assert "Set-Cookie" not in reply.headers
    assert reply.headers["Cache-Control"] == "no-store"


def test_what_the_player_knows_is_kept(app: Flask, token: str) -> None:
    track = "4PTG3Z6ehGkBFwjybzWkR8"
    more: dict[str, Any] = {
        "duration_played": 150,
        "duration": 213,
        "isrc": "GB-ARL-93-00135",
        "origin_url": f"https://open.spotify.com/track/{track}",
        "media_player": "Player",
        "user_email": "me@example.org",
    }
    assert submit(app, token, make_body(make_listen(AT, **more))).get_json() == OK
    rows = db.query("SELECT id, isrc, duration_ms FROM tracks WHERE name = 'Song'")
    assert rows == [(track, "GBARL9300135", 213_000)]
    assert plays() == [(AT + timedelta(seconds=150), "Song", "submitted", 150_000)]
    raw = db.query("SELECT raw FROM play_reports")[0][0]
    assert raw["track_metadata"]["additional_info"]["media_player"] == "Player"
    assert "example.org" not in json.dumps(raw), "nothing personal is kept"


def test_the_same_again_is_fine_and_stores_nothing(app: Flask, token: str) -> None:
    body = make_body(*[make_listen(AT + timedelta(minutes=5 * n)) for n in range(50)])
    for _ in range(3):
        assert submit(app, token, body).get_json() == OK
    assert db.query("SELECT count(*) FROM play_reports") == [(50,)]
    assert len(plays()) == 50
    assert db.query("SELECT sum(plays) FROM daily_listening") == [(50,)]
    assert db.query("SELECT count(*) FROM import_rows") == [(0,)]


def test_the_data_version_rises_with_new_plays_alone(app: Flask, token: str) -> None:
    def version() -> Any:
        return db.query("SELECT data_version FROM users")

    first = version()
    submit(app, token, make_body(make_listen(AT)))
    second = version()
    submit(app, token, make_body(make_listen(AT)))
    assert first < second == version()


def test_what_plays_now_is_accepted_and_not_stored(app: Flask, token: str) -> None:
    listen = {"track_metadata": make_listen(AT)["track_metadata"]}
    assert submit(app, token, make_body(listen, kind="playing_now")).get_json() == OK
    assert db.query("SELECT count(*) FROM play_reports") == [(0,)]


def test_a_skipped_listen_is_kept_and_not_counted(app: Flask, token: str) -> None:
    submit(app, token, make_body(make_listen(AT, duration_played=9, duration_ms=200_000)))
    assert plays() == []
    assert db.query("SELECT verdict FROM play_reports") == [("short",)]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "';DROP TABLE plays;--",
        "a\tb\\N\nc",
        "\ud800x\0y",
        "\U0001d54f",
    ],
)
def test_hostile_names_are_kept_as_names(app: Flask, token: str, hostile: str) -> None:
    listen = make_listen(AT, hostile, note=hostile, media_player=hostile)
    assert submit(app, token, make_body(listen)).get_json() == OK
    assert len(plays()) == 1
    assert db.query("SELECT count(*) FROM play_reports WHERE raw IS NOT NULL") == [(1,)]


def test_one_bad_listen_refuses_all_and_is_named(app: Flask, token: str) -> None:
    bad = make_listen(AT, "")
    reply = submit(app, token, make_body(make_listen(AT), bad, kind="import"))
    assert reply.status_code == 400
    told = reply.get_json()
    assert told["code"] == 400
    assert "track_name" in told["error"]
    assert "(listen 2)" in told["error"]
    assert plays() == []


def test_a_time_that_reads_otherwise_than_it_is_written_is_refused(app: Flask, token: str) -> None:
    listen = {**make_listen(AT), "listened_at": "1_700_000_000"}
    reply = submit(app, token, make_body(listen))
    assert (reply.status_code, reply.get_json()["code"]) == (400, 400)
    assert "listened_at" in reply.get_json()["error"]


@pytest.mark.parametrize("scheme", ["Token ", "token  ", "Bearer ", ""])
def test_the_scheme_does_not_matter(app: Flask, token: str, scheme: str) -> None:
    assert submit(app, token, make_body(make_listen(AT)), scheme=scheme).get_json() == OK


@pytest.mark.parametrize("wrong", [None, "", "no-such-token", "ä\x80", "x" * 5_000])
def test_without_a_token_that_works_nothing_is_kept(
    app: Flask, token: str, wrong: str | None
) -> None:
    reply = submit(app, wrong, make_body(make_listen(AT)))
    assert reply.status_code == 401
    assert reply.get_json()["code"] == 401
    assert reply.get_json()["error"]
    assert plays() == []


def test_a_cookie_is_no_token(browsing: Browsing, database: None) -> None:
    pages = browsing.sign_in("tiny")
    reply = pages.client.post(SUBMIT, json=make_body(make_listen(AT)))
    assert reply.status_code == 401


def test_a_revoked_token_works_no_more(
    app: Flask, wiring: Wiring, newcomer: int, token: str
) -> None:
    rows = submission_tokens.tokens_of(newcomer)
    assert submission_tokens.revoke(wiring, newcomer, rows[0].id)
    assert submit(app, token, make_body(make_listen(AT))).status_code == 401
    other = submission_tokens.make(wiring, newcomer, "laptop")
    assert submit(app, other, make_body(make_listen(AT))).status_code == 200


@pytest.mark.parametrize("state", ["needs_reconnect", "disconnected"])
def test_it_is_their_archive_whatever_spotify_says(app: Flask, token: str, state: str) -> None:
    db.query("UPDATE users SET state = %s", state)
    assert submit(app, token, make_body(make_listen(AT))).get_json() == OK
    assert len(plays()) == 1


def test_a_listen_goes_to_who_holds_the_token(
    app: Flask, wiring: Wiring, newcomer: int, browsing: Browsing, token: str
) -> None:
    browsing.sign_in("empty")
    other = browsing.account("empty").id
    theirs = submission_tokens.make(wiring, other, "phone")
    submit(app, theirs, make_body(make_listen(AT)))
    assert db.query("SELECT DISTINCT user_id FROM play_reports") == [(other,)]
    submit(app, token, make_body(make_listen(AT)))
    assert db.query("SELECT count(*) FROM plays") == [(2,)]


def test_use_is_noted_once_a_minute_at_most(app: Flask, token: str) -> None:
    submit(app, token, make_body(make_listen(AT)))
    first = db.query("SELECT last_used_at FROM submission_tokens")
    assert first[0][0] is not None
    submit(app, token, make_body(make_listen(AT)))
    assert db.query("SELECT last_used_at FROM submission_tokens") == first
    db.query("UPDATE submission_tokens SET last_used_at = last_used_at - interval '60 seconds'")
    submit(app, token, make_body(make_listen(AT)))
    assert db.query("SELECT last_used_at FROM submission_tokens") > first


def test_the_token_is_kept_as_a_hash_and_never_logged(app: Flask, token: str) -> None:
    log = StringIO()
    configure_logs("json", log)
    submit(app, token, make_body(make_listen(AT)))
    submit(app, token, b"not json")
    configure_logs("text")
    assert token not in str(db.query("SELECT t::text FROM submission_tokens t"))
    assert "submission refused" in log.getvalue()
    assert token not in log.getvalue()


# -- limits ------------------------------------------------------------------------------------


def test_a_full_request_is_taken(app: Flask, token: str) -> None:
    padding = LONGEST_LISTEN - len(json.dumps(make_listen(AT, "Song 100", note="")))
    listens = [
        make_listen(AT + timedelta(minutes=n), f"Song {n:03}", note="x" * padding)
        for n in range(MOST_LISTENS)
    ]
    body = json.dumps(make_body(*listens)).encode()
    assert len(body) > 9 * 1024 * 1024
    assert submit(app, token, body).get_json() == OK
    assert len(plays()) == MOST_LISTENS


def test_a_body_over_the_limit_is_refused(app: Flask, token: str) -> None:
    reply = submit(app, token, b" " * (LARGEST_BODY + 1))
    assert (reply.status_code, reply.get_json()["code"]) == (413, 413)


def test_a_token_has_its_pace(app: Flask, wiring: Wiring, newcomer: int, token: str) -> None:
    replies = [submit(app, token, b"[]") for _ in range(121)]
    assert {reply.status_code for reply in replies[:-1]} == {400}
    last = replies[-1]
    assert (last.status_code, last.get_json()["code"]) == (429, 429)
    assert last.headers["X-RateLimit-Reset-In"] == last.headers["Retry-After"]
    other = submission_tokens.make(wiring, newcomer, "other")
    assert submit(app, other, b"[]").status_code == 400, "the others have theirs"


def test_guessing_has_its_pace(app: Flask, token: str) -> None:
    codes = [submit(app, f"guess-{n}", b"[]").status_code for n in range(31)]
    assert codes == [401] * 30 + [429]
    assert submit(app, token, make_body(make_listen(AT))).status_code == 200


def test_errors_have_listenbrainz_shape_too(app: Flask, token: str) -> None:
    for method, path, code in (("get", SUBMIT, 405), ("get", "/1/user/x/listens", 404)):
        reply = getattr(app.test_client(), method)(path)
        assert reply.status_code == reply.get_json()["code"] == code


def test_without_the_database_it_says_so(app: Flask, token: str) -> None:
    with pointing_nowhere():
        reply = submit(app, token, make_body(make_listen(AT)))
    assert (reply.status_code, reply.get_json()["code"]) == (503, 503)
    assert "Retry-After" in reply.headers


@contextmanager
def pointing_nowhere() -> Iterator[None]:
    """Let nobody answer for the database."""
    db.database.close()
    db.disconnect()
    kept = db.database.connect_params
    db.database.connect_params = {**kept, "port": free_port()}
    yield
    db.database.connect_params = kept


# -- who am I ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [VALIDATE, f"{VALIDATE}/", f"/apis/listenbrainz{VALIDATE}"])
def test_a_token_that_works_names_its_holder(app: Flask, token: str, path: str) -> None:
    client = app.test_client()
    valid = {"code": 200, "message": "Token valid.", "valid": True, "user_name": "newcomer"}
    invalid = {"code": 200, "message": "Token invalid.", "valid": False}
    assert client.get(path, headers={"Authorization": f"Token {token}"}).get_json() == valid
    assert client.get(f"{path}?token={token}").get_json() == valid
    assert client.get(path, headers={"Authorization": "Token nothing"}).get_json() == invalid
    reply = client.get(path)
    assert (reply.status_code, reply.get_json()["code"]) == (400, 400)
    assert "Set-Cookie" not in reply.headers
