"""Sign-in: the consent page, codes, refreshing, rotation, revocation, the six months."""

from pathlib import Path

import pytest
import requests

from demo.standin import CLIENT_ID
from demo.standin.server import StandIn
from demo.standin.tokens import challenge_of
from demo.standin.world import Settings
from tests.demo.callers import CALLBACK, App, Clock

VERIFIER = "a-verifier-of-at-least-forty-three-characters-long"


def test_page_offers_every_listener_and_escapes_their_names(app: App) -> None:
    form = app.consent_form("nova")
    page = app.session.get(f"{app.standin.url}/authorize", params=form).text
    assert "Continue as Nova Lind" in page
    assert "1,200 saved tracks" in page
    assert page.count('name="listener"') == 5
    assert "<b>“Zed”" not in page


def test_consent_leads_to_tokens_that_work(app: App) -> None:
    back = app.consent("nova")
    assert back["state"] == "opaque"
    tokens = app.exchange(back["code"]).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert "user-library-read" in tokens["scope"]
    app.tokens = tokens
    assert app.get("/me").json()["id"] == "nova"


def test_cancel_is_access_denied(app: App) -> None:
    back = app.consent("nova", cancel="1")
    assert back == {"error": "access_denied", "state": "opaque"}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "somebody"},
        {"response_type": "token"},
        {"redirect_uri": "http://localhost:5000/cb"},
        {"redirect_uri": "http://192.168.1.7/cb"},
        {"redirect_uri": "http://127.0.0.1.evil.example/cb"},
        {"code_challenge": "x", "code_challenge_method": "plain"},
        {"redirect_uri": ""},
    ],
)
def test_wrong_requests_are_refused_without_redirect(app: App, changes: dict[str, str]) -> None:
    form = app.consent_form("nova", **changes)
    for answer in (
        app.session.get(f"{app.standin.url}/authorize", params=form),
        app.session.post(f"{app.standin.url}/authorize", data=form, allow_redirects=False),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer.headers


@pytest.mark.parametrize("uri", ["https://backspin.example/cb", "http://[::1]:8000/cb"])
def test_https_and_loopback_redirects_are_allowed(app: App, uri: str) -> None:
    assert "code" in app.consent("nova", redirect_uri=uri)


def test_registered_redirect_is_allowed_exactly(app: App) -> None:
    app.standin.world.redirect_uris = ("http://nas.local/cb",)
    assert "code" in app.consent("nova", redirect_uri="http://nas.local/cb")
    form = app.consent_form("nova", redirect_uri="http://nas.local/cb/")
    assert app.session.post(f"{app.standin.url}/authorize", data=form).status_code == 400


def test_code_works_once(app: App) -> None:
    code = app.consent("nova")["code"]
    assert app.exchange(code).status_code == 200
    again = app.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_code_dies_after_ten_minutes(app: App, clock: Clock) -> None:
    code = app.consent("nova")["code"]
    clock.advance(minutes=10)
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_redirect_uri_must_be_the_same(app: App) -> None:
    code = app.consent("nova")["code"]
    answer = app.exchange(code, redirect_uri=f"{CALLBACK}/")
    assert answer.json() == {"error": "invalid_grant", "error_description": "Invalid redirect URI"}


@pytest.mark.parametrize(
    ("verifier", "status"), [(VERIFIER, 200), (f"{VERIFIER}!", 400), ("", 400)]
)
def test_pkce_verifier_must_fit(app: App, verifier: str, status: int) -> None:
    challenge = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    code = app.consent("nova", **challenge)["code"]
    assert app.exchange(code, code_verifier=verifier).status_code == status


def test_challenge_is_that_of_the_rfc() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_wrong_secret_is_invalid_client(app: App) -> None:
    answer = app.session.post(
        f"{app.standin.url}/api/token",
        data={"grant_type": "client_credentials"},
        auth=(CLIENT_ID, "guess"),
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_unknown_grant_type_is_told(app: App) -> None:
    assert app.token(grant_type="password").json()["error"] == "unsupported_grant_type"
    assert app.token(grant_type="refresh_token").json()["error"] == "invalid_request"


def test_refresh_keeps_the_refresh_token(app: App) -> None:
    app.sign_in("nova")
    answer = app.refresh().json()
    assert "refresh_token" not in answer
    assert answer["access_token"] != app.tokens["access_token"]
    assert app.refresh().status_code == 200


def test_rotation_replaces_the_refresh_token(app: App) -> None:
    app.sign_in("nova")
    app.standin.world.rotate_refresh("nova")
    rotated = app.refresh().json()["refresh_token"]
    assert app.refresh().json()["error"] == "invalid_grant"
    assert app.refresh(rotated).status_code == 200


def test_access_token_expires_after_an_hour(app: App, clock: Clock) -> None:
    app.sign_in("nova")
    clock.advance(minutes=59)
    assert app.get("/me").status_code == 200
    clock.advance(minutes=1)
    answer = app.get("/me")
    assert answer.status_code == 401
    assert answer.json() == {"error": {"status": 401, "message": "The access token expired"}}


def test_access_tokens_can_be_expired_by_hand(app: App) -> None:
    app.sign_in("nova")
    app.standin.world.expire_access_tokens("nova")
    assert app.get("/me").json()["error"]["message"] == "The access token expired"
    assert app.refresh().status_code == 200


def test_consent_ends_after_six_months_whatever_was_refreshed(app: App, clock: Clock) -> None:
    app.sign_in("nova")  # on 21 November
    clock.advance(days=180)
    assert app.refresh().status_code == 200
    clock.advance(days=1)
    answer = app.refresh()
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_revoking_ends_both_tokens_of_that_listener_alone(app: App) -> None:
    other = App(app.standin, app.session).sign_in("tiny")
    app.sign_in("nova")
    app.standin.world.revoke("nova")
    assert app.get("/me").status_code == 401
    assert app.refresh().json()["error"] == "invalid_grant"
    assert other.get("/me").status_code == 200


def test_app_token_reads_music_but_nobody(app: App) -> None:
    app.tokens = app.token(grant_type="client_credentials").json()
    assert "refresh_token" not in app.tokens
    album_id = next(iter(app.standin.world.music.albums))
    assert app.get(f"/albums/{album_id}").status_code == 200
    assert app.get("/me").status_code == 401


def test_missing_scope_is_403(app: App) -> None:
    app.sign_in("nova", scope="user-top-read")
    answer = app.get("/me/tracks")
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "Insufficient client scope"
    assert app.get("/me/top/tracks").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc"])
def test_calls_need_a_token(app: App, header: str) -> None:
    answer = app.session.get(f"{app.standin.api_url}/me", headers={"Authorization": header})
    assert answer.status_code == 401


def test_tokens_survive_a_restart(tmp_path: Path) -> None:
    settings = Settings(state_file=tmp_path / "state" / "tokens.json")
    with requests.Session() as session:
        with StandIn(settings) as first:
            tokens = App(first, session).sign_in("nova").tokens
        with StandIn(settings) as second:
            later = App(second, session, tokens)
            assert later.get("/me").json()["id"] == "nova"
            assert later.refresh().status_code == 200
            second.world.revoke("nova")
        with StandIn(settings) as third:
            assert App(third, session, tokens).refresh().status_code == 400
